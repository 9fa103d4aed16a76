#!/bin/sh
# SPDX-License-Identifier: MIT
#
# mce.sh: a machine check, which runs on a stack of its own, ends in an Oops with the trace of what it
# interrupted.
set -eu
. "$console_scripts/console.sh"

console_start_monitored "$ISO" --append panic=exit
console_command 'echo ready'
console_mark
echo 'mce 0 1 0xbd00000000000000 0x5 0x1000 0x8c' >&8
console_end 35
console_expect '] machine check: 0000 ' '] RIP: 0010:arch_wait_for_interrupt+0x' \
    '  input_wait+0x' '  shell_run+0x' '  kernel_main+0x' '  kernel_entry+0x'
