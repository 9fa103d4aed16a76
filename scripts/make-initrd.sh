#!/bin/sh
# SPDX-License-Identifier: MIT
#
# make-initrd.sh OUTPUT FOLDER MODULE.ko...
#
# Packs modules as FOLDER/NAME.ko into a cpio archive (newc), without their
# debug information, and the same byte for byte for the same modules.
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
find "$tree" -exec touch -h -d @0 {} +
(cd "$tree" && find . -mindepth 1 | LC_ALL=C sort |
    cpio --quiet -o -H newc --reproducible --owner=0:0) >"$output.new"
mv "$output.new" "$output"
