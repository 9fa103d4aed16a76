#!/bin/sh
# SPDX-License-Identifier: MIT
#
# trace_checks.sh: what a blob says of lines, inlined calls and frames against llvm-symbolizer and
# readelf, at the instructions that objdump shows.  To be read by `.`, after check.sh.
#
#     list_instructions ELF                 # addresses
#     check_chains NAME ELF TABLE           # wanted, found: an answer a line
#     check_rules NAME ELF TABLE            # assembly: rules where readelf has none
#
# Environment: KSYMS, OBJDUMP, READELF programs.
need llvm-symbolizer llvm

instructions=0
all_inlined=0
ruled=0

list_instructions() { # ELF
    "$OBJDUMP" -d --no-show-raw-insn "$1" | sed -n 's/^ *\([0-9a-f]*\):\t.*/0x\1/p' >addresses
    check "$1 has instructions" test -s addresses
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
    llvm-symbolizer --no-demangle --output-style=GNU -a -f -i --obj="$2" <addresses | normalize | join_answers >answers
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

# What readelf does not interpret, an expression, is not compared either.
rules_of_ksyms() { # TABLE
    "$KSYMS" frames "$1" | awk '
        /^pc=/ { split($0, edge, /\.\./); end = edge[2]; in_entry = 1; next }
        in_entry && /^[0-9a-f]+ / { print; next }
        in_entry && /^$/ { print end, "none"; in_entry = 0 }
        END { if (in_entry) print end, "none" }' | sed 's/ \*rbp[^ ]*/ exp/g' | tr -s ' '
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
