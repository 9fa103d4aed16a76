#!/bin/sh
# SPDX-License-Identifier: MIT
#
# link_speed.sh: instructions a relocation of check and relocate, by callgrind, with the kernel's
# flags for code.  The figures of docs/figures-linking.md.
#
#     link_speed.sh [MODULE...]       (btrfs and i915 of the package that check-modules downloaded)
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
bench=${ONOMA_BENCH_DIRECTORY:-/var/tmp/onoma-bench}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP

if [ $# -eq 0 ]; then
    for package in "$bench"/linux-image-6.1.0-*[0-9]-amd64_*.deb; do
        dpkg-deb --fsys-tarfile "$package" |
            tar -x -C "$scratch" -f - --wildcards '*/btrfs.ko' '*/i915.ko'
        break
    done
    # shellcheck disable=SC2046 # two paths without spaces
    set -- $(find "$scratch" -name '*.ko' | sort)
fi
"${CC:-cc}" -std=gnu11 -g -O2 -ffreestanding -mgeneral-regs-only -fno-omit-frame-pointer -fno-tree-vectorize \
    -I"$root/src/ksyms/include" -I"$root/src/ksyms" -o "$scratch/link_speed" \
    "$root/test/bench/link_speed.c" "$root/test/support/files.c" "$root/test/support/link_run.c" \
    "$root"/src/ksyms/link*.c "$root"/src/ksyms/object*.c "$root"/src/ksyms/relocat*.c \
    "$root/src/ksyms/status.c"

for module; do
    valgrind --tool=callgrind --callgrind-out-file="$scratch/counts" "$scratch/link_speed" "$module" \
        >"$scratch/found" 2>/dev/null
    echo "$(basename "$module"): $(cat "$scratch/found")"
    callgrind_annotate --inclusive=yes --threshold=100 --auto=no "$scratch/counts" |
        awk -v count="$(cut -d ' ' -f 1 "$scratch/found")" '
            match($0, /:(ksyms_(object_check|check_relocations|check_symbols|link_plan|link_bind|link_relocate)|apply_many)/) {
                name = substr($0, RSTART + 1, RLENGTH - 1)
                gsub(",", "", $1)
                if (!(name in seen) && $1 + 0 > 0) {
                    seen[name] = 1
                    printf "    %-26s %10d   %6.2f a relocation\n", name, $1, $1 / count
                }
            }'
done
