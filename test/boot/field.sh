#!/bin/sh
# SPDX-License-Identifier: MIT
#
# field.sh: an Oops of ours is read by what people have for Linux's: the patterns by which
# decode_stacktrace.sh finds a frame, and with which syzkaller names a crash; addr2line; decode's own
# arithmetic (nm's address + offset - 1) leads to the file and line that the kernel printed.
set -eu
. "$console_scripts/console.sh"

console_start "$ISO" --append 'panic=exit norandom'
console_command 'modprobe crash'
console_end 35 'crash null'
console_position=0
console_output | sed -n '/BUG: /,$p' >"$scratch/oops"

count() { # PATTERN (extended)
    grep -c -E -e "$1" "$scratch/oops" || :
}
has() { # PATTERN...
    for pattern in "$@"; do
        [ "$(count "$pattern")" -ge 1 ] || { cat "$scratch/oops" >&2; console_fail "nothing matches $pattern"; }
    done
}

# ---- syzkaller: title, place, end ----

has 'BUG: kernel NULL pointer dereference, address: [0-9a-f]{16}$' 'Oops: [0-9]{4} \[#1\]' \
    'RIP: [0-9]{4}:[a-zA-Z0-9_.]+\+0x[0-9a-f]+/0x[0-9a-f]+' 'Code: ([0-9a-f?]{2} )+<[0-9a-f]{2}>( [0-9a-f]{2})+$' \
    'Call Trace:$' 'Modules linked in: crash' '---\[ end trace [0-9a-f]{16} \]---$' \
    'Kernel panic - not syncing: Fatal exception$'
# Its pattern for a frame is that of its reports' guilty function: name+0x../0x.. behind blanks.
[ "$(count '\] {1,2}[a-zA-Z0-9_.]+\+0x[0-9a-f]+/0x[0-9a-f]+( \[[a-z_]+\])?$')" -ge 5 ] || console_fail 'no frames'

# ---- decode_stacktrace.sh: what stands last on the line is a symbol, or a module behind one ----

# Every line with name+0x../0x.. must be of that form: else it would be decoded wrongly.
frames=$(count '\+0x[0-9a-f]+/0x[0-9a-f]+')
whole=$(count '(^|[ :])[a-zA-Z0-9_.]+\+0x[0-9a-f]+/0x[0-9a-f]+( \[[a-z_]+\])?$')
[ "$frames" = "$whole" ] && [ "$frames" -ge 6 ] || console_fail "of $frames frames $whole can be decoded"

# Then: the symbol's address by nm, plus the offset (less one, but for RIP) through addr2line.  The
# kernel's own line below it must be the innermost of that.
place() { # FILE SYMBOL OFFSET
    base=$(nm "$1" | awk -v name="$2" '$3 == name && tolower($2) == "t" { print $1 }' | head -n 1)
    case $1 in
    *.ko) section=$(readelf -sW "$1" | awk -v name="$2" '$8 == name { print $7 }' | head -n 1)
          name=$(readelf -SW "$1" | sed -n "s/^ *\[ *$section\] \([^ ]*\).*/\1/p")
          addr2line -e "$1" -j "$name" "$(printf '%x' $((0x$base + $3)))" ;;
    *) addr2line -e "$1" "$(printf '%x%08x' 4294967295 $((0x${base#ffffffff} + $3)))" ;;
    esac | sed 's/ (discriminator.*//; s|^.*/\./||; s|^\./||'
}
checked=0
previous=
while IFS= read -r line; do
    text=${line#*] }
    case $previous:$text in
    ?*+0x*:*' at '*)
        word=${previous% \[*}
        word=${word##* }
        word=${word##*:}
        symbol=${word%%+*}
        offset=${word#*+}
        offset=$((${offset%/*}))
        case $previous in *RIP:*) ;; *) offset=$((offset - 1)) ;; esac
        file=$KERNEL
        case $previous in *' [crash]') file=$MODULES/crash.ko ;; esac
        wanted=$(echo "${text##* at }" | sed 's/ (inlined.*//')
        found=$(place "$file" "$symbol" $offset)
        [ "$wanted" = "$found" ] || console_fail "$word: the kernel says $wanted, addr2line $found"
        checked=$((checked + 1))
        ;;
    esac
    previous=$text
done <"$scratch/oops"
[ $checked -ge 6 ] || console_fail "only $checked frames have lines"
