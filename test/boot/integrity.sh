#!/bin/sh
# SPDX-License-Identifier: MIT
#
# integrity.sh: module.integrity= warns of modules, or refuses them, that are not in the list of which
# the command line says the SHA-256; a byte more or less is another module.
set -eu
. "$console_scripts/console.sh"
. "$(dirname "$0")/state.sh"

kernel=lib/modules/$VERSION/kernel
INDEX=lib/modules/$VERSION sh "$console_scripts/make-initrd.sh" "$scratch/good" "$kernel" \
    "$MODULES/hello.ko" "$MODULES/greet.ko" "$MODULES/greet_user.ko"
mkdir "$scratch/tree"
cd "$scratch/tree"
cpio -id --quiet <"$scratch/good"
list=lib/modules/$VERSION/modules.sha256
(cd "lib/modules/$VERSION" && sha256sum --quiet --check modules.sha256)
digest=$(sha256sum <"$list" | cut -d ' ' -f 1)

# other modules: one byte changed that no check of the file minds, one more at its end, none of ours
mkdir other
LC_ALL=C sed 's/Says hello/Says hallo/' "$kernel/hello.ko" >other/hallo.ko
if cmp -s "$kernel/hello.ko" other/hallo.ko; then console_fail "hello.ko has another description"; fi
cp "$kernel/hello.ko" other/longer.ko
printf '\0' >>other/longer.ko
cp "$kernel/hello.ko" other/same.ko
strip -g -o other/crash.ko "$MODULES/crash.ko"

boot() { # OPTION...
    find . | LC_ALL=C sort | cpio --quiet -o -H newc >"$scratch/initrd"
    sh "$console_scripts/make-iso.sh" "$scratch/iso" "$KERNEL" "$scratch/initrd"
    console_start "$scratch/iso" --append "$*"
}
sha256_of() { # FILE
    sha256sum <"$1" | cut -d ' ' -f 1
}

boot module.integrity=enforce module.digests="$digest"
console_expect_none 'module.integrity: '
console_command 'modprobe greet_user; rmmod greet_user greet; insmod /other/same.ko; rmmod hello'
console_expect_none 'not built'
state_keep
for file in hallo longer crash; do
    console_command "insmod /other/$file.ko"
    console_expect "$file.ko: not built with this kernel: SHA-256 $(sha256_of other/$file.ko) is not in /$list$"
    state_same "insmod $file"
done
console_end 33 exit

boot module.integrity=warn module.digests="$digest"
console_command 'modprobe hello; rmmod hello'
console_expect_none 'not built'
console_command 'insmod /other/hallo.ko'
console_expect 'hallo.ko: not built .*; module.integrity=warn: going on' 'hello: hello, world'
console_end 33 exit

# a list that says what the attacker wants, and a word that means nothing
sha256sum other/crash.ko >>"$list"
boot module.integrity=on module.digests="$digest"
console_expect 'command line: module.integrity=on: must be off, warn or enforce; taken as enforce' \
    "module.integrity: /$list has the SHA-256 $(sha256_of "$list")" \
    "module.integrity: /$list: it has another SHA-256 than .*: no module can be loaded"
console_command 'insmod /other/crash.ko'
console_expect 'crash.ko: not built with this kernel'
console_command 'modprobe hello; lsmod'
console_expect 'hello.ko: not built with this kernel'
console_expect_none '^hello '
console_end 33 exit

boot module.integrity=enforce
console_expect "module.integrity: /$list: module.digests= does not say .*: no module can be loaded"
console_end 33 exit
