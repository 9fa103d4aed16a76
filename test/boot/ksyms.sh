#!/bin/sh
# SPDX-License-Identifier: MIT
#
# ksyms.sh: what the prompt says of symbols, against nm: names to addresses, addresses to names,
# and the whole list.
set -eu
. "$console_scripts/console.sh"

console_start "$ISO"

# the whole list, line for line, as nm prints it
console_command 'ksyms -l'
console_output | grep -E '^[0-9a-f]{16} . ' | LC_ALL=C sort >"$scratch/kernel"
"$GEN_KSYMS" --dump "$KERNEL.ksyms" | awk '{ print $1, $(NF - 1), $NF }' |
    LC_ALL=C sort >"$scratch/blob"
nm -n "$KERNEL" | LC_ALL=C sort >"$scratch/nm"
cmp "$scratch/kernel" "$scratch/blob" || console_fail 'the list differs from the blob'
if LC_ALL=C comm -23 "$scratch/kernel" "$scratch/nm" | grep .; then
    console_fail 'the lines above are not what nm says'
fi
count=$(wc -l <"$scratch/kernel")
[ "$count" -gt 500 ] || console_fail "only $count symbols"

# both ways, for some of them, in the middle of functions
nm -S "$KERNEL" | awk 'NF == 4 && $3 == "T" { print $1, $2, $4 }' | awk 'NR % 25 == 0' |
    while read -r address size name; do
        printf '%s %s %s\n' "$name" "$address" "$(printf '%x' "0x$size")"
    done >"$scratch/some"
while read -r name address size; do
    console_command "ksyms $name"
    console_expect "^$address T $name\$"
    middle=$(printf '%s%08x' "${address%????????}" $((0x${address#????????} + 0x$size - 1)))
    console_command "ksyms 0x$middle"
    console_expect "^$name+0x$(printf '%x' $((0x$size - 1)))/0x$size\$"
done <"$scratch/some"
echo "compared $count symbols as a list, $(wc -l <"$scratch/some") both ways"

# the table against the .symtab that GRUB loaded
console_command "ksyms selftest"
console_expect "selftest: $count of $count entries agree with .symtab, [0-9]* labels left out, 0 differences"

# a module's, and none
console_command 'insmod hello'
console_command 'ksyms -p hello_'
console_expect '^ffffffff[c-f][0-9a-f]* t hello_exit	\[hello\]'
console_command 'ksyms hello:hello_exit'
console_expect 't hello_exit	\[hello\]'
console_command 'ksyms 0x10'
console_expect '^0x0000000000000010: no symbol here'
console_command 'ksyms no_such_name'
console_expect '^ksyms: no_such_name: no such symbol'
console_command 'ksyms kernel_mian'
console_expect '^ksyms: did you mean kernel_main?'
console_end 33 exit

# ... and the self-test sees it when they differ: a file in which one function has another name
objcopy --redefine-sym kernel_main=kernel_mind "$KERNEL" "$scratch/other.elf"
sh "$console_scripts/make-iso.sh" "$scratch/other.iso" "$scratch/other.elf" "$INITRD"
console_start "$scratch/other.iso"
console_command 'ksyms selftest'
console_expect ' kernel_mind: not in the table' "selftest: $((count - 1)) of $count entries agree .*, 1 differences"
console_end 33 exit
