# SPDX-License-Identifier: MIT
#
# The kit's functions for a build with CMake: of this checkout, of an installed kit (find_package) and
# of a checkout inside another project (FetchContent, add_subdirectory).  All three have
#
#   ksyms::kit                      the library's sources, compiled with the flags of who links it
#   ksyms::gen_ksyms ...            the host programs
#   ksyms_add_library               the library as objects                         KsymsLibrary.cmake
#   ksyms_add_kernel                a kernel that carries its own symbols          KsymsKernel.cmake
#   ksyms_add_module                a .ko file                                     KsymsModule.cmake
#   ksyms_add_initrd ksyms_add_iso  what a boot loader reads                       KsymsImage.cmake
#   ksyms_add_boot_test             a test in QEMU                                 KsymsImage.cmake
#
# docs/your-kernel.md leads through them.  Functions find their files by their own place, so that the
# folders cmake/, scripts/ and src/ksyms/ can be moved together.

include(${CMAKE_CURRENT_LIST_DIR}/KsymsTools.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/KsymsLibrary.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/KsymsKernel.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/KsymsModule.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/KsymsImage.cmake)
