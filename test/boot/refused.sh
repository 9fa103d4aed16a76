#!/bin/sh
# SPDX-License-Identifier: MIT
#
# refused.sh: files that are no modules, and modules that cannot be linked, are refused with a
# message that says what and where, and leave the kernel exactly as it was.
set -eu
. "$console_scripts/console.sh"
. "$(dirname "$0")/state.sh"

bad=$scratch/tree/bad
kernel_modules=$scratch/tree/lib/modules/$VERSION/kernel
mkdir -p "$bad" "$kernel_modules"
for module in hello greet greet_user fail; do
    strip -g -o "$kernel_modules/$module.ko" "$MODULES/$module.ko"
done
for file in "$TEST_MODULES"/*.ko; do
    strip -g -o "$kernel_modules/$(basename "$file")" "$file"
done
hello=$kernel_modules/hello.ko

# hello.ko with one thing changed in place; the text must be there
patched() { # OUTPUT OLD NEW (of the same length)
    LC_ALL=C sed "s|$2|$3|" "$hello" >"$bad/$1"
    if cmp -s "$hello" "$bad/$1"; then console_fail "$2 is not in hello.ko"; fi
}
offset_of() { # SECTION
    readelf -SW "$hello" | sed -n "s/^.* $1  *[A-Z]*  *[0-9a-f]* \([0-9a-f]*\) .*/\1/p"
}
echo 'not an object at all' >"$bad/text.ko"
: >"$bad/empty.ko"
head -c 3000 "$hello" >"$bad/cut.ko"
cp "$MODULES/../src/kernel/kernel.elf" "$bad/kernel.ko"
patched vermagic.ko "vermagic=$VERSION onoma" "vermagic=$VERSION other"
patched slash.ko 'name=hello' 'name=he/lo'
patched tag.ko 'vermagic=' 'vermagic!'
cp "$hello" "$bad/names.ko"
printf '\377' | dd of="$bad/names.ko" bs=1 seek=$((0x$(offset_of .ksyms) + 100)) conv=notrunc status=none

(cd "$scratch/tree" && find . | cpio --quiet -o -H newc) >"$scratch/initrd"
sh "$console_scripts/make-iso.sh" "$scratch/iso" "$KERNEL" "$scratch/initrd"
console_start "$scratch/iso"

# Once there and back, so that page tables exist; then nothing may change any more.
console_command 'modprobe greet_user; rmmod greet_user; modprobe hello; rmmod hello'
console_command 'modprobe greet'
state_keep

count=0
refused() { # COMMAND PATTERN...
    command=$1
    shift
    console_command "$command"
    console_expect "$@"
    state_same "$command"
    count=$((count + 1))
}

refused 'insmod /bad/text.ko' 'text.ko: byte 0x0: .*: 0x15 '
refused 'insmod /bad/empty.ko' 'empty.ko: byte 0x0: '
refused 'insmod /bad/cut.ko' 'cut.ko: '
refused 'insmod /bad/kernel.ko' 'kernel.ko: byte 0x10: .*: 0x2 (allowed: 0x1)'
refused 'insmod /bad/vermagic.ko' \
    "vermagic.ko: built for another kernel: vermagic is \"$VERSION other x86_64\", must be \"$VERSION onoma x86_64\""
refused 'insmod /bad/slash.ko' 'slash.ko: .modinfo: name "he/lo": must be'
refused 'insmod /bad/tag.ko' 'tag.ko: .modinfo+0x[0-9a-f]*: '
refused 'insmod /bad/names.ko' 'names.ko: section [0-9]* .ksyms: '
refused 'insmod /bad/none.ko' 'insmod: /bad/none.ko: no such file'
refused 'insmod needs_more' \
    'needs_more.ko: unknown symbol "missing_altogether": neither the kernel nor a module has it' \
    'needs_more.ko: unknown symbol "prink": nobody has it; did you mean "printk" of the kernel?' \
    'needs_more.ko: unknown symbol "kernel_main": it is in the kernel at 0xffffffff80.*EXPORT_SYMBOL(kernel_main)' \
    'needs_more.ko: 3 unknown symbols'
refused 'insmod second_greet' 'second_greet.ko: symbol [0-9]*: defines "greet", which greet exports: make it static'
refused 'insmod clash' 'clash.ko: symbol [0-9]*: defines "kfree", which the kernel exports'
refused 'insmod unlicensed' 'unlicensed.ko: .modinfo: no `license='
refused 'insmod constructor' 'constructor.ko: section [0-9]* .init_array: constructors'
refused 'insmod late_exit' 'late_exit.ko: cleanup_module is in .init.text'
refused 'insmod greet' 'greet.ko: module greet is loaded already'
refused 'modprobe nobody' 'modprobe: nobody: no nobody.ko below /lib/modules/'
refused 'modprobe lonely' 'modprobe: nobody: no nobody.ko .*; needed by lonely'
refused 'modprobe ring_a' 'modprobe: ring_a: depends on itself, through ring_b'
refused 'modprobe self' 'modprobe: self: depends on itself, through self'
refused 'modprobe deep_18' 'modprobe: deep_2: dependencies are nested deeper than 16'
refused 'modprobe fail' 'fail.ko: init of module fail failed: -19 (ENODEV)'
refused 'insmod hello count=ten' 'hello.ko: parameter count: "ten" '
refused 'insmod hello count=99999999999' 'hello.ko: parameter count: "99999999999" does not fit int'
refused 'insmod hello count=5 nothing=1' 'hello.ko: parameter nothing: '
refused 'insmod hello numbers=1,2,3,4,5,6,7,8,9' 'hello.ko: parameter numbers: '
refused 'insmod hello title=much_longer_than_sixteen' 'hello.ko: parameter title: '
refused 'rmmod hello' 'rmmod: hello: not loaded'
console_command 'rmmod greet'
state_keep
refused 'insmod greet_user' 'greet_user.ko: unknown symbol "greet_count": module greet exports it: `modprobe greet` first'
refused 'insmod needs_more' 'needs_more.ko: unknown symbol "greet": module [a-z_]*greet exports it' \
    'needs_more.ko: 4 unknown symbols'

echo "$count refusals, each left the kernel as it was"
console_end 33 exit
