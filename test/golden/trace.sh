#!/bin/sh
# SPDX-License-Identifier: MIT
#
# trace.sh: lines, inlined calls and unwind rows of the kernel and of each module, at every
# instruction that objdump shows.
#
# 1. `ksyms symbolize` prints what llvm-symbolizer does: the whole chain.  llvm-symbolizer
#    leaves "./" in paths and adds discriminators, which no line table of ours holds.  Where no
#    function with a size is, or one without debug information (assembly), it invents: the name of a
#    label without a size, and the source file that the symbol table names, with line 0.  There
#    ksyms must say that no line is known.
# 2. `ksyms frames` has the rules that readelf interprets from .debug_frame, and none elsewhere but
#    in functions of assembly.
# 3. There each rule for a trap frame, and in the switch from one stack to another, is what counting
#    pushes and pops gives, and no instruction of a function, in C or assembly, is without a rule.
# 4. From one instruction to the next the rule follows what the instruction does to rsp: what the
#    compiler says of a frame knows nothing of a push in inline assembly.
#
# A module's sections are first linked to `index << 32` by ld, which relocates its debug information
# as gen_trace must have done by itself.
#
# Environment: KSYMS, GEN_TRACE, CC, OBJDUMP, READELF, LD programs; KERNEL; MODULE_DIRECTORY and
# MODULES.
. "$(dirname "$0")/check.sh"
. "$(dirname "$0")/trace_checks.sh"
begin

# Number and name of each loaded section.
sections() { # FILE
    "$READELF" -SW "$1" | sed 's/^ *\[ *\([0-9]*\)\]/\1/' |
        awk '$1 ~ /^[0-9]+$/ && $8 ~ /A/ { print $1, $2 }'
}

# The module as if it were linked, its sections where its table has them.
place_module() { # FILE OUTPUT
    # shellcheck disable=SC2046 # one word an option
    "$LD" --noinhibit-exec --unresolved-symbols=ignore-all -e 0 -o "$2" "$1" \
        $(sections "$1" | awk '{ printf "--section-start=%s=0x%x00000000 ", $2, $1 }') 2>ld.log
    check "$1 is placed" test -s "$2"
}

# ---- 3: assembly of the kernel ----

# What rows of trap frames must say, and those of the switch, by counting what instructions push and pop.
# (Both stacks of a switch look alike: its `mov %rsi,%rsp` changes no distance.)
count_pushes() {
    "$OBJDUMP" -d --no-show-raw-insn "$KERNEL" | awk '
        /^[0-9a-f]+ <.*>:$/ {
            name = $2; gsub(/[<>:]/, "", name)
            is_stubs = name == "trap_stubs"; is_common = name == "trap_common"
            is_switch = name == "arch_thread_switch"
            if (is_common) { depth = 16; bp = -1 }
            if (is_switch) { depth = 8; bp = -1 }
            next
        }
        !(is_stubs || is_common || is_switch) || !/:\t/ { next }
        {
            split($0, half, ":\t")
            address = half[1]; gsub(/ /, "", address)
            text = half[2]
        }
        is_stubs && address ~ /0$/ {
            vector = count++
            depth = vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 ||
                    vector == 29 || vector == 30 ? 8 : 0
            bp = -1
        }
        is_switch { printf "%s rsp+%d %s c-8\n", address, depth, bp < 0 || depth < bp ? "u" : "c-" bp }
        !is_switch {
            printf "%s trap:rsp+%d %s trap\n", address, depth, bp < 0 || depth < bp ? "u" : "*rsp+" depth - bp
        }
        text ~ /^push/ { depth += 8; if (text ~ /%rbp/) bp = depth }
        text ~ /^pop/ { depth -= 8 }
        text ~ /^add +\$0x10,%rsp/ { depth -= 16 }'
}

# ---- 4: rules and instructions ----

# Each instruction that moves rsp, where the next rule does not follow it.
compare_with_code() { # RULES ELF
    "$OBJDUMP" -d --no-show-raw-insn "$2" | awk '
        function number(text) { # $0x18 or $0xffffffffffffff80
            sub(/^\$/, "", text)
            return text ~ /^0xffffffff/ ? -(4294967296 - hex(substr(text, length(text) - 7))) : hex(substr(text, 3))
        }
        function hex(text,   value, i) {
            for (i = 1; i <= length(text); i++) value = 16 * value + index("0123456789abcdef", substr(text, i, 1)) - 1
            return value
        }
        FILENAME != "-" { if ($2 ~ /^rsp\+[0-9]+$/) offset[$1] = substr($2, 5) + 0; next }
        /^[0-9a-f]+ <.*>:$/ { is_known = 0; next }
        !/:\t/ { next }
        {
            split($0, half, ":\t")
            address = half[1]; gsub(/ /, "", address)
            while (length(address) < 16) address = "0" address
            text = half[2]; sub(/ *#.*/, "", text)
            split(text, word, / +/)
            if (is_known && (address in offset) && offset[address] != wanted)
                print before " and then rsp+" offset[address] ", not rsp+" wanted
            is_padding = text ~ /^(cs |data16 )*nop/ || text ~ /^xchg +%ax,%ax$/ # it may be jumped over
            is_known = (address in offset) && (is_known || !is_padding)
            wanted = offset[address]
            before = address ": " text ": rsp+" wanted
            if (word[1] ~ /^push/) { wanted += 8; moves++ }
            else if (word[1] ~ /^pop/) { wanted -= 8; moves++ }
            else if (text ~ /^sub +\$0x[0-9a-f]+,%rsp$/) { split(word[2], part, ","); wanted += number(part[1]); moves++ }
            else if (text ~ /^add +\$0x[0-9a-f]+,%rsp$/) { split(word[2], part, ","); wanted -= number(part[1]); moves++ }
            else if (text ~ /^(ret|jmp|call|ud2|iret|leave|hlt|lret)/ || text ~ /,%[er]?spl?$/) is_known = 0
        }
        END { print "moves", moves + 0 }' "$1" -
}

check_code() { # NAME ELF: after check_rules
    compare_with_code all "$2" >compared
    grep -v '^moves ' compared >wrong
    empty "$1: instructions that move rsp, but not the rule" wrong
    grep -v " \(rsp\|rbp\|trap:rsp\)+\| none$\| end$" all >register
    empty "$1: rules that need another register than rsp and rbp" register
    moves=$((moves + $(awk '$1 == "moves" { print $2 }' compared)))
}

moves=0

list_instructions "$KERNEL"
# The multiboot2 header and the boot page's texts are data in a section of code.
check_chains kernel "$KERNEL" "$KERNEL"
check_rules kernel "$KERNEL" "$KERNEL"
check_code kernel "$KERNEL"
count_pushes >wanted
awk 'NR == FNR { is_wanted[$1] = 1; next } / trap$/ || $1 in is_wanted' wanted assembly >found
same "rows of trap frames and of the switch, of counted pushes and of ksyms" wanted found
check "the switch has 15 instructions" test "$(grep -c ' c-8$' wanted)" -eq 15
check "there are hundreds of them" test "$(wc -l <found)" -gt 500
check "the kernel's entry is an end" grep -q ' end$' assembly

for module in $MODULES; do
    file=$MODULE_DIRECTORY/$module.ko
    place_module "$file" "$module.elf"
    list_instructions "$module.elf"
    check_chains "$module" "$module.elf" "$file"
    check_rules "$module" "$module.elf" "$file"
    check_code "$module" "$module.elf"
    empty "$module: rules where readelf has none" assembly
done
# ---- .eh_frame, an outermost frame, a realigned stack ----

cat >eh.c <<'END'
int leaf(int *list, int count);
int many(int a, int b, int c, int d, int e, int f, int g, int *list)
{
    _Alignas(64) int aligned[16] = {a, b, c, d, e, f, g};
    int varying[a];
    return leaf(aligned, 16) + leaf(list, g) + leaf(varying, a) + aligned[b & 15];
}
__attribute__((noinline)) int leaf(int *list, int count)
{
    int sum = 0;
    for (int i = 0; i < count; i++) sum += list[i] = i;
    return sum;
}
int main_(int *list) { return many(1, 2, 3, 4, 5, 6, 7, list); }
__asm__(".globl _start; .type _start,@function; _start: .cfi_startproc; .cfi_undefined rip; call main_; hlt;"
        ".cfi_endproc; .size _start, . - _start");
END
check "it compiles" "$CC" -O2 -g -fomit-frame-pointer -fasynchronous-unwind-tables -fno-pie -no-pie \
    -ffreestanding -nostdlib -static -o eh.elf eh.c
"$READELF" -SW eh.elf | grep -q '\.debug_frame' && bad "it has a .debug_frame"
check "its frame information is read" "$GEN_TRACE" --require-all -o eh.ksyms eh.elf
list_instructions eh.elf
rules_of_readelf eh.elf >readelf.rules
rules_of_ksyms eh.ksyms | sed 's/ end$/ rsp+8 u u/' >ksyms.rules
expand_rules readelf.rules >wanted
expand_rules ksyms.rules >found
same "rules of .eh_frame, of readelf and of ksyms" wanted found
check "one is a realigned stack's" grep -q ' exp ' found
check "the stack ends in _start" grep -q ' rsp+8 u u' found

# ---- A rule that no row can say ----

cat >odd.s <<'END'
.globl _start
.type _start,@function
_start: .cfi_startproc
    .cfi_escape 0x0f, 3, 0x77, 8, 0x06
    nop
    .cfi_endproc
.size _start, . - _start
END
check "it links" "$CC" -g -nostdlib -static -o odd.elf odd.s
"$GEN_TRACE" -o odd.ksyms odd.elf 2>odd.log || bad "without --require-all it is taken"
check "it is counted" grep -q 'no row for 1 rules, first at 0x[0-9a-f]*: the CFA' odd.log
"$GEN_TRACE" --require-all -o odd2.ksyms odd.elf 2>odd.log && bad "--require-all takes it"
check "it is named" grep -q 'odd.elf: at 0x[0-9a-f]* the CFA is given by a rule' odd.log
check "no output is left" test ! -e odd2.ksyms

check "there are thousands of instructions" test $instructions -gt 20000
check "many of them have inlined calls" test $all_inlined -gt 1000
check "hundreds of instructions move rsp" test $moves -gt 1000
say "$instructions instructions, $all_inlined with inlined calls, $ruled rules, $moves moves of rsp"
finish
