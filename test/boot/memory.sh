#!/bin/sh
# SPDX-License-Identifier: MIT
#
# memory.sh MIB [QEMU.SH-OPTION...]: with that much memory the kernel finds nearly all of it, loads
# a module, and no mapping is writable and executable.
set -eu
. "$console_scripts/console.sh"

mib=$1
shift
console_start "$ISO" --memory "$mib" "$@"
console_command 'modprobe greet_user'
console_expect 'greet: greetings, user'
console_command 'mem'
total=$(console_output | sed -n 's/^Mem: *\([0-9]*\) KiB.*/\1/p')
# What is missing: the first MiB, the kernel, the initrd, and what the firmware keeps.
if [ "$total" -lt $((mib * 1024 - 16 * 1024)) ] || [ "$total" -gt $((mib * 1024)) ]; then
    console_fail "of $mib MiB the kernel manages $total KiB"
fi
console_expect '^W^X: .* 0 writable and executable, 0 with a writable alias'
console_end 33 exit
