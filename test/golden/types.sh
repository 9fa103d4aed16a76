#!/bin/sh
# SPDX-License-Identifier: MIT
#
# types.sh: what gen_types writes of types, and what it finds different.
#
# 1. The text of a header with types of every shape, written down in types/device.txt; sizes and places
#    in it are those that the compiler uses (offsetof, and the bits that a bit-field sets).
# 2. The same text from other units: with other lines and comments, names of typedefs, order of
#    qualifiers; by other levels of optimisation, versions of DWARF and compilers; in C++.
# 3. What is changed in the header is found, and nothing else.
# 4. Hashes are CRC-32 of the text's lines, as gzip computes it; of exports and imports each its own.
# 5. The kernel: each export has a line.  Each module fits the kernel.
# 6. The same bytes each time; nothing is left of a run that fails.
#
# Environment: GEN_TYPES GEN_KSYMS CC NM programs; KERNEL; MODULE_DIRECTORY and MODULES;
# SOURCE_DIRECTORY the checkout.
. "$(dirname "$0")/check.sh"
need gzip gzip
need g++ g++
begin

inputs=$SOURCE_DIRECTORY/test/golden/types
cp "$inputs"/* .

: | "$GEN_KSYMS" --build-id 0123456789 -o empty.ksyms -

# The types of a source, compiled by the words behind it: NAME.types and NAME.ksyms.
types_of() { # NAME SOURCE COMPILER...
    name=$1 source=$2
    shift 2
    check "$source compiles: $*" "$@" -g -w -c "$source" -o "$name.o" &&
        check "$name: types" "$GEN_TYPES" -o "$name.ksyms" --into empty.ksyms --text "$name.types" "$name.o"
}

print() { # NAME
    "$GEN_TYPES" --print "$1.types" >"$1.txt"
}

# ---- 1: the text ----

types_of user user.c "$CC" -O2
print user
same "types of user.c" device.txt user.txt

# Members with a place of their own, and bit-fields, as the compiler has them.
sed -n 's/^struct device \([0-9]*\).*/SIZE \1/p' user.txt >places.found
sed -n 's/{[^}]*}//g; s/^struct device //p' user.txt | tr ';' '\n' | sed -n 's/^\([a-z.]*\)@\([0-9.]*\) .*/\1 \2/p' >>places.found
{
    cat <<'END'
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include "device.h"
static void bits(const char *name, const struct device *d)
{
    const unsigned char *byte = (const void *)d;
    int first = -1, last = 0;
    for (int i = 0; i < 8 * (int)sizeof(*d); i++) {
        if (byte[i / 8] >> i % 8 & 1) { first = first < 0 ? i : first; last = i; }
    }
    printf("%s %d.%d..%d\n", name, first / 8, first % 8, first % 8 + last - first);
}
int main(void)
{
    struct device d;
    printf("SIZE %zu\n", sizeof(d));
END
    while read -r member place; do
        case $member:$place in
        SIZE:*) ;;
        *..*) echo "memset(&d, 0, sizeof(d)); d.$member = -1; bits(\"$member\", &d);" ;;
        *) printf 'printf("%s %%zu\\n", %s);\n' "$member" "offsetof(struct device, $member)" ;;
        esac
    done <places.found
    echo 'return 0; }'
} >places.c
check "places.c compiles" "$CC" -w -o places places.c
./places >places.wanted
same "places of members" places.wanted places.found
check "there are many" test "$(wc -l <places.found)" -ge 20

# ---- 2: the same from elsewhere ----

same_types() { # NAME SOURCE COMPILER...
    types_of "$@"
    print "$1"
    same "$1: the same types" device.txt "$1.txt"
}
same_types level0 user.c "$CC" -O0
same_types debug user.c "$CC" -Og
same_types dwarf4 user.c "$CC" -O2 -gdwarf-4 -gstrict-dwarf

# Lines move, comments come; typedefs are other ones; qualifiers stand elsewhere.
mkdir moved
sed -e 's|^struct|/* a comment;\n   of two lines */\n\n&|' -e 's|\bword\b|unsigned_word|g' \
    -e 's|const char \*name|char const *name|' -e 's|const volatile|volatile const|g' \
    -e 's|unsigned long wide|unsigned long long wide|' -e 's|long matrix|signed long int matrix|' \
    -e 's|struct device \*self, |struct device *restrict the_device, |' \
    -e 's|, int count);|, const int how_many);|' device.h >moved/device.h
check "the header is another one" sh -c '! cmp -s device.h moved/device.h'
{ echo '#line 4000 "elsewhere.c"' && cat user.c; } >moved/user.c
same_types lines moved/user.c "$CC" -O2
# Two units that see different parts of it.
{ echo 'struct device; int use(struct device *, int);'
    echo 'int second(struct device *d); int second(struct device *d) { return use(d, 1); }'; } >second.c
check "second.c compiles" "$CC" -g -O2 -c second.c -o second.o
check "two units are one file" "$LD" -r -o both.o second.o user.o
check "two units: types" "$GEN_TYPES" -o both.ksyms --into empty.ksyms --text both.types both.o
print both
same "two units: the same types" device.txt both.txt

# C++ writes no `restrict` and no array without a bound as C does; but these are the same types.
cp user.c user.cpp
same_types cpp user.cpp g++ -O2 -fno-exceptions
# Classes: members, bases and the pointer to virtual functions; no functions, nothing static.
cat >class.cpp <<'END'
namespace bus {
struct base { int id; virtual void go(); virtual ~base(); };
struct plain { short port; };
template <class T, int N> struct list { T items[N]; };
class device : public base, protected plain {
    static int count;
    list<device *, 4> others;
    enum class mode : unsigned char { off, on } current;
    device &self;
public:
    int run(int) const;
};
struct joined : virtual plain { };
}
extern "C" int use(bus::device *device, bus::joined &joined);
void bus::base::go() { }
bus::base::~base() { }
int bus::device::run(int i) const { return id + i; }
int user(bus::device *d, bus::joined &j) { return use(d, j) + d->run(j.port); }
END
types_of class class.cpp g++ -O2 -fno-exceptions -femit-class-debug-always
print class
cat >wanted <<'END'
enum bus::device::mode 1;off=0;on=1
struct bus::base 16;_vptr.base@0 int (**)(...);id@8 int
struct bus::device 64;:bus::base@0 struct bus::base;:bus::plain@12 struct bus::plain;others@16 struct bus::list<bus::device*, 4>;current@48 enum bus::device::mode;self@56 struct bus::device &
struct bus::joined 16;:bus::plain@virtual struct bus::plain;_vptr.joined@0 int (**)(...)
struct bus::list<bus::device*, 4> 32;items@0 struct bus::device *[4]
struct bus::plain 2;port@0 short
symbol _ZdlPvm function;void
symbol use function;int;struct bus::device *;struct bus::joined &
END
same "types of class.cpp" wanted class.txt
check "a class fits itself" "$GEN_TYPES" --compare class.types class.types
# What is declared without types is left out, and so are functions of assembly.
cat >untold.c <<'END'
int old();
void *memset(void *, int, unsigned long);
int told(int);
int user(char *b) { memset(b, 1, 5000); return old(1) + told(2); }
END
types_of untold untold.c "$CC" -std=gnu11 -O2 -fhosted
print untold
same_text "types of untold.c" 'symbol told function;int;int' "$(cat untold.txt)"
printf '.globl use\n.type use, @function\nuse: ret\n.size use, . - use\n.globl __ksymtab_use\n__ksymtab_use:\n' >use.s
types_of assembly use.s "$CC"
print assembly
empty "types of use.s" assembly.txt
check "with a unit that declares it" "$LD" -r -o declared.o assembly.o user.o
"$GEN_TYPES" -o declared.ksyms --into empty.ksyms --text declared.types declared.o
print declared
same "types of use.s and user.c" device.txt declared.txt
if command -v clang >/dev/null; then
    # clang says nothing of objects that a unit only uses.
    grep -v '^symbol \(devices\|hook\) ' device.txt >called.txt
    for options in -O2 '-O2 -gdwarf-4'; do
        # shellcheck disable=SC2086 # several words
        types_of clang user.c clang $options
        print clang
        same "clang $options: the same types" called.txt clang.txt
    done
else
    say "without clang"
fi

# ---- 3: changes ----

types_of owner owner.c "$CC" -O2
check "a user fits its owner" "$GEN_TYPES" --compare user.types owner.types
types_of second second.c "$CC" -O2
check "a unit that only declares fits too" "$GEN_TYPES" --compare second.types owner.types

# What the other does not have is counted.  A kernel without labels exports what is global.
"$GEN_TYPES" --compare user.types second.types >facts 2>said
same_text "a user against another user: status" 0 $?
check "one import of four is there" grep -q 'user.types: 3 of 4 imports are not exported by second.types: not compared' said
sed 's/__ksymtab_/label_/' owner.c >unlabelled.c
check "an owner without labels is another one" sh -c '! cmp -s owner.c unlabelled.c'
types_of unlabelled unlabelled.c "$CC" -O2
check "of a module nothing is exported" sh -c '! "$0" --compare user.types unlabelled.types' "$GEN_TYPES"
check "it is linked" "$LD" -e 0 --unresolved-symbols=ignore-all -o linked unlabelled.o
check "linked: types" "$GEN_TYPES" -o linked.ksyms --into empty.ksyms --text linked.types linked
check "of a kernel all is" "$GEN_TYPES" --compare user.types linked.types
print owner
print linked
check "and each line of the labelled one is there" sh -c '! grep -v -x -F -f linked.txt owner.txt'

# The owner's header is changed by sed, and its source by a second script; the user has the old
# header.  Facts: change|symbol|type|member or parameter|built|here.
count=0
changed() { # WHAT SED FACTS [SED]
    mkdir -p changed
    sed "$2" device.h >changed/device.h
    check "$1: the header is another one" sh -c '! cmp -s device.h changed/device.h'
    sed "${4:-}" owner.c >changed/owner.c
    types_of changed changed/owner.c "$CC" -O0
    "$GEN_TYPES" --compare user.types changed.types >facts
    status=$?
    same_text "$1" "$3" "$(tr '\t' '|' <facts)"
    same_text "$1: status" "$([ -z "$3" ] && echo 0 || echo 1)" "$status"
    count=$((count + 1))
}
changed 'a comment' 's|^enum|/* here */ &|' ''
changed 'a type that the user never touches' 's/int nobody, asks/long nobody, asks/' ''
changed 'a typedef has another name' 's/\bword\b/another_word/' ''
changed 'a typedef has another meaning' 's/typedef unsigned long word/typedef long word/' \
    'member|devices|struct device|flags|unsigned long|long'
changed 'a type is seen whole' 's/^struct opaque;/struct opaque { int now; };/' ''
changed 'an enumerator more' 's/GREEN = 5/GREEN = 5, GREY/' ''
changed 'an enumerator with another value' 's/GREEN = 5/GREEN = 6/' \
    'enumerator|devices|enum color|GREEN|5|6'
changed 'an enumerator gone' 's/, BLUE = -1/, NEVER = -1/' \
    'enumerator-gone|devices|enum color|BLUE|-1|'
changed 'members change places' 's/short x, y/short y, x/' \
    'place|devices|struct inner|x|0|2
place|devices|struct inner|y|2|0'
changed 'a member gone' '/const volatile int \*const registers;/d' \
    'size|devices|struct device||176|168
member-gone|devices|struct device|registers|72|
place|devices|struct device|color|80|72
place|devices|struct device|hidden|88|80
place|devices|struct device|next|96|88
place|devices|struct device|both|104|96
place|devices|struct device|on|120|112
place|devices|struct device|matrix|128|120
place|devices|struct device|tail|176|168'
changed 'a member more' 's/short x, y;/short x, y, z;/' \
    'size|devices|struct device||176|184
place|devices|struct device|either|36|40
place|devices|struct device|low|36|40
place|devices|struct device|high|37|41
place|devices|struct device|at.first|40|44
place|devices|struct device|at.second|44|48
place|devices|struct device|table|48|56
place|devices|struct device|run|56|64
place|devices|struct device|chain|64|72
place|devices|struct device|registers|72|80
place|devices|struct device|color|80|88
place|devices|struct device|hidden|88|96
place|devices|struct device|next|96|104
place|devices|struct device|both|104|112
place|devices|struct device|on|120|128
place|devices|struct device|matrix|128|136
place|devices|struct device|tail|176|184
size|devices|struct inner||4|6
member-new|devices|struct inner|z||4'
changed 'a member more where nothing was' 's/^    bool on;/    bool on, off;/' \
    'member-new|devices|struct device|off||121'
changed 'the type of a member' 's/const char \*name/void *name/' \
    'member|devices|struct device|name|const char *|void *'
changed 'a pointer becomes a value' 's/struct opaque \*hidden/long hidden/' \
    'member|devices|struct device|hidden|struct opaque *|long'
changed 'the length of an array' 's/char tag\[6\]/char tag[7]/' \
    'member|devices|struct anonymous_type|tag|char [6]|char [7]'
changed 'the length of an array, and the size' 's/long matrix\[2\]\[3\]/long matrix[3][3]/' \
    'size|devices|struct device||176|200
member|devices|struct device|matrix|long [2][3]|long [3][3]
place|devices|struct device|tail|176|200'
changed 'a bit-field' 's/mode : 3/mode : 4/' \
    'place|devices|struct device|mode|16.1..3|16.1..4
place|devices|struct device|wide|16.4..36|16.5..37'
changed 'a member of a union without a name' 's/char low, high;/char high, low;/' \
    'place|devices|struct device|low|36|37
place|devices|struct device|high|37|36'
changed 'a struct without a name in an array' 's/int cell;/int cell, more;/' \
    'size|devices|struct device||176|184
member|devices|struct device|table|struct {4;cell@0 int} [2]|struct {8;cell@0 int;more@4 int} [2]
place|devices|struct device|run|56|64
place|devices|struct device|chain|64|72
place|devices|struct device|registers|72|80
place|devices|struct device|color|80|88
place|devices|struct device|hidden|88|96
place|devices|struct device|next|96|104
place|devices|struct device|both|104|112
place|devices|struct device|on|120|128
place|devices|struct device|matrix|128|136
place|devices|struct device|tail|176|184'
changed 'a pointer to a function' 's/(\*chain)(int step)/(*chain)(long step)/' \
    'member|devices|struct device|chain|void *(*(*)(int))(struct anonymous_type *)|void *(*(*)(long))(struct anonymous_type *)'
changed 'behind a typedef without a tag' 's/^    int id;/    long id;/' \
    'size|devices|struct anonymous_type||12|16
member|devices|struct anonymous_type|id|int|long
place|devices|struct anonymous_type|tag|4|8' 
changed 'a union becomes a struct' 's/union both/struct both/' \
    'size|devices|struct device||176|192
member|devices|struct device|both|union both|struct both
place|devices|struct device|on|120|136
place|devices|struct device|matrix|128|144
place|devices|struct device|tail|176|192'
changed 'a qualifier' 's/const volatile int \*const registers/const int *const registers/' \
    'member|devices|struct device|registers|const volatile int *const|const int *const'
changed 'a parameter more' 's/int count);/int count, long more);/' \
    'parameter-new|use||3||long' 's/const int count)/const int count, long more)/'
changed 'a parameter less' 's/, int count);/);/' \
    'parameter-gone|use||2|int|' 's/, const int count)/)/; s/ + count//'
changed 'another parameter' 's/int count);/long count);/' \
    'parameter|use||2|int|long' 's/int count)/long count)/'
changed 'another return type' 's/^int use/long use/' \
    'return|use|||int|long' 's/^int use/long use/'
changed 'an object of another type' 's/int (\*hook)(void)/long hook/' \
    'object|hook|||int (*)(void)|long' 's/int (\*hook)(void)/long hook/'
changed 'an object becomes a function' 's/int (\*hook)(void)/int hook(void)/' \
    'kind|hook|||object|function' 's/^int (\*hook)(void);/int hook(void) { return 0; }/'
say "$count changes"

# ---- 4: hashes ----

# Bytes OFFSET ... OFFSET + COUNT - 1 of a file as numbers of 4 bytes, one a line.
words() { # FILE OFFSET COUNT
    od -An -v -tx4 -w4 -j "$2" -N "$3" "$1" | tr -d ' '
}
# The part of kind 18 of a blob (FORMAT.md): `key hash` of each entry.
hashes_of() { # BLOB
    parts=$((0x$(words "$1" 32 4)))
    words "$1" 72 $((12 * parts)) | paste - - - | while read -r kind offset size; do
        if [ "$kind" = 00000012 ]; then words "$1" $((0x$offset)) $((0x$size)) | paste -d ' ' - -; fi
    done
}
crc() { # of standard input, as gzip has it in its last 8 bytes
    gzip -c | tail -c 8 | od -An -tx4 -N4 | tr -d ' '
}
# The same of lines of text: the head is two words, the body the rest.
hashes_of_lines() { # FILE
    while read -r kind name body; do
        echo "$(printf '%s %s' "$kind" "$name" | crc) $(printf %s "$body" | crc)"
    done <"$1" | sort
}
hashes_of_lines device.txt >wanted
hashes_of user.types >found
same "hashes of what user.c imports" wanted found
hashes_of user.ksyms >found
empty "hashes of what user.c exports" found
print owner
hashes_of_lines owner.txt >wanted
hashes_of owner.ksyms >found
same "hashes of what owner.c exports" wanted found
hashes_of owner.types >found
empty "hashes of what owner.c imports" found

# ---- 5: the kernel and its modules ----

kernel_lines() {
    "$GEN_TYPES" --print "$KERNEL.types"
}
kernel_lines >kernel.txt
"$NM" "$KERNEL" | sed -n 's/.* __ksymtab_/symbol /p' | sort >wanted
sed -n 's/^\(symbol [^ ]*\) .*/\1/p' kernel.txt >found
same "exports of the kernel and their lines" wanted found
hashes_of_lines kernel.txt >wanted
hashes_of "$KERNEL.ksyms" >found
same "hashes of what the kernel exports" wanted found
for module in $MODULES; do
    file=$MODULE_DIRECTORY/$module.ko
    check "$module fits the kernel" "$GEN_TYPES" --compare "$file" "$KERNEL.types"
    "$GEN_TYPES" --print "$file" | sed -n 's/^symbol \([^ ]*\) .*/\1/p' >found
    { "$NM" -u "$file" | sed 's/.* //'; "$NM" "$file" | sed -n 's/.* __ksymtab_//p'; } | sort >wanted
    same "imports and exports of $module have lines" wanted found
done

# ---- 6: files ----

"$GEN_TYPES" -o again.ksyms --into empty.ksyms --text again.types owner.o
same "the hashes again" owner.ksyms again.ksyms
same "the text again" owner.types again.types
refused() { # WHAT PATTERN ARGUMENT...
    what=$1 pattern=$2
    shift 2
    rm -f bad.ksyms bad.types
    check "$what: fails" sh -c '! "$@" 2>refused' sh "$GEN_TYPES" "$@"
    check "$what: says so" grep -q "$pattern" refused
    check "$what: leaves nothing" sh -c '! [ -e bad.ksyms ] && ! [ -e bad.types ]'
}
"$CC" -w -c user.c -o plain.o
refused 'no debug information' 'plain.o: no debug information (compile with -g)' \
    -o bad.ksyms --into empty.ksyms --text bad.types plain.o
refused 'no symbol blob' 'user.o: not a symbol blob' -o bad.ksyms --into user.o --text bad.types user.o
refused 'no ELF file' 'device.h: not an ELF file' -o bad.ksyms --into empty.ksyms --text bad.types device.h
refused 'no text' 'user.ksyms: no text of types' --print user.ksyms
refused 'nothing to write to' 'are needed' -o bad.ksyms user.o
finish
