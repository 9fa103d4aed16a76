# SPDX-License-Identifier: MIT
#
# What `cmake --install BUILD --component ksyms` writes; the tree may be moved as a whole.
#
#   bin/                       gen_ksyms gen_modules ksyms ksyms-link; gen_trace gen_types if there is libdw
#   lib/cmake/ksyms/           the package: find_package(ksyms)
#   lib/pkgconfig/ksyms.pc     where the programs and the rest are
#   share/ksyms/               as in the checkout: cmake/ scripts/ src/ksyms/; ksyms.mk for make
#   share/ksyms/docs/ examples/  docs/your-kernel.md, and the kernels that it leads through
#   share/man/man1/
#
# The headers are not in include/: a kernel must not find the C library's beside them.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(ksyms_share ${CMAKE_INSTALL_DATADIR}/ksyms)
set(ksyms_package ${CMAKE_INSTALL_LIBDIR}/cmake/ksyms)
set(ksyms_root ${CMAKE_CURRENT_LIST_DIR}/..)

set(programs gen_ksyms gen_modules ksyms ksyms-link)
if(TARGET gen_trace)
    list(APPEND programs gen_trace gen_types)
endif()
install(TARGETS ${programs} EXPORT ksymsTargets COMPONENT ksyms
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(EXPORT ksymsTargets NAMESPACE ksyms:: DESTINATION ${ksyms_package} COMPONENT ksyms)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/ksymsConfig.cmake.in
    ${PROJECT_BINARY_DIR}/ksymsConfig.cmake
    INSTALL_DESTINATION ${ksyms_package} PATH_VARS ksyms_share)
# Programs of this machine for kernels of any: what a kernel's pointers measure does not matter.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ksymsConfigVersion.cmake
    COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
file(RELATIVE_PATH ksyms_prefix "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" /)
configure_file(${CMAKE_CURRENT_LIST_DIR}/ksyms.pc.in ${PROJECT_BINARY_DIR}/ksyms.pc @ONLY)
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/ksyms.mk
    CONTENT "ksyms_makefile := $(dir $(lastword $(MAKEFILE_LIST)))cmake/ksyms.mk
ifeq ($(wildcard $(ksyms_makefile)),)
$(error ksyms.mk: the folder of the kit (... $(ksyms_makefile)) has a space, and make cannot work with that: move it)
endif
include $(ksyms_makefile)
" @ONLY)

install(FILES ${PROJECT_BINARY_DIR}/ksymsConfig.cmake ${PROJECT_BINARY_DIR}/ksymsConfigVersion.cmake
    DESTINATION ${ksyms_package} COMPONENT ksyms)
install(FILES ${PROJECT_BINARY_DIR}/ksyms.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT ksyms)
install(FILES ${PROJECT_BINARY_DIR}/ksyms.mk ${ksyms_root}/LICENSE
    DESTINATION ${ksyms_share} COMPONENT ksyms)
install(DIRECTORY ${ksyms_root}/src/ksyms/ DESTINATION ${ksyms_share}/src/ksyms COMPONENT ksyms
    PATTERN CMakeLists.txt EXCLUDE)
set(build_files Ksyms.cmake KsymsTools.cmake KsymsLibrary.cmake KsymsKernel.cmake KsymsModule.cmake
    KsymsImage.cmake two_links.sh linker_script.txt module.lds ksyms.mk)
list(TRANSFORM build_files PREPEND ${ksyms_root}/cmake/)
install(FILES ${build_files}
    DESTINATION ${ksyms_share}/cmake COMPONENT ksyms)
set(image_files make-initrd.sh make-iso.sh grub.cfg qemu.sh boot-test.sh)
list(TRANSFORM image_files PREPEND ${ksyms_root}/scripts/)
install(FILES ${image_files}
    DESTINATION ${ksyms_share}/scripts COMPONENT ksyms)
install(FILES ${ksyms_root}/docs/your-kernel.md DESTINATION ${ksyms_share}/docs COMPONENT ksyms)
install(DIRECTORY ${ksyms_root}/examples DESTINATION ${ksyms_share} COMPONENT ksyms)
install(DIRECTORY ${ksyms_root}/docs/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT ksyms
    PATTERN onoma-check.1 EXCLUDE)
