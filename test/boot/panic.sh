#!/bin/sh
# SPDX-License-Identifier: MIT
#
# panic.sh: panic() itself, a panic whose names are gone, and what panic= does.
set -eu
. "$console_scripts/console.sh"

console_start "$ISO" --append panic=exit
console_command backtrace
console_expect ' Call Trace:' '  run_backtrace+0x' '  kernel_main+0x[0-9a-f]*/0x[0-9a-f]*$' '  kernel_entry+0x'
console_end 35 'panic'
console_expect '] Kernel panic - not syncing: asked for by the shell' '  run_panic+0x' '  kernel_main+0x' \
    'BuildID: [0-9a-f]\{40\}$' '---\[ end Kernel panic - not syncing: asked for'
build_id=$(readelf -n "$KERNEL" | sed -n 's/.*Build ID: //p')
console_expect "BuildID: $build_id\$"

# The table of names is unmapped first: the trace comes as addresses, and the machine still ends.
console_start "$ISO" --append panic=exit
console_end 35 'panic nonames'
console_expect 'a second fault while printing, going on without names' \
    ' Call Trace:' '  ? 0xffffffff80[0-9a-f]\{6\}$' 'Modules linked in:'
# ... as addresses that are right: the outermost one is in kernel_entry
last=$(console_output | sed -n 's/.*\]  ? 0x\(ffffffff80[0-9a-f]*\)$/\1/p' | tail -n 1)
entry=$(nm -S "$KERNEL" | awk '$4 == "kernel_entry" { print $1, $2 }')
start=$((0x$(echo "$entry" | cut -c9-16)))
end=$((start + 0x$(echo "$entry" | cut -c18-33)))
address=$((0x${last#????????}))
if [ $address -le $start ] || [ $address -gt $end ]; then
    console_fail "the last address, 0x$last, is not in kernel_entry"
fi
# ... and `ksyms decode` gives them the names that the kernel could not.
console_output | "$KSYMS" decode "$KERNEL" | sed -n 's/.*{\([a-z_]*\)+0x.*/\1/p' >"$console_directory/decoded"
for name in run_panic shell_run kernel_main kernel_entry; do
    grep -qx "$name" "$console_directory/decoded" || console_fail "ksyms decode does not name $name"
done

# The screen's memory is unmapped first: writing there faults, and the serial line has it all.
console_start "$ISO" --append panic=exit
console_end 35 'panic noscreen'
console_expect 'a second fault while printing, going on without what caused it: page fault' \
    'Kernel panic - not syncing: asked for by the shell' '  run_panic+0x' '  kernel_entry+0x' \
    'end Kernel panic'

# panic=-1 and the command reboot start again at once, which -no-reboot makes the end
console_start "$ISO" --append panic=-1
console_end 0 'panic'
console_expect_none 'Rebooting in'
console_start "$ISO"
console_end 0 'reboot'

# panic=1 reboots, which -no-reboot makes the end
console_start "$ISO" --append panic=1
console_end 0 'panic'
console_expect 'Rebooting in 1 seconds'
