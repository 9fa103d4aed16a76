#!/bin/sh
# SPDX-License-Identifier: MIT
#
# trace_modules.sh: what LINES and UNWIND of modules take, of their text: of modules given, or of each
# twelfth of Debian's cloud modules.
#
#     trace_modules.sh [MODULE.ko...]
#     trace_modules.sh --codes          print the codes that fit vmlinux and three other twelfths of the
#                                       modules: src/ksyms/trace_codes.c, but for what gen_trace has
#                                       come to write otherwise since those were frozen
#
# Unpacks the package that check-vmlinux fetches (2 GB, for the time it runs).
#
# Environment: GEN_TRACE, READELF programs; ONOMA_BENCH_DIRECTORY where the package is kept.
set -eu
export LC_ALL=C
cache=${ONOMA_BENCH_DIRECTORY:-/var/tmp/onoma-bench}
bench=$(cd "$(dirname "$0")" && pwd)
GEN_TRACE=$(realpath "${GEN_TRACE:-$bench/../../build/scripts/gen_trace}")
READELF=${READELF:-readelf}
mkdir -p "$cache"
# shellcheck source=test/bench/fetch.sh
. "$bench/fetch.sh"

# Bytes of the sections with code.  Debian's debug files have their sizes, not their bytes.
text_of() { # MODULE
    "$READELF" -SW "$1" 2>/dev/null | sed 's/^ *\[ *[0-9]*\]//' | awk '
        ($2 == "PROGBITS" || $2 == "NOBITS") && $7 ~ /X/ {
            size = 0
            for (i = 1; i <= length($5); i++) size = size * 16 + index("0123456789abcdef", substr($5, i, 1)) - 1
            sum += size
        }
        END { print sum + 0 }'
}

measure() { # MODULE...
    table=$(mktemp)
    for module; do
        "$GEN_TRACE" -o "$table" "$module" 2>/dev/null
        echo "$(basename "$module") $(text_of "$module") $("$GEN_TRACE" --stats "$table" |
            awk '/^LINES/ { l = $2 } /^UNWIND/ { u = $2 } END { print l + 0, u + 0 }')"
    done
    rm -f "$table"
}

# Those of the package whose number in the sorted list leaves one of these rests.
modules_of() { # REST...
    find usr -name '*.ko' | sort | awk -v rests=" $* " 'index(rests, " " NR % 12 " ")'
}

unpack_all() {
    package "$(kernel_package)"
    dpkg-deb --fsys-tarfile "$package" | tar -x --wildcards "$@"
}

print_codes() {
    unpack_all '*.ko' './usr/lib/debug/boot/vmlinux-*'
    # shellcheck disable=SC2046 # one word a module
    "$GEN_TRACE" --count usr/lib/debug/boot/vmlinux-* $(modules_of 3 6 9)
}

measure_package() {
    unpack_all '*.ko'
    # shellcheck disable=SC2046 # one word a module
    measure $(modules_of 0)
}

summarize() {
    awk '
        { text += $2; lines += $3; unwind += $4; n++ }
        n <= 12 && $2 > 0 { printf "%-24s %8d %7d %6d %5.1f %%\n", $1, $2, $3, $4, ($3 + $4) * 100 / $2 }
        END { printf "%-24s %8d %7d %6d %5.1f %%\n", n " modules", text, lines, unwind, (lines + unwind) * 100 / text }'
}

if [ "${1:-}" = --codes ]; then
    in_scratch print_codes
elif [ $# -gt 0 ]; then
    measure "$@" | summarize
else
    in_scratch measure_package | summarize
fi
