# SPDX-License-Identifier: MIT
#
# ksyms_add_module(NAME SOURCES file... [DEPENDS module...] [COMPILE_OPTIONS flag...])
#
# Builds NAME.ko, linked twice as the kernel is, so that it carries its own symbols, and, with libdw-dev,
# its lines and unwind rows.  DEPENDS names
# the modules whose exports it uses: they become its `depends=` tag.  The target is module_NAME, its
# property KSYMS_FILE the path of the .ko.

set(KSYMS_MODULE_SCRIPT ${PROJECT_SOURCE_DIR}/modules/module.lds)

# What Linux's modpost writes: the tags that the build knows and the source does not.
function(ksyms_write_module_tags file name depends)
    list(JOIN depends "," depends)
    file(CONFIGURE OUTPUT ${file} @ONLY CONTENT "/* Written by the build: KsymsModule.cmake. */
#include <onoma/module.h>
#include <onoma/vermagic.h>

MODULE_INFO(name, \"@name@\");
MODULE_INFO(vermagic, ONOMA_VERMAGIC);
MODULE_INFO(depends, \"@depends@\");
")
endfunction()

function(ksyms_add_module name)
    cmake_parse_arguments(PARSE_ARGV 1 module "" "" "SOURCES;DEPENDS;COMPILE_OPTIONS")
    if(NOT module_SOURCES)
        message(FATAL_ERROR "ksyms_add_module(${name}): SOURCES are needed")
    endif()
    set(tags ${CMAKE_CURRENT_BINARY_DIR}/${name}.mod.c)
    ksyms_write_module_tags(${tags} ${name} "${module_DEPENDS}")

    add_library(module_${name}_objects OBJECT ${module_SOURCES} ${tags})
    target_link_libraries(module_${name}_objects PRIVATE onoma_kernel_flags)
    target_compile_definitions(module_${name}_objects PRIVATE MODULE KBUILD_MODNAME="${name}")
    target_compile_options(module_${name}_objects PRIVATE ${module_COMPILE_OPTIONS})
    target_include_directories(module_${name}_objects PRIVATE ${PROJECT_SOURCE_DIR}/modules)

    set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}.ko)
    ksyms_trace(trace_command trace_depends LINES UNWIND)
    set(objects $<TARGET_OBJECTS:module_${name}_objects>)
    add_custom_command(
        OUTPUT ${output}
        BYPRODUCTS ${output}.ksyms ${output}.map
        COMMAND ${trace_command} ${KSYMS_TWO_LINKS_COMMAND} ${output}
                -r -m elf_x86_64 -z noexecstack -T ${KSYMS_MODULE_SCRIPT} ${objects}
        DEPENDS ${objects} ${KSYMS_MODULE_SCRIPT} ${KSYMS_TWO_LINKS} gen_ksyms
                ${trace_depends}
        COMMAND_EXPAND_LISTS
        COMMENT "Linking ${name}.ko twice"
        VERBATIM)
    add_custom_target(module_${name} ALL DEPENDS ${output})
    add_dependencies(module_${name} module_${name}_objects) # Make finds them in no other way
    set_target_properties(module_${name} PROPERTIES KSYMS_FILE ${output})
    set(ONOMA_MODULES ${ONOMA_MODULES} module_${name} PARENT_SCOPE)
endfunction()
