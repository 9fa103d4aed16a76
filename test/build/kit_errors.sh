#!/bin/sh
# SPDX-License-Identifier: MIT
#
# kit_errors.sh: who uses the kit's functions wrongly is told what would be right; and the words that no
# example uses do what they say.
#
# Environment: SOURCE_DIRECTORY the checkout; PREFIX an installed kit.
. "$(dirname "$0")/../golden/check.sh"
begin
unset MAKEFLAGS MAKELEVEL # of the Make that may run this test
cp -R "$SOURCE_DIRECTORY/examples" examples
cd examples/c || exit 1
sed '/for the kit/d; /ksyms  *PT_LOAD/d; /\.ksyms :/,/:ksyms/d' ../boot/kernel.lds >plain.lds
check "the plain script has no table" sh -c '! grep ksyms plain.lds'

# A project of these lines must be refused with each of the patterns, in its one error.
refused() { # NAME LINES PATTERN...
    name=$1
    printf '%s\n' 'cmake_minimum_required(VERSION 3.25)' "$2" >CMakeLists.txt
    shift 2
    # The build folder stays: it knows the compiler.
    if cmake -B build -U "KSYMS_*" -DCMAKE_PREFIX_PATH="$PREFIX" >log 2>&1; then
        bad "$name: accepted"
    fi
    tr '\n' ' ' <log | tr -s ' ' >line
    for pattern in "$@"; do
        check "$name: the message has \"$pattern\"" grep -q -e "$pattern" line
    done
}

c='project(example LANGUAGES C ASM)
find_package(ksyms REQUIRED)'
kernel='ksyms_add_kernel(example SOURCES kernel.c LIBRARIES ksyms::kit LINKER_SCRIPT ../boot/kernel.lds'

refused "another version" 'project(example LANGUAGES C ASM)
find_package(ksyms 9.1 REQUIRED)' 'compatible with requested version "9.1"'
refused "a component that is none" 'project(example LANGUAGES C ASM)
find_package(ksyms 0.1 REQUIRED COMPONENTS trace colours)' 'colours'
refused "a word that is none" "$c
$kernel LINE)" 'ksyms_add_kernel(example): unknown: LINE' 'It takes: ksyms_add_kernel(NAME'
refused "no linker script" "$c
ksyms_add_kernel(example SOURCES kernel.c)" 'ksyms_add_kernel(example): LINKER_SCRIPT is needed'
refused "a linker script that is not there" "$c
ksyms_add_kernel(example SOURCES kernel.c LINKER_SCRIPT nowhere.lds)" 'there is no linker script .*nowhere.lds'
refused "no sources" "$c
ksyms_add_kernel(example LINKER_SCRIPT ../boot/kernel.lds)" 'SOURCES or OBJECTS are needed'
refused "symbols of no kind" "$c
$kernel SYMBOLS SOME)" 'SYMBOLS SOME: neither TEXT nor ALL'
refused "nothing behind a keyword" "$c
$kernel FILTER)" 'nothing behind FILTER'
refused "a linker script without the section" "$c
ksyms_add_kernel(example SOURCES kernel.c LINKER_SCRIPT plain.lds)" \
    'plain.lds has no section .ksyms' 'ksyms PT_LOAD FLAGS(4);' 'KEEP(\*(.ksyms))' '__ksyms_end = .;'
refused "a library that is none" "$c
ksyms_add_kernel(example SOURCES kernel.c LINKER_SCRIPT ../boot/kernel.lds LIBRARIES nothing)" 'nothing'
refused "a module without sources" "$c
ksyms_add_module(hello)" 'ksyms_add_module(hello): SOURCES is needed'
refused "a tag that is none" "$c
ksyms_add_module(hello SOURCES kernel.c TAGS MIT)" 'TAGS MIT: write it as license=MIT'
refused "an initrd of what is not there" "$c
ksyms_add_initrd(initrd MODULES hello)" 'ksyms_add_initrd(initrd): hello is neither a target'
refused "an initrd with the types of nobody" "$c
ksyms_add_initrd(initrd MODULES kernel.c TYPES nosuch)" 'CMake Error[^$]*: ksyms_add_initrd(initrd): TYPES nosuch: not a target'
check "in one error" test "$(grep -c '^CMake Error' log)" = 1
refused "an initrd with the types of a kernel without" "$c
$kernel)
ksyms_add_initrd(initrd MODULES kernel.c TYPES example)" 'ksyms_add_initrd(initrd): example was made without TYPES'
refused "nothing behind TYPES" "$c
ksyms_add_initrd(initrd MODULES kernel.c TYPES)" 'nothing behind TYPES'
refused "nothing behind COMMAND_LINE" "$c
ksyms_add_iso(iso KERNEL kernel.c COMMAND_LINE)" 'nothing behind COMMAND_LINE'
refused "no C" "project(example LANGUAGES CXX)
find_package(ksyms REQUIRED)
ksyms_add_library(kit)" 'project(... LANGUAGES C CXX)'

# Without libdw there is no gen_trace: what needs it says so, and the rest goes on.
without="project(example LANGUAGES C ASM)
include($PREFIX/share/ksyms/cmake/Ksyms.cmake)
add_executable(ksyms::gen_ksyms IMPORTED)"
refused "lines without gen_trace" "$without
$kernel LINES)" 'LINES needs the host program gen_trace' 'apt-get install libdw-dev libelf-dev' 'leave LINES out'
refused "no cpio" "$c
set(CMAKE_FIND_USE_SYSTEM_ENVIRONMENT_PATH OFF)
set(CMAKE_FIND_USE_CMAKE_SYSTEM_PATH OFF)
ksyms_add_initrd(initrd MODULES kernel.c)" 'cpio is missing: apt-get install cpio' '-DKSYMS_CPIO='

# What CMake cannot see, two_links.sh does: a script that includes another, one that has half of it.  A
# kernel that uses its table does not get through the first link, one that does not is told behind it.
echo 'INCLUDE plain.lds' >outer.lds
sed '/__ksyms_start = /d' ../boot/kernel.lds >half.lds
cat >CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.25)
$c
file(WRITE empty.c "void _start(void); void _start(void) {}")
ksyms_add_library(kit COMPILE_OPTIONS -ffreestanding -fno-pic -mno-red-zone -mgeneral-regs-only)
function(add name script)
    ksyms_add_kernel(\${name} SOURCES \${ARGN} LINKER_SCRIPT \${script} LIBRARIES kit
        COMPILE_OPTIONS -I\${CMAKE_CURRENT_SOURCE_DIR}/../boot -ffreestanding -fno-pic -mgeneral-regs-only
        LINK_OPTIONS -L \${CMAKE_CURRENT_SOURCE_DIR} --gc-sections)
endfunction()
add(unused outer.lds ../boot/machine.c empty.c)
add(outer outer.lds ../boot/boot.S ../boot/machine.c kernel.c)
add(half half.lds ../boot/boot.S ../boot/machine.c kernel.c)
END
rm -rf build
check "a script that includes another is not judged by its text" \
    cmake -B build -DCMAKE_PREFIX_PATH="$PREFIX"
lines_are_said() { # WHAT FILE COMMAND...
    what=$1 file=$2
    shift 2
    check "$what: the link fails" sh -c '! "$@" >log 2>&1' sh "$@"
    for pattern in 'two_links: .*elf: the linker script .*\(no section .ksyms\|define __ksyms_\)' \
        'KEEP(\*(.ksyms))' '__ksyms_end = .;'; do
        check "$what: the message has \"$pattern\"" grep -q -e "$pattern" log
    done
    check "$what: no kernel is left behind" test ! -e "$file"
}
lines_are_said "a table that is not used" build/unused.elf cmake --build build --target unused
lines_are_said "an included script" build/outer.elf cmake --build build --target outer --parallel 2
check "the linker's own words stay" grep -q 'undefined reference to .__ksyms_start' log
lines_are_said "half of the section" build/half.elf cmake --build build --target half
cp ../boot/kernel.lds whole.lds
cp plain.lds ../boot/kernel.lds
lines_are_said "make" ../make/kernel.elf make -C ../make kernel.elf KSYMS_MK="$PREFIX/share/ksyms/ksyms.mk" \
    KSYMS_SOURCES= KSYMS_TRACE=
cp whole.lds ../boot/kernel.lds

# The checks of two_links.sh one by one, with a kernel that names nothing of the table.
echo '.globl _start; _start: ret' >empty.s
check "a kernel of one instruction" as -o empty.o empty.s
refuses_script() { # WHAT SED PATTERN
    sed "$2" whole.lds >lacks.lds
    check "$1: the script is another one" sh -c '! cmp -s whole.lds lacks.lds'
    check "$1: fails" sh -c '! GEN_KSYMS="$0/bin/gen_ksyms" sh "$0/share/ksyms/cmake/two_links.sh" lacks.elf -T lacks.lds empty.o >log 2>&1' "$PREFIX"
    for pattern in "two_links: lacks.elf: $3" 'KEEP(\*(.ksyms))'; do
        check "$1: the message has \"$pattern\"" grep -q -e "$pattern" log
    done
    check "$1: no kernel is left behind" test ! -e lacks.elf
}
refuses_script "no start" '/__ksyms_start = /d' 'the linker script does not define __ksyms_start'
refuses_script "no end" '/__ksyms_end = /d' 'the linker script does not define __ksyms_end'
refuses_script "no section" 's|KEEP(\*(.ksyms))||; s|/DISCARD/ : {|& *(.ksyms)|' 'the linker script has no section .ksyms'
refuses_script "no build id" '/note.gnu.build-id/d; s|/DISCARD/ : {|& *(.note.gnu.build-id)|' 'link 1 has no build id'
check "nothing is wrong with the whole one" env GEN_KSYMS="$PREFIX/bin/gen_ksyms" \
    sh "$PREFIX/share/ksyms/cmake/two_links.sh" lacks.elf -T whole.lds empty.o

# What the table is to hold: functions alone, and of those not the ones of a filter.
printf '%s\n' '# of no interest' 'skipped_*' '!skipped_not' >rules
cat >CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.25)
$c
file(WRITE empty.c "int data = 1; void _start(void); void _start(void) {}
void skipped_one(void); void skipped_one(void) {} void skipped_not(void); void skipped_not(void) {}")
ksyms_add_kernel(example SOURCES empty.c LINKER_SCRIPT ../boot/kernel.lds SYMBOLS TEXT FILTER rules)
END
check "a kernel of few symbols is configured" cmake -B build -DCMAKE_PREFIX_PATH="$PREFIX"
check "it is built" cmake --build build
"$PREFIX/bin/gen_ksyms" --dump build/example.elf.ksyms | awk '{ print $NF }' | sort >found
printf '%s\n' _start skipped_not >wanted
same "the symbols of its table" wanted found
touch -d '1 minute' rules
cmake --build build >log 2>&1
check "it depends on the filter" grep -q 'Linking example.elf twice' log
finish
