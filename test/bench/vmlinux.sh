#!/bin/sh
# SPDX-License-Identifier: MIT
#
# vmlinux.sh: the lines, inlined calls and frame rules of Debian's kernel, of all its instructions,
# against llvm-symbolizer and readelf; and what they take.  `cmake --build build --target
# check-vmlinux`; not part of ctest, as it downloads 283 MB (once), unpacks 1.3 GB for the time it
# runs, and takes ten minutes and 6 GB of memory.
#
#     vmlinux.sh [VMLINUX]
#
# Of llvm-symbolizer's answers all files, lines and inlined calls must be ours.  So must be the
# function's own name, but where two symbols stand at one address, where none with a size covers
# it, and where the debug information leaves out the .cold of a part: all are counted.
#
# Environment: GEN_KSYMS, GEN_TRACE, KSYMS, OBJDUMP, READELF, NM programs; ONOMA_BENCH_DIRECTORY where
# the package is kept (/var/tmp/onoma-bench).
cache=${ONOMA_BENCH_DIRECTORY:-/var/tmp/onoma-bench}
bench=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$cache"
TEST_DIRECTORY=${TEST_DIRECTORY:-$cache}
. "$bench/fetch.sh"
. "$bench/../golden/check.sh"
. "$bench/../golden/trace_checks.sh"
vmlinux=${1:+$(realpath "$1")}
begin

if [ -z "$vmlinux" ]; then
    unpack "$(kernel_package)" './usr/lib/debug/boot/vmlinux-*'
    vmlinux=$(realpath "$(find . -name 'vmlinux-*')")
fi
check "there is a kernel" test -s "$vmlinux"

# ---- What it takes ----

"$NM" -n -S "$vmlinux" | "$GEN_KSYMS" --symbols text -o vmlinux.ksyms -
/usr/bin/time -f '%e s, %M KB' -o time "$GEN_TRACE" -o vmlinux.ksyms --into vmlinux.ksyms "$vmlinux"
say "generator: $(cat time)"
"$GEN_TRACE" --stats vmlinux.ksyms

# ---- Frames ----

# objdump says zeros of what the linker left free, too: only what a symbol covers is code.
list_instructions "$vmlinux"
"$KSYMS" symbolize vmlinux.ksyms <addresses | awk '
    /^0x/ { address = $0; next }
    address != "" { if ($0 != "??") print address; address = "" }' >covered
mv covered addresses
say "$(wc -l <addresses) instructions"
rules_of_readelf "$vmlinux" >readelf.rules
rules_of_ksyms vmlinux.ksyms >ksyms.rules
expand_rules readelf.rules >wanted
expand_rules ksyms.rules >found
same "rules, of readelf and of ksyms" wanted found
say "$(grep -vc ' none$' found) of them have a rule, $(wc -l <ksyms.rules) changes of rule"

# ---- Chains ----

"$KSYMS" symbolize vmlinux.ksyms <addresses | normalize | join_answers >found
llvm-symbolizer --output-style=GNU -a -f -i --obj="$vmlinux" <addresses | normalize | join_answers >wanted
# Where llvm-symbolizer knows a symbol only, it gives the name of a file of the symbol table, line 0.
sed -i 's/|[^|/]*:0|$/|??:0|/' wanted
for answers in wanted found; do # without the last function's name
    sed 's/[^| ]*|\([^|]*\)|$/|\1|/' $answers >$answers.places
done
same "files, lines, inlined calls, of llvm-symbolizer and of ksyms" wanted.places found.places
say "$(awk -F '|' 'NF > 3' found | wc -l) have inlined calls"
paste -d '\n' wanted found | awk '
    function name(line,   part, n) { n = split(line, part, "|"); sub(/.* /, "", part[n - 2]); return part[n - 2] }
    NR % 2 { wanted = name($0); next }
    name($0) != wanted { print wanted, name($0) }' >names
"$NM" "$vmlinux" | awk '{ print $3, $1 }' >symbols
"$READELF" -sW "$vmlinux" | awk '$1 ~ /^[0-9]+:$/ && $3 == 0 { print $8 }' | sort -u >unsized
sort names | uniq -c | awk '
    BEGIN {
        while ((getline <"symbols") > 0) places[$1] = places[$1] " " $2
        while ((getline <"unsized") > 0) is_unsized[$1] = 1
    }
    function is_alias(a, b,   list, n, i) {
        n = split(places[a], list, " ")
        for (i = 1; i <= n; i++) if (index(places[b] " ", " " list[i] " ")) return 1
        return 0
    }
    is_unsized[$2] { unsized += $1; next }
    is_alias($2, $3) { alias += $1; next }
    { clone = $2; sub(/(\.(cold|part|isra|constprop)(\.[0-9]+)?)+$/, "", clone) }
    clone == $3 { clones += $1; next }
    { print }
    END { print alias + 0, "names of two symbols at one address,", unsized + 0, "of labels without a size,", clones + 0,
        "of clones" >"classes" }
    ' >odd
empty "names that are neither" odd
say "$(cat classes)"

# ---- Times ----

awk 'NR % 60 == 0' addresses | shuf --random-source=/dev/zero >some
"$KSYMS" time vmlinux.ksyms <some
finish
