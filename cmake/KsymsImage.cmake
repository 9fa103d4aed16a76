# SPDX-License-Identifier: MIT
#
# ksyms_add_initrd(NAME MODULES module... [FOLDER path] [INDEX path] [TYPES kernel] [DEBUG])
#     NAME.img: a cpio archive with the modules in that folder (default: lib/modules), with DEBUG with
#     their debug information.  INDEX is a
#     folder above it, which gets the files of depmod: modules.dep, .alias, .softdep, .symbols.  TYPES
#     adds kernel.types, the text of the kernel's types, for messages about modules that do not fit it.
# ksyms_add_iso(NAME KERNEL kernel [INITRD initrd] [MODULES module-or-file...] [COMMAND_LINE text]
#     [OUTPUT file])
#     NAME.iso: GRUB boots it by BIOS and by UEFI, as multiboot2; MODULES are given to the kernel one
#     by one, behind the initrd.
# ksyms_add_boot_test(NAME KERNEL kernel [INITRD initrd] [MODULES module-or-file...]
#     [COMMAND_LINE text] [EXPECT pattern...] [EXIT status] [TIMEOUT seconds])
# ksyms_add_boot_test(NAME KERNEL kernel DIRECT [EXPECT pattern...] [EXIT status] [TIMEOUT seconds])
#     A test: makes such an ISO and boots it in QEMU; DIRECT: QEMU itself loads the kernel, as multiboot1
#     or PVH, and GRUB is not needed.  Each pattern (a basic regular expression) must
#     be in a line of the serial line, in this order, and QEMU must end with the status: 33 if nothing
#     is said, which is a byte 0x10 written to port 0xf4.
#
# Images are the same byte for byte whenever their inputs are.

function(ksyms_add_initrd name)
    cmake_parse_arguments(PARSE_ARGV 1 initrd "DEBUG" "FOLDER;INDEX;TYPES" "MODULES")
    ksyms_check_arguments(ksyms_add_initrd initrd
        "ksyms_add_initrd(NAME MODULES module... [FOLDER path] [INDEX path] [TYPES kernel] [DEBUG])"
        MODULES)
    ksyms_require(KSYMS_CPIO cpio cpio)
    if(NOT initrd_FOLDER)
        set(initrd_FOLDER lib/modules)
    endif()
    ksyms_files(files "ksyms_add_initrd(${name})" ${initrd_MODULES})
    if(initrd_TYPES)
        if(NOT TARGET ${initrd_TYPES})
            message(FATAL_ERROR "ksyms_add_initrd(${name}): TYPES ${initrd_TYPES}: not a target of "
                                "ksyms_add_kernel, made before")
        endif()
        get_target_property(types ${initrd_TYPES} KSYMS_TYPES_FILE)
        if(NOT types)
            message(FATAL_ERROR "ksyms_add_initrd(${name}): ${initrd_TYPES} was made without TYPES")
        endif()
        list(APPEND files ${types})
    endif()
    set(script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../scripts/make-initrd.sh)
    set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}.img)
    add_custom_command(
        OUTPUT ${output}
        COMMAND ${CMAKE_COMMAND} -E env INDEX=${initrd_INDEX}
                GEN_MODULES=$<TARGET_FILE:ksyms::gen_modules>
                sh ${script} $<$<BOOL:${initrd_DEBUG}>:--debug> ${output} ${initrd_FOLDER} ${files}
        DEPENDS ${files} ${script} ksyms::gen_modules
        COMMAND_EXPAND_LISTS
        COMMENT "Packing ${name}.img"
        VERBATIM)
    add_custom_target(${name} ALL DEPENDS ${output})
    ksyms_order_after(${name} ${initrd_MODULES} ${initrd_TYPES})
    set_target_properties(${name} PROPERTIES KSYMS_FILE ${output})
endfunction()

# Make knows nothing of a file that another folder makes: its target must be done first.
function(ksyms_order_after name)
    foreach(item IN LISTS ARGN)
        foreach(target ${item} module_${item})
            if(TARGET ${target})
                add_dependencies(${name} ${target})
            endif()
        endforeach()
    endforeach()
endfunction()

function(ksyms_add_iso name)
    cmake_parse_arguments(PARSE_ARGV 1 iso "" "KERNEL;INITRD;COMMAND_LINE;OUTPUT" "MODULES")
    string(CONCAT usage "ksyms_add_iso(NAME KERNEL kernel [INITRD initrd] [MODULES module-or-file...]"
        " [COMMAND_LINE text]\n    [OUTPUT file])")
    ksyms_check_arguments(ksyms_add_iso iso "${usage}" KERNEL)
    ksyms_require(KSYMS_GRUB_MKRESCUE grub-common grub-mkrescue)
    ksyms_require(KSYMS_XORRISO xorriso xorriso)
    ksyms_require(KSYMS_MFORMAT mtools mformat)
    if(NOT iso_OUTPUT)
        set(iso_OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.iso)
    endif()
    ksyms_files(kernel "ksyms_add_iso(${name})" ${iso_KERNEL})
    set(initrd)
    set(initrd_argument -)
    if(iso_INITRD)
        ksyms_files(initrd "ksyms_add_iso(${name})" ${iso_INITRD})
        set(initrd_argument ${initrd})
    endif()
    ksyms_files(modules "ksyms_add_iso(${name})" ${iso_MODULES})
    set(scripts ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../scripts)
    get_filename_component(title ${iso_OUTPUT} NAME)
    add_custom_command(
        OUTPUT ${iso_OUTPUT}
        COMMAND sh ${scripts}/make-iso.sh ${iso_OUTPUT} ${kernel} ${initrd_argument}
                "${iso_COMMAND_LINE}" ${modules}
        DEPENDS ${kernel} ${initrd} ${modules} ${scripts}/make-iso.sh ${scripts}/grub.cfg
        COMMENT "Writing ${title}"
        VERBATIM)
    add_custom_target(${name} ALL DEPENDS ${iso_OUTPUT})
    ksyms_order_after(${name} ${iso_KERNEL} ${iso_INITRD} ${iso_MODULES})
    set_target_properties(${name} PROPERTIES KSYMS_FILE ${iso_OUTPUT})
endfunction()

# A part of the next: its ISO, in `file`.
macro(ksyms_add_boot_test_iso)
    string(MAKE_C_IDENTIFIER ${name}_iso iso)
    set(initrd)
    if(boot_INITRD)
        set(initrd INITRD ${boot_INITRD})
    endif()
    ksyms_add_iso(${iso} KERNEL ${boot_KERNEL} ${initrd} MODULES ${boot_MODULES}
        COMMAND_LINE "${boot_COMMAND_LINE}")
    get_target_property(file ${iso} KSYMS_FILE)
endmacro()

function(ksyms_add_boot_test name)
    cmake_parse_arguments(PARSE_ARGV 1 boot "DIRECT" "KERNEL;INITRD;COMMAND_LINE;EXIT;TIMEOUT"
        "MODULES;EXPECT")
    string(CONCAT usage "ksyms_add_boot_test(NAME KERNEL kernel [DIRECT] [INITRD initrd]"
        " [MODULES module-or-file...]\n    [COMMAND_LINE text] [EXPECT pattern...] [EXIT status]"
        " [TIMEOUT seconds])")
    ksyms_check_arguments(ksyms_add_boot_test boot "${usage}" KERNEL)
    ksyms_require(KSYMS_QEMU qemu-system-x86 qemu-system-x86_64)
    if(NOT DEFINED boot_EXIT)
        set(boot_EXIT 33)
    endif()
    if(NOT boot_TIMEOUT)
        set(boot_TIMEOUT 60)
    endif()
    if(boot_DIRECT)
        if(boot_INITRD OR boot_MODULES OR boot_COMMAND_LINE)
            message(FATAL_ERROR "ksyms_add_boot_test(${name}): DIRECT takes a kernel and nothing else")
        endif()
        ksyms_files(file "ksyms_add_boot_test(${name})" ${boot_KERNEL})
    else()
        ksyms_add_boot_test_iso()
    endif()
    add_test(NAME ${name}
        COMMAND sh ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../scripts/boot-test.sh ${file} ${boot_EXIT}
                ${boot_TIMEOUT} ${boot_EXPECT})
    math(EXPR limit "${boot_TIMEOUT} + 30")
    set_tests_properties(${name} PROPERTIES TIMEOUT ${limit})
endfunction()
