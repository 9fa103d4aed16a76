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
# 3. There each rule for a trap frame is what counting pushes and pops gives, and no instruction of
#    a function, in C or assembly, is without a rule.
#
# A module's sections are first linked to `index << 32` by ld, which relocates its debug information
# as gen_trace must have done by itself.
#
# Environment: KSYMS, OBJDUMP, READELF, LD programs; KERNEL; MODULE_DIRECTORY and MODULES.
. "$(dirname "$0")/check.sh"
need llvm-symbolizer llvm
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

# ---- 1: chains ----

normalize() {
    sed ':again; s|/\./|/|; t again; s/^0x0*/0x/; s|^\(\./\)*||; s/ (discriminator [0-9]*)$//'
}

# One line for each address: `0xaddress function|file:line|function|file:line…`.
join_answers() {
    awk '/^0x[0-9a-f]+$/ { if (line != "") print line; line = $0 " "; next }
         { line = line $0 "|" }
         END { if (line != "") print line }'
}

# Where the debug information says nothing: no line is known, and a name only if its symbol has a size.
strip_invented() { # ANSWERS
    awk '
        BEGIN { while ((getline name <"unsized") > 0) is_unsized[name] = 1 }
        {
            n = split($0, part, "|")
            if (n == 3 && part[2] ~ /^[^\/]*:0$/) {
                split(part[1], head, " ")
                $0 = head[1] " " (head[2] in is_unsized ? "-" : head[2]) "|??:0|"
            }
            print
        }' "$1"
}

# The answers of ksyms, without a name where the wanted ones have none.
hide_names() { # WANTED FOUND
    awk '
        NR == FNR { if ($2 == "-|??:0|") is_hidden[$1] = 1; next }
        $1 in is_hidden && split($0, part, "|") == 3 { print $1, "-|" part[2] "|"; next }
        { print }' "$1" "$2"
}

check_chains() { # NAME ELF TABLE
    # Names that only symbols without a size have.
    "$READELF" -sW "$2" | awk '$1 ~ /^[0-9]+:$/ && $3 == 0 && $4 != "SECTION" && $4 != "FILE" { print $8 }' |
        sort -u >labels
    "$READELF" -sW "$2" | awk '$1 ~ /^[0-9]+:$/ && $3 != 0 { print $8 }' | sort -u >sized
    comm -23 labels sized >unsized
    "$KSYMS" symbolize "$3" <addresses | normalize | join_answers >mine
    llvm-symbolizer --output-style=GNU -a -f -i --obj="$2" <addresses | normalize | join_answers >answers
    strip_invented answers >wanted
    hide_names wanted mine >found
    same "$1: chains, of llvm-symbolizer and of ksyms" wanted found
    inlined=$(awk -F '|' 'NF > 3' found | wc -l)
    known=$(grep -vc '|??:0|' found)
    instructions=$((instructions + $(wc -l <found)))
    all_inlined=$((all_inlined + inlined))
    check "$1: a place is known for nearly all instructions of C" test "$known" -gt 0
}

# ---- 2: rules ----

# Both become lines `address rule` where a rule begins; `none` ends it.
rules_of_readelf() { # FILE
    "$READELF" --debug-dump=frames-interp "$1" 2>readelf.log | awk '
        function finish() {
            if (in_entry && !has_rows) print start, first[cie]
            if (in_entry) print end, "none"
            in_entry = in_cie = 0
        }
        / FDE / {
            finish()
            cie = $5; sub(/cie=/, "", cie)
            split($0, half, "pc="); split(half[2], edge, /\.\./)
            start = edge[1]; end = edge[2]; in_entry = 1; has_rows = 0
            next
        }
        / CIE / { finish(); id = $1; in_cie = 1; next }
        / LOC / { delete column; for (i = 1; i <= NF; i++) column[$i] = i; next }
        /^[0-9a-f]+ / {
            rule = $column["CFA"] " " (("rbp" in column) ? $column["rbp"] : "u") " " $column["ra"]
            if (in_cie) first[id] = rule
            if (in_entry) print $1, rule
            has_rows = 1
        }
        END { finish() }'
}

rules_of_ksyms() { # TABLE
    "$KSYMS" frames "$1" | awk '
        /^pc=/ { split($0, edge, /\.\./); end = edge[2]; in_entry = 1; next }
        in_entry && /^[0-9a-f]+ / { print; next }
        in_entry && /^$/ { print end, "none"; in_entry = 0 }
        END { if (in_entry) print end, "none" }' | tr -s ' '
}

# The rule at each address of `addresses`.  Of several at one address, one that is not `none` wins.
expand_rules() { # RULES
    sed 's/^0x//' addresses | awk '{ a = $1; while (length(a) < 16) a = "0" a; print a, "2" }' >at
    awk '{ print $1, ($2 == "none" ? 0 : 1), $2, $3, $4 }' "$1" | sort - at | awk '
        BEGIN { rule = "none" }
        $2 == 2 { print $1, rule; next }
        { rule = $3 ($2 ? " " $4 " " $5 : "") }
        ' | sed 's/ *$//'
}

check_rules() { # NAME ELF TABLE
    rules_of_readelf "$2" >readelf.rules
    rules_of_ksyms "$3" >ksyms.rules
    expand_rules readelf.rules >wanted
    expand_rules ksyms.rules >all
    # Where readelf knows nothing, ours come from assembly.
    awk 'NR == FNR { rule[$1] = $0; next } rule[$1] ~ / none$/ { next } { print }' \
        wanted all >found
    grep -v ' none$' wanted >wanted.rules
    same "$1: rules, of readelf and of ksyms" wanted.rules found
    ruled=$((ruled + $(wc -l <found)))
    # Instructions inside functions without a rule.
    "$READELF" -sW "$2" | awk '$4 == "FUNC" && $3 > 0 { print $2, $3, $8 }' >functions
    awk 'NR == FNR { known[$1] = $2 != "none"; next } !($1 in known) { next }
        !known[$1] { print $1, $3 }' all functions >unruled
    empty "$1: functions that begin without a rule" unruled
    awk 'NR == FNR { rule[$1] = $0; next }
         rule[$1] ~ / none$/ && !/ none$/' wanted all >assembly
}

# ---- 3: assembly of the kernel ----

# What rows of trap frames must say, by counting what instructions push and pop.
count_pushes() { # FIRST-SYMBOL LAST-SYMBOL
    "$OBJDUMP" -d --no-show-raw-insn "$KERNEL" | awk '
        /^[0-9a-f]+ <.*>:$/ {
            name = $2; gsub(/[<>:]/, "", name)
            is_stubs = name == "trap_stubs"; is_common = name == "trap_common"
            if (is_common) { depth = 16; bp = -1 }
            next
        }
        !(is_stubs || is_common) || !/:\t/ { next }
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
        {
            printf "%s trap:rsp+%d %s trap\n", address, depth, bp < 0 || depth < bp ? "u" : "*rsp+" depth - bp
        }
        text ~ /^push/ { depth += 8; if (text ~ /%rbp/) bp = depth }
        text ~ /^pop/ { depth -= 8 }
        text ~ /^add +\$0x10,%rsp/ { depth -= 16 }'
}

instructions=0
all_inlined=0
ruled=0

list_instructions() { # ELF
    "$OBJDUMP" -d --no-show-raw-insn "$1" | sed -n 's/^ *\([0-9a-f]*\):\t.*/0x\1/p' >addresses
    check "$1 has instructions" test -s addresses
}

list_instructions "$KERNEL"
# The multiboot2 header and the boot page's texts are data in a section of code.
check_chains kernel "$KERNEL" "$KERNEL"
check_rules kernel "$KERNEL" "$KERNEL"
count_pushes >wanted
grep 'trap$' assembly >found
same "rows of trap frames, of counted pushes and of ksyms" wanted found
check "there are hundreds of them" test "$(wc -l <found)" -gt 500
check "the kernel's entry is an end" grep -q ' end$' assembly

for module in $MODULES; do
    file=$MODULE_DIRECTORY/$module.ko
    place_module "$file" "$module.elf"
    list_instructions "$module.elf"
    check_chains "$module" "$module.elf" "$file"
    check_rules "$module" "$module.elf" "$file"
    empty "$module: rules where readelf has none" assembly
done
check "there are thousands of instructions" test $instructions -gt 20000
check "many of them have inlined calls" test $all_inlined -gt 1000
say "$instructions instructions, $all_inlined with inlined calls, $ruled rules"
finish
