# SPDX-License-Identifier: MIT
#
# What the other functions share: programs, each with the Debian package that has it, and arguments
# that are refused with what would be right.

# ksyms_require(VARIABLE PACKAGE NAME...): the path of the first program that is found.
function(ksyms_require variable package)
    find_program(${variable} NAMES ${ARGN})
    if(NOT ${variable})
        list(GET ARGN -1 program)
        message(FATAL_ERROR "${program} is missing: apt-get install ${package}, or tell where it is "
                            "by -D${variable}=/path/to/${program}")
    endif()
endfunction()

# KSYMS_LD, KSYMS_NM, KSYMS_OBJCOPY, KSYMS_READELF: GNU binutils, those of the cross compiler if it
# has its own.  Another linker: -DKSYMS_LD=ld.lld.
function(ksyms_require_binutils)
    set(prefix)
    if(CMAKE_OBJCOPY MATCHES "^(.*[/-])objcopy$" AND NOT CMAKE_OBJCOPY MATCHES "llvm")
        set(prefix ${CMAKE_MATCH_1})
    endif()
    ksyms_require(KSYMS_LD binutils ${prefix}ld ld)
    ksyms_require(KSYMS_NM binutils ${prefix}nm nm)
    ksyms_require(KSYMS_OBJCOPY binutils ${prefix}objcopy objcopy)
    ksyms_require(KSYMS_READELF binutils ${prefix}readelf readelf)
endfunction()

# For the first lines of a function: refuses words that it does not know, keywords without a value,
# and the lack of the keywords named behind `usage`.
macro(ksyms_check_arguments function prefix usage)
    if(${prefix}_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "${function}(${name}): unknown: ${${prefix}_UNPARSED_ARGUMENTS}\n"
                            "It takes:\n  ${usage}")
    endif()
    foreach(keyword ${${prefix}_KEYWORDS_MISSING_VALUES}) # lists may be empty, single values not
        if(keyword MATCHES
           "^(LINKER_SCRIPT|SYMBOLS|FILTER|FOLDER|INDEX|KERNEL|INITRD|OUTPUT|EXIT|TIMEOUT|TYPES|COMMAND_LINE)$")
            message(FATAL_ERROR "${function}(${name}): nothing behind ${keyword}\nIt takes:\n  "
                                "${usage}")
        endif()
    endforeach()
    foreach(keyword ${ARGN})
        if(NOT ${prefix}_${keyword})
            message(FATAL_ERROR "${function}(${name}): ${keyword} is needed\nIt takes:\n  ${usage}")
        endif()
    endforeach()
endmacro()

# ksyms_files(OUT FUNCTION TARGET-OR-FILE...): targets of ksyms_add_... become their files.
function(ksyms_files out function)
    set(files)
    foreach(item IN LISTS ARGN)
        set(file)
        foreach(target ${item} module_${item})
            if(NOT file AND TARGET ${target})
                get_target_property(file ${target} KSYMS_FILE)
            endif()
        endforeach()
        if(NOT file)
            get_filename_component(file ${item} ABSOLUTE)
            if(NOT EXISTS ${file})
                message(FATAL_ERROR "${function}: ${item} is neither a target of ksyms_add_kernel, "
                                    "ksyms_add_module or ksyms_add_initrd, made before, nor a file")
            endif()
        endif()
        list(APPEND files ${file})
    endforeach()
    set(${out} ${files} PARENT_SCOPE)
endfunction()
