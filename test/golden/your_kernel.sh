#!/bin/sh
# SPDX-License-Identifier: MIT
#
# your_kernel.sh: the code that docs/your-kernel.md shows is code of examples/, line for line, which the
# tests build and boot; the commands in it are run by test/build/examples.sh.  And every option of the
# host programs is in their man pages.
#
# Environment: SOURCE_DIRECTORY the checkout; GEN_KSYMS a host program, beside the others.
. "$(dirname "$0")/check.sh"
begin
guide=$SOURCE_DIRECTORY/docs/your-kernel.md

# Each block of C, make, CMake or a linker script becomes a file of its own.
awk '/^```/ { if (inside) { inside = 0; next }
              inside = 1; kind = substr($0, 4); number++; next }
     inside && (kind == "c" || kind == "make" || kind == "cmake" || kind == "") {
         print >sprintf("block.%02d.%s", number, kind) }' "$guide"
count=0
for block in block.*; do
    # What is FetchContent's, and the trace, which examples.sh compares.
    if grep -q -e FetchContent -e 'Call Trace' "$block"; then continue; fi
    count=$((count + 1))
    found=no
    for file in "$SOURCE_DIRECTORY"/examples/*/*; do
        [ -f "$file" ] || continue
        if awk 'NR == FNR { wanted[NR] = $0; count = NR; next }
                { line[FNR] = $0 }
                END { for (start = 1; start + count - 1 <= FNR; start++) {
                          for (i = 1; i <= count && line[start + i - 1] == wanted[i]; i++) { }
                          if (i > count) exit 0
                      }
                      exit 1 }' "$block" "$file"; then
            found=yes
            break
        fi
    done
    if [ $found = no ]; then
        bad "no file of examples/ has these lines of docs/your-kernel.md:"
        sed 's/^/    /' "$block"
    fi
done
check "the guide has code" test $count -gt 10
say "$count blocks of code are in examples/"

for page in "$SOURCE_DIRECTORY"/docs/man/*.1; do
    program=$(dirname "$GEN_KSYMS")/$(basename "$page" .1)
    [ -x "$program" ] || continue # without libdw there is no gen_trace
    sed 's/\\f.//g; s/\\-/-/g; s/^\.[A-Z]* //' "$page" >text
    for word in $("$program" --help 2>/dev/null | grep -o -e ' --[a-z-]*' | sort -u); do
        check "the man page of ${program##*/} has $word" grep -q -w -e "$word" text
    done
    for word in $("$program" --help 2>/dev/null | sed -n 's/^.* ksyms \([a-z]*\) FILE.*/\1/p'); do
        check "the man page of ${program##*/} has $word" grep -q -w -e "$word" text
    done
done
finish
