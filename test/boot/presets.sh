#!/bin/sh
# SPDX-License-Identifier: MIT
#
# presets.sh: the other presets.  `debug`: a kernel that traps on undefined behaviour goes through
# the tour.  `asan`: host programs under sanitizers make the same kernel, byte for byte.
set -eu

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

configure() { # PRESET TARGET
    cmake -S "$SOURCE" --preset "$1" -B "$scratch/$1" >"$scratch/log" 2>&1 &&
        cmake --build "$scratch/$1" --target "$2" >"$scratch/log" 2>&1 ||
        { cat "$scratch/log"; exit 1; }
}

configure debug iso
sh "$console_scripts/tour.sh" "$scratch/debug/onoma.iso" >"$scratch/log" 2>&1 ||
    { cat "$scratch/log"; exit 1; }
tail -n 1 "$scratch/log"

configure asan kernel
case $KERNEL_DEBUG in
ON) cmp "$scratch/debug/src/kernel/kernel.elf" "$KERNEL" ;;
*) cmp "$scratch/asan/src/kernel/kernel.elf" "$KERNEL" ;;
esac
echo 'asan: the same kernel'
