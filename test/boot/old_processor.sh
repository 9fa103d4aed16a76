#!/bin/sh
# SPDX-License-Identifier: MIT
#
# old_processor.sh: what the processor offers is used, what it lacks is done without; one that lacks
# what the kernel cannot do without is told so, on the serial line, before anything else.
set -eu
. "$console_scripts/console.sh"

console_start "$ISO" --cpu max
console_command dmesg
console_expect 'protections in force: NX WP SMEP SMAP UMIP$'
console_end 33 exit

console_start "$ISO" --cpu qemu64
console_command dmesg
console_expect 'protections in force: NX WP$'
console_command 'modprobe greet_user'
console_expect 'greet: greetings, user'
console_end 33 exit

for missing in 'qemu64,-lm:no 64-bit mode' 'qemu64,-nx:no no-execute bit'; do
    console_boot "$ISO" --cpu "${missing%%:*}"
    console_wait "this processor has ${missing#*:}"
    kill "$console_qemu"
    wait "$console_qemu" 2>/dev/null || :
done
console_qemu=
