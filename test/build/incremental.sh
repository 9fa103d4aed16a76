#!/bin/sh
# SPDX-License-Identifier: MIT
#
# incremental.sh PRESET: a second build makes nothing; after a touched file it makes what follows from
# that and nothing else, and the same bytes as before.
#
# What a build made is read off the files' times, and not from what Ninja or Make says.
#
# Environment: COPY the tree that copy.sh built; CMAKE the program; MODULES names.
. "$(dirname "$0")/../golden/check.sh"
begin
unset MAKEFLAGS MAKELEVEL # of the Make that may run this test
preset=$1
case $preset in
default) build=$COPY/build ;;
*) build=$COPY/build-$preset ;;
esac

# Files that the build made since the stamp: no bookkeeping of CMake, Ninja and Make.
made() {
    (cd "$build" && find . -type f -newer "$scratch/stamp") |
        sed -e 's|^\./||' -e '/^CMakeFiles\//d' -e '/^\.ninja/d' -e '/^CMakeCache.txt$/d' \
            -e '/\/CMakeFiles\/.*\.[od]$/!{/\/CMakeFiles\//d;}' -e '/\.d$/d' \
            -e 's|CMakeFiles/\([^/]*\)\.dir/|\1/|' | sort
}

build_again() {
    sleep 0.05 # more than the clock that files are dated by may be late
    : >stamp
    sleep 0.05
    (cd "$COPY" && "$CMAKE" --build --preset "$preset" --target iso) >log 2>&1 ||
        { tail -n 20 log; bad "the build failed"; }
}

sums() {
    (cd "$build" && cksum src/kernel/kernel.elf modules/*.ko initrd.img onoma.iso)
}

makes_nothing() { # WHEN
    build_again
    made >found
    empty "$1: the build makes something" found
    if [ "$preset" = default ]; then
        check "$1: Ninja has no work" grep -q '^ninja: no work to do\.$' log
    fi
}

# A touched file makes exactly these, given one a line on standard input.
touched() { # FILE
    sleep 0.05
    touch "$COPY/$1" || bad "no file $1"
    sort >wanted
    build_again
    made >found
    same "made after $1 was touched" wanted found
    say "$1: $(wc -l <found) files made"
    sums >sums.now
    same "after $1 was touched: the sums of what is made" sums.before sums.now
    makes_nothing "after $1"
}

kernel='src/kernel/kernel.elf src/kernel/kernel.elf.ksyms src/kernel/kernel.elf.map'
module() { # NAME...
    for name in "$@"; do
        printf '%s\n' "modules/$name.ko" "modules/$name.ko.ksyms" "modules/$name.ko.map"
    done
}

sums >sums.before
makes_nothing "second build"

touched src/kernel/lib/number.c <<END
src/kernel/kernel_objects/lib/number.c.o
$(printf '%s\n' $kernel)
onoma.iso
END
touched modules/rtc/rtc.c <<END
modules/module_rtc_objects/rtc/rtc.c.o
$(module rtc)
initrd.img
onoma.iso
END
touched modules/greet/greet.h <<END
modules/module_greet_objects/greet/greet.c.o
modules/module_greet_user_objects/greet_user/greet_user.c.o
$(module greet greet_user)
initrd.img
onoma.iso
END
touched src/arch/x86_64/entry.nasm <<END
src/kernel/entry.nasm.o
$(printf '%s\n' $kernel)
onoma.iso
END
touched src/arch/x86_64/kernel.lds <<END
$(printf '%s\n' $kernel)
onoma.iso
END
# shellcheck disable=SC2086 # one word a module
touched cmake/module.lds <<END
$(module $MODULES)
initrd.img
onoma.iso
END
# The kit is in the kernel, and in the programs that make the tables of all.
# shellcheck disable=SC2086
touched src/ksyms/table_name.c <<END
src/ksyms/ksyms_host/table_name.c.o
src/kernel/ksyms_kernel/__/ksyms/table_name.c.o
src/ksyms/libksyms_host.a
scripts/gen_ksyms
scripts/gen_modules
$(if [ -e "$build/scripts/gen_trace" ]; then echo scripts/gen_trace; fi)
$(if [ -e "$build/scripts/gen_types" ]; then echo scripts/gen_types; fi)
$(printf '%s\n' $kernel)
$(module $MODULES)
initrd.img
onoma.iso
END
touched scripts/grub.cfg <<END
onoma.iso
END

# A file that really changes leaves other sums: the comparison above can fail.
echo 'int incremental_test;' >>"$COPY/modules/fail/fail.c"
build_again
sums >sums.now
diff sums.before sums.now | sed -n 's/^> .* //p' >found
printf '%s\n' modules/fail.ko initrd.img onoma.iso >wanted
same "sums that differ after fail.c was changed" wanted found
sed -i '$d' "$COPY/modules/fail/fail.c"
build_again
sums >sums.now
same "sums after fail.c was changed back" sums.before sums.now
finish
