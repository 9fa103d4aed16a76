#!/bin/sh
# SPDX-License-Identifier: MIT
#
# boot-test.sh IMAGE STATUS SECONDS [PATTERN...]
#
# Boots an ISO, or a kernel that QEMU loads itself (multiboot1, PVH), in QEMU, without input.  QEMU must end by itself within the time, with this status, and
# the patterns (basic regular expressions) must be in lines of what it prints, in this order.
set -eu

if [ $# -lt 3 ]; then
    echo "usage: boot-test.sh IMAGE STATUS SECONDS [PATTERN...]" >&2
    exit 2
fi
image=$1
wanted=$2
seconds=$3
shift 3

log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 1' INT TERM

fail() {
    echo "boot-test: $image: $*" >&2
    echo "boot-test: what it printed:" >&2
    sed 's/^/    /' "$log" >&2
    exit 1
}

case $image in
*.iso) how=--iso ;;
*) how=--kernel ;;
esac
status=0
timeout "$seconds" sh "$(dirname "$0")/qemu.sh" $how "$image" </dev/null >"$log" 2>&1 || status=$?
if [ $status = 124 ]; then fail "QEMU still ran after $seconds s"; fi
if [ $status != "$wanted" ]; then
    fail "QEMU ended with status $status, not $wanted (0: switched off, reset or triple fault)"
fi

# Boot loaders leave escape sequences on the line.
tr -d '\r' <"$log" | sed 's/'"$(printf '\033')"'\[[0-9;?]*[A-Za-z]//g' >"$log.text"
mv "$log.text" "$log"
line=0
for pattern in "$@"; do
    next=$(tail -n "+$((line + 1))" "$log" | grep -n -m 1 -e "$pattern" | cut -d : -f 1) || :
    [ -n "$next" ] || fail "no line behind line $line matches \"$pattern\""
    line=$((line + next))
done
echo "boot-test: status $status, all $# patterns"
