#!/bin/sh
# SPDX-License-Identifier: MIT
#
# packages.sh run|test|gdb: installs the Debian packages that are missing, and says which.
#
# Of GRUB only the -bin packages, which are files to build an ISO from: grub-pc and grub-efi-amd64
# would take over the boot of this machine.
set -eu

run="gcc g++ libc6-dev binutils cmake ninja-build nasm cpio gzip psf-unifont
    libdw-dev libelf-dev grub-common grub-pc-bin grub-efi-amd64-bin xorriso mtools qemu-system-x86 ovmf"
test="make clang lld pkg-config libcmocka-dev kmod elfutils llvm llvm-16"

case ${1:-} in
run) wanted=$run ;;
test) wanted="$run $test gdb" ;;
gdb) wanted="gdb tmux" ;;
*) echo "usage: packages.sh run|test|gdb" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null; then
    echo "packages: not a Debian system: what is needed are the equivalents of: $wanted" >&2
    exit 0
fi

missing=
for package in $wanted; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || :)
    if [ "$state" != installed ]; then missing="$missing $package"; fi
done
if [ -z "$missing" ]; then exit 0; fi

echo "packages: installing:$missing" >&2
sudo=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
        echo "packages: neither root nor sudo here: as root, run: apt-get install$missing" >&2
        exit 1
    }
    sudo=sudo
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 1' INT TERM
install() {
    # shellcheck disable=SC2086 # one word a package
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing \
        >"$log" 2>&1
}
# An old list of packages names files that are gone: fetch a new one and try once more.
if ! install; then
    $sudo apt-get update >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
    install || { cat "$log" >&2; exit 1; }
fi
