#!/bin/sh
# SPDX-License-Identifier: MIT
#
# big_table.sh: the kernel with a table of 100,000 symbols, most of them generated: look-ups both
# ways, tab completion and traces answer as with the small one.  How long a completion takes is
# printed, not judged.
set -eu
. "$console_scripts/console.sh"


# Functions of 64 bytes each in a part of the address space where nothing is.
awk 'BEGIN {
    split("acpi ata block bus cache clock cpu dma ext4 fb gpio hid i2c irq kobj led mem net nfs pci", area)
    split("add alloc attach bind close copy create del enable find free get init map open put read", verb)
    for (i = 0; i < 99000; i++) {
        printf "ffffffffa0%06x 0000000000000040 %s %s_%s_%s%d\n", i * 64, i % 3 ? "t" : "T",
            area[i % 20 + 1], verb[int(i / 20) % 17 + 1], area[int(i / 340) % 20 + 1], i
    }
}' >"$scratch/generated"
cat "$KERNEL.map" "$scratch/generated" >"$scratch/map"
count=$("$GEN_KSYMS" -o "$scratch/table" "$scratch/map" && "$GEN_KSYMS" --dump "$scratch/table" | wc -l)
"$GEN_TRACE" --unwind -o "$scratch/table" --into "$scratch/table" "$KERNEL"
objcopy -I binary -O elf64-x86-64 -B i386:x86-64 --set-section-alignment .data=4096 \
    --rename-section .data=.ksyms,alloc,load,readonly,data,contents \
    --wildcard --strip-symbol '_binary_*' "$scratch/table" "$scratch/table.o"
# shellcheck disable=SC2046 # one word an object
ld -m elf_x86_64 -nostdlib -static -z max-page-size=4096 -z noexecstack -T "$LINKER_SCRIPT" \
    --build-id=sha1 -o "$scratch/kernel.elf" $(cat "$KERNEL_OBJECTS") "$scratch/table.o"
sh "$console_scripts/make-iso.sh" "$scratch/iso" "$scratch/kernel.elf" "$INITRD"

console_start "$scratch/iso" --append panic=exit
console_expect "ksyms: $count symbols in "

console_command 'ksyms 0xffffffffa00186bf'
console_expect "^$(sed -n '1563p' "$scratch/generated" | cut -d' ' -f4)+0x3f/0x40\$"
name=$(sed -n '70001p' "$scratch/generated" | cut -d' ' -f4)
console_command "ksyms $name"
console_expect "^$(sed -n '70001p' "$scratch/generated" | cut -c1-16) . $name\$"

# Tab after nothing: the first hundred of all; after a prefix: what is common
tab=$(printf '\t')
console_mark
start=$(date +%s%N)
printf 'ksyms %s%s' "$tab" "$tab" >&9
console_wait "of $count\|$count "
echo "completion of $count candidates: $((($(date +%s%N) - start) / 1000000)) ms, polled every 100"
console_interrupt
console_command "ksyms kernel_m${tab}"
console_expect 'T kernel_main'
console_command 'modprobe crash'
console_end 35 'crash null'
console_expect ']  greet_nobody+.* \[crash\]' ']  kernel_main+0x'
