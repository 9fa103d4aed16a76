#!/bin/sh
# SPDX-License-Identifier: MIT
#
# kit_size.sh: what docs/your-kernel.md says that each step costs is within a tenth of what it costs
# now; if not, `sh test/bench/kit_size.sh build --write docs/your-kernel.md` writes it anew.
#
# Environment: SOURCE_DIRECTORY the checkout; BUILD the build folder.
. "$(dirname "$0")/check.sh"
begin

check "it can be measured" sh "$SOURCE_DIRECTORY/test/bench/kit_size.sh" "$BUILD" || finish
rows() { # FILE: step, code, table
    sed -n 's/^| \([a-z][^|]*\) | \([0-9]*\) | [0-9]* | \([0-9]*\) |$/\1|\2|\3/p' "$1"
}
rows check.out >now
sed -n '/<!-- kit_size -->/,/<!-- kit_size -->/p' "$SOURCE_DIRECTORY/docs/your-kernel.md" >document
rows document >then
check "there are the steps" test "$(wc -l <now)" -ge 6
cut -d '|' -f 1 now >steps.now
cut -d '|' -f 1 then >steps.then
same "steps" steps.now steps.then
paste -d '|' now then | awk -F '|' '
    function differs(now, before) { return now > before * 1.1 + 64 || now < before * 0.9 - 64 }
    differs($2, $5) || differs($3, $6) {
        print $1 ": " $2 " bytes and a table of " $3 "; the guide says " $5 " and " $6 }' >stale
empty "stale sizes in docs/your-kernel.md (sh test/bench/kit_size.sh build --write docs/your-kernel.md)" stale
finish
