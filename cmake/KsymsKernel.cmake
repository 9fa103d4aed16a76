# SPDX-License-Identifier: MIT
#
# ksyms_add_kernel(NAME [LINES] [UNWIND] OBJECTS object... LINKER_SCRIPT file)
# Links the objects twice (two_links.sh), so that the kernel carries its own symbols, and publishes
# NAME.elf in the current build folder only after the check that no symbol moved.  Sets the target
# property KSYMS_FILE to the path of the kernel.
#
# LINES and UNWIND put file, line and inlined calls, and rows to unwind by, into its table.  They need
# debug information in the objects, and libdw-dev for the host program gen_trace; without that they
# are left out, and the build says so.

set(KSYMS_TWO_LINKS ${CMAKE_CURRENT_LIST_DIR}/two_links.sh)

# The command that runs two_links.sh with our programs.
set(KSYMS_TWO_LINKS_COMMAND
    ${CMAKE_COMMAND} -E env LC_ALL=C LD=${ONOMA_LD} NM=${ONOMA_NM} OBJCOPY=${ONOMA_OBJCOPY}
    READELF=${ONOMA_READELF} GEN_KSYMS=$<TARGET_FILE:gen_ksyms> sh ${KSYMS_TWO_LINKS})

# ksyms_trace(COMMAND DEPENDS [LINES] [UNWIND]): what goes before the command of two_links.sh, and what
# the link then depends on.
function(ksyms_trace command depends)
    cmake_parse_arguments(PARSE_ARGV 2 trace "LINES;UNWIND" "" "")
    set(options)
    if(trace_UNWIND)
        list(APPEND options --unwind --require-all)
    endif()
    if(trace_LINES)
        list(APPEND options --lines)
    endif()
    set(${command} PARENT_SCOPE)
    set(${depends} PARENT_SCOPE)
    if(options AND TARGET gen_trace)
        list(JOIN options " " options)
        set(${command} ${CMAKE_COMMAND} -E env GEN_TRACE=$<TARGET_FILE:gen_trace>
            "GEN_TRACE_OPTIONS=${options}" PARENT_SCOPE)
        set(${depends} gen_trace PARENT_SCOPE)
    endif()
endfunction()

function(ksyms_add_kernel name)
    cmake_parse_arguments(PARSE_ARGV 1 kernel "LINES;UNWIND" "LINKER_SCRIPT" "OBJECTS")
    if(NOT kernel_LINKER_SCRIPT OR NOT kernel_OBJECTS)
        message(FATAL_ERROR "ksyms_add_kernel(${name}): LINKER_SCRIPT and OBJECTS are needed")
    endif()
    set(parts)
    foreach(part LINES UNWIND)
        if(kernel_${part})
            list(APPEND parts ${part})
        endif()
    endforeach()
    ksyms_trace(trace_command trace_depends ${parts})
    set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}.elf)
    add_custom_command(
        OUTPUT ${output}
        BYPRODUCTS ${output}.ksyms ${output}.map
        COMMAND ${trace_command} ${KSYMS_TWO_LINKS_COMMAND} ${output}
                -m elf_x86_64 -nostdlib -static -z max-page-size=4096 -z noexecstack
                --orphan-handling=error -T ${kernel_LINKER_SCRIPT} ${kernel_OBJECTS}
        DEPENDS ${kernel_OBJECTS} ${kernel_LINKER_SCRIPT} ${KSYMS_TWO_LINKS} gen_ksyms
                ${trace_depends}
        COMMAND_EXPAND_LISTS
        COMMENT "Linking ${name}.elf twice"
        VERBATIM)
    add_custom_target(${name} ALL DEPENDS ${output})
    foreach(object IN LISTS kernel_OBJECTS)
        if(object MATCHES "^\\$<TARGET_OBJECTS:(.+)>$")
            add_dependencies(${name} ${CMAKE_MATCH_1}) # Make finds them in no other way
        endif()
    endforeach()
    set_target_properties(${name} PROPERTIES KSYMS_FILE ${output})
endfunction()
