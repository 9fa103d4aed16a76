#!/bin/sh
# SPDX-License-Identifier: MIT
#
# make-initrd.sh [--debug] OUTPUT FOLDER MODULE.ko... [KERNEL.types]
#
# Packs modules as FOLDER/NAME.ko, without their debug information unless --debug is given, and the text
# of a kernel's types as FOLDER/kernel.types, into a cpio archive (newc); the same byte for byte for the
# same files.
#
# Environment: INDEX, a folder above them, as lib/modules/1.0 above lib/modules/1.0/kernel: there the
# program GEN_MODULES writes what depmod would (modules.dep and others), and sha256sum a list of the
# modules, modules.sha256.  Without it there is no index.
set -eu

strip=yes
if [ "${1:-}" = --debug ]; then
    strip=no
    shift
fi
if [ $# -lt 2 ]; then
    echo "usage: make-initrd.sh [--debug] OUTPUT FOLDER MODULE.ko... [KERNEL.types]" >&2
    exit 2
fi
output=$1
folder=$2
shift 2

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
trap 'exit 1' INT TERM
directory=$tree/$folder
mkdir -p "$directory"
for module in "$@"; do
    case $strip:$module in
    *.types) cp "$module" "$directory/kernel.types" ;;
    no:*) cp "$module" "$directory/" ;;
    *) "${STRIP:-strip}" -g -o "$directory/$(basename "$module")" "$module" ;;
    esac
done
if [ -n "${INDEX:-}" ]; then
    (cd "$tree/$INDEX" && find . -name '*.ko') | sed 's|^\./||' | LC_ALL=C sort >"$tree.list"
    "${GEN_MODULES:?the program}" "$tree/$INDEX" <"$tree.list"
    (cd "$tree/$INDEX" && xargs -r sha256sum <"$tree.list" >modules.sha256)
    rm -f "$tree.list"
fi
chmod -R u=rwX,go=rX "$tree" # whatever the umask was, and the mode of a file that was copied
find "$tree" -exec touch -h -d @0 {} +
(cd "$tree" && find . -mindepth 1 | LC_ALL=C sort |
    cpio --quiet -o -H newc --reproducible --owner=0:0) >"$output.new"
mv "$output.new" "$output"
