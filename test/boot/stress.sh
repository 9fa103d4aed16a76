#!/bin/sh
# SPDX-License-Identifier: MIT
#
# stress.sh shipped|generated [STEPS]: modules come and go at random, among loads that fail, each step
# checked (src/kernel/shell/commands_stress.c): of the shipped ones, or 500 that use each other at
# random.  Then the kernel is as it was.  ONOMA_SEED gives other random numbers.
set -eu
. "$console_scripts/console.sh"
. "$(dirname "$0")/state.sh"

seed=${ONOMA_SEED:-1}
modules=500
echo "seed $seed"
iso=$ISO
if [ "$1" = generated ]; then
    kernel=lib/modules/$VERSION/kernel
    mkdir -p "$scratch/tree/$kernel"
    "$RANDOM_MODULES" "$scratch/tree/$kernel" "$VERSION" "$seed" $modules
    (cd "$scratch/tree/lib/modules/$VERSION" && find kernel -name '*.ko' | "$GEN_MODULES" .)
    (cd "$scratch/tree" && find . | LC_ALL=C sort | cpio --quiet -o -H newc) >"$scratch/initrd"
    iso=$scratch/iso
    sh "$console_scripts/make-iso.sh" "$iso" "$KERNEL" "$scratch/initrd"
fi
console_timeout=280
console_start "$iso"
state_keep
console_command "stress $seed ${2:-10000}"
console_expect '; 0 faults$'
console_output | grep '^stress: '
if [ "$1" = generated ]; then console_expect "^stress: $modules modules at once; "; fi
state_same 'stress'
console_command 'ksyms selftest'
console_expect ', 0 differences'
console_end 33 exit
