#!/bin/sh
# SPDX-License-Identifier: MIT
#
# walks.sh: the stack is walked 100,000 times wherever the kernel happens to be (trace_test=): in the
# boot, in loads and unloads, in commands, in interrupts.  Every walk ends at the outermost frame, by
# return addresses that belong to calls.  With one row left out the kernel itself finds that out.
set -eu
. "$console_scripts/console.sh"

session() { # ISO COUNT
    console_start "$1" --append "trace_test=$2 panic=exit"
    while ! { console_position=0; console_has 'trace test: from'; }; do
        console_command 'modprobe greet_user; modprobe rtc; date; modprobe pci; lspci; modprobe crash; crash'
        console_command 'lsmod; greet you; modprobe -r greet_user; rmmod rtc pci crash; failnth 9 modprobe rtc'
        console_command 'ksyms kernel_main; ksyms selftest; mem; help lsmod; nosuch; dmesg; modprobe -r rtc'
    done
    console_position=0
}

session "$ISO" 100000
console_expect 'trace test: \(1000[0-9]*\) walks, [0-9]* frames: \1 end at the outermost frame, 0 elsewhere, 0 are wrong on the way'
console_expect_none 'the first that failed'
console_output | sed -n 's/.*trace test: //p'
# from thousands of different instructions, from modules, and through traps in traps
set -- $(console_output | sed -n 's/.*from \([0-9]*\) instructions of the kernel and \([0-9]*\) times.*more traps: \(.*\)/\1 \2 \3/p' | tr -d ,)
[ "$1" -gt 5000 ] || console_fail "walks began at only $1 instructions"
[ "$2" -gt 0 ] || console_fail 'no walk began in a module'
[ "$4" -gt 100 ] || console_fail 'hardly a walk went through a trap'
console_end 33 exit

# The same kernel, where between a push and a pop nothing tells of the push.
source=$SOURCE/src/arch/x86_64
awk '/^arch_interrupts_save:/ { is_in = 1 } /^\.end:/ { is_in = 0 }
    is_in && /unwind_call/ && count++ { next } { print }' "$source/processor.nasm" >"$scratch/processor.nasm"
if cmp -s "$source/processor.nasm" "$scratch/processor.nasm"; then console_fail 'nothing was left out'; fi
"$NASM" -f elf64 -I "$source/" -o "$scratch/processor.o" "$scratch/processor.nasm"
sed "s|.*/processor\.nasm\.o$|$scratch/processor.o|" "$KERNEL_OBJECTS" >"$scratch/objects"
# shellcheck disable=SC2046 # one word an object
sh "$SOURCE/cmake/two_links.sh" "$scratch/kernel.elf" -m elf_x86_64 -nostdlib -static \
    -z max-page-size=4096 -z noexecstack -T "$LINKER_SCRIPT" $(cat "$scratch/objects")
sh "$console_scripts/make-iso.sh" "$scratch/iso" "$scratch/kernel.elf" "$INITRD"
session "$scratch/iso" 10000
# from there, or from what a walk through there was interrupted in
console_expect 'trace test: the first that failed, from \(.* at \)\{0,1\}arch_interrupts_save+0x1/0x'
console_expect_none 'trace test: .* 0 elsewhere, 0 are wrong'
console_end 33 exit
