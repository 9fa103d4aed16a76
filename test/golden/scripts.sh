#!/bin/sh
# SPDX-License-Identifier: MIT
#
# scripts.sh: the scripts that are installed for other people's kernels.
#
# 1. boot-test.sh is content with what it should be, and with nothing else: a pattern that no line has,
#    lines in another order, one line for two patterns, another status, a kernel that does not end.
#    QEMU is a stand-in.
# 2. Without arguments each says how it is used, by status 2.
#
# Environment: SOURCE_DIRECTORY the checkout.
. "$(dirname "$0")/check.sh"
begin

cp "$SOURCE_DIRECTORY/scripts/boot-test.sh" .
cat >qemu.sh <<'END'
test "$1 $2" = "--iso kernel.iso" || exit 99
printf 'GRUB \033[0m\033[2J\r\nfirst line\r\nsecond line\r\nfirst again\r\n'
sleep "${SECONDS_TO_END:-0}"
exit "${STATUS:-33}"
END

boots() { # WHAT PATTERN...
    what=$1
    shift
    check "$what" sh boot-test.sh kernel.iso 33 5 "$@"
}
fails() { # WHAT MESSAGE PATTERN...
    what=$1
    message=$2
    shift 2
    check "$what: fails" sh -c '! sh boot-test.sh kernel.iso 33 1 "$@" >said 2>&1' sh "$@"
    check "$what: says so" grep -q -F -e "$message" said
    check "$what: shows what was printed" grep -q '^    second line' said
}
boots "no pattern"
boots "patterns in this order" '^first line$' 'second' 'first'
boots "a pattern that begins as an option" '-*line'
fails "a pattern that no line has" 'no line behind line 0 matches "third"' third
fails "one at the end" 'no line behind line 4 matches "third"' 'second line' first third
fails "another order" 'no line behind line 3 matches "first line"' second 'first line'
fails "one line for two patterns" 'no line behind line 3 matches "line"' 'second' 'line'
export STATUS=0
fails "another status" 'ended with status 0, not 33' first
export STATUS=33 SECONDS_TO_END=3
fails "a kernel that does not end" 'still ran after 1 s' first

for file in scripts/boot-test.sh scripts/make-initrd.sh scripts/make-iso.sh scripts/new-module.sh \
    cmake/development/add-modules.sh; do
    sh "$SOURCE_DIRECTORY/$file" >/dev/null 2>said
    same_text "$file without arguments: status" 2 $?
    check "$file without arguments: usage" grep -q -e '^usage: ' -e "^${file##*/} \[" said
done
finish
