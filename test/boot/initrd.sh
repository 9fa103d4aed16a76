#!/bin/sh
# SPDX-License-Identifier: MIT
#
# initrd.sh: without an initrd, and with damaged ones, the kernel says what is wrong and comes to
# its prompt; files before the damage can be used.
set -eu
. "$console_scripts/console.sh"


try() { # NAME INITRD PATTERN
    sh "$console_scripts/make-iso.sh" "$scratch/$1.iso" "$KERNEL" "$2"
    console_start "$scratch/$1.iso"
    console_expect "$3"
    console_command lsmod
    console_expect '^Module '
}

end() {
    console_end 33 exit
    rm -f "$scratch"/*.iso
}

try none - 'initrd: none was loaded'
console_command 'modprobe hello'
console_expect 'modprobe: hello: no hello.ko'
end

size=$(wc -c <"$INITRD")
head -c $((size / 2)) "$INITRD" >"$scratch/cut"
try cut "$scratch/cut" 'initrd: byte [0-9]* of [0-9]*: .*; going on with the [0-9]* files before it'
console_command 'modprobe crash'
console_expect_none 'modprobe: crash'
end

# the second header claims a file of 4 GiB: its c_filesize field is at 54
first=$(LC_ALL=C grep -abo 070701 "$INITRD" | sed -n '3s/:.*//p')
cp "$INITRD" "$scratch/lies"
printf 'ffffffff' | dd of="$scratch/lies" bs=1 seek=$((first + 54)) conv=notrunc status=none
try lies "$scratch/lies" "initrd: byte $first\|initrd: byte [0-9]* of [0-9]*: "
end

echo 'this is not an archive' >"$scratch/text"
try text "$scratch/text" 'initrd: byte 0 of 23: .*; going on with the 0 files'
end

: >"$scratch/empty"
try empty "$scratch/empty" 'initrd: '
end
