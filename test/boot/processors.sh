#!/bin/sh
# SPDX-License-Identifier: MIT
# processors.sh: with several processors the kernel says so, uses one, and switches all off.
set -eu
. "$console_scripts/console.sh"

console_start "$ISO" --smp 4
console_command dmesg
console_expect 'cpu: 1 of 4 processors is used'
console_command uptime
ticks=$(console_output | sed -n 's/.* \([0-9]*\) ticks/\1/p')
sleep 1
console_command uptime
later=$(console_output | sed -n 's/.* \([0-9]*\) ticks/\1/p')
if [ "$later" -le "$ticks" ]; then console_fail "the timer stands still at $ticks ticks"; fi
console_end 0 poweroff
