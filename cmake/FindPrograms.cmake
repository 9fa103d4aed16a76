# SPDX-License-Identifier: MIT
#
# The programs of the build, each with the Debian package that has it, so that a missing one is
# told with what to do about it.

function(onoma_require variable program package)
    find_program(${variable} ${program})
    if(NOT ${variable})
        message(FATAL_ERROR "${program} is missing: apt-get install ${package} "
                            "(or let `sh scripts/run.sh` install everything)")
    endif()
endfunction()

onoma_require(ONOMA_NASM nasm nasm)
onoma_require(ONOMA_LD ld binutils)
onoma_require(ONOMA_NM nm binutils)
onoma_require(ONOMA_OBJCOPY objcopy binutils)
onoma_require(ONOMA_READELF readelf binutils)
onoma_require(ONOMA_STRIP strip binutils)
onoma_require(ONOMA_CPIO cpio cpio)
onoma_require(ONOMA_GRUB_MKRESCUE grub-mkrescue grub-common)
onoma_require(ONOMA_XORRISO xorriso xorriso)
onoma_require(ONOMA_MFORMAT mformat mtools)

find_file(ONOMA_CONSOLE_FONT Unifont-APL8x16.psf.gz PATHS /usr/share/consolefonts NO_DEFAULT_PATH)
if(NOT ONOMA_CONSOLE_FONT)
    message(FATAL_ERROR "the console font is missing: apt-get install psf-unifont")
endif()
