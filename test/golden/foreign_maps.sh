#!/bin/sh
# SPDX-License-Identifier: MIT
#
# foreign_maps.sh: gen_ksyms alone serves other people's kernels: maps in the shape of theirs become
# tables that give every symbol back, and know which one an address lies in.
#
#   xv6      32 bits, 8 digits an address; sizes of C functions, none of assembly's 256 vectors
#   i386     System.map of a 32-bit Linux: no sizes at all, absolute symbols, capital and small
#   linux    System.map of x86-64: 20,000 symbols, per-CPU ones at 0, aliases, names with dots
#   sized    `nm -n -S` of the same, with __pfx_ labels and undefined weak symbols
#   huge     names of 2,000 bytes, as templates of C++ give them
#
# Environment: GEN_KSYMS, KSYMS programs.
. "$(dirname "$0")/check.sh"
begin

# Symbols by awk: the same numbers on every machine.
cat >shape.awk <<'END'
function name(i,   text) {
    text = substr("read_writ_openclosinodeblockpage_task_sched_irq__netdevsockettimer", i * 7 % 60 + 1, 4 + i % 5)
    return text "_" substr("initfreegetputaddremlookallo", i * 3 % 24 + 1, 4) (i % 3 ? "_" i : "")
}
BEGIN {
    if (shape == "xv6") {
        base = 2148532224 # 0x80100000
        printf "8010000c T _start\n8010000c T entry\n80102e00 T alltraps\n"
        for (i = 0; i < 256; i++) printf "%08x T vector%d\n", 2148532224 + 24576 + i * 10, i
        for (i = 0; i < 500; i++) {
            printf "%08x %08x %s %s\n", base + 40960 + i * 80, 40 + i % 40, i % 4 ? "T" : "t", name(i) "_" i
        }
        printf "80115000 00000004 B ticks\n80115010 00001f20 b ptable\n80116f30 B end\n"
    } else if (shape == "i386") {
        printf "00000000 A VDSO32_PRELINK\n00400000 A phys_startup_32\n"
        printf "c1000000 T _text\nc1000000 T startup_32\n"
        for (i = 1; i < 20000; i++) {
            printf "%08x %s %s\n", 3238002688 + int(i * 37 / 16) * 16, substr("TtTtDdRrBb", i % 10 + 1, 1), name(i) "_" i
        }
    } else {
        printf "0000000000000000 A fixed_percpu_data\n0000000000000000 A __per_cpu_start\n"
        printf "0000000000001000 A cpu_debug_store\n0000000001000000 A phys_startup_64\n"
        printf "ffffffff81000000 T _stext\nffffffff81000000 T _text\nffffffff81000000 T startup_64\n"
        for (i = 1; i < 20000; i++) {
            low = 16777216 + i * 272
            suffix = i % 50 == 0 ? ".isra.0" : i % 70 == 0 ? ".part.0.cold" : ""
            if (shape == "sized") {
                if (i % 2) printf "ffffffff8%07x t __pfx_%s%s\n", low - 16, name(i), suffix
                printf "ffffffff8%07x %016x %s %s%s\n", low, 16 + i % 240, i % 3 ? "t" : "T", name(i), suffix
            } else {
                printf "ffffffff8%07x %s %s%s\n", low, i % 3 ? "t" : "T", name(i), suffix
                if (i % 9 == 0) printf "ffffffff8%07x T __x64_sys_%s\n", low, name(i)
            }
        }
        printf "ffffffff82000000 D __bss_stop\nffffffff82000000 B _end\n"
    }
}
END

# A dump has 16 digits; otherwise it is the map again, without what is undefined.
as_dumped() { # MAP
    awk '{ address = sprintf("%16s", $1); gsub(" ", "0", address); $1 = address
           if (NF == 4) { size = sprintf("%16s", $2); gsub(" ", "0", size); $2 = size }
           print }' "$1" | sort
}

serves() { # SHAPE MAP
    check "$1: a table is made" "$GEN_KSYMS" -o "$1.ksyms" "$2"
    check "$1: it holds what the map says" "$GEN_KSYMS" --verify "$1.ksyms" "$2"
    grep -v '^ *[Uwv] ' "$2" >defined
    as_dumped defined >wanted
    "$GEN_KSYMS" --dump "$1.ksyms" | sort >found
    same "$1: the dump" wanted found
    say "$1: $(wc -l <wanted) symbols, $(wc -c <"$2") bytes of map, $(wc -c <"$1.ksyms") bytes of table"
}

looks_up() { # SHAPE ADDRESS-OR-NAME PATTERN
    check "$1: $2 is \"$3\"" sh -c '"$1" lookup "$2" "$3" | grep -q -e "$4"' \
        sh "$KSYMS" "$1.ksyms" "$2" "$3"
}

for shape in xv6 i386 linux sized; do
    awk -v shape="$shape" -f shape.awk >"$shape.map"
done
printf '         U printk\n                 w __fentry_unused\n' >>sized.map
serves xv6 xv6.map
serves i386 i386.map
serves linux linux.map
serves sized sized.map

looks_up xv6 0x8010000c '\(entry\|_start\)+0x0' # a label without a size covers its own address
looks_up xv6 vector64 '80106280'
looks_up xv6 0x80115020 'ptable+0x10'
looks_up i386 startup_32 'c1000000'
looks_up i386 _text 'c1000000'
looks_up linux startup_64 'ffffffff81000000'
last=$(grep ' t ' linux.map | tail -n 1)
looks_up linux "0x${last%% *}" "${last##* }"

# Text alone, as a small kernel wants it.
"$GEN_KSYMS" --symbols text -o text.ksyms i386.map
grep -c ' [TtWw] ' i386.map >wanted
"$GEN_KSYMS" --dump text.ksyms | wc -l >found
same "functions alone" wanted found

awk 'BEGIN { for (i = 0; i < 200; i++) {
    printf "%016x 0000000000000010 W _ZN", 1048576 + i * 16
    for (n = 0; n < 200; n++) printf "%d%s", 8, substr("abcdefghijklmnopqrstuvwxyz", (i + n) % 18 + 1, 8)
    printf "E%dv\n", i } }' >huge.map
serves huge huge.map

# A 32-bit ELF file of the compiler, through nm, as a kernel's build has it.
cat >tiny.c <<'END'
int counter;
static int step(int by) { return counter += by; }
int advance(void) { return step(1) + step(2); }
void _start(void) { advance(); }
END
if check "the compiler makes 32-bit code" gcc -m32 -O0 -ffreestanding -fno-pic -c -o tiny.o tiny.c &&
    check "the linker links it" ld -m elf_i386 -Ttext 0x80100000 -o tiny tiny.o; then
    nm -n -S tiny >tiny.map
    serves tiny tiny.map
    looks_up tiny advance '8010'
fi
finish
