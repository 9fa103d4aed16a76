#!/bin/sh
# SPDX-License-Identifier: MIT
#
# index.sh: modprobe goes by modules.dep, modules.alias and modules.softdep; where these are missing,
# old or damaged the kernel says so and asks the modules themselves.
set -eu
. "$console_scripts/console.sh"
. "$(dirname "$0")/state.sh"

INDEX=lib/modules/$VERSION sh "$console_scripts/make-initrd.sh" "$scratch/good" "lib/modules/$VERSION/kernel" \
    "$MODULES/hello.ko" "$MODULES/greet.ko" "$MODULES/greet_user.ko" "$MODULES/fail.ko" \
    "$TEST_MODULES"/soft*.ko "$TEST_MODULES"/deep_*.ko "$TEST_MODULES"/used_*.ko "$TEST_MODULES/uses_32.ko"
mkdir "$scratch/tree"
(cd "$scratch/tree" && cpio -id --quiet <"$scratch/good")
index=$scratch/tree/lib/modules/$VERSION
cp -r "$index" "$scratch/kept"

start() { # the tree as it is now; then it is as it was
    (cd "$scratch/tree" && find . | LC_ALL=C sort | cpio --quiet -o -H newc) >"$scratch/initrd"
    sh "$console_scripts/make-iso.sh" "$scratch/iso" "$KERNEL" "$scratch/initrd"
    console_start "$scratch/iso"
    cp "$scratch/kept"/modules.* "$index"
}
loaded() { # NAME...: these are loaded, in this order, and no others
    console_command lsmod
    found=$(console_output | sed -n '/^Module/,$p' | sed '1d; /onoma/d; s/ .*//' | tac | tr '\n' ' ')
    if [ "$found" != "$* " ]; then console_fail "loaded: $found; wanted: $*"; fi
}

# ---- A good index ----

start
console_expect_none 'modules\.[a-z]*:'
console_expect_none 'no /lib/modules/'
console_command 'modprobe greet_user'
loaded greet greet_user
console_command 'modprobe -r greet_user'
state_keep
# before and after, in order; what nobody has, or fails, does not matter
console_command 'modprobe soft'
console_expect 'fail.ko: init of module fail failed'
console_expect_none 'nobody'
loaded soft_before soft soft_last soft_after
console_command 'rmmod soft soft_before soft_last soft_after'
# two that want each other
console_command 'modprobe soft_ring_a'
console_expect_none 'itself'
loaded soft_ring_b soft_ring_a
console_command 'rmmod soft_ring_a soft_ring_b'
# other names: all that have one are loaded
console_command 'modprobe board:v1234p2x-5'
loaded soft_before soft soft_last soft_after
console_command 'rmmod soft soft_before soft_last soft_after; modprobe board:v1234p4x-5'
console_expect 'modprobe: board:v1234p4x-5: no board:v1234p4x-5.ko below'
console_command 'modprobe soft_alias'
loaded soft_before soft soft_last soft_after soft_ring_b soft_ring_a
console_command 'modprobe -r soft_alias'
loaded soft_before soft_last soft_after
console_command 'rmmod soft_before soft_last soft_after'
console_command 'modprobe -r soft_alias; modprobe -r nobody'
console_expect 'rmmod: soft_alias: not loaded' 'rmmod: nobody: not loaded'
console_command 'modprobe symbol:greet_count'
loaded greet
console_command 'modprobe -r symbol:greet_count'
state_same 'soft dependencies and aliases'
# Tab: names of modules, aliases that are names, symbols
for word in soft-al:ias greet_u:ser symbol:greet_c:ount; do
    console_mark
    printf 'modprobe %s\t' "${word%:*}" >&9
    console_wait "modprobe ${word%:*}${word##*:} "
    printf '\003' >&9
    console_until 'prompt' console_has_prompt
done
# the index knows what the symbols say; the empty modules of this chain need nothing
console_command 'modprobe deep_18; modprobe uses_32; lsmod'
console_expect '^deep_18 ' '^used_1  *[0-9]*  1 uses_32$'
console_expect_none '^deep_17'
console_command 'modprobe -r uses_32; rmmod deep_18'
state_same 'a module that uses 32 others'
console_command 'insmod greet_user'
console_expect 'unknown symbol "greet": module greet exports it: `modprobe greet` first'
console_end 33 exit

# ---- None ----

rm "$index"/modules.*
start
console_expect 'initrd: no /lib/modules/[0-9.]*/modules.dep: each module is asked what it depends on'
console_command 'modprobe greet_user; modprobe soft'
loaded greet greet_user soft
console_end 33 exit

# ---- One with holes, older than the files, and with a circle ----

lines=$(wc -l <"$index/modules.dep")
sed -i '/hello/d; s|^kernel/greet_user.ko:.*|kernel/greet_user.ko: kernel/gone.ko|
    s|^kernel/deep_1.ko:|& kernel/deep_2.ko|; s|^kernel/deep_2.ko:|& kernel/deep_1.ko|' "$index/modules.dep"
printf 'alias soft-alias gone\nalias soft-alias soft_before\n' >"$index/modules.alias"
printf 'softdep soft pre:%s\nsoftdep gone pre: x\n' "$(seq -s ' ' 3 20000)" >"$index/modules.softdep"
start
console_expect "modules.dep: lists $((lines - 1)) of $lines modules: run depmod anew"
console_command 'modprobe greet_user; modprobe hello'
console_expect 'modprobe: greet_user: modules.dep lists kernel/gone.ko, which is not in the initrd: run depmod'
loaded greet greet_user hello
console_command 'modprobe deep_1; modprobe soft; modprobe soft-alias'
console_expect 'modprobe: deep_1: depends on itself, through deep_2'
loaded greet greet_user hello soft soft_before
console_end 33 exit

# ---- Wrong: each file is left out as a whole ----

echo 'kernel/gone.ko:' >>"$index/modules.dep"
printf 'softdep soft pre: soft_last\nsoftdepp x\n' >"$index/modules.softdep"
printf 'alias soft-alias\n' >"$index/modules.alias"
printf 'alias symbol:greet hello\n\033[2Jx\n' >"$index/modules.symbols"
start
console_expect "modules.dep: line $((lines + 1)): the initrd has no such file: \"kernel/gone.ko:\": the file is not used" \
    'modules.softdep: line 2: no `softdep MODULE pre: ... post: ...`: "softdepp x": the file is not' \
    'modules.alias: line 1: no `alias PATTERN MODULE`: "alias soft-alias": the file is not used' \
    'modules.symbols: line 2: a byte that is no text: "": the file is not used'
console_command 'insmod greet_user'
console_expect 'unknown symbol "greet": module greet exports it'
console_command 'modprobe greet_user; modprobe soft'
loaded greet greet_user soft
console_end 33 exit
