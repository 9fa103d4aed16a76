# SPDX-License-Identifier: MIT
#
# ksyms_add_module(NAME
#     SOURCES file...
#     [LIBRARIES target...]      flags, definitions and folders; no objects
#     [DEPENDS module...]        whose exports it uses: its tag `depends=`
#     [TAGS tag=text...]         more of them, as `license=MIT`
#     [SYMBOLS TEXT|ALL] [FILTER file] [LINES] [UNWIND [REQUIRE_ALL]] [TYPES]      as of a kernel
#     [COMPILE_OPTIONS flag...] [LINKER_SCRIPT file]
#     [CHECK word...])           a command that must succeed; behind it come the .ko files of DEPENDS
#                                that this build makes, and this one
#
# Builds NAME.ko, linked twice as the kernel is, so that it carries its own symbols.  The target is
# module_NAME, its property KSYMS_FILE the path of the .ko; KSYMS_MODULES collects the targets of a
# folder.  In its sources' target the property KSYMS_NAME is the module's name.
#
# KSYMS_MODULE_DEFAULTS, if set, are arguments that every module has before its own: the flags of the
# kernel, as in set(KSYMS_MODULE_DEFAULTS LINES LIBRARIES kernel_flags).

# What Linux's modpost writes: the tags that the build knows and the source does not.
function(ksyms_write_module_tags file name)
    set(number 0)
    set(lines)
    foreach(tag IN LISTS ARGN)
        if(NOT tag MATCHES "^[a-z_0-9]+=")
            message(FATAL_ERROR "ksyms_add_module(${name}): TAGS ${tag}: write it as license=MIT")
        endif()
        string(REGEX REPLACE "([\\\\\"])" "\\\\\\1" tag "${tag}")
        string(APPEND lines "KSYMS_MODULE_TAG(${number}, \"${tag}\");\n")
        math(EXPR number "${number} + 1")
    endforeach()
    file(CONFIGURE OUTPUT ${file} @ONLY CONTENT "/* Written by the build: KsymsModule.cmake. */
#define KSYMS_MODULE_TAG(number, text)                                                             \\
    static const char __modinfo_tag_##number[]                                                     \\
        __attribute__((section(\".modinfo\"), used, aligned(1))) = text

@lines@")
endfunction()

function(ksyms_add_module name)
    cmake_parse_arguments(module "LINES;UNWIND;REQUIRE_ALL;TYPES" "LINKER_SCRIPT;SYMBOLS;FILTER"
        "SOURCES;LIBRARIES;DEPENDS;TAGS;COMPILE_OPTIONS;CHECK" ${KSYMS_MODULE_DEFAULTS} ${ARGN})
    string(CONCAT usage "ksyms_add_module(NAME SOURCES file... [LIBRARIES target...]"
        " [DEPENDS module...] [TAGS tag=text...]\n    [SYMBOLS TEXT|ALL] [FILTER file] [LINES] [UNWIND"
        " [REQUIRE_ALL]] [TYPES]\n    [COMPILE_OPTIONS flag...] [LINKER_SCRIPT file] [CHECK word...])")
    ksyms_check_arguments(ksyms_add_module module "${usage}" SOURCES)
    ksyms_table_options(options ksyms_add_module ${name} module)
    ksyms_require_binutils()

    list(JOIN module_DEPENDS "," depends)
    set(tags ${CMAKE_CURRENT_BINARY_DIR}/${name}.mod.c)
    ksyms_write_module_tags(${tags} ${name} name=${name} depends=${depends} ${module_TAGS})

    add_library(module_${name}_objects OBJECT ${module_SOURCES} ${tags})
    set_target_properties(module_${name}_objects PROPERTIES KSYMS_NAME ${name})
    target_link_libraries(module_${name}_objects PRIVATE ${module_LIBRARIES})
    target_compile_options(module_${name}_objects PRIVATE ${module_COMPILE_OPTIONS})

    set(script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/module.lds)
    if(module_LINKER_SCRIPT)
        get_filename_component(script ${module_LINKER_SCRIPT} ABSOLUTE)
    endif()
    set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}.ko)
    set(objects $<TARGET_OBJECTS:module_${name}_objects>)
    set(check)
    set(check_depends)
    if(module_CHECK)
        foreach(used IN LISTS module_DEPENDS)
            if(TARGET module_${used})
                get_target_property(file module_${used} KSYMS_FILE)
                list(APPEND check_depends ${file})
            endif()
        endforeach()
        set(check CHECK ${module_CHECK} ${check_depends} ${output})
    endif()
    ksyms_two_links(OUTPUT ${output} ${options} ${check}
        ARGUMENTS -r -m elf_x86_64 -z noexecstack --force-group-allocation -T ${script} ${objects}
        DEPENDS ${objects} ${script} ${check_depends}
        COMMENT "Linking ${name}.ko twice")
    add_custom_target(module_${name} ALL DEPENDS ${output})
    add_dependencies(module_${name} module_${name}_objects) # Make finds them in no other way
    set_target_properties(module_${name} PROPERTIES KSYMS_FILE ${output})
    set(KSYMS_MODULES ${KSYMS_MODULES} module_${name} PARENT_SCOPE)
endfunction()
