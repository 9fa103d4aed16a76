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
repeat() { # TEXT COUNT
    for unused in $(seq "$2"); do printf %s "$1"; done
}
echo 'not an object at all' >"$bad/text.ko"
: >"$bad/empty.ko"
head -c 3000 "$hello" >"$bad/cut.ko"
cp "$MODULES/../src/kernel/kernel.elf" "$bad/kernel.ko"
strip -g -o "$bad/object.ko" "$MODULES/../src/kernel/CMakeFiles/kernel_objects.dir/lib/number.c.o"
patched vermagic.ko "vermagic=$VERSION onoma" "vermagic=$VERSION other"
patched slash.ko 'name=hello' 'name=he/lo'
patched tag.ko 'vermagic=' 'vermagic!'
cp "$hello" "$bad/names.ko"
printf '\377' | dd of="$bad/names.ko" bs=1 seek=$((0x$(offset_of .ksyms) + 100)) conv=notrunc status=none

(cd "$scratch/tree" && find . | cpio --quiet -o -H newc) >"$scratch/initrd"
sh "$console_scripts/make-iso.sh" "$scratch/iso" "$KERNEL" "$scratch/initrd"
console_start "$scratch/iso" --append "$(repeat "hello.loud=y " 40)"

# Once there and back, so that page tables exist; then nothing may change any more.
console_command 'modprobe greet_user; rmmod greet_user; modprobe hello; rmmod hello'
console_command 'modprobe namespace; modprobe namespace_importer; rmmod namespace_importer'
console_expect_none 'namespace_importer.ko:'
console_command 'insmod namespaces_32; insmod export_long_name; rmmod export_long_name namespaces_32'
console_expect_none '\.ko:'
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
refused 'insmod far' 'far.ko: .rela.rodata\[0\] at .rodata+0x0: R_X86_64_32 against "printk" does not fit: 0xffffffff80[0-9a-f]* (allowed: 0xffffffff)'
refused 'insmod namespace_user' \
    'namespace_user.ko: symbol "in_namespace" of namespace is in the namespace ONOMA_TEST: add MODULE_IMPORT_NS(ONOMA_TEST)' \
    'namespace_user.ko: symbol "weak_in_namespace" of namespace is in the namespace ONOMA_TEST' \
    'namespace_user.ko: 2 unknown symbols'
refused 'insmod clash' 'clash.ko: symbol [0-9]*: defines "kfree", which the kernel exports'
refused 'insmod unlicensed' 'unlicensed.ko: .modinfo: no `license='
refused 'insmod empty_license' 'empty_license.ko: .modinfo: no `license='
refused 'insmod doubled_name' 'doubled_name.ko: .modinfo: `name=` is there 2 times, not once'
refused 'insmod doubled_vermagic' 'doubled_vermagic.ko: .modinfo: `vermagic=` is there 2 times, not once'
refused 'insmod doubled_depends' 'doubled_depends.ko: .modinfo: `depends=` is there 2 times'
refused 'insmod /bad/object.ko' 'object.ko: no section .modinfo'
refused 'insmod late_exit' 'late_exit.ko: cleanup_module is in .init.text'
refused 'insmod init_outside' 'init_outside.ko: symbol [0-9]* "init_module" is at 0x1000, outside'
refused 'insmod exit_outside' 'exit_outside.ko: symbol [0-9]* "cleanup_module" is at 0x1000, outside'
refused 'insmod export_writable_name' \
    'export_writable_name.ko: __ksymtab\[0\]: its name or namespace lies outside the module.s constants'
refused 'insmod export_empty_name' \
    'export_empty_name.ko: __ksymtab\[0\]: its name or namespace lies outside the module.s constants'
refused 'insmod export_longer_name' \
    'export_longer_name.ko: __ksymtab\[0\]: .* the module.s constants, or has more than 4096 letters'
refused 'insmod namespaces_33' 'namespaces_33.ko: .modinfo: imports 33 namespaces (allowed: 32)'
refused 'insmod export_foreign' \
    'export_foreign.ko: exports "odd" at 0xffffffff80[0-9a-f]*, which is not the module.s own'
refused 'insmod export_init' 'export_init.ko: .rela__ksymtab\[0\] .* against "odd_init_value": reference to an init'
refused 'insmod export_twice' 'export_twice.ko: exports "same" twice'
refused 'insmod export_unsorted' 'export_unsorted.ko: exports "first" twice, or not in the order'
refused 'insmod export_tail' 'export_tail.ko: __ksymtab has 13 bytes at 0x[0-9a-f]*: not whole'
refused 'insmod export_shifted' 'export_shifted.ko: __ksymtab has 12 bytes at 0x[0-9a-f]*[13579bdf]: not'
refused 'insmod parameter_null' 'parameter_null.ko: .*entry 0 (odd): its variable is not in the'
refused 'insmod parameter_constant' 'parameter_constant.ko: .*(odd): its variable is not in the'
refused 'insmod parameter_count' 'parameter_count.ko: .*(odd): its counter is not in the'
refused 'insmod parameter_name' 'parameter_name.ko: .*entry 0: its name is not an identifier in'
refused 'insmod parameter_type' 'parameter_type.ko: .*(odd): its type is not one of'
refused 'insmod parameter_capacity' 'parameter_capacity.ko: .*(odd): its number of elements is 0'
refused 'insmod parameter_tail' 'parameter_tail.ko: parameters: the size or alignment of the table'
refused 'insmod greet' 'greet.ko: module greet is loaded already'
refused 'modprobe nobody' 'modprobe: nobody: no nobody.ko below /lib/modules/'
refused 'modprobe lonely' 'modprobe: nobody: no nobody.ko .*; needed by lonely'
refused 'modprobe ring_a' 'modprobe: ring_a: depends on itself, through ring_b'
refused 'modprobe self' 'modprobe: self: depends on itself, through self'
refused 'modprobe needs_nameless' 'modprobe: needs_nameless: `depends=` lists an impossible name: ","'
refused 'modprobe needs_long' 'modprobe: needs_long: `depends=` lists an impossible name: "x\{60\}"'
refused 'modprobe deep_18' 'modprobe: deep_2: dependencies are nested deeper than 16'
refused 'modprobe fail' 'fail.ko: init of module fail failed: -19 (ENODEV)'
refused 'insmod half_done' 'half_done.ko: init of module half_done failed: -5 (EIO)' \
    'half_done: left 1 shell command registered: taken back'
refused 'half' 'half: command not found'
refused 'insmod hello count=ten' 'hello.ko: parameter count: "ten" '
refused 'insmod hello count=99999999999' 'hello.ko: parameter count: "99999999999" does not fit int'
refused 'insmod hello count=5 nothing=1' 'hello.ko: parameter nothing: '
refused 'insmod hello numbers=1,2,3,4,5,6,7,8,9' 'hello.ko: parameter numbers: '
refused 'insmod hello title=much_longer_than_sixteen' 'hello.ko: parameter title: '
refused "insmod hello$(repeat ' loud=y' 25)" 'hello.ko: 65 parameters are too many (allowed: 64)'
refused 'rmmod hello' 'rmmod: hello: not loaded'
console_command 'rmmod greet'
state_keep
refused 'insmod greet_user' 'greet_user.ko: unknown symbol "greet_count": module greet exports it: `modprobe greet` first'
refused 'insmod needs_more' 'needs_more.ko: unknown symbol "greet": module [a-z_]*greet exports it' \
    'needs_more.ko: 4 unknown symbols'

# as many parameters, and modules to use, as there may be; and one more
console_command "insmod hello$(repeat ' loud=y' 24)"
console_expect '^.*hello, '
console_expect_none 'hello.ko:'
console_command 'rmmod hello; modprobe uses_33'
state_keep
refused 'insmod uses_33' 'uses_33.ko: uses symbols of more than 32 modules'
console_command 'insmod uses_32; lsmod'
console_expect '^used_1  *[0-9]*  1 uses_32$' '^used_32  *[0-9]*  1 uses_32$' '^used_33  *[0-9]*  0$'
console_command 'rmmod uses_32'
state_same 'a module that uses 32 others'

echo "$count refusals, each left the kernel as it was"
console_end 33 exit
