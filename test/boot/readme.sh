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

# The lines come one behind the other; "..." stands for any lines, or none.
console_position=0
console_output | normal >"$console_directory/printed"
normal <"$session" >"$console_directory/wanted"
awk '
    FNR == NR { printed[++count] = $0; next }
    $0 == "..." { is_skipping = 1; next }
    {
        if (wanted++ == 0) is_skipping = 1 # what comes before the session
        for (at++; is_skipping && at < count && printed[at] != $0;) at++
        if (at > count || printed[at] != $0) {
            print "the README has \"" $0 "\", printed is \"" printed[at] "\""
            is_wrong = 1
            exit
        }
        is_skipping = 0
    }
    END { if (!is_wrong) print wanted " lines of the session in the README are what the kernel prints" }
' "$console_directory/printed" "$console_directory/wanted" >"$console_directory/verdict"
cat "$console_directory/verdict"
grep -q 'are what the kernel prints$' "$console_directory/verdict" || console_fail 'the README is not true'
