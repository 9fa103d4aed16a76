#!/bin/sh
# SPDX-License-Identifier: MIT
#
# reproducible.sh: the two builds of copy.sh, in folders of different names and lengths, by different
# programs, gave the same kernel, modules, initrd and ISO byte for byte; and no path is in them.
#
# Environment: COPY_NINJA, COPY_MAKE the copies; MODULES names; SOURCE_DIRECTORY the checkout.
. "$(dirname "$0")/../golden/check.sh"
begin
ninja=$COPY_NINJA/build
make=$COPY_MAKE/build-make

check "the folders' names differ in length" test ${#ninja} -lt $((${#make} - 20))

set -- src/kernel/kernel.elf src/kernel/kernel.elf.ksyms initrd.img onoma.iso
for module in $MODULES; do set -- "$@" "modules/$module.ko" "modules/$module.ko.ksyms"; done
for file in "$@"; do
    if check "$file is there" test -s "$ninja/$file"; then
        check "$file is the same in $ninja and $make" cmp "$ninja/$file" "$make/$file"
        sum=$(cksum <"$ninja/$file" | cut -d ' ' -f 1)
        printf '%10s  %s\n' "$sum" "$file"
    fi
done

# A path would be the same in both files if it were the checkout's, or that of a temporary folder.
printf '%s\n' "$COPY_NINJA" "$COPY_MAKE" "$SOURCE_DIRECTORY" "${TMPDIR:-/tmp}/" /CMakeFiles/ >paths
[ -n "${HOME:-}" ] && [ "$HOME" != / ] && echo "$HOME/" >>paths
for file in "$@"; do
    strings -n 4 "$ninja/$file" "$make/$file" | grep -F -f paths >leaked
    empty "paths of the build in $file" leaked
done
# ... and one that is there is found.
cp "$ninja/src/kernel/kernel.elf" leaky.elf
printf 'x%s/src/main.c' "$COPY_MAKE" >>leaky.elf
check "a path in a kernel is seen" sh -c 'strings -n 4 leaky.elf | grep -q -F -f paths'
finish
