#!/bin/sh
# SPDX-License-Identifier: MIT
#
# allocations.sh: the 1st, 2nd, 3rd ... allocation of a load fails, until there are no more: each
# time the load is refused or succeeds, and the kernel is as before when it is taken out again.
set -eu
. "$console_scripts/console.sh"
. "$(dirname "$0")/state.sh"

console_start "$ISO" --append 'norandom'
console_command 'modprobe greet_user; rmmod greet_user; rmmod greet; modprobe hello; rmmod hello'
state_keep

exhaust() { # COMMAND MODULE...: each allocation of COMMAND, then unload what it may have loaded
    command=$1
    shift
    refused=0
    nth=1
    while :; do
        console_command "failnth $nth $command"
        if ! console_has "failnth: allocation $nth failed"; then break; fi
        console_has 'out of memory' && refused=$((refused + 1))
        for module in "$@"; do
            console_command "rmmod $module"
        done
        state_same "allocation $nth of $command"
        nth=$((nth + 1))
    done
    console_expect "failnth: there were fewer than $nth allocations"
    for module in "$@"; do
        console_command "rmmod $module"
        console_expect_none 'not loaded'
    done
    state_same "$command"
    if [ $refused -lt 5 ]; then console_fail "$command: only $refused refusals for want of memory"; fi
    echo "$command: $((nth - 1)) allocations, $refused refusals"
}

exhaust 'insmod hello name=Ada numbers=1,2' hello
exhaust 'modprobe greet_user' greet_user greet
console_end 33 exit
