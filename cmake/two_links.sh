#!/bin/sh
# SPDX-License-Identifier: MIT
#
# two_links.sh: links a kernel, or a module, so that it carries its own symbol table.
#
#     two_links.sh OUTPUT LD-ARGUMENT...
#
#   link 1   the objects and an empty table                    -> OUTPUT.stage1
#   table    nm of it through gen_ksyms, and, if there is
#            GEN_TRACE, its debug information through that     -> OUTPUT.ksyms
#   types    if there is GEN_TYPES: hashes of exports go into
#            the table, the text of types into a file; it is
#            the section .ksyms_types of a module              -> OUTPUT.types
#   link 2   the same objects and that table, in .ksyms        -> OUTPUT.stage2
#   check    no symbol moved; only then OUTPUT comes into being
#
# No section that is loaded but .ksyms differs between the links.  It must be last in the image, or its
# size moves what follows; the check holds that.  With -r among the arguments the output is a module:
# its sections all start at 0, so each is first moved to `index << 32` (src/ksyms/FORMAT.md).
#
# Both links have the same build id, that of link 1: it names the code, and the table carries it.
# Environment: the programs LD, NM, OBJCOPY, READELF, GEN_KSYMS, and GEN_TRACE with its
# GEN_TRACE_OPTIONS, and GEN_TYPES; KSYMS_SYMBOLS and KSYMS_FILTER, if not empty, are gen_ksyms' --symbols and --filter.
# The linker is GNU ld or lld, for x86-64 or, with `-m elf_i386`, for a 32-bit kernel.
# Programs that are not named are those of the path.
set -eu
export LC_ALL=C

output=$1
shift
LD=${LD:-ld} NM=${NM:-nm} OBJCOPY=${OBJCOPY:-objcopy} READELF=${READELF:-readelf}
GEN_KSYMS=${GEN_KSYMS:-gen_ksyms}

is_module=no
alignment=4096
target='-O elf64-x86-64 -B i386:x86-64'
for argument in "$@"; do
    case $argument in
    -r) is_module=yes alignment=8 ;;
    elf_i386 | -melf_i386) target='-O elf32-i386 -B i386' ;;
    elf_x86_64 | -melf_x86_64) target='-O elf64-x86-64 -B i386:x86-64' ;;
    esac
done

fail() {
    rm -f "$output" "$output.stage2"
    echo "two_links: $output: $*" >&2
    exit 1
}

fail_with_lines() { # WHAT
    fail "$*
$(cat "$(dirname "$0")/linker_script.txt")"
}

# A table as an object file with nothing but the section .ksyms, and the words of objcopy that follow.
# In a kernel it has pages of its own; in a module it follows other constants, as FORMAT.md allows.
table_object() { # TABLE OBJECT [WORD...]
    table=$1 object=$2
    shift 2
    # shellcheck disable=SC2086 # four words
    "$OBJCOPY" -I binary $target --set-section-alignment ".data=$alignment" \
        --rename-section .data=.ksyms,alloc,load,readonly,data,contents \
        --add-section .note.GNU-stack=/dev/null \
        --wildcard --strip-symbol '_binary_*' "$@" "$table" "$object"
}

# Number and name of each section that is loaded: no other has symbols that nm shows.
sections() {
    "$READELF" -SW "$1" | sed 's/^ *\[ *\([0-9]*\)\]/\1/' |
        awk '$1 ~ /^[0-9]+$/ && $8 ~ /A/ { print $1, $2 }'
}

# The symbols as gen_ksyms reads them.  The table's own end is the one thing that may change.
map_of() { # FILE
    if [ $is_module = yes ]; then
        sections "$1" | awk '{
            printf "--change-section-address\n%s=0x%x00000000\n", $2, $1 }' >"$output.moves"
        "$OBJCOPY" "@$output.moves" "$1" "$output.moved" && "$NM" -n -S "$output.moved"
    else
        "$NM" -n -S "$1"
    fi >"$output.nm" || return 1
    sed '/ __ksyms_end$/d' "$output.nm"
    rm -f "$output.nm"
}

build_id_of() { # FILE
    "$READELF" -n "$1" 2>/dev/null | sed -n 's/.*Build ID: *//p' | head -n 1
}

# A linker script that says nothing of the table puts it anywhere, or nowhere.
check_section() { # FILE
    sections "$1" | grep -q ' \.ksyms$' || fail_with_lines "the linker script has no section .ksyms."
    for name in __ksyms_start __ksyms_end; do
        "$NM" "$1" | grep -q " $name\$" ||
            fail_with_lines "the linker script does not define $name."
    done
}

# A kernel that uses its table does not get through link 1 if the linker script says nothing of it.
link_1() { # LD-ARGUMENT...
    status=0
    "$LD" "$@" --build-id=sha1 -o "$output.stage1" "$output.ksyms.o" 2>"$output.said" || status=$?
    cat "$output.said" >&2
    name=$(sed -n "s/.*\(__ksyms_[a-z]*\).*/\1/p" "$output.said" | head -n 1)
    rm -f "$output.said"
    if [ $status = 0 ]; then return; fi
    [ -z "$name" ] || fail_with_lines "the linker script does not define $name."
    fail "link 1 failed"
}

# The first line of MAP1 that MAP2 does not have is the first symbol that moved.  Several symbols may
# have its name: the same one of them is looked for in MAP2.
check_same_map() { # MAP1 MAP2
    if cmp -s "$1" "$2"; then return; fi
    first=$(diff "$1" "$2" | sed -n 's/^< //p' | head -n 1)
    name=${first##* }
    rank=$(awk -v first="$first" -v name="$name" '$NF == name { n++ } $0 == first { print n; exit }' "$1")
    now=$(awk -v rank="${rank:-0}" -v name="$name" '$NF == name && ++n == rank { print $1; exit }' "$2")
    fail_with_lines "symbol $name moved from 0x${first%% *} to 0x${now:-nowhere} when the table was put in:" \
        "the section .ksyms must come last in the linker script, in a segment of its own after .bss."
}

rm -f "$output" "$output.stage2"

# The members of a COMDAT group, as templates of C++ make them, become plain sections, which a loader
# can take.  lld has no such option and keeps the groups.
if [ $is_module = yes ]; then
    case $("$LD" --version) in
    "GNU ld"*) set -- --force-group-allocation "$@" ;;
    esac
fi

: | "$GEN_KSYMS" -o "$output.ksyms" -
table_object "$output.ksyms" "$output.ksyms.o"
link_1 "$@"

map_of "$output.stage1" >"$output.map" || fail "the symbols of link 1 cannot be read"
if [ $is_module = no ]; then check_section "$output.stage1"; fi
build_id=$(build_id_of "$output.stage1")
[ -n "$build_id" ] || fail_with_lines "link 1 has no build id."
"$GEN_KSYMS" --build-id "$build_id" ${KSYMS_SYMBOLS:+--symbols "$KSYMS_SYMBOLS"} \
    ${KSYMS_FILTER:+--filter "$KSYMS_FILTER"} -o "$output.ksyms" "$output.map"
if [ -n "${GEN_TRACE:-}" ]; then
    # shellcheck disable=SC2086 # one word an option
    "$GEN_TRACE" ${GEN_TRACE_OPTIONS:-} -o "$output.ksyms" --into "$output.ksyms" "$output.stage1" ||
        fail "its debug information does not become a table"
fi
if [ -n "${GEN_TYPES:-}" ]; then
    "$GEN_TYPES" -o "$output.ksyms" --into "$output.ksyms" --text "$output.types2" "$output.stage1" ||
        fail "the types of its debug information cannot be written down"
    # What is made of the text is made again only if it changed.
    if cmp -s "$output.types2" "$output.types"; then rm "$output.types2"; fi
    if [ -e "$output.types2" ]; then mv "$output.types2" "$output.types"; fi
fi
if [ -n "${GEN_TYPES:-}" ] && [ $is_module = yes ]; then
    table_object "$output.ksyms" "$output.ksyms.o" --add-section ".ksyms_types=$output.types" \
        --set-section-flags .ksyms_types=readonly,contents
else
    table_object "$output.ksyms" "$output.ksyms.o"
fi
"$LD" "$@" --build-id="0x$build_id" -o "$output.stage2" "$output.ksyms.o"

map_of "$output.stage2" >"$output.map2" || fail "the symbols of link 2 cannot be read"
check_same_map "$output.map" "$output.map2"
mv "$output.stage2" "$output"
rm -f "$output.stage1" "$output.map2" "$output.ksyms.o" "$output.moves" "$output.moved"
