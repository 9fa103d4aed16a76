#!/bin/sh
# SPDX-License-Identifier: MIT
#
# kit_size.sh BUILD [--write DOCUMENT]: what each step of docs/your-kernel.md costs the kernel of
# examples/c, in bytes of the running image; into the document between the lines `<!-- kit_size -->`.
set -eu

build=$(cd "${1:?usage: kit_size.sh BUILD [--write DOCUMENT]}" && pwd)
document=
if [ "${2:-}" = --write ]; then document=$(cd "$(dirname "$3")" && pwd)/$(basename "$3"); fi
project=$(cd "$(dirname "$0")/../.." && pwd)
kit=$project/src/ksyms
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM
cd "$scratch"

flags="-Os -g -ffreestanding -fno-pic -mno-red-zone -mgeneral-regs-only -fno-stack-protector
    -fno-asynchronous-unwind-tables -ffunction-sections -I$kit/include -I$project/examples/boot"
compile() { # SOURCE...
    for source in "$@"; do
        # shellcheck disable=SC2086 # one word a flag
        gcc $flags -c -o "$(basename "$source").o" "$source"
    done
}
compile "$project"/examples/boot/boot.S "$project"/examples/boot/machine.c \
    "$project"/examples/boot/pages.c "$project"/examples/c/kernel.c
mkdir kit
(cd kit && compile "$kit"/*.c)
ar rc kit.a kit/*.o

# With less of the kit in its struct ksyms_host.
sed '/\.lines = /d' "$project/examples/c/kernel.c" >rows.c
sed '/\.rows = /d' rows.c >pointers.c
compile rows.c pointers.c

# A kernel that calls less of the kit than examples/c does: its calls end in these functions.
cat >bare.c <<'END'
#include "ksyms/trace.h"
enum ksyms_status ksyms_host_start(struct ksyms_host *host, const void *blob, size_t size_bytes)
{
    return host && blob && size_bytes ? KSYMS_OK : KSYMS_BLOB_SHORT;
}
void ksyms_trace(const struct ksyms_host *host, const struct ksyms_frame *frame, bool is_interrupted)
{
    host->write(host->context, "\n", frame && is_interrupted);
}
END
cat >names.c <<'END'
#include "ksyms/trace.h"
enum ksyms_status ksyms_host_start(struct ksyms_host *host, const void *blob, size_t size_bytes)
{
    return ksyms_table_open(&host->table, blob, size_bytes);
}
void ksyms_trace(const struct ksyms_host *host, const struct ksyms_frame *frame, bool is_interrupted)
{
    struct ksyms_symbol symbol;
    char name[128];
    if (ksyms_table_find_address(&host->table, frame->pc - !is_interrupted, &symbol)) {
        size_t length = ksyms_symbol_name(&host->table, &symbol, name, sizeof(name));
        host->write(host->context, name, length < sizeof(name) ? length : sizeof(name) - 1);
    }
}
END
cat >modules.c <<'END'
#include "ksyms/module.h"
void load(struct ksyms_host *host, struct ksyms_module *module, const void *file, size_t size);
void load(struct ksyms_host *host, struct ksyms_module *module, const void *file, size_t size)
{
    if (ksyms_module_load(host, module, "a.ko", file, size, NULL) == KSYMS_OK) {
        ksyms_module_unload(host, module, NULL);
    }
}
END
compile bare.c names.c modules.c

export LC_ALL=C GEN_KSYMS="$build/scripts/gen_ksyms"
code_before=
step() { # WHAT GEN_TRACE-OPTIONS LD-ARGUMENT...
    what=$1
    options=$2
    shift 2
    if [ -n "$options" ]; then export GEN_TRACE="$build/scripts/gen_trace"; else unset GEN_TRACE; fi
    GEN_TRACE_OPTIONS=$options sh "$project/cmake/two_links.sh" kernel.elf -m elf_x86_64 -nostdlib \
        -static -z max-page-size=4096 -z noexecstack --gc-sections -T "$project/examples/boot/kernel.lds" \
        boot.S.o machine.c.o "$@"
    table=$(readelf -SW kernel.elf | sed 's/^ *\[ *[0-9]*\]//' | awk '$1 == ".ksyms" { print $5 }')
    table=$((0x$table))
    if [ "$what" = bare ]; then table=0; fi
    # Loaded sections that are no zeros: .bss of this kernel is its stack.
    code=$(readelf -SW kernel.elf | sed 's/^ *\[ *[0-9]*\]//' |
        awk '$7 ~ /A/ && $2 == "PROGBITS" && $1 != ".ksyms" { print $5 }' |
        while read -r size; do echo $((0x$size)); done | awk '{ sum += $1 } END { print sum }')
    printf '| %s | %s | %s | %s |\n' "$what" "$code" "$((code - ${code_before:-$code}))" "$table"
    code_before=$code
}

{
    echo '| step | code and constants | more than before | table |'
    echo '|---|---|---|---|'
    step bare '' pointers.c.o bare.c.o
    step names '' pointers.c.o names.c.o kit.a
    step 'traces by frame pointers' '' pointers.c.o kit.a
    step 'traces by unwind rows' --unwind rows.c.o kit.a
    step 'lines and inlined calls' '--unwind --lines' kernel.c.o kit.a
    step modules '--unwind --lines' --undefined=load kernel.c.o modules.c.o kit.a
} >table
count=$(nm -S kernel.elf | wc -l)
echo >>table
echo "($(gcc --version | head -n 1), \`-Os\`, $count symbols in the last one, \`sh test/bench/kit_size.sh build\`.)" >>table
cat table
if [ -n "$document" ]; then
    awk -v table=table '/<!-- kit_size -->/ { print; inside = !inside
        if (inside) while ((getline line < table) > 0) print line
        next } !inside { print }' "$document" >new
    cp new "$document"
fi
