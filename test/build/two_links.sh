#!/bin/sh
# SPDX-License-Identifier: MIT
#
# two_links.sh: the check that no symbol moves between the two links of the kernel.
#
# 1. The real objects and linker script give the kernel of the build, byte for byte: what follows
#    is tried with what the build uses.
# 2. With the table in the middle of the image the build fails, names the first symbol that moved,
#    and leaves no kernel, not even an older one.  Which one moved first comes from two links by ld
#    that this test does itself.
#
# Environment: LD, NM, OBJCOPY, READELF, GEN_KSYMS programs, GEN_TRACE, GEN_TRACE_OPTIONS and
# GEN_TYPES if the build has them; TWO_LINKS cmake/two_links.sh; KERNEL the kernel of the build; LINKER_SCRIPT; OBJECTS a file with the kernel's objects, one a line.
. "$(dirname "$0")/../golden/check.sh"
begin

# As in cmake/KsymsKernel.cmake and src/kernel/CMakeLists.txt; the comparison in 1 fails if they are not.
flags='-m elf_x86_64 -nostdlib -static -z max-page-size=4096 -z noexecstack --orphan-handling=error'

set --
while IFS= read -r object; do set -- "$@" "$object"; done <"$OBJECTS"
check "there are dozens of objects" test $# -gt 20

# ---- 1: as it is ----

# shellcheck disable=SC2086 # one word a flag
check "two_links.sh links the kernel" \
    sh "$TWO_LINKS" "$PWD/same.elf" $flags -T "$LINKER_SCRIPT" "$@"
check "it is the kernel of the build" cmp same.elf "$KERNEL"
check "nothing but the kernel, its table, its map and its types is left" \
    test "$(echo same.elf*)" = "same.elf same.elf.ksyms same.elf.map${GEN_TYPES:+ same.elf.types}"

# ---- 2: the table in the middle ----

# Moves the section .ksyms before .data, into the segment of the constants.  An edit that does not
# apply is an error: then the linker script has changed, and this must follow.
awk '
    /^    \.ksyms : / { is_table = 1 }
    is_table { table = table $0 "\n" }
    /:ksyms$/ { is_table = 0 }
    END { printf "%s", table }' "$LINKER_SCRIPT" | sed 's/:ksyms$/:rodata/' >table.part
awk '
    NR == FNR { table = table $0 "\n"; next }
    /^    ksyms +PT_LOAD / { edits++; next }
    /^    \.ksyms : / { is_table = 1; edits++ }
    is_table { if (/:ksyms$/) is_table = 0; next }
    /^    \.data : / { printf "%s", table; edits++ }
    { print }
    END { exit edits != 3 || is_table }' table.part "$LINKER_SCRIPT" >middle.lds ||
    give_up "the table's section could not be moved in a copy of $LINKER_SCRIPT: see this test"
check "the moved section has its contents" grep -q 'KEEP(\*(\.ksyms))' middle.lds
check "it comes before .data" sh -c '
    test "$(grep -n "^    .ksyms : " middle.lds | cut -d : -f 1)" -lt \
         "$(grep -n "^    .data : " middle.lds | cut -d : -f 1)"'
same_text "lines of the linker script" $(($(wc -l <"$LINKER_SCRIPT") - 1)) "$(wc -l <middle.lds)"

# Which symbols move, by two links of our own: one with an empty table, one with what that gives.
link_with() { # TABLE OUTPUT OBJECT...
    "$OBJCOPY" -I binary -O elf64-x86-64 -B i386:x86-64 --set-section-alignment .data=4096 \
        --rename-section .data=.ksyms,alloc,load,readonly,data,contents \
        --wildcard --strip-symbol '_binary_*' "$1" "$2.table.o" || return 1
    output=$2
    shift 2
    # shellcheck disable=SC2086
    "$LD" $flags --build-id=sha1 -T middle.lds -o "$output" "$@" "$output.table.o"
}
"$GEN_KSYMS" -o empty.ksyms - </dev/null
check "link with an empty table" link_with empty.ksyms first "$@"
"$NM" -n -S first | grep -v ' __ksyms_end$' >full.map
check "table of the first link" "$GEN_KSYMS" -o full.ksyms full.map
if [ -n "${GEN_TRACE:-}" ]; then
    # shellcheck disable=SC2086 # one word an option
    check "its lines" "$GEN_TRACE" ${GEN_TRACE_OPTIONS:-} -o full.ksyms --into full.ksyms first
fi
if [ -n "${GEN_TYPES:-}" ]; then
    check "its types" "$GEN_TYPES" -o full.ksyms --into full.ksyms --text full.types first
fi
check "link with its table" link_with full.ksyms second "$@"
"$NM" -n first >first.map
"$NM" -n second >second.map
# Of each name, the first address with it, the second …; in the order of the first link.
awk 'NR == FNR { moved_to[$3, ++seen[$3]] = $1; next }
     { now = moved_to[$3, ++again[$3]] }
     now != $1 && $3 != "__ksyms_end" { print $1, now, $3 }' second.map first.map >moved
check "some symbols move, others do not" \
    sh -c 'test -s moved && test "$(wc -l <moved)" -lt "$(wc -l <first.map)"'
first_address=$(head -n 1 moved | cut -d ' ' -f 1)
sed -n "s/^$first_address //p" moved | sort >candidates # aliases: any of them is the first

cp "$KERNEL" middle.elf # an older one
# shellcheck disable=SC2086
if sh "$TWO_LINKS" "$PWD/middle.elf" $flags -T middle.lds "$@" >message 2>&1; then
    bad "two_links.sh accepts a table in the middle of the image"
fi
say "$(cat message)"
sed -n 's/.*: symbol \([^ ]*\) moved from 0x\([0-9a-f]*\) to 0x\([0-9a-f]*\) .*/\2 \3 \1/p' message >named
check "the message names one symbol and its addresses" test "$(wc -l <named)" -eq 1
same_text "address of the first symbol that moved" "$first_address" "$(cut -d ' ' -f 1 named)"
check "symbol and new address are among: $(tr '\n' ';' <candidates)" \
    grep -qxF -e "$(cut -d ' ' -f 2- named)" candidates
check "the message says what to do" grep -q 'the section .ksyms must come last' message
for left in middle.elf middle.elf.stage2; do
    check "$left is not left behind" test ! -e "$left"
done
say "$(wc -l <moved) of $(wc -l <first.map) symbols move, the first is" \
    "$(head -n 1 moved | cut -d ' ' -f 3)"

# ---- 3: symbols that cannot be read ----

# nm that fails, before it has printed anything and after some lines: no kernel, rather than one
# without names.
for lines in 0 100; do
    cp "$KERNEL" broken.elf
    printf '#!/bin/sh\n"%s" "$@" | head -n %s\nexit 1\n' "$NM" $lines >failing-nm
    chmod +x failing-nm
    # shellcheck disable=SC2086
    if NM=$PWD/failing-nm sh "$TWO_LINKS" "$PWD/broken.elf" $flags -T "$LINKER_SCRIPT" "$@" \
        >message 2>&1; then
        bad "two_links.sh goes on though nm failed behind $lines lines"
    fi
    check "the message says so" grep -q 'the symbols of link 1 cannot be read' message
    check "no kernel is left behind" test ! -e broken.elf
done

# The same of a generator that fails.
cp "$KERNEL" broken.elf
# shellcheck disable=SC2086
if GEN_TYPES=false sh "$TWO_LINKS" "$PWD/broken.elf" $flags -T "$LINKER_SCRIPT" "$@" >message 2>&1; then
    bad "two_links.sh goes on though gen_types failed"
fi
check "the message says so" grep -q 'the types .* cannot be written down' message
check "no kernel is left behind" test ! -e broken.elf
finish
