#!/bin/sh
# SPDX-License-Identifier: MIT
#
# out_of_tree.sh: modules in folders of their own, against the installed development package, by CMake
# and by make, in paths with a space.  They load; what the kernel would refuse fails the build, with the
# kernel's words.
#
# Environment: BUILD the build folder; KERNEL; VERSION; and what boot tests have (console_scripts).
. "$(dirname "$0")/../golden/check.sh"
begin
unset MAKEFLAGS MAKELEVEL # of the Make that may run this test

prefix="$scratch/a kernel"
export prefix
check 'cmake --install' "$CMAKE" --install "$BUILD" --prefix "$prefix" || finish
share=$prefix/share/onoma

# ---- A fresh module, both ways ----

new_module() { # WORD...
    check "new-module.sh $*" sh "$share/new-module.sh" "$@"
    cp check.out "said.$name"
}
# What new-module.sh says is to be done does it.
do_as_said() { # NAME HOW
    command=$(grep -F "$2 " "said.$1" | sed 's/^or  //; s|PREFIX|"$prefix"|g')
    check "$1: it says what to do" test -n "$command"
    check "$1: $command" sh -e -c "$command"
}
name=parrot new_module parrot 'my modules/parrot'
check 'new-module.sh: a folder that is there' sh -c '! sh "$0" parrot "my modules/parrot"' "$share/new-module.sh"
check 'new-module.sh: no name for C' sh -c '! sh "$0" a-b' "$share/new-module.sh"
configure() { # SOURCE BUILD
    "$CMAKE" -S "$1" -B "$2" "-DOnoma_DIR=$prefix/lib/cmake/Onoma"
}
name=lark new_module --c++ lark "$PWD/my modules/lark"
do_as_said lark 'make -C'
do_as_said lark 'cmake -S'
check 'cmake: built C++' test -s 'my modules/lark/build/lark.ko'
mv 'my modules/lark/build/lark.ko' .
check 'cmake: configure' configure 'my modules/parrot' built
check 'cmake: build' "$CMAKE" --build built
do_as_said parrot 'make -C'
# Tags have no names of their own; all else has.
"$NM" built/parrot.ko | sed '/ __modinfo_/d; s/.* //' | sort >by_cmake
"$NM" 'my modules/parrot/parrot.ko' | sed '/ __modinfo_/d; s/.* //' | sort >by_make
check 'symbols are there' grep -qx init_module by_make
same 'both build the same symbols' by_cmake by_make
for file in built/parrot.ko 'my modules/parrot/parrot.ko'; do modinfo "$file" | sed '/^filename/d' | sort; done >tags
same_text 'both build the same tags' '' "$(sort tags | uniq -c | awk '$1 % 2')"
same_text 'nothing to do for make' '' \
    "$(make -s -C "$share" M="$PWD/my modules/parrot" | grep -v 'Nothing to be done')"
check 'make: a changed header' touch "$share/include/onoma/command.h"
check 'make: builds anew' sh -c 'make -C "$0" M="$1" | grep -q "CC parrot.o"' "$share" "$PWD/my modules/parrot"
check 'its Makefile, without ONOMA' sh -c '! make -C "$0" >said 2>&1' 'my modules/parrot'
check 'says the usage, once' test "$(grep -c 'usage: make ONOMA=' said)" = 1
check 'and little else' test "$(wc -l <said)" -le 4
cp -R 'my modules/parrot' cleaned
check 'its Makefile' make -C cleaned ONOMA="$share"
check 'clean' make -C cleaned ONOMA="$share" clean
printf '%s\n' CMakeLists.txt Makefile parrot.c >wanted
ls cleaned >found
same 'what clean leaves' wanted found

# ---- Several files, an export, a module that uses another ----

mkdir 'my modules/zoo'
cat >'my modules/zoo/Kbuild' <<'END'
obj-m := cage.o visitor.o
cage-y := door.o lock.o
visitor-depends := cage greet
ccflags-y := -DKEEPER='"Ada"'
END
cat >'my modules/zoo/door.c' <<'END'
#include <onoma/module.h>
int cage_lock(void);
int cage_open(void);
int cage_open(void) { pr_info("opened by " KEEPER "\n"); return cage_lock(); }
EXPORT_SYMBOL_NS(cage_open, ZOO);
MODULE_LICENSE("MIT");
END
printf 'int cage_lock(void);\nint cage_lock(void) { return 7; }\n' >'my modules/zoo/lock.c'
cat >'my modules/zoo/visitor.c' <<'END'
#include <onoma/module.h>
#include <greet/greet.h>
int cage_open(void);
static int __init visitor_init(void) { greet("zoo"); pr_info("the cage says %d\n", cage_open()); return 0; }
static void __exit visitor_exit(void) {}
module_init(visitor_init);
module_exit(visitor_exit);
MODULE_IMPORT_NS(ZOO);
MODULE_LICENSE("MIT");
END
check 'make: two modules, one of two files' make -C "$share" M="$PWD/my modules/zoo"
same_text 'depends=' 'cage,greet' "$(modinfo -F depends 'my modules/zoo/visitor.ko')"
same_text 'name=' 'cage' "$(modinfo -F name 'my modules/zoo/cage.ko')"
cat >'my modules/zoo/CMakeLists.txt' <<'END'
cmake_minimum_required(VERSION 3.25)
project(zoo LANGUAGES C)
find_package(Onoma REQUIRED)
ksyms_add_module(cage SOURCES door.c lock.c COMPILE_OPTIONS "-DKEEPER=\"Ada\"")
ksyms_add_module(visitor SOURCES visitor.c DEPENDS cage greet)
END
check 'cmake: configure two' configure 'my modules/zoo' zoo
check 'cmake: build two' "$CMAKE" --build zoo

# ---- They load ----

check 'add-modules.sh' sh "$share/add-modules.sh" initrd built/parrot.ko lark.ko 'my modules/zoo'/*.ko
check 'add-modules.sh --debug' sh "$share/add-modules.sh" --debug initrd.debug built/parrot.ko
has_lines() { # INITRD: of parrot, in the second archive
    tail -c +$(($(stat -c %s "$share/initrd.img") + 1)) "$1" | cpio -i --quiet --to-stdout '*/parrot.ko' >packed.ko
    readelf -SW packed.ko | grep -q '\.debug_line'
}
check 'it keeps debug information' has_lines initrd.debug
if has_lines initrd; then bad 'add-modules.sh keeps debug information'; fi
check 'add-modules.sh: usage' sh -c 'sh "$0" 2>said; test $? = 2 && grep -q ^usage: said' "$share/add-modules.sh"
check 'make-iso.sh' sh "$prefix/share/ksyms/scripts/make-iso.sh" iso "$share/kernel.elf" initrd
session() (
    . "$console_scripts/console.sh"
    console_start "$PWD/iso" --append panic=exit
    console_command 'modprobe parrot times=2; parrot you'
    console_expect '^hello, you'
    console_command 'modprobe lark; lark me'
    console_expect '^hello, me'
    console_command 'modprobe visitor'
    console_expect 'greet: greetings, zoo' 'cage: opened by Ada' 'visitor: the cage says 7'
    console_command 'rmmod parrot; lsmod'
    console_expect '^cage .* 1 visitor' '^greet .* 1 visitor'
    console_expect_none '^parrot'
    console_end 33 exit
)
check 'they load' session

# ---- What the kernel would refuse ----

# bad NAME WANTED-PATTERN: my modules/NAME/NAME.c must not build, by CMake or make, and the reason is said.
bad_module() { # NAME PATTERN...
    name=$1
    shift
    mkdir -p "bad/$name"
    cat >"bad/$name/$name.c"
    echo "obj-m := $name.o" >"bad/$name/Kbuild"
    sed "s/parrot/$name/g" 'my modules/parrot/CMakeLists.txt' >"bad/$name/CMakeLists.txt"
    check "$name: make fails" sh -c '! make -C "$0" M="$1" >said 2>&1' "$share" "$PWD/bad/$name"
    for pattern in "$@"; do check "$name: make says $pattern" grep -e "$pattern" said; done
    check "$name: make leaves none" test ! -e "bad/$name/$name.ko"
    configure "bad/$name" "bad/$name/built" >said 2>&1
    check "$name: cmake fails" sh -c '! "$0" --build "$1" >said 2>&1' "$CMAKE" "bad/$name/built"
    for pattern in "$@"; do check "$name: cmake says $pattern" grep -e "$pattern" said; done
    check "$name: cmake leaves none" test ! -e "bad/$name/built/$name.ko"
}

bad_module unknown '"prink": nobody has it; did you mean "printk"' '"kernel_main": it is in the kernel at .*, but not exported' \
    '"greet": module greet exports it' <<'END'
#include <onoma/module.h>
void prink(void);
void kernel_main(void);
void greet(const char *name);
static int __init unknown_init(void) { prink(); kernel_main(); greet(""); return 0; }
module_init(unknown_init);
MODULE_LICENSE("MIT");
END
bad_module unlicensed 'no `license=`: add MODULE_LICENSE' <<'END'
#include <onoma/module.h>
static int __init unlicensed_init(void) { return 0; }
module_init(unlicensed_init);
END
bad_module narrow 'R_X86_64_32 against "' <<'END'
#include <onoma/module.h>
unsigned narrow_address(void);
unsigned narrow_address(void) { unsigned low; __asm__("movl $narrow_address, %0" : "=r"(low)); return low; }
MODULE_LICENSE("MIT");
END
bad_module clash 'defines "kfree", which the kernel exports' <<'END'
#include <onoma/module.h>
void kfree(void *memory) { (void)memory; }
MODULE_LICENSE("MIT");
END
bad_module escape 'reference to an init section from one that stays' <<'END'
#include <onoma/module.h>
static int __init escape_init(void) { return 0; }
int (*escape_pointer)(void) = escape_init;
module_init(escape_init);
MODULE_LICENSE("MIT");
END

# Headers of another kernel: a member of a struct that it is given has moved.
cp "$share/include/onoma/command.h" command.h
sed -i "s/^    const char \*usage;/    const char *author;\n&/" "$share/include/onoma/command.h"
bad_module moved '"command_register": struct command: member "author" is gone here, the module was built with it at 8' \
    '"command_register": struct command: member "usage" is at 8 here, the module was built with it at 16' \
    'built with other types than those of the kernel' <"my modules/parrot/parrot.c"
cp command.h "$share/include/onoma/command.h"
check 'make: the right headers again' make -C "$share" M="$PWD/bad/moved"
check 'cmake: the right headers again' "$CMAKE" --build bad/moved/built

# ---- Module.symvers ----

"$NM" "$share/kernel.elf" | sed -n 's/.* __ksymtab_//p' | sort >wanted
awk -F '\t' '$3 == "vmlinux" { print $2 }' "$share/Module.symvers" | sort >found
same 'Module.symvers has the exports of the kernel' wanted found
awk -F '\t' '$3 == "greet" { print $2 }' "$share/Module.symvers" | sort >found
printf 'greet\ngreet_count\n' >wanted
same 'Module.symvers has the exports of greet' wanted found
# The hash is the CRC-32 of what gen_types writes of the symbol, as gzip has it at its end.
if [ -x "$prefix/bin/gen_types" ]; then
    "$prefix/bin/gen_types" --print "$BUILD/src/kernel/kernel.elf.types" | sed -n 's/^symbol //p' |
        while read -r name type; do
            echo "0x$(printf %s "$type" | gzip -c | tail -c 8 | od -An -tx4 -N4 | tr -d ' ') $name"
        done >wanted
    awk -F '\t' '$3 == "vmlinux" { print $1, $2 }' "$share/Module.symvers" >found
    same 'Module.symvers has the hashes' wanted found
fi
"$prefix/bin/onoma-check" --kernel "$share/kernel.elf" --initrd initrd --exports >found
same_text 'exports of a module, in a namespace' "cage_open	cage	EXPORT_SYMBOL	ZOO" "$(grep '	cage	' found | cut -f 2-)"
same_text 'no export without a hash' '' "$(grep ^0x00000000 found)"
mkdir -p "root/lib/modules/$VERSION/extra"
cp 'my modules/parrot/parrot.ko' "root/lib/modules/$VERSION/extra/"
depmod -e -E "$share/Module.symvers" -b "$PWD/root" "$VERSION" >said 2>&1
check 'depmod -E finds all that parrot needs' sh -c '! grep "needs unknown" said'
sed -i '/command_register/d' "$share/Module.symvers"
depmod -e -E "$share/Module.symvers" -b "$PWD/root" "$VERSION" >said 2>&1
check 'depmod -E misses what is not there' grep -q 'needs unknown symbol command_register' said
finish
