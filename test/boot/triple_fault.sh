#!/bin/sh
# SPDX-License-Identifier: MIT
#
# triple_fault.sh: tests the tests: a machine that resets by a triple fault, which QEMU ends with
# status 0, must never count as passed.
set -eu
. "$console_scripts/console.sh"

console_start "$ISO" --append panic=exit
console_command 'modprobe crash'
if (trap - EXIT; console_end 0 'crash triple-fault') 2>"$console_directory/errors"; then
    console_fail 'a triple fault was taken for a clean end'
fi
grep -q 'console: a triple fault' "$console_directory/errors" ||
    console_fail "it was refused for another reason: $(head -n 1 "$console_directory/errors")"
console_qemu=
echo 'a triple fault is seen as one'
