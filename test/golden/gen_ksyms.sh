#!/bin/sh
# SPDX-License-Identifier: MIT
#
# gen_ksyms.sh: gen_ksyms against nm, and each of its messages against its text.
#
# Environment: GEN_KSYMS the program, TEST_DIRECTORY for scratch files; CC, NM, NASM if not the
# usual ones.  Prints each failed check; exits 1 if there was one.
set -u
LC_ALL=C
export LC_ALL
ASAN_OPTIONS=detect_leaks=0 # a sanitized gen_ksyms leaves its memory to exit
export ASAN_OPTIONS
: "${GEN_KSYMS:?the program}" "${TEST_DIRECTORY:?a scratch directory}"
cc=${CC:-cc}
nm=${NM:-nm}
nasm=${NASM:-nasm}

scratch=$(mktemp -d "$TEST_DIRECTORY/gen_ksyms.XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
checks=0
failures=0

bad() {
    echo "gen_ksyms.sh: $*"
    failures=$((failures + 1))
}

# check NAME COMMAND...: the command must succeed.
check() {
    check_name=$1
    shift
    checks=$((checks + 1))
    "$@" >check.out 2>&1 || {
        bad "$check_name: failed: $*"
        head -5 check.out
    }
}

# refused NAME STATUS MESSAGE COMMAND...: the command must fail so and say exactly this.
refused() {
    refused_name=$1
    refused_status=$2
    refused_message=$3
    shift 3
    checks=$((checks + 1))
    "$@" >refused.out 2>refused.err
    found_status=$?
    found_message=$(head -1 refused.err)
    if [ "$found_status" -ne "$refused_status" ] || [ "$found_message" != "$refused_message" ]; then
        bad "$refused_name: status $found_status, wanted $refused_status"
        echo "    found:  $found_message"
        echo "    wanted: $refused_message"
    fi
}

# What gen_ksyms leaves out, said again in awk: see is_left_out in scripts/gen_ksyms_map.c.
filter='
function left_out(type, name, has_size) {
    return name ~ /^\.L/ || name ~ /^\.\.@/ || name ~ /^\$[adtx](\.|$)/ ||
           (!has_size && type ~ /^[a-hj-tx-z]$/ && substr(name, 2) ~ /\./)
}
/^ / { next }
{
    has_size = length($2) > 1
    name = $0
    sub(has_size ? /^[^ ]* [^ ]* [^ ]* / : /^[^ ]* [^ ]* /, "", name)
    if (!left_out(has_size ? $3 : $2, name, has_size)) print
}'

# ---- Real files: nm is the oracle ----

against_nm() {
    "$nm" -n -S "$1" >real.map 2>/dev/null || {
        bad "$1: nm fails"
        return
    }
    awk "$filter" real.map >real.wanted
    [ -s real.wanted ] || {
        bad "$1: nm shows no symbols: not a test"
        return
    }
    check "$1: generate" "$GEN_KSYMS" -o real.ksyms real.map
    check "$1: verify" "$GEN_KSYMS" --verify real.ksyms real.map
    check "$1: stats" "$GEN_KSYMS" --stats real.ksyms
    "$GEN_KSYMS" --dump real.ksyms >real.dump
    # Address and name are in nm's order; beyond that nm has none.
    awk '{print $1, $NF}' real.wanted >real.wanted.order
    awk '{print $1, $NF}' real.dump >real.dump.order
    check "$1: dump in the order of nm" cmp real.wanted.order real.dump.order
    sort real.wanted >real.wanted.sorted
    sort real.dump >real.dump.sorted
    check "$1: dump" cmp real.wanted.sorted real.dump.sorted
    # The order of the lines cannot be seen.
    sort -k 3 -r real.map >real.shuffled
    check "$1: generate shuffled" "$GEN_KSYMS" -o real.shuffled.ksyms real.shuffled
    check "$1: order of the input" cmp real.ksyms real.shuffled.ksyms
    # A dump is a map again.
    check "$1: generate from the dump" "$GEN_KSYMS" -o real.again.ksyms real.dump
    check "$1: dump as a map" cmp real.ksyms real.again.ksyms
}

cat >program.c <<'END'
#include <stdio.h>
static int counter;
static int twice(int value) { static int calls; calls++; return value * 2 + counter; }
int twice_alias(int value) __attribute__((alias("real_twice")));
__attribute__((weak)) int weak_function(int value) { return value; }
int real_twice(int value) { return twice(value); }
extern int nowhere(int) __attribute__((weak));
int table[100] = {1};
int main(int count, char **arguments)
{
    (void)arguments;
    printf("%d\n", real_twice(count) + weak_function(count) + (nowhere ? nowhere(1) : 0));
    return 0;
}
END
"$cc" -g -O1 -c program.c -o program.o && "$cc" program.o -o program.dynamic &&
    "$cc" -static program.o -o program.static || bad "cc cannot compile the test programs"
against_nm program.o
against_nm program.dynamic

cat >local.asm <<'END'
bits 64
section .text
%macro spin 0
%%again: jmp %%again
%endmacro
global function:function (function.end - function)
function:
.loop: dec rdi
    jnz .loop
    spin
.end:
helper:
    ret
section .data
gdt: dq 0
.code: dq 1
END
"$nasm" -f elf64 local.asm -o local.o || bad "nasm cannot assemble local.asm"
"$nm" -n -S local.o >local.map
check "nasm: local labels are in its symbol table" grep -q ' t function\.loop$' local.map
against_nm local.o
against_nm "$GEN_KSYMS"
against_nm program.static
"$GEN_KSYMS" -o local.ksyms local.map && "$GEN_KSYMS" --dump local.ksyms | sed 's/.* //' |
    sort | tr '\n' ' ' >local.names
checks=$((checks + 1))
[ "$(cat local.names)" = "function gdt helper " ] || bad "nasm: kept: $(cat local.names)"

# ---- What is left out ----

cat >left.map <<'END'
                 U undefined
                 w weak_undefined
                                  v weak_object
0000000000001000 0000000000000010 T kept
0000000000001000 t .Lassembler
0000000000001000 t $x
0000000000001000 t $d.17
0000000000001000 t kept.loop
0000000000001000 t ..@3.again
0000000000001000 0000000000000008 t kept.cold
0000000000001000 0000000000000008 t $xylophone
0000000000001000 T kept.global
0000000000001000 t .kept_dot
END
"$GEN_KSYMS" -o left.ksyms left.map && "$GEN_KSYMS" --dump left.ksyms | sed 's/.* //' |
    tr '\n' ' ' >left.names
checks=$((checks + 1))
[ "$(cat left.names)" = '$xylophone .kept_dot kept kept.cold kept.global ' ] ||
    bad "left out: kept: $(cat left.names)"
printf '1000 t f\n1010 t f.cold\n' >unsized.map
"$GEN_KSYMS" -o unsized.ksyms unsized.map
check "a map without sizes keeps f.cold" sh -c '"$GEN_KSYMS" --dump unsized.ksyms | grep -q "t f.cold$"'

# ---- What the user leaves out ----

# names OPTION...: the names that left.map gives with them.
names() {
    "$GEN_KSYMS" "$@" -o some.ksyms left.map && "$GEN_KSYMS" --verify "$@" some.ksyms left.map 2>/dev/null
    "$GEN_KSYMS" --dump some.ksyms | sed 's/.* //' | tr '\n' ' '
}
# kept NAME WANTED FILTER [OPTION...]: the filter is a text for printf.
kept() {
    kept_name=$1 kept_wanted=$2
    printf "$3" >rules
    shift 3
    checks=$((checks + 1))
    found=$(names --filter rules "$@")
    [ "$found" = "$kept_wanted" ] || bad "filter: $kept_name: kept: $found"
}
kept "nothing" '$xylophone .kept_dot kept kept.cold kept.global ' ''
kept "comments" '$xylophone .kept_dot kept kept.cold kept.global ' '# kept\n\n#\n'
kept "an exact name" '$xylophone .kept_dot kept.cold kept.global ' 'kept\n'
kept "a pattern" '$xylophone .kept_dot kept ' 'kept.*\n'
kept "the last rule decides" '$xylophone .kept_dot kept kept.cold ' 'kept*\n!kept\nkept.?l*\n!kept.c*'
kept "a set" '$xylophone kept kept.cold kept.global ' '[.]*\n'
kept "a rule that keeps" '$d.17 $x $xylophone ..@3.again .kept_dot kept kept.cold kept.global kept.loop ' \
    '!$?\n!$d.*\n!kept.loop\n!..@*\n'
kept "nothing keeps an undefined one" '' '*\n!undefined\n'
kept "no newline at the end" '$xylophone .kept_dot kept.cold kept.global ' 'kept'
printf '10 0010 T f\n20 0010 D d\n30 0010 t g\n40 0010 W h\n50 A a\n60 0010 r c\n' >kinds.map
check "symbols text" sh -c '"$GEN_KSYMS" --symbols text -o some.ksyms kinds.map &&
    "$GEN_KSYMS" --verify --symbols text some.ksyms kinds.map &&
    test "$("$GEN_KSYMS" --dump some.ksyms | sed "s/.* //" | tr -d "\n")" = fgh'
check "symbols all" sh -c '"$GEN_KSYMS" --symbols all kinds.map >some.ksyms &&
    "$GEN_KSYMS" kinds.map | cmp - some.ksyms'
refused "symbols of another kind" 2 "gen_ksyms: --symbols data: neither text nor all" \
    "$GEN_KSYMS" --symbols data -o some.ksyms kinds.map
refused "no such filter" 1 "gen_ksyms: none: No such file or directory" \
    "$GEN_KSYMS" --filter none -o some.ksyms kinds.map
printf 'f\n!\n' >rules
refused "a filter that keeps nothing" 1 "gen_ksyms: rules:2: no pattern behind the !" \
    "$GEN_KSYMS" --filter rules -o some.ksyms kinds.map
printf 'f\r\n' >rules
refused "a filter of CR LF" 1 "gen_ksyms: rules:1: the line ends in CR LF: convert the filter to LF" \
    "$GEN_KSYMS" --filter rules -o some.ksyms kinds.map
printf 'f\n' >rules
refused "a filter for a dump" 2 "gen_ksyms: --symbols and --filter are for maps" \
    "$GEN_KSYMS" --filter rules --dump some.ksyms
check "nothing is shown where there is no terminal" sh -c \
    '"$GEN_KSYMS" -o some.ksyms real.map 2>some.err && test ! -s some.err'

# ---- What Linux's program refuses or garbles ----

awk 'BEGIN { name = "n"; while (length(name) < 600) name = name "ame"
    print "ffffffff81000020 0000000000000010 T " name
    print "0000000000000007 A low_absolute"
    print "ffffffff81000000 0000000000000010 T $dollar"
    print "0000000000000000 0000000000000008 D per_cpu"
    print "ffffffff81000010 0000000000000010 t twin"
    print "ffffffff81000030 0000000000000010 t twin" }' >odd.map
check "an odd map" "$GEN_KSYMS" -o odd.ksyms odd.map
check "an odd map verifies" "$GEN_KSYMS" --verify odd.ksyms odd.map
check "an odd map comes back" sh -c '"$GEN_KSYMS" --dump odd.ksyms | sort >odd.dump && sort odd.map | cmp - odd.dump'

# ---- Forms of input and output ----

printf '' >empty.map
check "empty map" "$GEN_KSYMS" -o empty.ksyms empty.map
check "empty blob has no dump" sh -c 'test -z "$("$GEN_KSYMS" --dump empty.ksyms)"'
check "empty blob verifies" "$GEN_KSYMS" --verify empty.ksyms empty.map
check "empty blob has stats" "$GEN_KSYMS" --stats empty.ksyms
check "standard input" sh -c '"$GEN_KSYMS" <real.map >one.ksyms && cmp one.ksyms real.ksyms' 
check "standard input as -" sh -c '"$GEN_KSYMS" - <real.map >one.ksyms && cmp one.ksyms real.ksyms'
check "no newline at the end" sh -c 'printf "10 T a" | "$GEN_KSYMS" >one.ksyms &&
    printf "10 T a\n" | "$GEN_KSYMS" | cmp - one.ksyms'
check "capital digits" sh -c 'printf "aB 0C T a\n" | "$GEN_KSYMS" >one.ksyms &&
    printf "AB 0c T a\n" | "$GEN_KSYMS" | cmp - one.ksyms'
check "a name with spaces" sh -c 'printf "10 T  a b  \n" | "$GEN_KSYMS" >one.ksyms &&
    test "$("$GEN_KSYMS" --dump one.ksyms)" = "0000000000000010 T  a b  "'
check "absolute symbols in their numeric place" sh -c 'printf "10 T b\n20 T c\n15 A a\n" |
    "$GEN_KSYMS" >one.ksyms && test "$("$GEN_KSYMS" --dump one.ksyms | sed "s/.* //" | tr -d "\n")" = bac'
check "an odd name's bytes" sh -c 'printf "10 T \\001\\377\\t\\r.\n" | "$GEN_KSYMS" >one.ksyms &&
    "$GEN_KSYMS" --dump one.ksyms | od -An -c | grep -q "001 377  *.t  *.r"'
check "a name of 5000 bytes" sh -c 'awk "BEGIN { printf \"0000000000000010 T \"
    for (i = 0; i < 500; i++) printf \"%09dx\", i * 7919; print \"\" }" >long.map &&
    "$GEN_KSYMS" -o one.ksyms long.map && "$GEN_KSYMS" --dump one.ksyms | cmp - long.map'
check "the build id" sh -c '"$GEN_KSYMS" --build-id 0123456789abcdefABCDEF0000000000000000ff \
    real.map >one.ksyms && "$GEN_KSYMS" --verify one.ksyms real.map &&
    od -An -v -t x1 -j 40 -N 20 one.ksyms | tr -d " \n" | grep -qx 0123456789abcdefabcdef0000000000000000ff'
check "writing to a device leaves it a device" sh -c '"$GEN_KSYMS" -o /dev/null real.map && test -c /dev/null'
check "help" sh -c '"$GEN_KSYMS" --help | grep -q "usage: gen_ksyms"'
(umask 027 && "$GEN_KSYMS" -o mode.ksyms real.map)
check "the output has the mode of the umask" sh -c 'test "$(ls -l mode.ksyms | cut -c 1-10)" = -rw-r-----'

# ---- Bad lines: each with its number, and nothing written ----

bad_line() {
    printf "10 T good\n$2\n20 T good\n" >bad.map
    refused "bad line $1" 1 "gen_ksyms: bad.map:2: $3" "$GEN_KSYMS" -o bad.ksyms bad.map
    [ "$(echo bad.ksyms*)" = "bad.ksyms*" ] || bad "bad line $1: output left behind"
    rm -f bad.ksyms*
}

bad_line empty '' 'the line is empty'
bad_line nul '10 T a\000b' 'a NUL byte'
bad_line crlf '10 T a\r' 'the line ends in CR LF: convert the map to LF'
bad_line digits 'xyz T a' "'x' in the address: not a hexadecimal digit"
bad_line prefix '0x10 T a' "'x' in the address: not a hexadecimal digit"
bad_line tab '10\tT a' "'?' in the address: not a hexadecimal digit"
bad_line long_address '00000000000000010 T a' 'the address has more than 16 digits'
bad_line long_size '10 00000000000000010 T a' 'the size has more than 16 digits'
bad_line size_digits '10 0g T a' "'g' in the size: not a hexadecimal digit"
bad_line address_only '10' 'the line ends after the address'
bad_line no_letter '10 ' 'no type letter'
bad_line size_only '10 0020' 'the line ends after the size'
bad_line no_letter_after_size '10 0020 ' 'no type letter'
bad_line digit_as_letter '10 5 a' "'5' is not a type letter of nm"
bad_line two_spaces '10  T a' "' ' is not a type letter of nm"
bad_line no_name '10 T' 'the line ends after the type letter'
bad_line empty_name '10 T ' 'the name is empty'
bad_line empty_name_after_size '10 0020 T ' 'the name is empty'
bad_line size_then_name '10 0020 name' "'a' instead of a space after the type letter"
bad_line wraps 'fffffffffffffff8 0009 T a' \
    'address 0xfffffffffffffff8 and size 0x9: the symbol wraps past 2^64'
bad_line defined_undefined '10 U a' 'an undefined symbol with an address'
bad_line no_address '                 T a' "a symbol of type 'T' without an address"
bad_line only_spaces '   ' 'no type letter'
bad_line header 'kernel.elf:' "'k' in the address: not a hexadecimal digit"
check "a symbol may end at 2^64" sh -c 'printf "fffffffffffffff8 0008 T a\n" | "$GEN_KSYMS" >one.ksyms'
printf 'x' >bad.map
refused "bad standard input" 1 \
    "gen_ksyms: standard input:1: 'x' in the address: not a hexadecimal digit" \
    sh -c '"$GEN_KSYMS" <bad.map >bad.ksyms'
refused "no such map" 1 "gen_ksyms: none.map: No such file or directory" "$GEN_KSYMS" -o bad.ksyms none.map
refused "a directory as map" 1 "gen_ksyms: .: Is a directory" "$GEN_KSYMS" -o bad.ksyms .
refused "no such directory" 1 "gen_ksyms: none/bad.ksyms: No such file or directory" \
    "$GEN_KSYMS" -o none/bad.ksyms real.map
refused "a full disk" 1 "gen_ksyms: standard output: No space left on device" \
    sh -c '"$GEN_KSYMS" real.map >/dev/full'

# ---- Wrong use ----

refused "unknown option" 2 "gen_ksyms: unknown option --none" "$GEN_KSYMS" --none
refused "two maps" 2 "gen_ksyms: 2 file names given, 1 expected" "$GEN_KSYMS" -o bad.ksyms real.map real.map
refused "dump of nothing" 2 "gen_ksyms: 0 file names given, 1 expected" "$GEN_KSYMS" --dump
refused "verify of one" 2 "gen_ksyms: 1 file name given, 2 expected" "$GEN_KSYMS" --verify real.ksyms
refused "two modes" 2 "gen_ksyms: one of --dump, --verify, --stats and --help" \
    "$GEN_KSYMS" --dump --stats real.ksyms
refused "-o with dump" 2 "gen_ksyms: -o and --build-id are for making a blob" \
    "$GEN_KSYMS" --dump -o bad.ksyms real.ksyms
refused "-o without a name" 2 "gen_ksyms: -o needs an argument" "$GEN_KSYMS" -o
refused "odd build id" 2 \
    "gen_ksyms: --build-id 123: not an even number of digits for 1 to 32 bytes" \
    "$GEN_KSYMS" --build-id 123 -o bad.ksyms real.map
refused "build id of letters" 2 "gen_ksyms: --build-id 12xy: not hexadecimal" \
    "$GEN_KSYMS" --build-id 12xy -o bad.ksyms real.map

# ---- Blobs that are none ----

refused "dump of a map" 1 "gen_ksyms: real.map: not a symbol blob" "$GEN_KSYMS" --dump real.map
dd if=real.ksyms of=short.ksyms bs=1 count=100 2>/dev/null
checks=$((checks + 1))
"$GEN_KSYMS" --dump short.ksyms >/dev/null 2>&1 && bad "a cut blob is dumped"
{
    dd if=real.ksyms bs=1 count=600 2>/dev/null
    printf '\252\125'
    dd if=real.ksyms bs=1 skip=602 2>/dev/null
} >flipped.ksyms
checks=$((checks + 1))
"$GEN_KSYMS" --dump flipped.ksyms >/dev/null 2>&1 && bad "a damaged blob is dumped"

# ---- Differences: the first one is named ----

cat >base.map <<'END'
0000000000001000 0000000000000010 T alpha
0000000000001010 0000000000000010 t beta
0000000000001020 0000000000000010 t beta
0000000000001030 0000000000000010 D gamma
0000000000001030 A absolute
END
"$GEN_KSYMS" -o base.ksyms base.map
differs() {
    sed "$2" base.map >other.map
    refused "difference: $1" 1 "gen_ksyms: base.ksyms: symbol $3" \
        "$GEN_KSYMS" --verify base.ksyms other.map
}
check "no difference" "$GEN_KSYMS" --verify base.ksyms base.map
differs size '4s/10 D/18 D/' "'gamma': size 0x10, in other.map it is 0x18"
differs "no size" '4s/ 0000000000000010//' "'gamma': size 0x10, in other.map it is 0x0"
differs type '1s/T/W/' "'alpha': type T, in other.map it is W"
differs address '1s/1000/0ff0/' "'alpha': address 0x1000, in other.map it is 0xff0"
differs "moved past others" '1s/1000/2000/' "'alpha': address 0x1000, in other.map it is 0x2000"
differs missing '2i\
0000000000001008 0000000000000008 t new' "'new' is missing, other.map has it"
differs extra '4d' "'gamma' is not in other.map"
differs "extra, the last" '5d' "'absolute' is not in other.map"
differs renamed '4s/gamma/delta/' "'delta' is missing, other.map has it"
differs "twin missing" '3d' "'beta' is there 2 times, in other.map 1 times"
differs "twin moved" '3s/1020/1024/' "'beta': address 0x1020, in other.map it is 0x1024"
differs "absolute moved" '5s/1030/1040/' "'absolute': address 0x1030, in other.map it is 0x1040"

# ---- The same bytes, always ----

check "twice the same" sh -c '"$GEN_KSYMS" real.map | cmp - real.ksyms'

echo "gen_ksyms.sh: $checks checks, $failures failures"
[ "$failures" -eq 0 ]
