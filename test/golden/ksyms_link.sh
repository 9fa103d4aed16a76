#!/bin/sh
# SPDX-License-Identifier: MIT
#
# ksyms_link.sh: ksyms-link against GNU ld, section by section, and each kind of its messages.
#
# Each object is linked by both at random addresses, from a seed that is printed (ONOMA_SEED); the
# bytes of every section must agree.  ld orders the slots of a GOT in its own way, so of code with
# one the list of slots is compared, sorted; unit.test_link compares it field by field.
#
# Environment: KSYMS_LINK the program; SOURCE_DIRECTORY the checkout; CC, NM, OBJCOPY.
. "$(dirname "$0")/check.sh"
begin
ASAN_OPTIONS=detect_leaks=0 # the program leaves the map's memory to exit
export ASAN_OPTIONS
seed=${ONOMA_SEED:-$((0x6f6e6f6d))}
inputs=$SOURCE_DIRECTORY/test/support/link_inputs
say "ONOMA_SEED=$seed"

# ---- The bytes ----

random_layout() { # BASE
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    awk -v seed=$seed -v base="$1" 'BEGIN {
        srand(seed)
        split("text rodata ro_after_init data init.text init.rodata init.data", names)
        first = int(rand() * 7)
        for (i = 0; i < 7; i++) {
            at += 1 + int(rand() * 60)
            printf "%s %s%04x000\n", names[(first + i) % 7 + 1], base, at
        }
    }'
}

# Symbols that the object lacks, as nm would print who has them; what begins with absent_ stays so.
random_map() { # OBJECT BASE
    "$NM" -u "$1" | awk -v seed=$seed -v base="$2" '
        BEGIN { srand(seed) }
        $NF !~ /^absent_/ && $NF != "_GLOBAL_OFFSET_TABLE_" {
            printf "%s%04x%03x T %s\n", base, 0x1000 + rand() * 0x1000, rand() * 4096, $NF
        }'
}

write_script() { # of the folder linked, and map
    awk '{ printf "\"%s\" = 0x%s;\n", $3, $1 }' map
    echo 'SECTIONS {'
    sort -k 2 linked/sections |
        awk '{ printf "  .s%s %s : { *(%s) . = .; }\n", $1, $2, $1 == "got" ? ".got" : $4 }'
    echo '  .got.plt : { *(.got.plt) } /DISCARD/ : { *(*) } }'
}

slots() { # FILE
    od -An -v -tx8 -w8 "$1" | sort
}

compare_sections() { # NAME
    while read -r index address size name; do
        "$OBJCOPY" -O binary -j ".s$index" --set-section-flags ".s$index=alloc,load,contents" \
            ld.out theirs
        if [ "$index" = got ]; then
            slots linked/got >wanted
            slots theirs >found
        else
            cp theirs wanted
            cp "linked/$index" found
        fi
        same "$1: section $index $name at $address, $((size)) bytes" wanted found
        sections=$((sections + 1))
    done <linked/sections
}

sections=0
against_ld() { # NAME BASE
    rm -rf linked ld.out
    random_layout "0x$2" >layout
    random_map in.o "$2" >map
    check "$1: ksyms-link" "$KSYMS_LINK" --keep-init --layout layout --symbols map in.o -o linked || return
    write_script >script
    check "$1: ld" ld -m elf_x86_64 -static -nostdlib -N --no-relax --build-id=none \
        --no-warn-rwx-segments --traditional-format -e 0 -T script -o ld.out in.o || return
    compare_sections "$1"
}

# Without mergeable sections and unwind tables, which ld optimises if they have their names.
flags='-std=c11 -w -ffreestanding -fno-merge-constants -fno-asynchronous-unwind-tables
       -fno-stack-protector'
kernel='-fno-pic -fno-pie -mcmodel=kernel'
for turn in 1 2 3; do
    # shellcheck disable=SC2086 # they are several
    $CC $flags $kernel -O2 -c -o in.o "$inputs/calls.c" && against_ld "calls.c, $turn" ffffffff9
    $CC $flags $kernel -O0 -c -o in.o "$inputs/calls.c" && against_ld "calls.c -O0, $turn" ffffffffc
    $CC $flags -fno-pic -fno-pie -mcmodel=large -O1 -c -o in.o "$inputs/calls.c" &&
        against_ld "calls.c, large, $turn" 000012345
    as -o 1.o "$inputs/types.s" && as -o 2.o "$inputs/absolute.s" && ld -r -o in.o 1.o 2.o &&
        against_ld "types.s, $turn" 000000000
    as -o in.o "$inputs/out_of_order.s" && against_ld "out_of_order.s, $turn" ffffffff9
done
same_text "all were linked" yes "$([ "$sections" -gt 60 ] && echo yes)"
# Code with a GOT: its fields differ as the slots do, all else must not.
as -o in.o "$inputs/got.s"
random_layout 0xffffffff9 >layout
random_map in.o ffffffff9 >map
rm -rf linked
check "got.s" "$KSYMS_LINK" --keep-init --layout layout --symbols map in.o -o linked
write_script | sed 's/^SECTIONS/"absent_value" = 0; SECTIONS/' >script
check "got.s: ld" ld -m elf_x86_64 -static -nostdlib -N --no-relax --build-id=none \
    --no-warn-rwx-segments --traditional-format -e 0 -T script -o ld.out in.o
grep '^got ' linked/sections >list && mv list linked/sections
compare_sections got.s
say "$sections sections as ld links them"

# ---- The messages ----

refused() { # WHAT STATUS TEXT ARGUMENT...
    what=$1
    status=$2
    printf '%s\n' "$3" >wanted
    shift 3
    "$KSYMS_LINK" "$@" >found 2>&1
    same_text "$what: exit status" "$status" $?
    same "$what" wanted found
}

printf '.text\n.zero 0x18\n call print\n nop\n .section .rodata\n .quad print\n' >far.s
as -o far.ko far.s
echo '0000000100000000 T print' >map
echo 'text 0xffffffff80000000
      * 0x40000000 # the rest' >layout
refused 'a value that does not fit' 1 \
    'far.ko: .rela.text[0] at .text+0x19: R_X86_64_PLT32 against "print" does not fit: 0x17fffffe3 (allowed: 0x7fffffff)' \
    --check --layout layout --symbols map far.ko
printf '.text\n call one\n call two\n call one\n .weak three\n call three\n' >missing.s
as -o missing.ko missing.s
refused 'all that nobody defines' 1 \
    'missing.ko: symbol 1 "one": symbol is not defined anywhere
missing.ko: symbol 2 "two": symbol is not defined anywhere' --check --symbols map missing.ko
printf '.text\n nop\n .section .rodata\n .quad begin\n .section .init.text, "ax"\nbegin: nop\n' >init.s
as -o init.ko init.s
refused 'init that goes' 1 \
    'init.ko: .rela.rodata[0] at .rodata+0x0: R_X86_64_64 against ".init.text": reference to an init section from one that stays after init' \
    --check init.ko
check 'init that stays' "$KSYMS_LINK" --check --keep-init init.ko
{ cat init.ko; echo junk; } >junk.ko
size=$(wc -c <init.ko)
refused 'bytes behind the end' 1 \
    "junk.ko: byte 0x$(printf %x "$size"): bytes after the end of the object: 0x$(printf %x $((size + 5))) (allowed: 0x$(printf %x "$size"))" \
    --check junk.ko
{ cat init.ko; printf 'SIGN\0\0\2\0\0\0\0\0\0\0\0\4~Module signature appended~\n'; } >signed.ko
check 'a signature' "$KSYMS_LINK" --check --keep-init signed.ko
echo 'text 0x10001' >layout
refused 'a segment without a place' 1 \
    'ksyms-link: layout: segment rodata of 8 bytes has no address' \
    --check --keep-init --layout layout init.ko
echo '* 0x1000
text 0xfffffffffffffff8' >layout
printf '.text\n .balign 16\nhere: nop\n' >aligned.s
as -o aligned.ko aligned.s
refused 'a place that is not aligned' 1 \
    'aligned.ko: segment text: segment has no memory or an impossible address: 0xfffffffffffffff8 (allowed: 0x10)' \
    --check --layout layout aligned.ko
echo 'txet 0x1000' >layout
refused 'no such segment' 1 'ksyms-link: layout:1: no segment is called "txet": see --help' \
    --check --layout layout init.ko
echo 'text here' >layout
refused 'no address' 1 'ksyms-link: layout:1: "here" is no address' --check --layout layout init.ko
echo 'text' >layout
refused 'half a line' 1 'ksyms-link: layout:1: `SEGMENT ADDRESS` is wanted' \
    --check --layout layout init.ko
echo 'nonsense' >map
refused 'no map' 1 'ksyms-link: map:1: not a line of nm: `address type name` is wanted' \
    --check --symbols map init.ko
refused 'no file' 1 'ksyms-link: none.ko: No such file or directory' --check none.ko
refused 'an empty file' 1 'empty.ko: byte 0x0: file is shorter than an ELF header: 0x0 (allowed: 0x40)' \
    --check "$(: >empty.ko && echo empty.ko)"
"$KSYMS_LINK" init.ko >found 2>&1
same_text 'wrong use' 2 $?
check 'a local symbol of the map is nobody' sh -c '! "$0" --check --symbols local far.ko' "$KSYMS_LINK" \
    "$(echo '0000000000001000 t print' >local)"
check '--help' sh -c '"$0" --help | grep -q "SEGMENT ADDRESS"' "$KSYMS_LINK"
finish
