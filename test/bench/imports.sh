#!/bin/sh
# SPDX-License-Identifier: MIT
#
# imports.sh BUILD: what an import costs a load, in instructions, as load.sh counts them.
#
# Two modules are loaded: a table of pointers to symbols of others, with the types that it was built
# with; and the same table, of pointers to as many symbols of its own.  The difference, for each
# pointer, is what it costs to resolve an import: its name is looked up among all exports, namespace and
# owner are asked, its type and those that it mentions compared.
#
# From the kernel's own exports, all of them; and 1,000 from 31 modules with 100,000 exports together.
set -eu

build=$(cd "${1:?usage: imports.sh BUILD-FOLDER}" && pwd)
project=$(cd "$(dirname "$0")/../.." && pwd)
console_scripts=$project/scripts
. "$console_scripts/console.sh"
version=$(sed -n 's/^CMAKE_PROJECT_VERSION:[A-Z]*=//p' "$build/CMakeCache.txt")
exporters=31 # a module may use 32
exports=3226 # of each
imports=1000
console_timeout=600

ko=$scratch/ko
mkdir "$ko"

# A module from C, on standard input, as the build makes one, but without lines.
make_module() { # NAME [TYPES]
    {
        echo '#include <onoma/module.h>'
        echo '#include <onoma/vermagic.h>'
        cat
        echo "MODULE_INFO(name, \"$1\"); MODULE_INFO(depends, \"\");"
        echo 'MODULE_INFO(vermagic, ONOMA_VERMAGIC); MODULE_LICENSE("MIT");'
    } >"$scratch/$1.c"
    "${CC:-cc}" -std=gnu11 -O2 -g -ffreestanding -mcmodel=kernel -fno-pic -mno-red-zone \
        -mgeneral-regs-only -fcf-protection=none -fno-stack-protector -fno-asynchronous-unwind-tables \
        -DONOMA_VERSION="\"$version\"" -I"$project/src/kernel/include" -c -o "$scratch/$1.o" "$scratch/$1.c"
    GEN_KSYMS=$build/scripts/gen_ksyms KSYMS_SYMBOLS=text GEN_TYPES=${2:+$build/scripts/gen_types} LC_ALL=C \
        sh "$project/cmake/two_links.sh" "$ko/$1.ko" -r -m elf_x86_64 -z noexecstack \
        -T "$project/cmake/module.lds" "$scratch/$1.o"
}

# Names on standard input, behind the lines of C that declare them: the modules import_NAME and own_NAME.
make_importers() { # NAME DECLARATIONS
    cat >"$scratch/names"
    { cat "$2" && echo 'static const void *const table[] __used = {' &&
        sed 's/.*/    (const void *)&,/' "$scratch/names" && echo '};'; } >"$scratch/importer"
    make_module "import_$1" types <"$scratch/importer"
    { sed 's/.*/static char own_&;/' "$scratch/names" && echo 'static const void *const table[] __used = {' &&
        sed 's/.*/    \&own_&,/' "$scratch/names" && echo '};'; } | make_module "own_$1" types
}

for header in "$project"/src/kernel/include/onoma/*.h; do
    echo "#include <onoma/$(basename "$header")>"
done >"$scratch/headers"
awk '$3 == "vmlinux" { print $2 }' "$build/Module.symvers" >"$scratch/kernel"
make_importers kernel "$scratch/headers" <"$scratch/kernel"
for number in $(seq $exporters); do
    awk -v number="$number" -v count=$exports 'BEGIN {
        for (i = 0; i < count; i++) {
            name = sprintf("device_%d_%d", number, i)
            printf "int %s(int a);\nint %s(int a)\n{\n    return a;\n}\nEXPORT_SYMBOL(%s);\n", name, name, name
        }
    }' | make_module "export$number" types
done
awk -v modules=$exporters -v exports=$exports -v count=$imports 'BEGIN {
    for (i = 0; i < count; i++) printf "device_%d_%d\n", i % modules + 1, i * 7919 % exports
}' >"$scratch/many"
sed 's/.*/int &(int a);/' "$scratch/many" >"$scratch/declarations"
make_importers many "$scratch/declarations" <"$scratch/many"
INDEX=lib/modules/$version GEN_MODULES=$build/scripts/gen_modules \
    sh "$console_scripts/make-initrd.sh" "$scratch/initrd" "lib/modules/$version/kernel" "$ko"/*.ko
sh "$console_scripts/make-iso.sh" "$scratch/iso" "$build/src/kernel/kernel.elf" "$scratch/initrd"

console_start "$scratch/iso" --memory 2048 --icount --cpu qemu64 --append 'loglevel=4 norandom'
spent() { # MODULE: instructions of its second load; the first one makes page tables
    console_command "insmod $1"
    console_command "rmmod $1"
    console_command "time insmod $1"
    console_expect_none 'rror\|nknown\|types'
    console_output | sed -n 's/^time: \([0-9]*\)\.\([0-9]*\) s$/\1\2/p' | sed 's/^0*//'
    console_command "rmmod $1"
}

measure() { # NAME EXPORTS
    count=$(wc -l <"$scratch/$1")
    typed=$(spent "import_$1")
    own=$(spent "own_$1")
    printf '%8d %8d %12d %12d %14d\n' "$2" "$count" "$typed" "$own" $(((typed - own) / count))
}

printf '%8s %8s %12s %12s %14s\n' exports imports load 'its own' 'an import'
all=$(wc -l <"$scratch/kernel")
measure kernel "$all"
for number in $(seq $exporters); do console_command "insmod export$number"; done
measure kernel $((all + exporters * exports))
measure many $((all + exporters * exports))
console_end 33 exit
