#!/bin/sh
# SPDX-License-Identifier: MIT
#
# decode.sh: `ksyms decode` names the frames of a log with raw addresses, those in a module too, as
# the kernel names them by itself.
set -eu
. "$console_scripts/console.sh"

crash=$MODULES/crash.ko
oops() { # MODE: boot with trace=MODE, and crash in a module
    console_start "$ISO" --append "panic=exit trace=$1"
    console_command 'modprobe crash'
    console_end 35 "crash divide"
}

oops full
console_output | tr -d '\r' | sed -n '/Call Trace:/,/Modules linked in/s/^\[ *[0-9.]*\]  \([^ ?]*+0x[0-9a-f]*\/0x[0-9a-f]*\).*/\1/p' >"$scratch/wanted"
grep -q '^share_among_nobody+' "$scratch/wanted" || console_fail 'no frame of the module'
oops raw
console_output >"$scratch/log"
"$KSYMS" decode "$KERNEL" "$crash" <"$scratch/log" >"$scratch/decoded"
sed -n '/Call Trace:/,/Modules linked in/s/.*{\([^ }]*\).*/\1/p' "$scratch/decoded" >"$scratch/found"
diff "$scratch/wanted" "$scratch/found" || console_fail 'names of the kernel (<) and of ksyms decode (>) differ'
# A file of another build than the log's is not used.
sed 's/\( crash: 0x[0-9a-f]* BuildID: \)./\1x/' "$scratch/log" | "$KSYMS" decode "$KERNEL" "$crash" >"$scratch/decoded"
if grep -q '{share_among_nobody' "$scratch/decoded"; then console_fail 'a module of another build is used'; fi
# Of two boots in one log the last one counts: before, the module was elsewhere.
{ sed 's/\( crash: 0x\)[0-9a-f]*\( BuildID: \)/\1ffffffffa0000000\2/' "$scratch/log"; cat "$scratch/log"; } |
    "$KSYMS" decode "$KERNEL" "$crash" | sed -n '/Call Trace:/,/Modules linked in/s/.*{\([^ }]*\).*/\1/p' |
    tail -n "$(wc -l <"$scratch/wanted")" >"$scratch/found"
diff "$scratch/wanted" "$scratch/found" || console_fail 'of two boots another than the last one counts'
