#!/bin/sh
# SPDX-License-Identifier: MIT
#
# seeds.sh: the corpus that a fuzz target starts from: small good inputs of every shape, made by the
# tools that make them in earnest.
#
#     seeds.sh TARGET FOLDER
#
# Environment: SOURCE_DIRECTORY the checkout; MODULE_DIRECTORY modules of the build; GEN_KSYMS the
# program; CC, OBJCOPY.
set -eu
target=${1:?a target} folder=${2:?a folder}
: "${SOURCE_DIRECTORY:?the checkout}"
cc=${CC:-cc} objcopy=${OBJCOPY:-objcopy}
inputs=$SOURCE_DIRECTORY/test/support/link_inputs
rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

compile() { # OUTPUT SOURCE FLAG...
    output=$1 source=$2
    shift 2
    "$cc" -std=c11 -w -ffreestanding "$@" -c -o "$folder/$output.o" "$inputs/$source"
}

make_object() {
    kernel='-fno-pic -fno-pie -mcmodel=kernel'
    # shellcheck disable=SC2086 # they are several
    compile calls calls.c $kernel -O1 -fno-asynchronous-unwind-tables
    # shellcheck disable=SC2086
    compile symbols symbols.c $kernel -O2 -fcommon
    compile pic position_independent.c -O2 -fPIC
    for name in absolute got out_of_order types; do
        as -o "$folder/$name.o" "$inputs/$name.s"
    done
    nasm -f elf64 -o "$folder/nasm.o" "$inputs/types.nasm"
    ld -r -o "$folder/merged.o" "$folder/calls.o" "$folder/got.o" "$folder/nasm.o"
    for name in hello greet; do
        strip -g -o "$folder/$name.ko" "$MODULE_DIRECTORY/$name.ko"
    done
}

make_modinfo() {
    for module in "$MODULE_DIRECTORY"/*.ko; do
        "$objcopy" -O binary -j .modinfo "$module" "$folder/$(basename "$module" .ko)"
    done
    printf 'a=\0\0\0a=b=c\0parm=x:two\nlines\0' >"$folder/odd"
    : >"$folder/empty"
}

# A name of each construction, and some that are long.
make_demangle() {
    cut -c 3- "$SOURCE_DIRECTORY/test/golden/demangle.names" |
        awk -v folder="$folder" '{ file = folder "/" NR; printf "%s", $0 >file; close(file) }'
    printf "%s" "1f1AIiiES_IS0_S0_ES_IS1_S1_ES_IS2_S2_ES_IS3_S3_E" >"$folder/doubled"
}

make_table() {
    for module in hello greet crash; do
        nm -n -S "$MODULE_DIRECTORY/$module.ko" | "$GEN_KSYMS" -o "$folder/$module" -
        "$objcopy" -O binary -j .ksyms "$MODULE_DIRECTORY/$module.ko" \
            "$folder/$module.whole" # with lines and unwind rows
    done
    awk 'BEGIN { for (i = 0; i < 600; i++)
        printf "%016x %016x %s name_%d_of_%d\n", 4096 + i * 16, i % 17, substr("TtDdA", i % 5 + 1, 1), i, i * i }' |
        "$GEN_KSYMS" --build-id 0123456789abcdef -o "$folder/many" -
    awk 'BEGIN { split("Ev EPKcm ERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE", ends, " "); for (i = 0; i < 200; i++)
        printf "%016x 10 T _ZN4llvm%d%s%s\n", i * 16, i % 5 + 1, substr("abcde", 1, i % 5 + 1), ends[i % 3 + 1] }' |
        "$GEN_KSYMS" -o "$folder/phrases" -
    "$GEN_KSYMS" -o "$folder/empty" - </dev/null
}

# Two texts, parted by a 0 byte: see fuzz_types.c.
make_types() {
    use="symbol use function;void;struct device *"
    printf "struct device 8;a@0 int\n%s\n\0struct device 16;a@8 long;b@0 int\n%s\n" \
        "$use" "$use" >"$folder/member"
    printf "enum e 4;A=0;B=1\nsymbol f function;enum e;int\n\0enum e 4;B=2\nsymbol f function;enum e\n" \
        >"$folder/enum"
    printf "struct a 8;b@0 struct b *\nstruct b 8;a@0 struct a *\nsymbol o object;struct a [3]\n\0" \
        >"$folder/cycle"
    cat "$folder/cycle" >>"$folder/member"
    printf "struct v<int, a*> 8;n@0.0..2 int;p@4 struct {4;x@0 union u} [2]\nsymbol f function;struct v<int, a*>\n" \
        >"$folder/template"
    printf "struct a 1\nstruct a 2\nsymbol f object;struct a []\n\0struct a 3\nsymbol f object;struct a [9]\n" \
        >"$folder/twice"
}

make_cpio() {
    tree=$folder/tree
    mkdir -p "$tree/lib"
    echo hello >"$tree/hello"
    : >"$tree/empty"
    seq 100 >"$tree/lib/numbers"
    ln "$tree/hello" "$tree/lib/link"
    ln -s hello "$tree/symbolic"
    (cd "$tree" && find . | sort | cpio --quiet -o -H newc --reproducible) >"$folder/newc"
    (cd "$tree" && find . | sort | cpio --quiet -o -H crc --reproducible) >"$folder/crc"
    cat "$folder/newc" "$folder/crc" >"$folder/both"
    echo hello | (cd "$tree" && cpio --quiet -o -H newc) >"$folder/one"
    rm -rf "$tree"
}

make_index() {
    printf '%s\n' '# comment' kernel/b.ko: 'kernel/a-c.ko: kernel/b.ko kernel/d/e.ko' >"$folder/dep"
    printf '%s\n' 'pci:v1d2' 'alias pci:v*d[0-9a-f]* e1000' 'alias *?*[!x-]] a' 'alias snd-card b' \
        >"$folder/alias"
    printf '%s\n' 'softdep a pre: b c post: d' 'softdep b post: x pre:' >"$folder/softdep"
    printf 'a\n\n\talias \001 b\nc' >"$folder/odd"
}

make_command_line() {
    line() { printf '%s' "$2" >"$folder/$1"; }
    line usual 'quiet loglevel=7 init_modules=hello,greet run="lsmod; mem" hello.count=3 panic=10'
    line quotes 'run="a; b" "run=c; \"d\"" run=\\x hello.who="you \"there\"" run="open'
    line odd '=x .x=1 hello.=1 loglevel= loglevel=0x7 loglevel=99999999999999999999 unknown nosuch=1'
    line flags 'debug debug=1 debug=off quiet=maybe norandom=yes console=serial,screen console= console=a'
    awk 'BEGIN { for (i = 0; i < 450; i++) printf "hello.p%d=%d ", i, i }' >"$folder/long"
}

# Records of 12 bytes, then arguments: see fuzz_parameters.c.
make_parameters() {
    {
        printf '\004\0\010\0\0\0\002\0\001\0\0\0'   # count: an int at 0
        printf '\012\0\020\0\0\0\003\0\001\0\0\0'   # limit: an unsigned at 8
        printf '\020\0\030\0\0\0\006\0\001\0\0\0'   # who: a charp at 16
        printf '\024\0\040\0\0\0\007\0\020\0\0\0'   # title: 16 bytes at 24
        printf '\377count=3\nlimit=0x10\nwho=you\ntitle=short\ncount=-1'
    } >"$folder/plain"
    {
        printf '\064\0\050\0\020\0\002\0\004\0\0\0' # numbers: 4 ints at 32, counter at 8
        printf '\032\0\110\0\0\0\001\0\003\0\0\0'   # with-dash: 3 bools at 64
        printf '\377numbers=1,2,3,4\nwith-dash=y,n,on\nnumbers=7'
    } >"$folder/arrays"
    printf '\004\0\010\0\0\0\005\0\001\0\0\0\377count=99999999999999999999' >"$folder/too_large"
    printf '\004\0\010\0\0\0\006\0\003\0\0\0\377count=a,b,c' >"$folder/strings"
    printf '\004\0\017\001\0\0\002\0\001\0\0\0' >"$folder/outside"
}

"make_$target"
