#!/bin/sh
# SPDX-License-Identifier: MIT
#
# nmi.sh: an NMI, which runs on a stack of its own, prints the trace of what it interrupted, through
# the interrupt's frame and back on the first stack to its end; then the prompt goes on.
set -eu
. "$console_scripts/console.sh"

console_start_monitored "$ISO"

console_command 'echo ready'
console_mark
echo nmi >&8
console_wait ' kernel_entry+0x'
console_expect 'NMI received for unknown reason on CPU 0, at arch_wait_for_interrupt+0x'
console_output | sed -n 's/^.*\]  *\([A-Za-z_:0-9 ]*\)+0x.*/\1/p' | sed 's/.*RIP: 0010://' >"$console_directory/names"
printf '%s\n' nmi trap_dispatch trap_common arch_wait_for_interrupt schedule input_wait shell_run \
    kernel_main kernel_entry >"$console_directory/wanted"
sed -i '/NMI received/d' "$console_directory/names"
if ! diff "$console_directory/wanted" "$console_directory/names"; then console_fail 'the trace is another one'; fi
console_output | grep -q ' RIP: 0010:arch_wait_for_interrupt' || console_fail 'no interrupt frame'

console_command 'echo still here'
console_expect '^still here'
console_end 33 exit
