# SPDX-License-Identifier: MIT
#
# The kernel development package: what modules are built with in folders of their own, against this
# build of the kernel.  `cmake --install BUILD` writes it beside the kit (KsymsInstall.cmake), which it
# uses; the tree may be moved as a whole.
#
#   bin/onoma-check                would the kernel load a module? (and its man page)
#   lib/cmake/Onoma/               find_package(Onoma)
#   share/onoma/include/onoma/     the headers; modules/: those of modules that export something
#   share/onoma/Makefile           make -C share/onoma M=/folder/of/the/module
#   share/onoma/kernel.elf         the kernel, its modules, and what both export, with hashes of types
#               initrd.img Module.symvers
#   share/onoma/new-module.sh add-modules.sh
#
# The target `development` installs both into the build folder's development/.

set(source ${PROJECT_SOURCE_DIR}/cmake/development)
set(onoma_share ${CMAKE_INSTALL_DATADIR}/onoma)
set(onoma_package ${CMAKE_INSTALL_LIBDIR}/cmake/Onoma)
get_target_property(kernel kernel KSYMS_FILE)
get_target_property(initrd initrd KSYMS_FILE)

# Paths of this checkout mean nothing elsewhere.
set(ONOMA_MODULE_FLAGS ${ONOMA_KERNEL_FLAGS})
list(FILTER ONOMA_MODULE_FLAGS EXCLUDE REGEX "prefix-map")
foreach(flags ONOMA_MODULE_FLAGS ONOMA_KERNEL_C_FLAGS ONOMA_KERNEL_CXX_FLAGS)
    list(JOIN ${flags} " " ${flags}_TEXT)
endforeach()
list(JOIN ONOMA_TRACE " " ONOMA_TRACE_TEXT)

# Linux's Module.symvers: who exports what, as the loader sees it.
set(symvers ${PROJECT_BINARY_DIR}/Module.symvers)
add_custom_command(
    OUTPUT ${symvers}
    COMMAND onoma-check --kernel ${kernel} --initrd ${initrd} --exports > ${symvers}.new
    COMMAND ${CMAKE_COMMAND} -E rename ${symvers}.new ${symvers}
    DEPENDS onoma-check ${kernel} ${initrd}
    COMMENT "Writing Module.symvers"
    VERBATIM)
add_custom_target(symvers ALL DEPENDS ${symvers})
add_dependencies(symvers kernel initrd)

configure_package_config_file(${source}/OnomaConfig.cmake.in ${PROJECT_BINARY_DIR}/OnomaConfig.cmake
    INSTALL_DESTINATION ${onoma_package} PATH_VARS onoma_share ksyms_share CMAKE_INSTALL_BINDIR
    CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/OnomaConfigVersion.cmake
    COMPATIBILITY ExactVersion ARCH_INDEPENDENT)
configure_file(${source}/module.mk.in ${PROJECT_BINARY_DIR}/module.mk @ONLY)

install(TARGETS onoma-check COMPONENT onoma RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${PROJECT_SOURCE_DIR}/docs/man/onoma-check.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
    COMPONENT onoma)
install(FILES ${PROJECT_BINARY_DIR}/OnomaConfig.cmake ${PROJECT_BINARY_DIR}/OnomaConfigVersion.cmake
    DESTINATION ${onoma_package} COMPONENT onoma)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/src/kernel/include/ DESTINATION ${onoma_share}/include
    COMPONENT onoma)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/modules DESTINATION ${onoma_share} COMPONENT onoma
    FILES_MATCHING PATTERN "*.h")
install(FILES ${PROJECT_SOURCE_DIR}/modules/vermagic.c ${source}/Makefile ${source}/check.sh
    ${source}/add-modules.sh ${PROJECT_SOURCE_DIR}/scripts/new-module.sh
    ${PROJECT_BINARY_DIR}/module.mk ${kernel} ${initrd} ${symvers} ${PROJECT_SOURCE_DIR}/LICENSE
    DESTINATION ${onoma_share} COMPONENT onoma)

add_custom_target(development
    COMMAND ${CMAKE_COMMAND} --install ${PROJECT_BINARY_DIR} --prefix ${PROJECT_BINARY_DIR}/development
    COMMENT "Installing the development package into development/"
    VERBATIM)
add_dependencies(development kernel initrd symvers onoma-check gen_ksyms gen_modules ksyms ksyms-link)
if(TARGET gen_trace)
    add_dependencies(development gen_trace)
endif()
if(TARGET gen_types)
    add_dependencies(development gen_types)
endif()
