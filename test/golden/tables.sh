#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tables.sh: tables of real programs against nm: every name, address, size and letter, the rule of
# aliases, and look-ups in both directions, by test/unit/test_table.c, whose expectations come from
# the map by plain loops.
#
#     tables.sh          the C library, linked whole: weak symbols, aliases, IFUNCs, thread variables
#     tables.sh --all    also Debian's vmlinux and LLVM with other C++ libraries, from the benchmark's
#                        cache, which fetches them if they are not there
#
# Environment: TEST_TABLE and GEN_KSYMS programs, CC, NM, TEST_DIRECTORY for scratch files;
# ONOMA_BENCH_CACHE as for test/bench/blob.sh.
. "$(dirname "$0")/check.sh"
: "${TEST_TABLE:?the program}"
bench=$SOURCE_DIRECTORY/test/bench
begin

library=$("$CC" -print-file-name=libc.a)
if [ ! -f "$library" ]; then
    bad "no libc.a: $library (apt-get install libc6-dev)"
else
    echo 'int main(void) { return 0; }' >main.c
    "$CC" -static -Wl,--unresolved-symbols=ignore-all -Wl,-z,muldefs -Wl,--defsym=_DYNAMIC=0 -o library main.c \
        -Wl,--whole-archive "$library" -Wl,--no-whole-archive 2>link.log ||
        bad "libc.a does not link: $(tail -n 1 link.log)"
    "$NM" -n -S --defined-only library >library.map
    check "nm shows weak symbols, IFUNCs and thread variables of the C library" \
        sh -c 'grep -q " W " library.map && grep -q " i " library.map && grep -q " [dDbB] " library.map'
    check "the C library's table" env KSYMS_MAPS=library.map "$TEST_TABLE"
fi

if [ "${1:-}" = --all ]; then
    cache=${ONOMA_BENCH_CACHE:-/var/tmp/onoma-bench}
    linux=$cache/linux maps=$cache/maps maps_tool=$PWD/maps
    mkdir -p "$linux" "$maps"
    "$CC" -O2 -o maps "$bench/maps.c" "$bench/map.c" || bad "maps.c does not compile"
    . "$bench/fetch.sh"
    fetch_kernel_map
    fetch_cxx_maps
    check "Linux's table" env KSYMS_MAPS="$maps/kernel.map" "$TEST_TABLE"
    check "the C++ libraries' table" env KSYMS_MAPS="$maps/cxx-small.map" "$TEST_TABLE"
fi
finish
