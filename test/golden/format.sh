#!/bin/sh
# SPDX-License-Identifier: MIT
#
# format.sh: the example of src/ksyms/FORMAT.md is what gen_ksyms writes, and what it reads back.
#
# Environment: GEN_KSYMS the program, TEST_DIRECTORY for scratch files.
set -u
LC_ALL=C
export LC_ALL
: "${GEN_KSYMS:?the program}" "${TEST_DIRECTORY:?a scratch directory}"
ASAN_OPTIONS=detect_leaks=0
export ASAN_OPTIONS
format=$(dirname "$0")/../../src/ksyms/FORMAT.md
scratch=$(mktemp -d "$TEST_DIRECTORY/format.XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT

# example NAME: the lines of the fenced block behind the comment of that name.
example() {
    awk -v mark="<!-- example $1 -->" '
        $0 == mark { found = 1; next }
        found && /^```/ { if (inside) exit; inside = 1; next }
        inside' "$format"
}

example map >"$scratch/map"
example blob >"$scratch/wanted"
[ -s "$scratch/map" ] && [ -s "$scratch/wanted" ] || {
    echo "format.sh: $format: no example found"
    exit 1
}
"$GEN_KSYMS" --build-id c0ffee -o "$scratch/blob" "$scratch/map" || exit 1
od -A x -t x1 -v "$scratch/blob" >"$scratch/found"
"$GEN_KSYMS" --dump "$scratch/blob" >"$scratch/dump" || exit 1
diff "$scratch/wanted" "$scratch/found" || {
    echo "format.sh: $format: the example's bytes are not those of gen_ksyms (>)"
    exit 1
}
diff "$scratch/map" "$scratch/dump" || {
    echo "format.sh: $format: the example's map is not what gen_ksyms reads back (>)"
    exit 1
}
