#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tour.sh ISO [QEMU.SH-OPTION...]: shows what this kernel does, by itself: boots it, types commands
# at its prompt, and ends with a crash inside a module.  Exit status 0 when all went as it should.
set -eu

iso=${1:?usage: tour.sh ISO [OPTION...]}
shift
# shellcheck source=scripts/console.sh
. "$(dirname "$0")/console.sh"

console_start "$iso" --append panic=exit "$@"
tail -c +1 -f "$console_log" 2>/dev/null &
viewer=$!
trap 'kill $viewer 2>/dev/null || :; console_cleanup' EXIT

console_command 'lsmod'
console_expect '^Module  *Size  Used by'

# a module with its dependency, and one with parameters
console_command 'modprobe greet_user'
console_command 'insmod hello name=reader count=2'
console_expect 'hello: hello, reader'
console_command 'lsmod'
console_expect '^hello  *[0-9]' '^greet  *[0-9][0-9]*  1 greet_user'

# what is in use stays; what is not, goes
console_command 'rmmod greet'
console_expect 'greet: in use by greet_user'
console_command 'rmmod greet_user greet'
console_command 'lsmod'
console_expect_none '^greet'

# a name to its address, and back
console_command 'ksyms kernel_main'
console_expect '^ffffffff80[0-9a-f]* T kernel_main'
address=$(console_output | sed -n 's/^\(ffffffff80[0-9a-f]*\) T kernel_main.*/\1/p')
console_command "ksyms 0x$address"
console_expect '^kernel_main+0x0/0x[0-9a-f]*'

# commands that modules bring
console_command 'modprobe rtc; date'
console_expect '^[A-Z][a-z][a-z] [A-Z][a-z][a-z]  *[0-9]* [0-9:]* UTC 20'
console_command 'modprobe pci; lspci'
console_expect '^00:00.0 .*8086:29c0'

# where a thread of a module sleeps
console_command 'modprobe heartbeat'
console_expect 'heartbeat: 20'
console_command 'backtrace heartbeat'
console_expect ' schedule+' ' beat_until_stopped+.* \[heartbeat\]$' ' thread_entry+'
console_command 'rmmod heartbeat'

# and the end: a fault inside a module, every frame with its name
console_command 'modprobe crash'
console_end 35 'crash null'
console_expect '^\[.*\] BUG: kernel NULL pointer dereference' \
    '^\[.*\] RIP: 0010:[a-z_]*+0x[0-9a-f]*/0x[0-9a-f]* \[crash\]' \
    '^\[.*\] Call Trace:' \
    '^\[.*\]  run_crash+0x[0-9a-f]*/0x[0-9a-f]* \[crash\]' \
    '^\[.*\]  kernel_main+0x[0-9a-f]*/0x[0-9a-f]*$' \
    '^\[.*\] Modules linked in: crash pci rtc hello'
sleep 0.5
kill $viewer
wait $viewer 2>/dev/null || :
echo "tour: all as it should be"
