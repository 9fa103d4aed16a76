# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2154 # cache, linux, maps, maps_tool: of who reads this, see below
#
# fetch.sh: what the benchmark compares with, out of Debian's packages.  To be read by `.`.
#
#     fetch_linux        $linux/kallsyms (program), $linux/shim (kernel/kallsyms.c, headers)
#     fetch_kernel_map   $maps/kernel.map: vmlinux, with exact sizes, as System.map filters it
#     fetch_cxx_maps     $maps/cxx-small.map, $maps/cxx.map: C++ libraries side by side
#
# Packages stay in $cache and are fetched once; so are the maps.  What lies unpacked goes.
# Environment: cache, linux, maps (folders), bench (this folder).

note() { echo "bench: $*" >&2; }
die() { note "$@"; exit 1; }

# package NAME: the path of its .deb in $package, fetched if it is not there.
package() {
    set -- "$1" "$cache/$1"_*.deb
    if [ ! -e "$2" ]; then
        note "fetching $1"
        (cd "$cache" && apt-get -q download "$1" >fetch.log 2>&1) ||
            die "cannot fetch $1 (apt-get update?): $(tail -n 1 "$cache/fetch.log")"
        set -- "$1" "$cache/$1"_*.deb
    fi
    package=$2
}

# unpack NAME PATTERN...: the first file of the package that fits each, below the current folder.
# The reader stops early, so that dpkg-deb complains of a broken pipe.
unpack() {
    package "$1"
    shift
    dpkg-deb --fsys-tarfile "$package" 2>/dev/null | tar -x --occurrence=1 --wildcards "$@"
}

# In a folder that goes away again: in_scratch COMMAND...  Not behind `||`, which would switch -e off.
in_scratch() {
    scratch=$(mktemp -d "$cache/scratch.XXXXXX") || exit 1
    set +e
    (set -e; cd "$scratch"; "$@")
    status=$?
    rm -rf "$scratch"
    [ "$status" = 0 ] || die "failed: $*"
}

make_linux() {
    source=linux-source-6.1
    package $source
    dpkg-deb --fsys-tarfile "$package" 2>/dev/null | tar -xO ./usr/src/$source.tar.xz |
        tar -xJ --occurrence=1 $source/kernel/kallsyms.c $source/kernel/kallsyms_internal.h \
            $source/include/linux/kallsyms.h 2>/dev/null || :
    unpack linux-kbuild-6.1 '*/scripts/kallsyms'

    mkdir -p shim
    mv $source/kernel/kallsyms.c $source/kernel/kallsyms_internal.h $source/include/linux/kallsyms.h shim/
    # Every header that they name is our shim, but the one that goes with kallsyms.c.
    sed -n 's/^#include <\([^>]*\)>.*/\1/p' shim/* | sort -u | while read -r header; do
        mkdir -p "shim/$(dirname "$header")"
        echo '#include "linux_shim.h"' >"shim/$header"
    done
    mv shim/kallsyms.h shim/linux/kallsyms.h
    mv usr/lib/linux-kbuild-6.1/scripts/kallsyms kallsyms
    rm -rf "$linux"
    mkdir -p "$linux"
    mv shim kallsyms "$linux/"
}

fetch_linux() {
    if [ ! -x "$linux/kallsyms" ]; then in_scratch make_linux; fi
}

# The package of the newest kernel; the one that was fetched before, if there is one.
kernel_package() {
    for deb in "$cache"/linux-image-6.1.0-*-cloud-amd64-dbg_*.deb; do
        if [ -e "$deb" ]; then basename "$deb" | sed 's/_.*//'; return; fi
    done
    apt-cache search --names-only '^linux-image-6[.]1[.]0-[0-9]+-cloud-amd64-dbg$' |
        awk '{ print $1 }' | sort -V | tail -n 1
}

# What Linux's scripts/mksysmap and its kallsyms program leave out is left out here for both:
# weak undefined and absolute symbols, local labels, modversions, and the tables of kallsyms.
make_kernel_map() {
    name=$(kernel_package)
    [ -n "$name" ] || die "no package linux-image-6.1.0-*-cloud-amd64-dbg (apt-get update?)"
    unpack "$name" './usr/lib/debug/boot/vmlinux-*'
    nm -n -S usr/lib/debug/boot/vmlinux-* |
        grep -v -e ' [aANnUuw] ' -e ' \$' -e ' \.L' -e ' __crc_' -e ' __kstrtab_' \
            -e ' __kstrtabns_' -e ' L0$' \
            -e ' kallsyms_\(offsets\|relative_base\|num_syms\|names\|markers\)$' \
            -e ' kallsyms_\(token_table\|token_index\|seqs_of_names\)$' >kernel.map
    [ -s kernel.map ]
    mv kernel.map "$maps/"
}

fetch_kernel_map() {
    if [ ! -s "$maps/kernel.map" ]; then
        note "making the kernel's map"
        in_scratch make_kernel_map
    fi
}

# linked_map OUT PACKAGE...: all static libraries of these packages, linked into one shared one.
# Polly and LTO copies are in there a second time.
linked_map() {
    out=$1
    shift
    for name in "$@"; do
        package "$name"
        dpkg-deb -x "$package" linked
    done
    find linked -name '*.a' ! -name 'libPolly*' ! -name '*LTO_static*' | sort >linked.list
    gcc -shared -nodefaultlibs -Wl,--whole-archive -Wl,-z,muldefs \
        -Wl,--unresolved-symbols=ignore-all -o linked.so @linked.list
    nm -n -S --defined-only linked.so >"$out"
    rm -rf linked linked.so
}

# exported_maps PREFIX PACKAGE: what each shared library of the package exports.
exported_maps() {
    package "$2"
    dpkg-deb -x "$package" exported
    find exported -type f -name '*.so*' | sort >exported.list
    while read -r library; do
        nm -D -n -S --defined-only --without-symbol-versions "$library" \
            >"$1-$(basename "$library").part"
    done <exported.list
    rm -rf exported
}

make_cxx_maps() {
    exported_maps 1 libvtk9.1
    exported_maps 2 libtorch1.13
    linked_map 3.part llvm-16-dev libclang-16-dev libmlir-16-dev
    "$maps_tool" join [123]*.part >cxx-small.map
    exported_maps 4 libdeal.ii-9.4.1
    linked_map 5.part llvm-15-dev libclang-15-dev libmlir-15-dev
    "$maps_tool" join ./*.part >cxx.map
    mv cxx-small.map cxx.map "$maps/"
}

fetch_cxx_maps() {
    if [ ! -s "$maps/cxx.map" ]; then
        note "making the maps of C++ names"
        in_scratch make_cxx_maps
    fi
}
