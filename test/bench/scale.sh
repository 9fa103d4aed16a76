#!/bin/sh
# SPDX-License-Identifier: MIT
#
# scale.sh BUILD: does loading stay linear?  In instructions, as load.sh counts them: modules that use
# each other at random (test/support/random_modules.c) are loaded, all by one modprobe; then, among
# them, crc16, a module of the size of Linux's, comes and goes.
set -eu

build=$(cd "${1:?usage: scale.sh BUILD-FOLDER}" && pwd)
project=$(cd "$(dirname "$0")/../.." && pwd)
console_scripts=$project/scripts
. "$console_scripts/console.sh"
version=$(sed -n 's/^CMAKE_PROJECT_VERSION:[A-Z]*=//p' "$build/CMakeCache.txt")
tree=$scratch/tree/lib/modules/$version
console_timeout=600

spent() { # COMMAND: instructions
    console_command "time $1"
    console_output | sed -n 's/^time: \([0-9]*\)\.\([0-9]*\) s$/\1\2/p' | sed 's/^0*//'
}

measure() { # MODULES EXPORTS-OF-EACH
    rm -rf "$tree"
    mkdir -p "$tree/kernel"
    "$build/test/random_modules" "$tree/kernel" "$version" 1 "$1" $(($2 - 1)) >"$scratch/uses"
    strip -g -o "$tree/kernel/crc16.ko" "$build/test/bench/crc16.ko"
    (cd "$tree" && find kernel -name '*.ko' | "$build/scripts/gen_modules" .)
    (cd "$scratch/tree" && find . | LC_ALL=C sort | cpio --quiet -o -H newc) >"$scratch/initrd"
    sh "$console_scripts/make-iso.sh" "$scratch/iso" "$build/src/kernel/kernel.elf" "$scratch/initrd"
    console_start "$scratch/iso" --memory 2048 --icount --cpu qemu64 --append 'loglevel=3 norandom'
    all=$(spent 'modprobe all')
    console_command lsmod
    loaded=$(console_output | grep -c '^g_')
    [ "$loaded" = "$1" ] || console_fail "$loaded of $1 modules were loaded"
    spent 'insmod crc16' >/dev/null # once, so that page tables are there
    spent 'rmmod crc16' >/dev/null
    load=$(spent 'insmod crc16')
    unload=$(spent 'rmmod crc16')
    printf '%8d %8d %14d %12d %12d %12d\n' "$1" $(($1 * $2)) "$all" $((all / $1)) "$load" "$unload"
    console_end 33 exit
}

printf '%8s %8s %14s %12s %12s %12s\n' modules exports 'load all' 'a module' 'load crc16' unload
measure 10 1
measure 100 1
measure 1000 1
measure 1000 100
