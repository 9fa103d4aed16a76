#!/bin/sh
# SPDX-License-Identifier: MIT
#
# make-initrd.sh OUTPUT FOLDER MODULE.ko...
#
# Packs modules as FOLDER/NAME.ko into a cpio archive (newc), without their
# debug information, and the same byte for byte for the same modules.
#
# Environment: INDEX, a folder above them, as lib/modules/1.0 above lib/modules/1.0/kernel: there the
# program GEN_MODULES writes what depmod would (modules.dep and others).  Without it there is no index.
set -eu

output=$1
folder=$2
shift 2
umask 022 # of the folders and files in the archive

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
trap 'exit 1' INT TERM
directory=$tree/$folder
mkdir -p "$directory"
for module in "$@"; do
    "${STRIP:-strip}" -g -o "$directory/$(basename "$module")" "$module"
done
if [ -n "${INDEX:-}" ]; then
    list=$(cd "$tree/$INDEX" && find . -name '*.ko' | sed 's|^\./||')
    echo "$list" | sed '/^$/d' | "${GEN_MODULES:?the program}" "$tree/$INDEX"
fi
find "$tree" -exec touch -h -d @0 {} +
(cd "$tree" && find . -mindepth 1 | LC_ALL=C sort |
    cpio --quiet -o -H newc --reproducible --owner=0:0) >"$output.new"
mv "$output.new" "$output"
