#!/bin/sh
# SPDX-License-Identifier: MIT
#
# kit.sh: the kit (src/ksyms) can be put into any kernel.  Of its objects, compiled for ours:
#
# 1. They need nothing but memcpy memmove memset memcmp strlen (bytes.h) and each other.
# 2. They have no data that can be written: no state, no locks.
# 3. Its sources compile with no folder but its own, and without the C library; a public header also
#    as the first one of a file.  (What they include: layers.sh.)
# 4. All names that other objects see begin with ksyms_.
#
# Environment: NM, READELF, CC programs; KIT_OBJECTS a file with their paths, one a line;
# SOURCE_DIRECTORY the checkout.
. "$(dirname "$0")/check.sh"
begin

allowed='memcpy memmove memset memcmp strlen'

# Each `NAME object` that is undefined in one object and defined in none.
outside_needs() { # FILE-WITH-PATHS
    while IFS= read -r object; do
        "$NM" -g "$object" | awk -v object="$(basename "$object")" '{ print $(NF - 1), $NF, object }'
    done <"$1" >names
    awk -v allowed="$allowed" '
        BEGIN { split(allowed, list, " "); for (i in list) defined[list[i]] = 1 }
        $1 != "U" { defined[$2] = 1 }
        $1 == "U" { line[NR] = $3 " needs " $2; name[NR] = $2 }
        END { for (i in line) if (!(name[i] in defined)) print line[i] }' names | sort
}

# Sections of a size other than 0 that are loaded and can be written.
writable_sections() { # FILE-WITH-PATHS
    while IFS= read -r object; do
        "$READELF" -SW "$object" | sed 's/^ *\[ *\([0-9]*\)\]/\1/' |
            awk -v object="$(basename "$object")" '
                $1 ~ /^[0-9]+$/ && $8 ~ /W/ && $6 !~ /^0+$/ { print object ": " $2 ", 0x" $6 " bytes" }'
    done <"$1"
}

check "the kit has objects" test -s "$KIT_OBJECTS"
outside_needs "$KIT_OBJECTS" >needs
empty "symbols that the kit needs, other than $allowed" needs
writable_sections "$KIT_OBJECTS" >writable
empty "data in the kit that can be written" writable
say "$(wc -l <"$KIT_OBJECTS") objects need of others: $(awk '$1 == "U" { print $2 }' names |
    grep -E "^($(echo $allowed | tr ' ' '|'))\$" | sort -u | tr '\n' ' ')"

# Its names do not meet those of a kernel that takes it in.
foreign_names() { # FILE-WITH-PATHS
    tr '\n' '\0' <"$1" | xargs -0 "$NM" -gP --defined-only |
        awk '$2 ~ /^[A-Z]$/ && $1 !~ /^ksyms_/ { print $1 }' | sort
}
foreign_names "$KIT_OBJECTS" >foreign
empty "names of the kit that others see and that do not begin with ksyms_" foreign

# Numbers are read by an instruction each, not by a call: with -ffreestanding memcpy() would be one.
while IFS= read -r object; do
    case $object in
    */table_address.c.o | */table_order.c.o | */unwind_table.c.o | */table_checksum.c.o | */types_crc.c.o)
        "$NM" "$object" | awk -v object="$(basename "$object")" '$1 == "U" && $2 == "memcpy" { print object }' ;;
    esac
done <"$KIT_OBJECTS" >copiers
empty "objects that read numbers, but call memcpy" copiers

# Every source is among the objects: none escapes.
(cd "$SOURCE_DIRECTORY/src/ksyms" && find . -name '*.c') | sed 's|.*/||; s|$|.o|' | sort >wanted
sed 's|.*/||' "$KIT_OBJECTS" | sort >found
same "sources of the kit and its objects" wanted found

# ---- Its sources, with no folder but the kit's and without the C library ----

kit=$SOURCE_DIRECTORY/src/ksyms
find "$kit" -name '*.[ch]' | sort >sources
compiler_headers=$("$CC" -print-file-name=include)
while IFS= read -r source; do
    case $source in *.h) continue ;; esac
    check "${source##*/} compiles alone" "$CC" -std=c11 -Wall -Wextra -ffreestanding -nostdinc \
        -isystem "$compiler_headers" -I "$kit/include" -fsyntax-only "$source"
done <sources
while IFS= read -r source; do
    case $source in "$kit"/include/*) ;; *) continue ;; esac
    check "${source##*/} compiles first" "$CC" -std=c11 -Wall -Wextra -ffreestanding -nostdinc \
        -isystem "$compiler_headers" -I "$kit/include" -fsyntax-only -x c "$source"
done <sources

# A kernel in C++ includes the same headers.
need g++ g++
while IFS= read -r source; do
    case $source in "$kit"/include/*) ;; *) continue ;; esac
    check "${source##*/} is C++ too" g++ -std=c++11 -Wall -Wextra -pedantic -Werror -ffreestanding \
        -I "$kit/include" -fsyntax-only -x c++ -include "$source" /dev/null
done <sources

# ---- The checks above can see ----

printf '%s\n' 'int printf(const char *, ...); int counter = 1; int twice[4];' \
    'int f(void) { return printf("%d%d", counter++, twice[1]++); }' >bad.c
"$CC" -c bad.c -o bad.o && echo "$PWD/bad.o" >bad.objects
same_text "a needed printf is seen" "bad.o needs printf" "$(outside_needs bad.objects)"
same_text "data and bss are seen" 'bad.o: .data, 0x000004 bytes bad.o: .bss, 0x000010 bytes ' \
    "$(writable_sections bad.objects | tr '\n' ' ')"
same_text "names without ksyms_ are seen" "counter f twice" "$(foreign_names bad.objects | xargs)"
finish
