#!/bin/sh
# SPDX-License-Identifier: MIT
#
# walks.sh: the stack is walked 100,000 times wherever the kernel happens to be (trace_test=): in the
# boot, in loads and unloads, in commands, in interrupts, in the switch from one thread to another.  Every
# walk ends at the outermost frame, by return addresses that belong to calls.  With one row left out, at
# the instruction that changes from stack to stack, the kernel itself finds that out.
set -eu
. "$console_scripts/console.sh"

sh "$console_scripts/make-initrd.sh" "$scratch/initrd" "lib/modules/$VERSION/kernel" "$MODULES"/*.ko \
    "$TEST_MODULES/threads.ko"
sh "$console_scripts/make-iso.sh" "$scratch/whole" "$KERNEL" "$scratch/initrd"

session() { # ISO COUNT
    console_start "$1" --append "trace_test=$2 panic=exit"
    while ! { console_position=0; console_has 'trace test: from'; }; do
        console_command 'modprobe heartbeat; modprobe threads kind=switch count=2'
        console_command 'backtrace names heartbeat; ps; rmmod threads'
        console_command 'modprobe greet_user; modprobe rtc; date; modprobe pci; lspci; modprobe crash; crash'
        console_command 'lsmod; greet you; modprobe -r greet_user; rmmod pci crash; failnth 9 modprobe hello'
        console_command 'ksyms kernel_main; ksyms selftest; mem; help lsmod; nosuch; dmesg; modprobe -r heartbeat'
    done
    console_position=0
}

session "$scratch/whole" 100000
console_expect 'trace test: \(1000[0-9]*\) walks, [0-9]* frames: \1 end at the outermost frame, 0 elsewhere, 0 are wrong on the way'
console_expect_none 'the first that failed'
console_output | sed -n 's/.*trace test: //p'
# from thousands of different instructions, from modules, and through traps in traps
set -- $(console_output | sed -n 's/.*from \([0-9]*\) instructions of the kernel and \([0-9]*\) times.*more traps: \(.*\)/\1 \2 \3/p' | tr -d ,)
[ "$1" -gt 5000 ] || console_fail "walks began at only $1 instructions"
[ "$2" -gt 0 ] || console_fail 'no walk began in a module'
[ "$4" -gt 100 ] || console_fail 'hardly a walk went through a trap'
console_end 33 exit

# The same kernel, where nothing tells of the last push before the stack changes.
source=$SOURCE/src/arch/x86_64
grep -v 'unwind_call 56, 40' "$source/switch.nasm" >"$scratch/switch.nasm"
if cmp -s "$source/switch.nasm" "$scratch/switch.nasm"; then console_fail 'nothing was left out'; fi
"$NASM" -f elf64 -I "$source/" -o "$scratch/switch.o" "$scratch/switch.nasm"
sed "s|.*/switch\.nasm\.o$|$scratch/switch.o|" "$KERNEL_OBJECTS" >"$scratch/objects"
# shellcheck disable=SC2046 # one word an object
sh "$SOURCE/cmake/two_links.sh" "$scratch/kernel.elf" -m elf_x86_64 -nostdlib -static \
    -z max-page-size=4096 -z noexecstack -T "$LINKER_SCRIPT" $(cat "$scratch/objects")
sh "$console_scripts/make-iso.sh" "$scratch/iso" "$scratch/kernel.elf" "$scratch/initrd"
session "$scratch/iso" 50000
# begun there, or come through there from a trap
console_expect 'trace test: the first that failed, from .*: at arch_thread_switch+0x\(a\|d\|10\)/0x'
console_expect_none 'trace test: .* 0 elsewhere, 0 are wrong'
console_end 33 exit
