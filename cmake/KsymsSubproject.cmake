# SPDX-License-Identifier: MIT
#
# This checkout inside another project: FetchContent or add_subdirectory.  The kit's functions and
# targets as from find_package(ksyms), and nothing else is built.
#
# The project's compiler and flags are for a kernel, mostly; the host programs are built beside it, as a
# build of their own with the machine's compiler: KSYMS_HOST_CC, if it is not `cc`.

include(ExternalProject)
include(${CMAKE_CURRENT_LIST_DIR}/Ksyms.cmake)
ksyms_require(KSYMS_HOST_CC gcc cc gcc clang)
set(KSYMS_HOST_BUILD_TYPE Release CACHE STRING "of the host programs")

find_path(KSYMS_LIBDW_INCLUDE elfutils/libdw.h PATHS /usr/include)
set(ksyms_host ${CMAKE_CURRENT_BINARY_DIR}/host)
set(ksyms_programs gen_ksyms gen_modules ksyms ksyms-link)
if(KSYMS_LIBDW_INCLUDE)
    list(APPEND ksyms_programs gen_trace gen_types)
endif()
list(TRANSFORM ksyms_programs PREPEND ${ksyms_host}/scripts/ OUTPUT_VARIABLE ksyms_files)
ExternalProject_Add(ksyms_host_programs
    SOURCE_DIR ${PROJECT_SOURCE_DIR}
    BINARY_DIR ${ksyms_host}
    PREFIX ${CMAKE_CURRENT_BINARY_DIR}/host-steps
    CMAKE_ARGS -DONOMA_KIT_ONLY=ON -DCMAKE_BUILD_TYPE=${KSYMS_HOST_BUILD_TYPE} -DCMAKE_C_COMPILER=${KSYMS_HOST_CC}
    BUILD_ALWAYS ON
    BUILD_BYPRODUCTS ${ksyms_files}
    INSTALL_COMMAND "")
foreach(program IN LISTS ksyms_programs)
    add_executable(ksyms::${program} IMPORTED GLOBAL)
    set_target_properties(ksyms::${program} PROPERTIES
        IMPORTED_LOCATION ${ksyms_host}/scripts/${program})
    add_dependencies(ksyms::${program} ksyms_host_programs)
endforeach()
set(KSYMS_MAKEFILE ${PROJECT_SOURCE_DIR}/cmake/ksyms.mk)
