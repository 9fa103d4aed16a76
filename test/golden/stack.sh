#!/bin/sh
# SPDX-License-Identifier: MIT
#
# stack.sh: the stack that the kit needs, as the compiler counts it (-fcallgraph-info=su): the deepest
# chain of calls below each public function takes no more than its header says ("Stack: at most N
# bytes"; src/ksyms/README.md has the N of headers that say nothing); no function calls itself, on
# whatever way; none has a frame of unknown size.  What the host's functions take is the host's.
#
# Environment: CC the compiler; SOURCE_DIRECTORY the checkout.
. "$(dirname "$0")/check.sh"
begin

kit=$SOURCE_DIRECTORY/src/ksyms

# What calls through pointers lead to within the kit: those in a function, or else those in a file.
cat >pointers <<'EOF'
trace_text.h ksyms_demangle
trace.c ksyms_trace_rows ksyms_trace_lines
link.c module_load.c:resolve
module.c
module_load.c
module_types.c
check_types ksyms_module_types
types_compare.c
EOF
sed -n '/passes\[\]/,/};/s/^    \([a-z_]*\),.*/\1/p' "$kit/module_load.c" >passes
sed -i "/^ksyms_/!s/^/module_load.c:/" passes
check "module_load.c has passes" test -s passes
{ printf 'ksyms_module_load'; tr '\n' ' ' <passes | sed 's/^/ /'; echo; } >>pointers

# What is never within itself, though the calls alone would allow it: demangle_parts.h, 2.
once=ksyms_demangle_skip

# From call graphs: "NAME BYTES CHAIN" of each function that is not static, and what is wrong.
deepest() { # *.ci
    awk -v once=$once '
        function quoted(name) { # the value of NAME: "..." in this line
            match($0, name ": \"[^\"]*\"")
            return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
        }
        function base(path) { sub(/.*\//, "", path); return path }
        function simple(name) { sub(/.*:/, "", name); return whole(name) }
        function whole(name) { sub(/\.(part|isra|constprop|cold).*/, "", name); return name } # its other parts
        function add(name, callees) { calls[name] = calls[name] " " callees }
        # Bytes of a function and the deepest below it; `is_once`: below the one that is never within itself.
        function depth(name, is_once,    i, count, callees, bytes, deepest, rest, key) {
            if (!(name in frame) && name in full) name = full[name]
            if (name == once) { if (is_once) return 0; is_once = 1 }
            key = name " " is_once
            last_key = key
            if (key in known) return known[key]
            if (key in is_open) { print "RECURSION " name; return 0 }
            is_open[key] = 1
            count = split(calls[name], callees, " ")
            deepest = 0
            for (i = 1; i <= count; i++) {
                bytes = depth(callees[i], is_once)
                if (bytes > deepest) { deepest = bytes; rest = chain[last_key] }
            }
            delete is_open[key]
            chain[key] = " " simple(name) "(" frame[name] + 0 ")" rest
            last_key = key
            return known[key] = frame[name] + deepest
        }
        FNR == NR { name = $1; $1 = ""; pointers[name] = $0; next }
        /^node:/ && match($0, /[0-9]+ bytes \([a-z,]*\)/) {
            text = substr($0, RSTART, RLENGTH)
            name = base(quoted("title"))
            frame[name] = text + 0
            if (text ~ /dynamic/ && text !~ /bounded/) print "UNBOUNDED " name
            full[whole(name)] = name
        }
        /^edge:/ {
            name = base(quoted("sourcename")); callee = base(quoted("targetname"))
            if (callee != "__indirect_call") { add(name, callee); next }
            file = base(quoted("label")); sub(/:.*/, "", file)
            if (!(file in pointers)) print "POINTER " name " in " file
            add(name, pointers[simple(name) in pointers ? simple(name) : file])
        }
        END { for (name in frame) if (name !~ /:/) print name, depth(name, 0) chain[name " 0"] }' pointers "$@" | sort
}

find "$kit" -name '*.c' | sort >sources
while IFS= read -r source; do
    check "${source##*/} compiles" "$CC" -std=c11 -O2 -ffreestanding -mgeneral-regs-only -I "$kit/include" \
        -fcallgraph-info=su -c "$source" -o "$(basename "$source" .c).o"
done <sources
deepest ./*.ci >depths
grep -E '^[A-Z]+ ' depths >problems
empty "recursion, frames of unknown size, pointers that this test does not know" problems
promise() { # FILE
    sed -n 's/.*Stack: at most \([0-9]*\) bytes.*/\1/p' "$1" | head -n 1
}
other=$(promise "$kit/README.md")
check "README.md has the stack of what headers do not tell" test -n "$other"
for header in "$kit"/include/ksyms/*.h; do
    limit=$(promise "$header")
    sed '/^ \*/d; /^\/\*/d' "$header" | grep -o '\bksyms_[a-z_]*(' | tr -d '(' | sort -u |
        join - depths >declared
    awk -v limit="${limit:-$other}" -v header="${header##*/}" '
        $2 > limit { sub(/ /, ": " limit " bytes promised, found "); print header ": " $0 }' declared >>broken
    sort -k2 -n declared | tail -n 1 | cut -d' ' -f1,2 >most
    [ -s declared ] && say "${header##*/}: at most $(cut -d' ' -f2 most) of ${limit:-$other} bytes ($(cut -d' ' -f1 most))"
done
# The second figure of trace.h.
sed -i 's/ ksyms_demangle//' pointers
deepest ./*.ci | awk -v limit="$(sed -n 's/.*Stack: .*, \([0-9]*\) without `demangle`.*/\1/p' "$kit/include/ksyms/trace.h")" '
    $1 == "ksyms_trace" && $2 > limit + 0 { print "without demangle: " limit " bytes promised, found " $2 }' >>broken
empty "functions that take more stack than their header says" broken
finish
