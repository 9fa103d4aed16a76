#!/bin/sh
# SPDX-License-Identifier: MIT
#
# symvers.sh OUTPUT KERNEL MODULE.ko...: what each exports, in the form of Linux's Module.symvers:
# checksum, name, owner, kind, namespace.
set -eu

output=$1
shift
owner=vmlinux # as Linux's tools call the kernel
for file in "$@"; do
    "$NM" "$file" >"$output.nm"
    sed -n 's/.* __ksymtab_\(.*\)/\1/p' "$output.nm" | LC_ALL=C sort |
        awk -v owner="$owner" '{ printf "0x00000000\t%s\t%s\tEXPORT_SYMBOL\t\n", $1, owner }'
    shift
    owner=$(basename "${1:-}" .ko)
done >"$output.new"
rm -f "$output.nm"
mv "$output.new" "$output"
