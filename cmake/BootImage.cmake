# SPDX-License-Identifier: MIT
#
# onoma_add_initrd(NAME MODULES target...)             NAME.img: a cpio archive with the modules
# onoma_add_iso(NAME KERNEL target INITRD target)      onoma.iso: boots by BIOS and by UEFI
#
# Both are the same byte for byte whenever their inputs are.

set(ONOMA_SCRIPTS ${PROJECT_SOURCE_DIR}/scripts)

function(onoma_add_initrd name)
    cmake_parse_arguments(PARSE_ARGV 1 initrd "" "" "MODULES")
    set(output ${PROJECT_BINARY_DIR}/${name}.img)
    set(files)
    foreach(module IN LISTS initrd_MODULES)
        get_target_property(file ${module} KSYMS_FILE)
        list(APPEND files ${file})
    endforeach()
    add_custom_command(
        OUTPUT ${output}
        COMMAND sh ${ONOMA_SCRIPTS}/make-initrd.sh ${output} ${PROJECT_VERSION} ${files}
        DEPENDS ${files} ${initrd_MODULES} ${ONOMA_SCRIPTS}/make-initrd.sh
        COMMENT "Packing ${name}.img"
        VERBATIM)
    add_custom_target(${name} ALL DEPENDS ${output})
    set_target_properties(${name} PROPERTIES KSYMS_FILE ${output})
endfunction()

function(onoma_add_iso name)
    cmake_parse_arguments(PARSE_ARGV 1 iso "" "KERNEL;INITRD" "")
    set(output ${PROJECT_BINARY_DIR}/onoma.iso)
    get_target_property(kernel ${iso_KERNEL} KSYMS_FILE)
    get_target_property(initrd ${iso_INITRD} KSYMS_FILE)
    add_custom_command(
        OUTPUT ${output}
        COMMAND sh ${ONOMA_SCRIPTS}/make-iso.sh ${output} ${kernel} ${initrd}
        DEPENDS ${kernel} ${initrd} ${iso_KERNEL} ${iso_INITRD} ${ONOMA_SCRIPTS}/make-iso.sh
                ${ONOMA_SCRIPTS}/grub.cfg
        COMMENT "Writing onoma.iso"
        VERBATIM)
    add_custom_target(${name} ALL DEPENDS ${output})
endfunction()
