#!/bin/sh
# SPDX-License-Identifier: MIT
#
# frames.sh: what a trace takes for granted of every C function in the kernel and in modules
# (bare_return_address in src/kernel/panic/trace.c):
#
# 1. It begins with `push %rbp; mov %rsp,%rbp`, or it never touches the stack: then the return
#    address is where the call left it.
# 2. After it took its frame down (`pop %rbp`, `leave`) comes its `ret` and nothing else.
# 3. It is in one piece: no part of it lies elsewhere under another name (NAME.cold).
#
# Environment: OBJDUMP, CC programs; FRAME_OBJECTS a file with the objects' paths, one a line.
. "$(dirname "$0")/check.sh"
begin

# Of each function in an object: `object: function: what is wrong`, and as the last line a count.
inspect() { # OBJECT
    "$OBJDUMP" -d --insn-width=16 "$1" | awk -F '\t' -v object="$(basename "$1")" '
        function wrong(what) { print object ": " name ": " what }
        /^[0-9a-f]+ <.*>:$/ {
            name = $0
            gsub(/^[0-9a-f]* <|>:$/, "", name)
            position = 0
            is_framed = is_taken_down = 0
            count++
            if (name ~ /\.cold(\.[0-9]+)?$/) wrong("a part that lies elsewhere")
            next
        }
        !/^ *[0-9a-f]+:\t/ { next }
        {
            position++
            bytes = $2
            gsub(/ /, "", bytes)
            text = $3
            sub(/ *#.*/, "", text)
            split(text, word, / +/)
        }
        position == 1 && bytes == "55" { is_framed = 1; next }
        position == 2 && is_framed {
            if (bytes != "4889e5") wrong("push %rbp, and then: " text)
            framed++
            next
        }
        is_taken_down && word[1] != "ret" && word[1] !~ /^nop|^data16|^xchg/ {
            wrong("after its frame is taken down: " text)
        }
        { is_taken_down = word[1] == "leave" || text ~ /^pop +%rbp$/ }
        !is_framed && (text ~ /%[er]?spl?([^a-z]|$)/ ||
                       word[1] ~ /^(push|pop|call|leave|enter|iret)/) {
            wrong("no frame, but: " text)
        }
        END { print "functions", count + 0, framed + 0 }'
}

check "there are objects" test -s "$FRAME_OBJECTS"
while IFS= read -r object; do
    inspect "$object"
done <"$FRAME_OBJECTS" >lines
grep -v '^functions ' lines >wrong
empty "functions that a trace cannot get through" wrong
set -- $(awk '$1 == "functions" { all += $2; framed += $3 } END { print all, framed }' lines)
check "there are hundreds of functions" test "$1" -gt 300
check "most have frames" test "$2" -gt $(($1 / 2))
say "$(wc -l <"$FRAME_OBJECTS") objects, $1 functions, $2 with a frame, the others without a stack"

# ---- The check can see: the same code without our flags ----

cat >bad.c <<'END'
extern int outside(int *);
int with_stack(int x) { int list[4] = {x}; return outside(list) + list[x & 3]; }
int push_pop(void) { long flags; __asm__ volatile("pushfq\n\tpopq %0" : "=r"(flags)); return (int)flags; }
int early_exit(int *x) { if (*x == 7) return 3; return outside(x) + outside(x + 1) + outside(x + *x); }
END
"$CC" -O2 -fcf-protection=none -fomit-frame-pointer -c bad.c -o bad.o
inspect bad.o | sed 's/[^:]*: *\([^:]*\): \(no frame\).*/\1 \2/' | sort -u >found
printf '%s\n' 'early_exit no frame' 'functions 3 0' 'push_pop no frame' 'with_stack no frame' >wanted
same "functions without frames are seen" wanted found
printf '%s\n' '.globl late' 'late: push %rbp' 'mov %rsp,%rbp' 'pop %rbp' 'xor %eax,%eax' 'ret' >bad.s
"$CC" -c bad.s -o bad.o
same_text "a late ret is seen" \
    'bad.o: late: after its frame is taken down: xor    %eax,%eax functions 1 1 ' \
    "$(inspect bad.o | tr '\n' ' ')"
finish
