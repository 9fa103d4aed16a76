#!/bin/sh
# SPDX-License-Identifier: MIT
#
# readme.sh: the session in the README is what the kernel prints today, but for numbers: the same
# commands are typed, and each line must come, in order; "..." stands for any lines.
set -eu
. "$console_scripts/console.sh"

console_start "$ISO" --append panic=exit
session=$console_directory/session
sed -n '/^```console$/,/^```$/p' "$SOURCE/README.md" | sed '/^```/d' >"$session"

# Numbers of any kind become N; what is left must be the same.
normal() {
    sed -e 's/^\[ *[0-9.]*\]/[T]/' -e 's/BuildID: [0-9a-f]*/BuildID: N/' \
        -e 's/\(\.[ch]\):[0-9]*/\1:N/' -e 's/0x[0-9a-f]*/N/g' -e 's/[0-9a-f]\{16\}/N/g' -e 's/  *[0-9][0-9]* / N /g'
}

sed -n 's/^onoma> //p' "$session" >"$console_directory/commands"
last=$(tail -n 1 "$console_directory/commands")
sed '$d' "$console_directory/commands" >"$console_directory/before"
[ -s "$console_directory/before" ] || console_fail 'the README has no session'
while read -r command; do
    console_command "$command"
done <"$console_directory/before"
console_end 35 "$last"

console_position=0
console_output | normal >"$console_directory/printed"
normal <"$session" | grep -vx '\.\.\.' >"$console_directory/wanted"
line=1
count=0
while IFS= read -r wanted; do
    found=$(tail -n "+$line" "$console_directory/printed" | grep -nxF -e "$wanted" | head -n 1 | cut -d: -f1)
    [ -n "$found" ] || console_fail "the README has \"$wanted\", which is not printed there"
    line=$((line + found))
    count=$((count + 1))
done <"$console_directory/wanted"
echo "$count lines of the README's session are what the kernel prints"
