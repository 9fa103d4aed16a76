#!/bin/sh
# SPDX-License-Identifier: MIT
#
# dump.sh: `ksyms dump` reads a memory dump of QEMU: modules, log and trace are what the kernel itself
# printed, and an address in a module of that boot has its name.  Damaged dumps are refused with a word.
set -eu
. "$console_scripts/console.sh"

vmcore=$scratch/vmcore
console_start_monitored "$ISO" --memory 32 --append 'init_modules=greet_user,crash'
console_command 'lsmod'
console_output | awk '/^Module /{on = 1; next} on && NF >= 3 {print $1}' >"$scratch/modules"
console_command 'ksyms greet:greet'
greet=$(console_output | sed -n 's/^\([0-9a-f]\{16\}\) T greet.*/\1/p')
console_command 'ksyms kfree'
kfree=$(console_output | sed -n 's/^\([0-9a-f]\{16\}\) T kfree.*/\1/p')
console_send 'crash null'
console_wait 'end Kernel panic'
echo "dump-guest-memory $vmcore" >&8
echo 'info version' >&8
monitor_is_done() { grep -q '^[0-9][0-9]*[.][0-9]' "$console_directory/monitor.log"; }
console_until 'a dump' monitor_is_done

ksyms_dump() { # WHAT: into $scratch/found
    "$KSYMS" dump "$1" "$KERNEL" "$vmcore" >"$scratch/found" || console_fail "ksyms dump $1 fails"
}
same() { # WHAT WANTED FOUND
    diff "$2" "$3" >&2 || console_fail "ksyms dump: $1 is not what the kernel says"
}

# ---- The same as the kernel's own words ----

ksyms_dump modules
sed 's/ .*//' "$scratch/found" >"$scratch/names"
same modules "$scratch/modules" "$scratch/names"
grep -q '^greet  *[0-9][0-9]*  *0xffffffff[c-f]' "$scratch/found" || console_fail 'greet has no address'

# The console has all but debug messages.
ksyms_dump log
console_position=0
console_output | grep '^\[ *[0-9]*\.[0-9]*\] ' >"$scratch/console"
grep -v '\.ko: linked in [0-9]* ns$' "$scratch/found" >"$scratch/log"
same 'the log' "$scratch/console" "$scratch/log"

# Below the trap is the trace that the Oops printed.
ksyms_dump trace
sed -n '/^ read_age/,$p' "$scratch/found" | sed 's/^  *//; 1,2d' >"$scratch/trace"
sed 's/^[^]]*\] //' "$scratch/console" | sed -n '/^Call Trace/,/^Modules linked/p' | sed '1d; $d; s/^  *//' >"$scratch/printed"
[ -s "$scratch/printed" ] || console_fail 'the Oops has no trace'
same 'the trace' "$scratch/printed" "$scratch/trace"
grep -q '^ trap_common+' "$scratch/found" || console_fail 'no trap in the trace'

printf '%s\n0x%s\n1234\n' "$greet" "$kfree" | "$KSYMS" dump symbolize "$KERNEL" "$vmcore" >"$scratch/found"
for pattern in '^ greet+0x0/0x[0-9a-f]* \[greet\]$' '^     at modules/greet/greet\.c:[0-9]*$' \
    '^ kfree+0x0/0x[0-9a-f]*$' '^     at src/kernel/memory/heap.c:' '^ 0x1234$'; do
    grep -q "$pattern" "$scratch/found" || { cat "$scratch/found" >&2; console_fail "symbolize: $pattern"; }
done

# ---- Damage ----

refused() { # PATTERN FILE [WHAT]
    status=0
    "$KSYMS_SANITIZED" dump "${3:-modules}" "$KERNEL" "$2" >"$scratch/found" 2>&1 || status=$?
    if [ $status != 1 ] || ! grep -q -e "$1" "$scratch/found"; then
        cat "$scratch/found" >&2
        console_fail "status $status, and not \"$1\""
    fi
}

"$KSYMS_SANITIZED" dump trace "$KERNEL" "$vmcore" >/dev/null || console_fail 'sanitizers complain'
echo 'no dump' >"$scratch/bad"
refused 'not an ELF file' "$scratch/bad"
refused 'not a core file' "$KERNEL"
for size in 63 100 500 600 1000 5000 3000000; do
    head -c $size "$vmcore" >"$scratch/bad"
    refused 'not wholly in the file\|not all in the file\|not an ELF file' "$scratch/bad"
done
"$KSYMS_SANITIZED" dump log "$MODULES/hello.ko" "$vmcore" >"$scratch/found" 2>&1 && console_fail 'a module is no kernel'
grep -q '__ksyms_start' "$scratch/found" || console_fail 'a module is no kernel, says nobody'

# From here on the one dump is changed.  Where in the file does an address of the image lie?
readelf -lW "$vmcore" | awk '$1 == "LOAD" { print $2, $4, $5 }' >"$scratch/segments"
file_offset() { # ADDRESS
    physical=$((0x${1#0xffffffff} - 0x80000000)) # sh counts no further than 2^63
    while read -r offset start size; do
        if [ $physical -ge $((start)) ] && [ $physical -lt $((start + size)) ]; then
            echo $((offset + physical - start))
        fi
    done <"$scratch/segments"
}
address_of() { # SYMBOL
    echo "0x$("$KSYMS" list "$KERNEL" | awk -v name="$1" '$NF == name { print $1 }')"
}
poke() { # FILE-OFFSET OCTAL-BYTES
    printf "$2" | dd of="$vmcore" bs=1 seek="$1" conv=notrunc status=none
}
modules=$(file_offset "$(address_of ksyms_dump_modules)")
log=$(file_offset "$(address_of ksyms_dump_log)")
blob=$(file_offset "$(address_of __ksyms_start)")

poke $((log + 4)) '\001'
refused 'must be a power of two' "$vmcore" log
poke "$log" '\011'
refused 'does not tell where its log is' "$vmcore" log
first=$(file_offset "0x$(od -A n -t x8 -j $((modules + 8)) -N 8 "$vmcore" | tr -d ' ')")
poke "$first" '\001\002\003\004\005\006\007\010'
refused 'are not in the dump' "$vmcore"
# A list that leads back to its own head: the "next" of what lies there is the head itself.
poke $((modules + 4)) '\000\000\000\000'
poke "$first" "$(od -A n -t o1 -j $((modules + 8)) -N 8 "$vmcore" | sed 's/ /\\/g')"
refused 'has no end\|are not in the dump\|sections (allowed' "$vmcore"
poke "$modules" '\011'
refused 'has version 9, not 1' "$vmcore"
poke $((blob + 100)) '\377\377\377\377'
refused 'is another one than' "$vmcore"
echo quit >&8
