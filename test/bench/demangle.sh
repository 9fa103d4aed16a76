#!/bin/sh
# SPDX-License-Identifier: MIT
#
# demangle.sh: how many names of big C++ libraries the kit's demangler writes as c++filt does.
#
#     demangle.sh BUILD [MAP...]       (without maps: those of test/bench/blob.sh: VTK, torch, LLVM)
#
# Counted apart are names that c++filt leaves mangled.  What differs stays in BUILD/demangle.different:
# the mangled name, c++filt's text and ours, a line each.
set -eu
export LC_ALL=C
build=${1:?the build folder}
shift
bench=$(cd "$(dirname "$0")" && pwd)
cache=${ONOMA_BENCH_DIRECTORY:-/var/tmp/onoma-bench} linux=$cache/linux maps=$cache/maps
export cache linux maps bench

if [ $# -eq 0 ]; then
    if [ ! -e "$maps/cxx-small.map" ]; then
        mkdir -p "$maps"
        # shellcheck source=test/bench/fetch.sh
        . "$bench/fetch.sh"
        fetch_cxx_maps
    fi
    set -- "$maps/cxx-small.map"
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP

awk '{ print $NF }' "$@" | grep '^_Z' | sort -u >"$scratch/names"
c++filt <"$scratch/names" >"$scratch/wanted"
"$build/scripts/ksyms" demangle <"$scratch/names" >"$scratch/found"
paste "$scratch/names" "$scratch/wanted" "$scratch/found" |
    awk -F '\t' -v different="$build/demangle.different" '
        BEGIN { printf "" >different }
        $2 == $3 && $2 != $1 { equal++; next }
        $2 == $3 { unknown++; next }
        $2 == $1 { only_we++; next }
        $3 == $1 { only_they++ }
        { print >different; differ++ }
        END {
            known = NR - unknown - only_we
            printf "%d names: c++filt demangles %d of them, %d (%.3f %%) come out equal, ", NR, known,
                equal, 100 * equal / known
            printf "%d of them stay mangled; %d that c++filt leaves mangled do not\n", only_they, only_we
        }'
