# SPDX-License-Identifier: MIT
#
# ksyms_add_kernel(NAME
#     [SOURCES file...]          compiled by CMake, with COMPILE_OPTIONS and LIBRARIES
#     [OBJECTS object...]        made elsewhere: files, $<TARGET_OBJECTS:target>
#     [LIBRARIES target...]      ksyms::kit, libraries of objects or archives, flags
#     LINKER_SCRIPT file         with the section .ksyms at its end: linker_script.txt has the lines
#     [SYMBOLS TEXT|ALL]         functions only, or everything (the default)
#     [FILTER file]              names to leave out (gen_ksyms --help)
#     [LINES]                    file, line and inlined calls: from -g; needs gen_trace
#     [UNWIND [REQUIRE_ALL]]     rows to unwind by, for each function or the build fails; gen_trace
#     [TYPES]                    hashes of the types of exports, and their text: from -g; gen_types
#     [COMPILE_OPTIONS flag...] [LINK_OPTIONS word-of-ld...])
#
# Links twice (two_links.sh), so that the kernel carries its own symbols, and publishes NAME.elf in the
# current build folder only after the check that no symbol moved.  Sets the target property KSYMS_FILE
# to the path of the kernel, and with TYPES KSYMS_TYPES_FILE to that of the text, NAME.elf.types.  A 32-bit kernel: LINK_OPTIONS -m elf_i386.

# ksyms_two_links(OUTPUT file ARGUMENTS word-of-ld... DEPENDS file... COMMENT text
#     [SYMBOLS what] [FILTER file] [LINES] [UNWIND] [REQUIRE_ALL] [TYPES] [CHECK word...]): the custom
#     command, and behind it that of CHECK; if that fails there is no OUTPUT.
function(ksyms_two_links)
    cmake_parse_arguments(PARSE_ARGV 0 link "LINES;UNWIND;REQUIRE_ALL;TYPES"
        "OUTPUT;COMMENT;SYMBOLS;FILTER" "ARGUMENTS;DEPENDS;CHECK")
    set(script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/two_links.sh)
    set(depends ${script} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/linker_script.txt ksyms::gen_ksyms)
    set(environment LC_ALL=C LD=${KSYMS_LD} NM=${KSYMS_NM} OBJCOPY=${KSYMS_OBJCOPY}
        READELF=${KSYMS_READELF} GEN_KSYMS=$<TARGET_FILE:ksyms::gen_ksyms>)
    if(link_SYMBOLS)
        list(APPEND environment KSYMS_SYMBOLS=${link_SYMBOLS})
    endif()
    if(link_FILTER)
        get_filename_component(filter ${link_FILTER} ABSOLUTE)
        list(APPEND environment KSYMS_FILTER=${filter})
        list(APPEND depends ${filter})
    endif()
    set(trace)
    foreach(part UNWIND REQUIRE_ALL LINES)
        if(link_${part})
            string(TOLOWER "--${part}" word)
            string(REPLACE _ - word ${word})
            list(APPEND trace ${word})
        endif()
    endforeach()
    if(trace)
        list(JOIN trace " " trace)
        list(APPEND environment GEN_TRACE=$<TARGET_FILE:ksyms::gen_trace> "GEN_TRACE_OPTIONS=${trace}")
        list(APPEND depends ksyms::gen_trace)
    endif()
    set(types)
    if(link_TYPES)
        set(types ${link_OUTPUT}.types)
        list(APPEND environment GEN_TYPES=$<TARGET_FILE:ksyms::gen_types>)
        list(APPEND depends ksyms::gen_types)
    endif()
    set(check)
    if(link_CHECK)
        set(check COMMAND sh -c "\"$@\" || ! rm -f \"$0\"" ${link_OUTPUT} ${link_CHECK})
    endif()
    add_custom_command(
        OUTPUT ${link_OUTPUT}
        BYPRODUCTS ${link_OUTPUT}.ksyms ${link_OUTPUT}.map ${types}
        COMMAND ${CMAKE_COMMAND} -E env ${environment} sh ${script} ${link_OUTPUT} ${link_ARGUMENTS}
        ${check}
        DEPENDS ${link_DEPENDS} ${depends}
        COMMAND_EXPAND_LISTS
        COMMENT ${link_COMMENT}
        VERBATIM)
endfunction()

# What SYMBOLS, LINES, UNWIND and TYPES of a caller say, as arguments of ksyms_two_links.
function(ksyms_table_options out function name prefix)
    set(options)
    if(${prefix}_SYMBOLS)
        if(NOT ${prefix}_SYMBOLS MATCHES "^(TEXT|ALL)$")
            message(FATAL_ERROR "${function}(${name}): SYMBOLS ${${prefix}_SYMBOLS}: "
                                "neither TEXT nor ALL")
        endif()
        string(TOLOWER ${${prefix}_SYMBOLS} symbols)
        list(APPEND options SYMBOLS ${symbols})
    endif()
    if(${prefix}_FILTER)
        list(APPEND options FILTER ${${prefix}_FILTER})
    endif()
    foreach(part LINES UNWIND REQUIRE_ALL TYPES)
        if(${prefix}_${part})
            list(APPEND options ${part})
            set(program gen_trace)
            if(part STREQUAL TYPES)
                set(program gen_types)
            endif()
            if(NOT TARGET ksyms::${program})
                message(FATAL_ERROR "${function}(${name}): ${part} needs the host program ${program}, "
                    "which this kit was built without: apt-get install libdw-dev libelf-dev, build "
                    "and install the kit again; or leave ${part} out")
            endif()
        endif()
    endforeach()
    set(${out} ${options} PARENT_SCOPE)
endfunction()

# The objects that a target brings to the link, if any.
function(ksyms_library_objects out target)
    if(NOT TARGET ${target})
        message(FATAL_ERROR "LIBRARIES: ${target} is not a target")
    endif()
    get_target_property(type ${target} TYPE)
    set(${out} PARENT_SCOPE)
    if(type STREQUAL OBJECT_LIBRARY)
        set(${out} $<TARGET_OBJECTS:${target}> PARENT_SCOPE)
    elseif(type STREQUAL STATIC_LIBRARY)
        set(${out} $<TARGET_FILE:${target}> PARENT_SCOPE)
    elseif(NOT type STREQUAL INTERFACE_LIBRARY)
        message(FATAL_ERROR "LIBRARIES: ${target} is a ${type}: neither objects, nor an archive, nor "
                            "an interface")
    endif()
endfunction()

# Refuse a linker script without the section, before anything is compiled.  One that includes others
# or that is yet to be made is left to two_links.sh.
function(ksyms_check_linker_script function name script)
    if(NOT EXISTS ${script})
        get_source_file_property(is_generated ${script} GENERATED)
        if(NOT is_generated)
            message(FATAL_ERROR "${function}(${name}): there is no linker script ${script}")
        endif()
        return()
    endif()
    file(READ ${script} text)
    if(NOT text MATCHES "\\.ksyms" AND NOT text MATCHES "INCLUDE")
        file(READ ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/linker_script.txt lines)
        message(FATAL_ERROR "${function}(${name}): ${script} has no section .ksyms.\n${lines}")
    endif()
endfunction()

function(ksyms_add_kernel name)
    cmake_parse_arguments(PARSE_ARGV 1 kernel "LINES;UNWIND;REQUIRE_ALL;TYPES" "LINKER_SCRIPT;SYMBOLS;FILTER"
        "SOURCES;OBJECTS;LIBRARIES;COMPILE_OPTIONS;LINK_OPTIONS")
    string(CONCAT usage "ksyms_add_kernel(NAME [SOURCES file...] [OBJECTS object...]"
        " [LIBRARIES target...] LINKER_SCRIPT file\n    [SYMBOLS TEXT|ALL] [FILTER file] [LINES] [UNWIND"
        " [REQUIRE_ALL]] [TYPES]\n    [COMPILE_OPTIONS flag...] [LINK_OPTIONS word...])")
    ksyms_check_arguments(ksyms_add_kernel kernel "${usage}" LINKER_SCRIPT)
    if(NOT kernel_SOURCES AND NOT kernel_OBJECTS)
        message(FATAL_ERROR "ksyms_add_kernel(${name}): SOURCES or OBJECTS are needed\n"
                            "It takes:\n  ${usage}")
    endif()
    get_filename_component(script ${kernel_LINKER_SCRIPT} ABSOLUTE)
    ksyms_check_linker_script(ksyms_add_kernel ${name} ${script})
    ksyms_table_options(options ksyms_add_kernel ${name} kernel)
    ksyms_require_binutils()

    set(objects ${kernel_OBJECTS})
    if(kernel_SOURCES)
        add_library(${name}_objects OBJECT ${kernel_SOURCES})
        target_compile_options(${name}_objects PRIVATE ${kernel_COMPILE_OPTIONS})
        target_link_libraries(${name}_objects PRIVATE ${kernel_LIBRARIES})
        list(APPEND objects $<TARGET_OBJECTS:${name}_objects>)
    endif()
    foreach(library IN LISTS kernel_LIBRARIES)
        ksyms_library_objects(more ${library})
        list(APPEND objects ${more})
    endforeach()

    set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}.elf)
    ksyms_two_links(OUTPUT ${output} ${options}
        ARGUMENTS -m elf_x86_64 -nostdlib -static -z max-page-size=4096 -z noexecstack
                  ${kernel_LINK_OPTIONS} -T ${script} ${objects}
        DEPENDS ${objects} ${script}
        COMMENT "Linking ${name}.elf twice")
    add_custom_target(${name} ALL DEPENDS ${output})
    foreach(object IN LISTS objects)
        if(object MATCHES "^\\$<TARGET_(OBJECTS|FILE):(.+)>$")
            add_dependencies(${name} ${CMAKE_MATCH_2}) # Make finds them in no other way
        endif()
    endforeach()
    set_target_properties(${name} PROPERTIES KSYMS_FILE ${output})
    if(kernel_TYPES)
        set_target_properties(${name} PROPERTIES KSYMS_TYPES_FILE ${output}.types)
    endif()
endfunction()
