#!/bin/sh
# SPDX-License-Identifier: MIT
#
# examples.sh CASE: a kernel of examples/, in a copy of the folder, from an installed kit, in QEMU.
#
#     c GENERATOR CC LD      one cell of the matrix: Ninja or Make, GCC or Clang, GNU ld or lld
#     cpp, i386
#     make [checkout]        plain make; with the kit of the checkout instead of an installed one
#     types                  KSYMS_TYPES and its like of ksyms.mk; TYPES, DEBUG, INITRD of the CMake functions
#     subproject             FetchContent of the checkout: nothing but the kit is built
#     alone                  the commands of docs/your-kernel.md by hand, without libdw and CMake functions
#     install, remove        the kit into a temporary prefix, moved afterwards: it is relocatable
#
# Environment: BUILD, SOURCE_DIRECTORY the build folder and the checkout; PREFIX where the kit is.
. "$(dirname "$0")/../golden/check.sh"
unset MAKEFLAGS MAKELEVEL # of the Make that may run this test
what=$1
shift

run() { # COMMAND...
    if ! "$@" >log 2>&1; then
        tail -n 40 log
        give_up "failed in $PWD: $*"
    fi
}

case $what in
install)
    rm -rf "$PREFIX" "$PREFIX.first"
    cmake --install "$BUILD" --prefix "$PREFIX.first" --component ksyms >/dev/null || exit 1
    mv "$PREFIX.first" "$PREFIX"
    say "installed: $(find "$PREFIX" -type f | wc -l) files"
    exit 0
    ;;
remove)
    rm -rf "$PREFIX"
    exit 0
    ;;
esac

begin
cp -R "$SOURCE_DIRECTORY/examples" examples
cd examples || exit 1

# Build the example in the current folder and run its tests.
build() { # CMAKE-OPTION...
    run cmake -B build "$@"
    run cmake --build build --parallel 2
    check "no warnings" sh -c '! grep -i warning log'
    run ctest --test-dir build --no-tests=error --verbose
    check "it looked for the patterns" grep -q 'boot-test: status 33, all [1-9][0-9]* patterns' log
}

# A command of the guide: the line of it that has this in it.
guide=$SOURCE_DIRECTORY/docs/your-kernel.md
command_with() { # TEXT
    grep -F -e "$1" "$guide" | sed 's/ *#.*//' | head -n 1
}

# The trace that the guide shows is what the kernel prints, but for offsets in the code.
same_trace() { # IMAGE
    sh "$PREFIX/share/ksyms/scripts/qemu.sh" --iso "$1" </dev/null | tr -d '\r' |
        sed -n '/^invalid instruction/,$p' | sed 's/+0x[0-9a-f]*\/0x[0-9a-f]*/+/' >found
    sed -n '/^invalid instruction/,/^```/p' "$guide" | sed '/^```/d' |
        sed 's/+0x[0-9a-f]*\/0x[0-9a-f]*/+/' >wanted
    same "the trace of the guide" wanted found
}

case $what in
c)
    cd c || exit 1
    build -G "$1" -DCMAKE_PREFIX_PATH="$PREFIX" -DCMAKE_C_COMPILER="$2" -DKSYMS_LD="$3"
    check "$2 compiled it" sh -c "readelf -p .comment build/CMakeFiles/example_objects.dir/kernel.c.o |
        grep -q -i '$2'"
    check "$3 linked it" test "$(grep -c '^KSYMS_LD:.*=.*'"$3"'$' build/CMakeCache.txt)" = 1
    nm -n -S build/example.elf | grep -v '__ksyms_end$' >wanted.map
    check "the table of the installed generator holds the symbols of nm" \
        "$PREFIX/bin/gen_ksyms" --verify build/example.elf.ksyms wanted.map
    if [ "$2" = gcc ]; then same_trace build/named_trace_iso.iso; fi
    ;;
cpp | i386)
    cd "$what" || exit 1
    build -DCMAKE_PREFIX_PATH="$PREFIX"
    ;;
make)
    cd make || exit 1
    if [ "${1:-}" = checkout ]; then
        # without lines: no gen_trace has to be made
        sed -i "/hello.c:/s/.at \.\*hello.c:. //" Makefile
        run make -j 2 run KSYMS_MK="$SOURCE_DIRECTORY/cmake/ksyms.mk" KSYMS_TRACE= KSYMS_HOST_CFLAGS=
        check "the host programs were made" test -x ksyms-build/gen_ksyms
    else
        PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig
        export PKG_CONFIG_PATH
        same_text "pkg-config knows the generator" "$(cd "$PREFIX/bin" && pwd)/gen_ksyms" \
            "$(realpath "$(pkg-config --variable=gen_ksyms ksyms)")"
        for variable in bindir share sources makefile two_links gen_trace; do
            file=$(pkg-config --variable=$variable ksyms)
            check "pkg-config: $variable is there: $file" test -e "$file"
        done
        check "pkg-config: gen_trace is it" sh -c '"$(pkg-config --variable=gen_trace ksyms)" --help | grep "^usage: gen_trace"'
        check "pkg-config: two_links is it" grep -q '^# two_links.sh: ' "$(pkg-config --variable=two_links ksyms)"
        # shellcheck disable=SC2046 # words
        check "pkg-config: folders of headers" gcc -fsyntax-only -I../boot $(pkg-config --cflags ksyms) kernel.c
        run make -j 2 run
        check "no host program was made" test ! -e ksyms-build/gen_ksyms
        unset PKG_CONFIG_PATH
        run make clean
        ls "$SOURCE_DIRECTORY/examples/make" >wanted
        rm -f log
        ls | grep -vx -e wanted -e found >found
        same "what make clean leaves, without knowing of the kit" wanted found
    fi
    ;;
types)
    cd make || exit 1
    export KSYMS_MK="$PREFIX/share/ksyms/ksyms.mk"
    gen_types=$PREFIX/bin/gen_types
    build_types() { # VARIABLE=VALUE...
        run make -j 2 kernel.elf hello.ko KSYMS_TRACE= KSYMS_TYPES=yes "$@"
    }
    compare() {
        compared=0
        "$gen_types" --compare hello.ko kernel.elf.types >facts 2>said || compared=$?
    }
    build_types
    compare
    same_text "the module fits: status" 0 $compared
    empty "differences" facts
    empty "messages" said

    # Built with other types than the kernel's.
    sed -e '/#include/d' hello.c >other.c
    { echo 'int print(const char *, int); long print_trace(int);' && sed 's/print(\(whom\|"[^"]*"\))/print(\1, 1)/; s/print_trace()/print_trace(1)/' other.c; } >hello.c
    build_types
    compare
    same_text "other types: status" 1 $compared
    printf '%s\n' 'parameter-gone print  2 int ' 'return print   int void' 'parameter-gone print_trace  1 int ' \
        'return print_trace   long void' | sort >wanted
    tr '\t' ' ' <facts | sort >found
    same "other types: differences" wanted found
    empty "other types: messages" said

    # A kernel with a list of exports, by the macro of the guide.
    sed -n '/^<!-- export.h -->/,/^```$/{/^#define/p}' "$guide" >export.h
    printf '#include "export.h"\nEXPORT(print_trace);\n' | cat - kernel.c >with_exports.c
    cp with_exports.c kernel.c
    build_types
    compare
    same_text "one is exported: status" 1 $compared
    same_text "one is exported: differences" "parameter-gone return" "$(cut -f 1 facts | sort | xargs)"
    same_text "one is exported: the other" \
        "gen_types: hello.ko: 1 of 2 imports are not exported by kernel.elf.types: not compared" "$(cat said)"
    sed -i 's/EXPORT(print_trace)/EXPORT(kernel_main)/' kernel.c
    build_types
    compare
    same_text "none is exported: status" 1 $compared
    check "none is exported: says so" grep -q '2 of 2 imports are not exported' said

    # What the table is to hold.
    printf '%s\n' 'pages_*' >rules
    run make kernel.elf KSYMS_TRACE= KSYMS_SYMBOLS=text KSYMS_FILTER="$PWD/rules" -W kernel.c
    nm kernel.elf | sed -n 's/.* [tTwW] //p' | grep -v '^pages_' | sort -u >wanted
    "$PREFIX/bin/gen_ksyms" --dump kernel.elf.ksyms | awk '{ print $NF }' | sort -u >found
    same "functions, but those of the filter" wanted found
    check "there are others" sh -c 'nm kernel.elf | grep " pages_map$" && nm kernel.elf | grep " [bBdD] "'

    # The same words of CMake, with the kit that make has compiled.
    cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(types LANGUAGES C)
find_package(ksyms REQUIRED)
file(GLOB kit ${CMAKE_CURRENT_SOURCE_DIR}/ksyms-build/*.o)
foreach(name boot machine pages kernel)
    list(APPEND kit ${CMAKE_CURRENT_SOURCE_DIR}/${name}.o)
endforeach()
ksyms_add_kernel(typed OBJECTS ${kit} LINKER_SCRIPT ../boot/kernel.lds TYPES)
ksyms_add_module(hello SOURCES hello.c COMPILE_OPTIONS -O2 -g -ffreestanding -fno-pic TYPES)
ksyms_add_initrd(plain MODULES hello FOLDER mods)
ksyms_add_initrd(whole MODULES hello FOLDER mods TYPES typed DEBUG)
enable_testing()
ksyms_add_boot_test(an_initrd KERNEL typed INITRD whole EXPECT "not an ELF file")
END
    build -DCMAKE_PREFIX_PATH="$PREFIX"
    check "TYPES of both" sh -c '! "$0" --compare build/hello.ko build/typed.elf.types >facts 2>said' "$gen_types"
    check "they are read" grep -q '2 of 2 imports' said
    cpio -t --quiet <build/whole.img >found
    printf '%s\n' mods mods/hello.ko mods/kernel.types >wanted
    same "an initrd with TYPES" wanted found
    cpio -i --quiet --to-stdout mods/kernel.types <build/whole.img >packed.types
    check "they are the kernel's" cmp packed.types build/typed.elf.types
    for image in plain whole; do
        cpio -i --quiet --to-stdout mods/hello.ko <build/$image.img >packed.ko
        readelf -SW packed.ko | grep -c ' \.debug_line ' >>debugged
    done
    same_text "DEBUG keeps debug information" "0 1" "$(xargs <debugged)"
    ;;
subproject)
    cd c || exit 1
    sed -n '/^include(FetchContent)/,/^```/p' "$guide" | sed -e "s|/path/to/onoma)|$SOURCE_DIRECTORY)|" -e '/^```/d' >fetch
    sed -i -e '/^find_package(ksyms/{r fetch' -e 'd;}' CMakeLists.txt
    # What many kernels do, and no host program could live with:
    build -DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY -DKSYMS_HOST_BUILD_TYPE=Debug \
        -DCMAKE_C_FLAGS="-nostdinc -isystem $(gcc -print-file-name=include) -ffreestanding -fno-pic"
    find build -name '*.ko' -o -name kernel.elf -o -name onoma.iso >found
    empty "parts of Onoma other than the kit" found
    check "the host programs were made" test -x build/_deps/onoma-build/host/scripts/gen_ksyms
    ;;
alone)
    mkdir checkout
    for part in CMakeLists.txt CMakePresets.json LICENSE cmake docs examples scripts src; do
        cp -R "$SOURCE_DIRECTORY/$part" "checkout/$part"
    done
    HOME=$PWD
    export HOME
    command_with 'cmake --preset kit' | sed 's/--preset kit/& -DLIBDW_INCLUDE=OFF -DCMAKE_BUILD_TYPE=Debug -G Ninja/' >commands
    command_with 'cmake --install' >>commands
    run sh -e -c "cd checkout && . ../commands"
    check "it installs the generator" test -x ksyms/bin/gen_ksyms
    check "and no gen_trace" test ! -e ksyms/bin/gen_trace
    # The kernel of step 1: the blocks of the guide, in one that has nothing.
    mkdir names all
    cp boot/boot.S boot/machine.* boot/kernel.lds names
    cp names/* c/kernel.c all
    awk '/^```/ { if (before ~ /names.c/) inside = 1; else inside = 0; before = ""; next }
         inside { print >(/^    / && blocks ? "inner" : "outer") }
         !inside { before = $0 }
         inside && /^static struct ksyms_host/ { blocks = 1 }' "$guide"
    {
        printf '%s\n' '#include "machine.h"' && cat outer
        printf '%s\n' 'void kernel_main(void);' 'void kernel_main(void)' '{' && cat inner && printf '    power_off();\n}\n'
    } >names/kernel.c
    check "the guide has a kernel with names" grep -q ksyms_trace_address inner
    CFLAGS='-O0 -ffreestanding -fno-pic -mno-red-zone -mgeneral-regs-only -fno-stack-protector
        -fno-omit-frame-pointer -Wall -Wextra -Werror'
    export CFLAGS
    command_with 'mkdir -p kit' >compile
    grep '^gcc -c ' "$guide" >>compile
    command_with 'two_links.sh kernel.elf' >>compile
    echo 'extern int nothing;' >names/trace.c # as a file of the kit is called
    boots() { # FOLDER PATTERN...
        cd "$1" || exit 1
        shift
        run sh -e ../compile
        run sh "$HOME/ksyms/share/ksyms/scripts/make-iso.sh" kernel.iso kernel.elf -
        run sh "$HOME/ksyms/share/ksyms/scripts/boot-test.sh" kernel.iso 33 60 "$@"
        cd ..
    }
    boots names '^ kernel_main+0x0/0x'
    # The kit is compiled already.
    cp -R names/kit all
    sed -i '/^mkdir/d' compile
    boots all '^invalid instruction' ' start_driver+0x' ' start_drivers+0x' ' kernel_main+0x'
    cd make || exit 1
    check "make does not go on without gen_trace" sh -c \
        '! make KSYMS_MK="$HOME/ksyms/share/ksyms/ksyms.mk" >log 2>&1'
    check "and says why" grep -q 'KSYMS_TRACE needs gen_trace.* apt-get install libdw-dev' log
    check "nor without gen_types" sh -c \
        '! make KSYMS_MK="$HOME/ksyms/share/ksyms/ksyms.mk" KSYMS_TRACE= KSYMS_TYPES=yes >log 2>&1'
    check "and says why" grep -q 'KSYMS_TYPES needs gen_types.* apt-get install libdw-dev' log
    # GNU make cannot include a file in a folder with a space: it is told so.
    ln -s ksyms "$HOME/a kit"
    in_space() { # WHAT PATTERN VARIABLE=VALUE...
        check "$1: make fails" sh -c '! make "$@" >log 2>&1' sh "$3"
        check "$1: says why" grep -q -e "$2" log
    }
    in_space "KSYMS_MK with a space" 'no kit at .*a kit.* without a space' "KSYMS_MK=$HOME/a kit/share/ksyms/ksyms.mk"
    in_space "a space with a backslash" 'the folder of the kit .* has a space' "KSYMS_MK=$HOME/a\\ kit/share/ksyms/ksyms.mk"
    in_space "the same in a checkout" 'the folder of the kit .* has a space' "KSYMS_MK=$HOME/a\\ kit/share/ksyms/cmake/ksyms.mk"
    PKG_CONFIG_PATH="$HOME/a kit/lib/pkgconfig" in_space "by pkg-config" 'the folder of the kit .* has a space' KSYMS_SYMBOLS=
    ;;
*) give_up "no such case: $what" ;;
esac
finish
