#!/bin/sh
# SPDX-License-Identifier: MIT
#
# load.sh BUILD: what it costs to load and unload a module, in instructions.
#
# QEMU counts them (-icount shift=0: one instruction is one nanosecond of the machine's time), so the
# figures are the same on any host to about 1 %.  Modules with 10, 1,000 and 100,000 relocations (half
# of them calls, half pointers, to 100 symbols) are generated and loaded, and the shipped ones.
# Printed as a table: module, relocations, then instructions for the load, the unload, and the load
# for each relocation.
set -eu

build=$(cd "${1:?usage: load.sh BUILD-FOLDER}" && pwd)
project=$(cd "$(dirname "$0")/../.." && pwd)
console_scripts=$project/scripts
. "$console_scripts/console.sh"
version=$(sed -n 's/^CMAKE_PROJECT_VERSION:[A-Z]*=//p' "$build/CMakeCache.txt")

# A module of COUNT relocations: calls of and pointers to 100 functions of its own, which are global
# so that the assembler leaves them to the linker.
generate() { # COUNT
    awk -v count="$1" 'BEGIN {
        print ".section .text"
        for (i = 0; i < 100; i++) printf ".globl f%d\n.type f%d,@function\nf%d: ret\n.size f%d,.-f%d\n", i, i, i, i, i
        for (i = 0; i < count / 2; i++) printf "call f%d\n", i * 7 % 100
        print ".section .data"
        for (i = 0; i < count / 2; i++) printf ".quad f%d\n", i * 13 % 100
        print ".section .modinfo,\"a\""
        printf ".asciz \"name=reloc%d\"\n.asciz \"license=MIT\"\n.asciz \"depends=\"\n", count
        print ".section .note.GNU-stack,\"\",@progbits"
    }'
    printf '.section .modinfo\n.asciz "vermagic=%s onoma x86_64"\n' "$version"
}

ko=$scratch/ko
mkdir "$ko"
cp "$build/test/bench/crc16.ko" "$ko/"
for count in 10 1000 100000; do
    generate $count >"$scratch/reloc.s"
    as -o "$scratch/reloc.o" "$scratch/reloc.s"
    LD=ld NM=nm OBJCOPY=objcopy READELF=readelf GEN_KSYMS=$build/scripts/gen_ksyms LC_ALL=C \
        sh "$project/cmake/two_links.sh" "$ko/reloc$count.ko" -r -m elf_x86_64 -z noexecstack \
        -T "$project/cmake/module.lds" "$scratch/reloc.o"
done
INDEX=lib/modules/$version GEN_MODULES=$build/scripts/gen_modules \
    sh "$console_scripts/make-initrd.sh" "$scratch/initrd" "lib/modules/$version/kernel" "$build"/modules/*.ko "$ko"/*.ko
sh "$console_scripts/make-iso.sh" "$scratch/iso" "$build/src/kernel/kernel.elf" "$scratch/initrd"

console_start "$scratch/iso" --icount --cpu qemu64 --append 'loglevel=3 norandom'
spent() { # COMMAND: nanoseconds
    console_command "time $1"
    console_output | sed -n 's/^time: \([0-9]*\)\.\([0-9]*\) s$/\1\2/p' | sed 's/^0*//'
}

printf '%-12s %12s %12s %12s %14s\n' module relocations load unload 'a relocation'
for module in crc16 hello rtc pci reloc10 reloc1000 reloc100000; do
    file=$build/modules/$module.ko
    [ -e "$file" ] || file=$ko/$module.ko
    relocations=$(readelf -SW "$file" | sed 's/^ *\[ *\([0-9]*\)\]/\1/' |
        awk '$3 == "RELA" && $2 !~ /debug/ { print "0x" $6 }' |
        while read -r size; do echo $((size / 24)); done | awk '{ n += $1 } END { print n + 0 }')
    spent "insmod $module" >/dev/null # once, so that page tables are there
    spent "rmmod $module" >/dev/null
    load=$(spent "insmod $module")
    unload=$(spent "rmmod $module")
    printf '%-12s %12d %12d %12d %14d\n' "$module" "$relocations" "$load" "$unload" \
        "$((load / (relocations ? relocations : 1)))"
done
console_end 33 exit
