#!/bin/sh
# SPDX-License-Identifier: MIT
#
# add-modules.sh [--debug] OUTPUT MODULE.ko...: the kernel's initrd with more modules, which modprobe
# finds.  --debug keeps their debug information, for gdb.
set -eu

share=$(cd "$(dirname "$0")" && pwd)
debug=
if [ "${1:-}" = --debug ]; then
    debug=--debug
    shift
fi
if [ $# -lt 2 ]; then
    echo "usage: add-modules.sh [--debug] OUTPUT MODULE.ko..." >&2
    exit 2
fi
output=$1
shift

added=$(mktemp)
trap 'rm -f "$added"' EXIT
# shellcheck disable=SC2086 # none or one word
sh "$share/../ksyms/scripts/make-initrd.sh" $debug "$added" \
    "lib/modules/$(sed -n 's/^KERNELRELEASE := //p' "$share/module.mk")/extra" "$@"
cat "$share/initrd.img" "$added" >"$output"
