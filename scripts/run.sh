#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh: installs what is missing, builds, boots the kernel in QEMU and leaves you at its prompt
# (Ctrl-A X ends QEMU).
#
#     --tour        instead of the prompt, a tour that types by itself; also when the standard input
#                   is no terminal.  Exit status 0 when all went as it should
#     --uefi        boot by UEFI instead of BIOS
#     --gdb         a kernel and modules made for gdb: the kernel waits for it, and gdb opens beside
#                   it, in tmux; the line for another terminal is shown
#     --memory N    MiB of memory (default 256)
#     --smp N       processors (the kernel uses one)
#     --append TEXT added to the kernel's command line (docs/command-line.md)
#     --display     open a window with the kernel's screen as well
set -eu

scripts=$(cd "$(dirname "$0")" && pwd)
project=$(dirname "$scripts")
tour=no
gdb=no
preset=default
if [ ! -t 0 ]; then tour=yes; fi

usage() {
    sed -n '3,/^set -eu/s/^# \{0,1\}//p' "$0" | sed '/^set -eu/d'
    exit "$1"
}

count=$#
while [ "$count" -gt 0 ]; do
    option=$1
    shift
    count=$((count - 1))
    case $option in
    --tour) tour=yes ;;
    --gdb) gdb=yes; preset=debug; set -- "$@" --gdb ;;
    --uefi | --display) set -- "$@" "$option" ;;
    --memory | --smp | --append)
        [ "$count" -gt 0 ] || { echo "run.sh: $option needs a value" >&2; exit 2; }
        value=$1
        shift
        count=$((count - 1))
        set -- "$@" "$option" "$value"
        ;;
    --help) usage 0 ;;
    *) echo "run.sh: unknown option: $option" >&2; usage 2 >&2 ;;
    esac
done

sh "$scripts/packages.sh" run
cd "$project"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
cmake --preset $preset >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
rm -f "$log"
cmake --build --preset $preset --target iso

build=$project/build
if [ $gdb = yes ]; then build=$project/build-debug; fi
iso=$build/onoma.iso
if [ $tour = yes ]; then
    exec sh "$scripts/tour.sh" "$iso" "$@"
fi
if [ $gdb = yes ]; then
    sh "$scripts/packages.sh" gdb
    kernel=$build/src/kernel/kernel.elf
    connect='target remote localhost:1234'
    message="run.sh: the kernel waits for gdb; in another terminal:
    cd '$project' && gdb '$kernel' -ex '$connect'"
    # shellcheck disable=SC2016 # expanded by the inner shell
    set -- sh -c 'printf "%s\n" "$0" && exec "$@"' "$message" sh "$scripts/qemu.sh" --iso "$iso" "$@"
    if ! command -v tmux >/dev/null; then exec "$@"; fi
    if [ -z "${TMUX:-}" ]; then
        exec tmux new-session "$@" \; split-window -h gdb -q "$kernel" -ex "$connect"
    fi
    tmux split-window -h gdb -q "$kernel" -ex "$connect"
    exec "$@"
fi
exec sh "$scripts/qemu.sh" --iso "$iso" "$@"
