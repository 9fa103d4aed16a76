#!/bin/sh
# SPDX-License-Identifier: MIT
#
# compatibility.sh: each line of the tables in docs/compatibility.md names tests that exist.
#
# Environment: SOURCE_DIRECTORY the checkout; BUILD the build folder; CTEST.
. "$(dirname "$0")/check.sh"
begin

"$CTEST" --test-dir "$BUILD" -N | sed -n 's/^ *Test *#[0-9]*: //p' >tests
check 'ctest knows tests' test -s tests

claims() { # FILE: the last cell of each line of a table
    grep '^|' "$1" | grep -v -e '^|--' -e 'shown by |$' | sed 's/ *|$//; s/.*| *//'
}

# Every claim has a test, and every test is there.
unproven() { # FILE
    claims "$1" | while IFS= read -r cell; do
        names=$(echo "$cell" | grep -o '`[^`]*`' | tr -d '`')
        [ -n "$names" ] || echo "no test: $cell"
        for name in $names; do grep -qxF "$name" tests || echo "there is no test $name"; done
    done
}

document=$SOURCE_DIRECTORY/docs/compatibility.md
check 'the document has claims' test "$(claims "$document" | wc -l)" -ge 15
unproven "$document" >unproven
empty 'claims without a test' unproven

# ... and the check can see.
printf '| a | b | shown by |\n|---|---|---|\n| x | y | `golden.nosuch` |\n| x | y | z |\n| x | y | `golden.kmod` |\n' >wrong.md
unproven wrong.md >found
printf 'there is no test golden.nosuch\nno test: z\n' >wanted
same 'a claim without a test is seen' wanted found
finish
