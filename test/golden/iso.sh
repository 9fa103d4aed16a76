#!/bin/sh
# SPDX-License-Identifier: MIT
#
# iso.sh: the ISO boots by BIOS and by UEFI, as far as files can say, and holds our kernel and initrd.
#
# Environment: KERNEL, INITRD, ISO the files; STRIP the program.
. "$(dirname "$0")/check.sh"
need xorriso xorriso
need grub-file grub-common
need mdir mtools
begin

xorriso -indev "$ISO" -report_el_torito plain >report 2>xorriso.err || {
    cat xorriso.err
    give_up "$ISO: xorriso cannot read it"
}
sed -n 's/^El Torito boot img : *[0-9]* *\([A-Z]*\) *\([yn]\) *\([a-z]*\) .*/\1 \2 \3/p' report >found
printf '%s\n' 'BIOS y none' 'UEFI y none' >wanted
same "boot images: for whom, bootable, emulation" wanted found

# As on a stick: a boot sector with a partition for UEFI.
xorriso -indev "$ISO" -report_system_area plain >report 2>/dev/null
check "there is an MBR with GRUB for BIOS" grep -q '^System area summary: .*MBR .*grub2-mbr' report
check "there is a GPT with the UEFI image" grep -q '^GPT partition path : .*/efi.img$' report

extract() { # PATH-IN-ISO FILE
    xorriso -osirrox on -indev "$ISO" -extract "$1" "$2" >/dev/null 2>&1 || bad "$ISO has no $1"
}
extract /efi.img efi.img
check "the UEFI image has the loader of x86-64" mdir -i efi.img ::/efi/boot/bootx64.efi
extract /boot/kernel.elf kernel.elf
extract /boot/initrd.img initrd.img
"$STRIP" -g -o stripped.elf "$KERNEL"
same "the kernel in the ISO" stripped.elf kernel.elf
same "the initrd in the ISO" "$INITRD" initrd.img
extract /boot/grub/grub.cfg grub.cfg
check "GRUB loads the kernel by multiboot2" grep -q '^ *multiboot2 /boot/kernel.elf' grub.cfg
check "GRUB loads the initrd" grep -q '^ *module2 .*/boot/initrd.img' grub.cfg
check "no place-holder is left in grub.cfg" sh -c '! grep -q @ grub.cfg'
check "GRUB takes its syntax" grub-script-check grub.cfg

for file in "$KERNEL" kernel.elf; do
    check "$file is a multiboot2 kernel" grub-file --is-x86-multiboot2 "$file"
done
# ... and grub-file can tell: without the header it is none.
magic=$(od -A d -t x4 -v "$KERNEL" | awk '{ for (i = 2; i <= NF; i++) if ($i == "e85250d6") {
    print $1 + 4 * (i - 2); exit } }')
check "the multiboot2 magic is in the first 32 KiB" test "$magic" -lt 32768
cp "$KERNEL" none.elf
printf '\0' | dd of=none.elf bs=1 seek="$magic" conv=notrunc 2>/dev/null
check "without its magic it is none" sh -c '! grub-file --is-x86-multiboot2 none.elf'
say "$(wc -c <"$ISO") bytes, boot images for $(tr '\n' ' ' <wanted)"
finish
