#!/bin/sh
# SPDX-License-Identifier: MIT
#
# kernel_table.sh: the symbol table that the kernel and each module carry, against nm and readelf.
#
# 1. The table holds exactly the symbols that nm shows of the published file, but for those that
#    src/ksyms/FORMAT.md leaves out and the table's own end.
# 2. The section .ksyms is that table, byte for byte, and carries the file's build id.
# 3. In the kernel it is the last thing that is loaded, in a read-only segment of its own, and no
#    segment is both writable and executable.
#
# Environment: GEN_KSYMS, NM, READELF, OBJCOPY programs; KERNEL the kernel, its table beside it;
# MODULE_DIRECTORY and MODULES, folder and names.
. "$(dirname "$0")/check.sh"
begin

# What gen_ksyms leaves out, said again: see "What the map may say" in FORMAT.md.
filter='
$NF == "__ksyms_end" { next }
/^ / { next }
{
    has_size = length($2) > 1
    letter = has_size ? $3 : $2
    name = $NF
    if (name ~ /^\.L/ || name ~ /^\.\.@/ || name ~ /^\$[adtx](\.|$)/) next
    if (!has_size && letter ~ /^[a-hj-tx-z]$/ && substr(name, 2) ~ /\./) next
    print
}'

build_id() { # FILE
    "$READELF" -n "$1" | sed -n 's/.*Build ID: *//p'
}

build_id_in_table() { # TABLE
    size=$(od -A n -t u4 -j 36 -N 4 "$1" | tr -d ' ')
    od -A n -v -t x1 -j 40 -N "$size" "$1" | tr -d ' \n'
}

check_section() { # FILE
    "$OBJCOPY" -O binary --only-section=.ksyms "$1" section
    same "$1: the section .ksyms and $1.ksyms" "$1.ksyms" section
    id=$(build_id "$1")
    check "$1 has a build id of 20 bytes: $id" expr "$id" : '[0-9a-f]\{40\}$'
    same_text "$1: the build id in its table" "$id" "$(build_id_in_table "$1.ksyms")"
}

# ---- The kernel ----

# Readelf's PT_LOADs: type, offset, virtual and physical address, sizes in file and memory, flags.
check_segments() {
    "$READELF" -lW "$KERNEL" | sed -n 's/R E/R-E/; s/^ *LOAD  *\(.*\)$/\1/p' >segments
    check "the kernel has several segments" test "$(wc -l <segments)" -gt 3
    awk '$6 ~ /W/ && $6 ~ /E/ || $6 == "RWE"' segments >wx
    empty "segments both writable and executable" wx
    awk '$4 != $5 && $6 !~ /W/' segments >unfilled
    empty "segments that memory must be added to, but are not writable" unfilled
    set -- $(tail -n 1 segments)
    table_address=$("$NM" "$KERNEL" | sed -n 's/\([0-9a-f]*\) . __ksyms_start$/0x\1/p')
    same_text "the last segment begins with the table" "$table_address" "$2"
    same_text "the last segment's flags" R "$6"
    same_text "the last segment's bytes" "$(wc -c <"$KERNEL.ksyms")" "$(printf %d "$4")"
    sort -k 3,3 segments >by_place # all addresses have 16 digits
    same "the segments lie in the order of their physical addresses" by_place segments
    "$READELF" -SW "$KERNEL" | sed 's/^ *\[ *\([0-9]*\)\]/\1/' |
        awk '$1 ~ /^[0-9]+$/ && $8 ~ /A/ { last = $2 } END { print last }' >last_section
    same_text "the last section that is loaded" .ksyms "$(cat last_section)"
}

check_entry() {
    entry=$("$READELF" -h "$KERNEL" | sed -n 's/ *Entry point address: *0x//p')
    boot=$("$NM" "$KERNEL" | sed -n 's/^0*\([0-9a-f]*\) T boot_entry$/\1/p')
    check "the kernel has boot_entry" test -n "$boot"
    same_text "the entry point is boot_entry" "$boot" "$entry"
    set -- $(head -n 1 segments)
    same_text "the first segment runs where it is loaded" "$2" "$3"
}

check_kernel_table() {
    "$NM" -n -S "$KERNEL" >map
    awk "$filter" map | sort >wanted
    check "nm shows hundreds of symbols of the kernel" test "$(wc -l <wanted)" -gt 300
    "$GEN_KSYMS" --dump "$KERNEL.ksyms" >dump || bad "the table cannot be dumped"
    sort dump >found
    same "symbols by nm and in the table of the kernel" wanted found
    grep -v ' __ksyms_end$' map >own_map
    check "gen_ksyms --verify" "$GEN_KSYMS" --verify "$KERNEL.ksyms" own_map
    say "kernel: $(wc -l <wanted) symbols, $(wc -c <"$KERNEL.ksyms") bytes of table"

    # The oracle sees a difference: one address changed.
    sed '/ T kernel_main$/s/^ffffffff8/ffffffff9/' own_map >wrong_map
    check "nm shows kernel_main" sh -c '! cmp -s own_map wrong_map'
    if "$GEN_KSYMS" --verify "$KERNEL.ksyms" wrong_map 2>message; then
        bad "gen_ksyms --verify accepts a map in which kernel_main has moved"
    fi
    check "gen_ksyms --verify names kernel_main: $(cat message)" grep -q "'kernel_main'" message
}

check_kernel_table
check_section "$KERNEL"
check_segments
check_entry

# ---- Modules: an address is the section's number << 32 | offset ----

check_module_table() { # MODULE.ko
    "$NM" -n -S "$1" | awk "$filter" | sort >wanted
    "$GEN_KSYMS" --dump "$1.ksyms" >dump || bad "$1: the table cannot be dumped"
    check "$1: nm shows symbols" test -s wanted

    # Everything but the section, from nm.
    sed 's/^......../00000000/' dump | sort >found
    same "$1: symbols by nm and in the table" wanted found

    # Section, offset, size and name, from readelf: it has no letters.
    "$READELF" -sW "$1" | awk '
        $1 ~ /^[0-9]+:$/ && $4 != "SECTION" && $4 != "FILE" && $7 ~ /^[0-9]+$/ {
            size = $3 ~ /^0x/ ? substr($3, 3) : sprintf("%x", $3)
            printf "%08x%s %s %s\n", $7, substr($2, 9), size, $8
        }' | sort >wanted
    awk '{ size = length($2) > 1 ? $2 : "0"; sub(/^0+/, "", size); if (size == "") size = "0"
           print $1, size, $NF }' dump >placed
    sort placed >found
    # Left out by FORMAT.md: local names without a size and with a dot.
    awk '$2 == "0" && substr($3, 2) ~ /\./ { next } { print }' wanted >kept
    same "$1: symbols by readelf and in the table" kept found
    say "$(basename "$1"): $(wc -l <wanted) symbols, $(wc -c <"$1.ksyms") bytes of table"
}

for module in $MODULES; do
    check_module_table "$MODULE_DIRECTORY/$module.ko"
    check_section "$MODULE_DIRECTORY/$module.ko"
done
finish
