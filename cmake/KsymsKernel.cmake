# SPDX-License-Identifier: MIT
#
# ksyms_add_kernel(NAME OBJECTS object... LINKER_SCRIPT file)
#
# Links the objects twice (two_links.sh), so that the kernel carries its own symbols, and publishes
# NAME.elf in the current build folder only after the check that no symbol moved.  Sets the target
# property KSYMS_FILE to the path of the kernel.

set(KSYMS_TWO_LINKS ${CMAKE_CURRENT_LIST_DIR}/two_links.sh)

# The command that runs two_links.sh with our programs.
set(KSYMS_TWO_LINKS_COMMAND
    ${CMAKE_COMMAND} -E env LC_ALL=C LD=${ONOMA_LD} NM=${ONOMA_NM} OBJCOPY=${ONOMA_OBJCOPY}
    READELF=${ONOMA_READELF} GEN_KSYMS=$<TARGET_FILE:gen_ksyms> sh ${KSYMS_TWO_LINKS})

function(ksyms_add_kernel name)
    cmake_parse_arguments(PARSE_ARGV 1 kernel "" "LINKER_SCRIPT" "OBJECTS")
    if(NOT kernel_LINKER_SCRIPT OR NOT kernel_OBJECTS)
        message(FATAL_ERROR "ksyms_add_kernel(${name}): LINKER_SCRIPT and OBJECTS are needed")
    endif()
    set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}.elf)
    add_custom_command(
        OUTPUT ${output}
        BYPRODUCTS ${output}.ksyms ${output}.map
        COMMAND ${KSYMS_TWO_LINKS_COMMAND} ${output}
                -m elf_x86_64 -nostdlib -static -z max-page-size=4096 -z noexecstack
                --orphan-handling=error -T ${kernel_LINKER_SCRIPT} ${kernel_OBJECTS}
        DEPENDS ${kernel_OBJECTS} ${kernel_LINKER_SCRIPT} ${KSYMS_TWO_LINKS} gen_ksyms
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
