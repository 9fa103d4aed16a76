#!/bin/sh
# SPDX-License-Identifier: MIT
#
# blob.sh: Linux's symbol table against ours: bytes, look-ups, generators.
#
#     sh test/bench/blob.sh                          the kernel's map, and 1,000 to 2,000,000 symbols
#     sh test/bench/blob.sh MAP                      any map of nm -n -S or System.map, and no other
#     sh test/bench/blob.sh --quick                  the kernel's map and no other
#     sh test/bench/blob.sh --write docs/figures.md  also write the report, and figures.svg beside it
#
# The first run fetches about 0.5 GB of Debian packages (0.75 GB with the C++ libraries), and keeps
# them in ONOMA_BENCH_CACHE, or /var/tmp/onoma-bench.  Needs Debian 12 with gcc and binutils.
#
#   fetch.sh    packages -> Linux's sources, its program, maps
#   measure.sh  a map -> rows of results
#   report.sh   rows -> Markdown;  plot.c  rows -> SVG
set -eu
export LC_ALL=C

bench=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$bench/../.." && pwd)
cache=${ONOMA_BENCH_CACHE:-/var/tmp/onoma-bench}
linux=$cache/linux
maps=$cache/maps
# shellcheck source=test/bench/fetch.sh
. "$bench/fetch.sh"
# shellcheck source=test/bench/measure.sh
. "$bench/measure.sh"
# shellcheck source=test/bench/report.sh
. "$bench/report.sh"

usage() {
    echo "usage: blob.sh [--quick] [--write FILE.md] [MAP]" >&2
    exit 2
}

given=
write=
scaled=1
while [ $# -gt 0 ]; do
    case $1 in
    --quick) scaled=0 ;;
    --write)
        [ $# -ge 2 ] || usage
        write=$2
        shift ;;
    -*) usage ;;
    *)
        [ -z "$given" ] || usage
        given=$1
        scaled=0 ;;
    esac
    shift
done

mkdir -p "$linux" "$maps"
work=$(mktemp -d "$cache/work.XXXXXX")
trap 'rm -rf "$work" ${scratch:+"$scratch"}' EXIT
trap 'exit 1' INT TERM HUP

build_tools
fetch_linux
build_linux
resolver_bytes >"$work/resolver"

if [ -n "$given" ]; then
    [ -r "$given" ] || die "$given: no such file"
    main_map=$given main_kind=given main_name="The map $(basename "$given")" main_packages=
else
    fetch_kernel_map
    main_map=$maps/kernel.map main_kind=C
    main_name="Debian's kernel, $(kernel_package)"
    main_packages="$cache/$(kernel_package)_*.deb"
fi

# The map of the first table comes first: its parts and checks are what the report shows.
measure_map "$main_kind" "$main_map" || die "failed: $main_map"
main_count=$count
linux_parts "$(awk '/kallsyms_num_syms:/ { getline; print $2 }' "$work/table.S")" >"$work/linux.parts"
"$work/gen_ksyms" --stats "$work/blob" >"$work/ours.parts"
cp "$work/checked" "$work/main.checked"

# measure_sizes KIND MAP COUNT...: parts of a map.
measure_sizes() {
    sizes_kind=$1 sizes_map=$2
    shift 2
    for wanted in "$@"; do
        "$work/maps" pick "$wanted" "$sizes_map" >"$work/part.map"
        measure_map "$sizes_kind" "$work/part.map" || note "$sizes_kind, $wanted symbols: failed"
    done
}

if [ "$scaled" = 1 ]; then
    fetch_cxx_maps
    measure_sizes C "$main_map" 1000 3000 10000 30000
    measure_sizes C++ "$maps/cxx-small.map" 1000 10000 30000 100000 300000
    for wanted in 600000 1000000 2000000; do
        head -n "$wanted" "$maps/cxx.map" >"$work/part.map"
        measure_map C++ "$work/part.map" || note "C++, $wanted symbols: failed"
    done
    sort -t '	' -k 1,1 -k 2,2n "$work/results" >"$work/sorted"
    mv "$work/sorted" "$work/results"
fi

command="sh test/bench/blob.sh"
[ "$scaled" = 1 ] || [ -n "$given" ] || command="$command --quick"
[ -z "$write" ] || command="$command --write docs/$(basename "$write")"
[ -z "$given" ] || command="$command $(basename "$given")"
report "$command" >"$work/report.md"
cat "$work/report.md"
cp "$work/results" "$cache/results.tsv"
if [ "$scaled" = 1 ]; then "$work/plot" <"$work/results" >"$work/figures.svg"; fi
if [ -n "$write" ]; then
    cp "$work/report.md" "$write"
    if [ "$scaled" = 1 ]; then cp "$work/figures.svg" "$(dirname "$write")/figures.svg"; fi
    note "written: $write"
fi
