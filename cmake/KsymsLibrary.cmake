# SPDX-License-Identifier: MIT
#
# ksyms::kit: every source of the kit, as an interface: who links it compiles them with its own flags.
# The linker drops what is not used, with -ffunction-sections and --gc-sections.
#
# ksyms_add_library(NAME [LIBRARIES target...] [COMPILE_OPTIONS flag...])
# The same as a library of objects, for flags of its own, or for several kernels.

if(NOT TARGET ksyms::kit)
    set(ksyms_folder ${CMAKE_CURRENT_LIST_DIR}/../src/ksyms)
    get_filename_component(ksyms_folder ${ksyms_folder} ABSOLUTE)
    file(GLOB ksyms_sources CONFIGURE_DEPENDS ${ksyms_folder}/*.c)
    add_library(ksyms_kit INTERFACE)
    add_library(ksyms::kit ALIAS ksyms_kit)
    target_sources(ksyms_kit INTERFACE ${ksyms_sources})
    target_include_directories(ksyms_kit INTERFACE ${ksyms_folder}/include)
endif()

function(ksyms_add_library name)
    cmake_parse_arguments(PARSE_ARGV 1 library "" "" "LIBRARIES;COMPILE_OPTIONS")
    ksyms_check_arguments(ksyms_add_library library
        "ksyms_add_library(NAME [LIBRARIES target...] [COMPILE_OPTIONS flag...])")
    get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
    if(NOT C IN_LIST languages)
        message(FATAL_ERROR "ksyms_add_library(${name}): the kit is C: write\n"
                            "  project(... LANGUAGES C ${languages})")
    endif()
    add_library(${name} OBJECT)
    target_link_libraries(${name} PRIVATE ksyms::kit ${library_LIBRARIES})
    target_include_directories(${name}
        INTERFACE $<TARGET_PROPERTY:ksyms::kit,INTERFACE_INCLUDE_DIRECTORIES>)
    target_compile_options(${name} PRIVATE ${library_COMPILE_OPTIONS})
endfunction()
