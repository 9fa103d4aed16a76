#!/bin/sh
# SPDX-License-Identifier: MIT
#
# modules.sh: link every module of Debian's kernel package with the kit and with GNU ld, at random
# addresses, and compare every byte.  `cmake --build build --target check-modules`; not part of ctest,
# as it downloads 70 MB (once) and takes a minute or two.
#
#     modules.sh COMPARE_WITH_LD [PACKAGE.deb]
#
# Environment: ONOMA_BENCH_DIRECTORY where the package is kept (/var/tmp/onoma-bench); ONOMA_SEED of
# the addresses; MODULES_MAX to look at that many only.
set -eu
compare=${1:?the program}
bench=${ONOMA_BENCH_DIRECTORY:-/var/tmp/onoma-bench}
mkdir -p "$bench"
bench=$(cd "$bench" && pwd)

fail() {
    echo "modules.sh: $*" >&2
    exit 1
}

# The package of the newest Linux 6.1, or the one that is there already.
find_package() {
    set -- "$bench"/linux-image-6.1.0-*-amd64_*.deb
    for package; do
        case $package in *-cloud-* | *-rt-* | *-dbg* | *unsigned*) continue ;; esac
        [ -f "$package" ] && return 0
    done
    name=$(apt-cache search --names-only '^linux-image-6\.1\.0-[0-9]+-amd64$' |
        cut -d ' ' -f 1 | sort -V | tail -n 1)
    [ -n "$name" ] || fail "no linux-image-6.1.0-*-amd64 is known here: run apt-get update"
    echo "modules.sh: downloading $name into $bench"
    (cd "$bench" && apt-get download "$name") >&2 || fail "$name could not be downloaded"
    package=$(ls "$bench/$name"_*.deb)
}

package=${2:-}
[ -n "$package" ] || find_package
scratch=$(mktemp -d "$bench/check.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
dpkg-deb --fsys-tarfile "$package" | tar -x -C "$scratch" -f - --wildcards '*.ko' ||
    fail "$package has no modules"
(cd "$scratch" && find lib -name '*.ko' | sort) | head -n "${MODULES_MAX:-1000000}" >"$scratch/list"
echo "modules.sh: $(wc -l <"$scratch/list") modules of $(basename "$package")"
cd "$scratch"
TEST_DIRECTORY=$scratch/ld "$compare" <list
