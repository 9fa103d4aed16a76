#!/bin/sh
# SPDX-License-Identifier: MIT
#
# cplusplus.sh: a module in C++.  Its constructors and destructors run; in the trace of a crash in it
# the linker's names stand where tools look for them, and below each the source's, as c++filt writes
# it; `ksyms` tells it too.
set -eu
. "$console_scripts/console.sh"

at=_ZNK4ring4RingImLj4EE2atEj

console_start "$ISO" --append panic=exit
console_command 'modprobe ring'
console_expect 'ring: constructed'
console_command 'ring 10 1 2 3 4'
console_expect '^1 2 3 4 = 10'
console_command 'rmmod ring'
console_expect 'ring: destroyed after 1 runs'
console_command 'modprobe ring'
console_command "ksyms $at"
console_expect "^[0-9a-f]* W $at.*\\[ring\\]" \
    '^    ring::Ring<unsigned long, 4u>::at(unsigned int) const$'
console_end 35 'ring crash'

report=$console_directory/report
console_output | sed 's/^\[ *[0-9.]*\] //' >"$report"
console_expect 'BUG: kernel NULL pointer dereference' "RIP: 0010:$at+0x[0-9a-f]*/0x[0-9a-f]* \\[ring\\]\$" \
    ' _ZN4ringL3runEiPPc+0x[0-9a-f]*/0x[0-9a-f]* \[ring\]$'

# The line below each mangled name.
awk 'name != "" { print name "\t" $0; name = "" }
     match($0, /_Z[A-Za-z0-9_]*\+0x/) { name = substr($0, RSTART, RLENGTH - 3) }' "$report" \
    >"$scratch/names"
cut -f 1 "$scratch/names" | c++filt | sed 's/^/     /' >"$scratch/wanted"
cut -f 2 "$scratch/names" >"$scratch/found"
[ "$(wc -l <"$scratch/names")" -ge 2 ] || console_fail "fewer than two names of C++ in the trace"
diff "$scratch/wanted" "$scratch/found" || console_fail "names differ from c++filt's"
