#!/bin/sh
# SPDX-License-Identifier: MIT
#
# make-iso.sh OUTPUT KERNEL INITRD [COMMAND-LINE [MODULE...]]
#
# Makes an ISO that GRUB boots by BIOS and by UEFI.  The same inputs give the same bytes: all dates
# and identifiers are fixed.  INITRD "-" leaves the initrd out.  MODULEs are
# files that GRUB gives to the kernel behind the initrd, each with its name.
set -eu

if [ $# -lt 3 ]; then
    echo "usage: make-iso.sh OUTPUT KERNEL INITRD [COMMAND-LINE [MODULE...]]" >&2
    exit 2
fi
output=$1
kernel=$2
initrd=$3
command_line=${4:-}
shift $(($# < 4 ? $# : 4))

scripts=$(cd "$(dirname "$0")" && pwd)
export SOURCE_DATE_EPOCH=315532800 # 1980-01-01, the earliest that FAT can say
export TZ=UTC LC_ALL=C                # FAT has local time
umask 022
uuid=1980010100000000

tree=$(mktemp -d)
trap 'rm -rf "$tree" "$tree.programs"' EXIT
trap 'exit 1' INT TERM
mkdir -p "$tree/boot/grub"
"${STRIP:-strip}" -g -o "$tree/boot/kernel.elf" "$kernel"
escaped=$(printf "%s" "$command_line" | sed "s/[&|\\\\]/\\\\&/g")
sed "s|@COMMAND_LINE@|$escaped|" "$scripts/grub.cfg" >"$tree/boot/grub/grub.cfg"
if [ "$initrd" = - ]; then
    sed -i '/module2/d' "$tree/boot/grub/grub.cfg"
else
    cp "$initrd" "$tree/boot/initrd.img"
fi
for module in "$@"; do
    name=$(basename "$module")
    "${STRIP:-strip}" -g -o "$tree/boot/$name" "$module" 2>/dev/null || cp "$module" "$tree/boot/$name"
    sed -i "s|^}|    module2 /boot/$name $name\n}|" "$tree/boot/grub/grub.cfg"
done
find "$tree" -exec touch -h -d @$SOURCE_DATE_EPOCH {} +

log=$tree.log
# grub-mkrescue makes a FAT image for UEFI by mformat, whose serial number is the time, unless given.
mkdir "$tree.programs"
printf '#!/bin/sh\nexec "%s" -N 4f4e4f4d "$@"\n' "$(command -v mformat)" >"$tree.programs/mformat"
chmod +x "$tree.programs/mformat"

if ! PATH=$tree.programs:$PATH grub-mkrescue -o "$output.new" --compress=no "$tree" -- \
    -volume_date uuid $uuid -volume_date all_file_dates =$SOURCE_DATE_EPOCH >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log" "$output.new"
    exit 1
fi
rm -f "$log"
mv "$output.new" "$output"
