#!/bin/sh
# SPDX-License-Identifier: MIT
#
# mutations.sh: thousands of damaged copies of a module that runs no code (modules/inert.c) are given to
# the loader in the running kernel: whatever they say, it neither stops nor keeps anything of them.
set -eu
. "$console_scripts/console.sh"
. "$(dirname "$0")/state.sh"

sh "$console_scripts/make-initrd.sh" "$scratch/initrd" "lib/modules/$VERSION/kernel" "$TEST_MODULES/inert.ko"
sh "$console_scripts/make-iso.sh" "$scratch/iso" "$KERNEL" "$scratch/initrd"
console_start "$scratch/iso" --memory 64 --append panic=exit

# the module itself can be loaded, with its parameters, and unloaded
parameters='number=3 text=abc list=1,2,3 name=inert'
console_command "insmod inert $parameters; lsmod"
console_expect '^inert '
console_command 'rmmod inert'
console_expect_none 'rmmod:'
state_keep

console_command "mutate inert ${SEED:-1} ${MUTATIONS:-10000} $parameters"
console_expect "^mutate: ${MUTATIONS:-10000} files, [0-9]* loaded, 0 differences"
console_expect_none 'mutation.ko' # of refusals the log tells
loaded=$(console_output | sed -n 's/^mutate: .* files, \([0-9]*\) loaded.*/\1/p')
state_same "$loaded of ${MUTATIONS:-10000} damaged copies loaded"
echo "$loaded of ${MUTATIONS:-10000} damaged copies were loaded, and unloaded"

# Both happened often: damage that does not matter, and damage that is refused.
if [ "$loaded" -lt $((${MUTATIONS:-10000} / 20)) ] || [ "$loaded" -gt $((${MUTATIONS:-10000} * 9 / 10)) ]; then
    console_fail "$loaded is no likely number"
fi
console_command 'dmesg'
console_expect 'mutation.ko: '
console_end 33 exit
