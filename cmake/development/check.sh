#!/bin/sh
# SPDX-License-Identifier: MIT
#
# check.sh [DEPENDENCY.ko...] MODULE.ko: what the kernel would say when it loads the module, said now.
# First the link, for addresses where modules really run, then the kernel's own loader.
set -eu

share=$(cd "$(dirname "$0")" && pwd)
for file in "$@"; do module=$file; done

"$share/../../bin/ksyms-link" --check "$module"
"$share/../../bin/onoma-check" --kernel "$share/kernel.elf" --initrd "$share/initrd.img" "$@"
