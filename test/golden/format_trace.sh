#!/bin/sh
# SPDX-License-Identifier: MIT
#
# format_trace.sh: the example of LINES and UNWIND in src/ksyms/FORMAT.md: its bits, one by one, are
# what gen_trace writes of format_trace.s, and its answers what ksyms and llvm-symbolizer read.
#
# Environment: GEN_KSYMS, GEN_TRACE, KSYMS, CC programs.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=test/golden/check.sh
. "$here/check.sh"
begin
need llvm-symbolizer llvm

# The lines of the fenced block behind the comment of a name.
example() { # NAME
    awk -v mark="<!-- example $1 -->" '
        $0 == mark { found = 1; next }
        found && /^```/ { if (inside) exit; inside = 1; next }
        inside' "$here/../../src/ksyms/FORMAT.md"
}

# The first 28 characters of each line are bits, as bytes.
bytes_of_bits() {
    awk '
        { text = substr($0, 1, 28); gsub(/ /, "", text); bits = bits text }
        END {
            if (bits ~ /[^01]/ || length(bits) % 8) { print "no whole bytes: " bits; exit }
            for (i = 1; i <= length(bits); i += 8) {
                byte = 0
                for (j = 0; j < 8; j++) byte = 2 * byte + substr(bits, i + j, 1)
                printf "%02x\n", byte
            }
        }'
}

# A part by its kind: a word at 32 says how many there are, each entry from 72 on kind, offset, size.
part() { # BLOB KIND
    od -A n -t u4 -v -w4 "$1" | awk -v kind="$2" '
        { word[NR - 1] = $1 }
        END { for (i = 0; i < word[8]; i++) if (word[18 + 3 * i] == kind) print word[19 + 3 * i], word[20 + 3 * i] }' >place
    read -r offset size <place
    od -A n -t x1 -v -w1 -j "$offset" -N "$size" "$1" | tr -d ' '
}

check "it is assembled" "$CC" -c -o example.o "$here/format_trace.s"
echo '0000000100000000 0000000000000008 T outer' | "$GEN_KSYMS" -o names.ksyms -
check "it has debug information" "$GEN_TRACE" --require-all -o example.ksyms --into names.ksyms example.o
example lines | bytes_of_bits >wanted
part example.ksyms 16 >found
same "LINES, of the page's bits and of gen_trace" wanted found
example unwind | bytes_of_bits >wanted
part example.ksyms 17 >found
same "UNWIND, of the page's bits and of gen_trace" wanted found

example places >wanted
grep '^0x' wanted >addresses
check "there are four places" test "$(wc -l <addresses)" = 4
"$KSYMS" symbolize example.ksyms <addresses | sed 's/^0x0*/0x/' >found
same "answers, of the page and of ksyms" wanted found
grep -v '^0x' wanted >answers
sed 's/0x1/0x/' addresses | llvm-symbolizer --output-style=GNU -f -i --obj=example.o >found
same "answers, of the page and of llvm-symbolizer" answers found
finish
