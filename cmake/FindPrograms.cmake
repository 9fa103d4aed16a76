# SPDX-License-Identifier: MIT
#
# The programs of Onoma's own build, all at once: a missing one is told before anything is compiled.

ksyms_require_binutils()
ksyms_require(ONOMA_NASM nasm nasm)
ksyms_require(ONOMA_STRIP binutils strip)
ksyms_require(KSYMS_CPIO cpio cpio)
ksyms_require(KSYMS_GRUB_MKRESCUE grub-common grub-mkrescue)
ksyms_require(KSYMS_XORRISO xorriso xorriso)
ksyms_require(KSYMS_MFORMAT mtools mformat)

find_file(ONOMA_CONSOLE_FONT Unifont-APL8x16.psf.gz PATHS /usr/share/consolefonts NO_DEFAULT_PATH)
if(NOT ONOMA_CONSOLE_FONT)
    message(FATAL_ERROR "the console font is missing: apt-get install psf-unifont")
endif()
