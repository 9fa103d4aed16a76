#!/bin/sh
# SPDX-License-Identifier: MIT
#
# layers.sh: who may include whom.
#
#     modules  ──►  the kernel's headers for modules (src/kernel/include/onoma), each other's
#     kernel   ──►  the kit's public headers, arch.h
#     arch     ──►  arch.h, its own files, kernel.h for calls into the kernel, onoma/
#     kit      ──►  itself, and <stdint.h> <stddef.h> <stdbool.h>
#     programs of the build  ──►  the C library, the kit's public headers
#     onoma-check  ──►  the kernel as well: it is the kernel's loader, on the host
#
# And no #if in a .c file: the build chooses files.
#
# Environment: SOURCE_DIRECTORY the checkout.
. "$(dirname "$0")/check.sh"
begin

# What a file may include: patterns of paths, and of <names>.
rule_of() { # PATH
    case $1 in
    src/ksyms/*) rule='kit: src/ksyms/* <stdint.h> <stddef.h> <stdbool.h>' ;;
    src/kernel/include/*) rule='onoma: src/kernel/include/onoma/* @freestanding' ;;
    src/kernel/*) rule='kernel: src/kernel/* src/ksyms/include/* src/arch/*/arch.h @freestanding' ;;
    src/arch/*) rule="arch: ${1%/*}/* src/kernel/kernel.h src/kernel/include/onoma/* @freestanding" ;;
    modules/*) rule='module: src/kernel/include/onoma/* modules/* @freestanding' ;;
    scripts/module_check*)
        rule='check: scripts/* src/kernel/* src/arch/*/arch.h src/ksyms/include/* @any' ;;
    scripts/*) rule='program: scripts/* src/ksyms/include/* @any' ;;
    *) rule='nobody:' ;;
    esac
    rule=$(echo "$rule" | sed 's/@freestanding/<stdint.h> <stddef.h> <stdbool.h> <stdarg.h> <limits.h>/
                               s/@any/<*>/')
}

# The file that an include means: in the folder of who includes, or in the search path of the build.
find_included() { # PATH NAME
    for folder in "${1%/*}" src/kernel/include src/kernel src/arch/x86_64 src/ksyms/include modules; do
        if [ -f "$folder/$2" ]; then
            found=$folder/$2
            while case $found in */../*) ;; *) false ;; esac; do
                found=$(echo "$found" | sed 's|[^/]*/\.\./||')
            done
            return 0
        fi
    done
    return 1
}

is_allowed() { # PATH-OR-<NAME>
    set -f
    for pattern in ${rule#*:}; do
        # shellcheck disable=SC2254 # it is a pattern
        case $1 in $pattern) set +f; return 0 ;; esac
    done
    set +f
    return 1
}

# Each include that breaks a rule, in the tree that is the current folder.
violations() {
    find src modules scripts -name '*.[ch]' | sort | while IFS= read -r file; do
        rule_of "$file"
        sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*//p' "$file" |
            while read -r included rest; do
                name=${included#?}
                name=${name%?}
                if find_included "$file" "$name"; then place=$found; else place=$included; fi
                is_allowed "$place" || echo "$file (${rule%%:*}): $included"
            done
    done
}

conditions() {
    find src modules scripts test -name '*.c' -exec grep -n '^[[:space:]]*#[[:space:]]*\(if\|el\)' /dev/null {} +
}

cd "$SOURCE_DIRECTORY" || exit 1
violations >"$scratch/violations"
conditions >"$scratch/conditions"
say "$(find src modules scripts -name '*.[ch]' | wc -l) files," \
    "$(find src modules scripts -name '*.[ch]' -exec cat {} + | grep -c '^ *# *include') includes"
cd "$scratch" || exit 1
empty "includes against the rules of the layers" violations
empty "conditional compilation in a .c file" conditions

# ---- The check can see: a tree with one fault of each kind ----

mkdir -p tree && cd tree || exit 1
put() { # PATH LINE...
    mkdir -p "${1%/*}"
    path=$1
    shift
    printf '%s\n' "$@" >"$path"
}
mkdir -p test
put src/kernel/include/onoma/io.h '#include "kernel.h"' '#include <stdint.h>'
put src/kernel/kernel.h '#include <stdio.h>' '#include "onoma/io.h"'
put src/kernel/main.c '#include "cpu.h"' '#include "arch.h"' '#include "table_parts.h"' \
    '#include "ksyms/table.h"' ' #  ifdef X' '#endif'
put src/arch/x86_64/arch.h
put src/arch/x86_64/cpu.h '#include "arch.h"' '#include "kernel.h"'
put src/arch/x86_64/cpu.c '#include "panic/panic.h"' '#include "cpu.h"' '#include "ksyms/table.h"'
put src/kernel/panic/panic.h
put src/ksyms/include/ksyms/table.h '#include <string.h>' '#include <stdint.h>'
put src/ksyms/table_parts.h '#include "onoma/io.h"' '#include "ksyms/table.h"'
put modules/a/a.c '#include "kernel.h"' '#include <onoma/io.h>' '#include "../b/b.h"' \
    '#include <ksyms/table.h>'
put modules/b/b.h
put scripts/module_check.c '#include "kernel.h"' '#include "cpu.h"'
put scripts/gen.c '#include <stdio.h>' '#include "ksyms/table.h"' '#include "kernel.h"'
violations >../found
cat >../wanted <<'END'
modules/a/a.c (module): "kernel.h"
modules/a/a.c (module): <ksyms/table.h>
scripts/gen.c (program): "kernel.h"
scripts/module_check.c (check): "cpu.h"
src/arch/x86_64/cpu.c (arch): "panic/panic.h"
src/arch/x86_64/cpu.c (arch): "ksyms/table.h"
src/kernel/include/onoma/io.h (onoma): "kernel.h"
src/kernel/kernel.h (kernel): <stdio.h>
src/kernel/main.c (kernel): "cpu.h"
src/kernel/main.c (kernel): "table_parts.h"
src/ksyms/include/ksyms/table.h (kit): <string.h>
src/ksyms/table_parts.h (kit): "onoma/io.h"
END
cd .. || exit 1
same "faults of the layers are seen" wanted found
same_text "a condition is seen" 'src/kernel/main.c:5: #  ifdef X' "$(cd tree && conditions)"
finish
