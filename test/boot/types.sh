#!/bin/sh
# SPDX-License-Identifier: MIT
#
# types.sh: a module that was built with other types than those of the kernel, or of another module,
# is refused, with each member that differs; what it never touches does not matter.
#
# Places and sizes in what is expected here are those of gen_types' own test (test/golden/types.sh),
# for these headers; refused modules leave the kernel as it was.
set -eu
. "$console_scripts/console.sh"
. "$(dirname "$0")/state.sh"

all=$scratch/tree/lib/modules/$VERSION/kernel
mkdir -p "$all"
for name in typed_moved typed_member typed_enum typed_parameter typed_greet typed_fits untouched opaque; do
    strip -g -o "$all/$name.ko" "$TEST_MODULES/$name.ko"
done
for name in greet greet_user; do strip -g -o "$all/$name.ko" "$MODULES/$name.ko"; done

# Without the section, with one that is cut or changed in a byte of its hashes.
section() { # FILE: its offset and size in the file
    readelf -SW "$1" | sed -n 's/^.* \.ksyms_types  *[A-Z]*  *[0-9a-f]* \([0-9a-f]*\) \([0-9a-f]*\) .*/\1 \2/p'
}
spoil() { # FILE OFFSET-IN-SECTION BYTE
    start=$(section "$1")
    printf "$3" | dd of="$1" bs=1 seek=$((0x${start% *} + $2)) conv=notrunc status=none
}
objcopy -R .ksyms_types "$all/typed_fits.ko" "$all/foreign.ko"
for name in no_blob bad_hash; do cp "$all/typed_fits.ko" "$all/$name.ko"; done
spoil "$all/no_blob.ko" 0 X
# the first entry of the first part, behind the header and two entries of the directory (FORMAT.md)
spoil "$all/bad_hash.ko" $((72 + 2 * 12 + 4)) '\377\377\377\377'

pack() { # NAME FILE...: an ISO of the tree
    (cd "$scratch/tree" && find . | cpio --quiet -o -H newc) >"$scratch/initrd"
    sh "$console_scripts/make-iso.sh" "$scratch/$1" "$KERNEL" "$scratch/initrd"
}
cp "$KERNEL.types" "$all/kernel.types"
pack with

# The same without a text of the kernel, and with another build of greet than the one in /lib.
rm "$all/kernel.types"
mkdir "$scratch/tree/old"
cp "$all/greet.ko" "$scratch/tree/old"
spoil "$all/greet.ko" 40 XXXX # its build id
pack without

console_start "$scratch/with"
console_command 'modprobe greet_user; rmmod greet_user; modprobe typed_fits; rmmod typed_fits'
console_expect_none 'typed_fits.ko'
state_keep

refused() { # COMMAND LINE...: these lines, and no other of this module
    command=$1
    shift
    console_command "$command"
    console_output | sed -n 's/^\[ *[0-9.]*\] \([a-z_]*\.ko: .*\)/\1/p' >"$scratch/found"
    printf '%s\n' "$@" >"$scratch/wanted"
    diff "$scratch/wanted" "$scratch/found" ||
        console_fail "$command: wanted (<) and found (>) differ, see above"
    state_same "$command"
}

refused 'insmod typed_moved' \
    'typed_moved.ko: "command_register": struct command: has 56 bytes here, the module was built with 64' \
    'typed_moved.ko: "command_register": struct command: member "author" is gone here, the module was built with it at 8' \
    'typed_moved.ko: "command_register": struct command: member "usage" is at 8 here, the module was built with it at 16' \
    'typed_moved.ko: "command_register": struct command: member "summary" is at 16 here, the module was built with it at 24' \
    'typed_moved.ko: struct command: and 4 more' \
    'typed_moved.ko: built with other types than those of the kernel: 8 differences: rebuild it'
refused 'insmod typed_member' \
    'typed_member.ko: "command_register": struct command: member "argument" is "enum command_argument" here, the module was built with "unsigned long"' \
    'typed_member.ko: built with other types than those of the kernel: 1 difference: rebuild it'
refused 'insmod typed_enum' \
    'typed_enum.ko: "command_register": enum command_argument: enumerator "ARGUMENT_FILE" is 5 here, the module was built with 40' \
    'typed_enum.ko: "command_register": enum command_argument: enumerator "ARGUMENT_SYMBOL" is 6 here, the module was built with 41' \
    'typed_enum.ko: "command_register": enum command_argument: enumerator "ARGUMENT_WORD" is 7 here, the module was built with 42' \
    'typed_enum.ko: "command_register": enum command_argument: enumerator "ARGUMENT_TRACE" is 8 here, the module was built with 43' \
    'typed_enum.ko: built with other types than those of the kernel: 4 differences: rebuild it'
refused 'insmod typed_parameter' \
    'typed_parameter.ko: "kfree": returns "void" here, the module was built with "int"' \
    'typed_parameter.ko: "kmalloc": parameter 1 is "unsigned long" here, the module was built with "unsigned int"' \
    'typed_parameter.ko: built with other types than those of the kernel: 2 differences: rebuild it'
# ... and of another module
refused 'insmod typed_greet' \
    'typed_greet.ko: "greet": parameter 1 is "const char *" here, the module was built with "char *"' \
    'typed_greet.ko: "greet": parameter 2, "...", is gone here, the module was built with it' \
    'typed_greet.ko: built with other types than those of greet: 2 differences: rebuild it'
# damage
refused 'insmod no_blob' "no_blob.ko: section $(readelf -SW "$all/no_blob.ko" |
    sed -n 's/^ *\[ *\([0-9]*\)\] .ksyms_types .*/\1/p') .ksyms_types: not a symbol blob"
refused 'insmod bad_hash' 'bad_hash.ko: section .ksyms_types: symbol blob is damaged: its checksum differs'

# What is never touched, or only declared, does not matter.
for name in untouched opaque; do
    console_command "insmod $name"
    console_expect_none "$name.ko"
    console_command "rmmod $name"
    console_expect_none 'rmmod:'
done
state_same 'modules that fit'
# Without types nothing is compared, and that is said.
console_command 'insmod foreign'
console_expect 'foreign.ko: carries no types: whether it was built for what it imports is not known'
console_command 'rmmod typed_fits'
console_expect_none 'rmmod:'
state_same 'a module without types'
console_end 33 exit

# Without the texts the types are named, and no more.
console_start "$scratch/without"
console_command 'insmod /old/greet.ko; modprobe greet_user; rmmod greet_user; modprobe typed_fits; rmmod typed_fits'
state_keep
refused 'insmod typed_moved' 'typed_moved.ko: struct command is not as the module was built with it' \
    "typed_moved.ko: how is not known: /lib/modules/$VERSION/kernel/kernel.types is not in the initrd" \
    'typed_moved.ko: built with other types than those of the kernel: 1 difference: rebuild it'
refused 'insmod typed_parameter' \
    'typed_parameter.ko: symbol kfree is not as the module was built with it' \
    'typed_parameter.ko: symbol kmalloc is not as the module was built with it' \
    "typed_parameter.ko: how is not known: /lib/modules/$VERSION/kernel/kernel.types is not in the initrd" \
    'typed_parameter.ko: built with other types than those of the kernel: 2 differences: rebuild it'
refused 'insmod typed_greet' \
    'typed_greet.ko: symbol greet is not as the module was built with it' \
    'typed_greet.ko: how is not known: the file of greet is of another build' \
    'typed_greet.ko: built with other types than those of greet: 1 difference: rebuild it'
console_end 33 exit
