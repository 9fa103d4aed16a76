#!/bin/sh
# SPDX-License-Identifier: MIT
#
# new-module.sh [--c++] NAME [FOLDER]: begins a module in C, or C++, in a folder of its own (default:
# NAME), with all that it needs to be built by CMake and by make against an installed kernel development package.
set -eu

usage() {
    sed -n '4,6s/^# //p' "$0" >&2
    exit 2
}

suffix=c
languages=C
if [ "${1:-}" = --c++ ]; then
    suffix=cpp
    languages='C CXX'
    shift
fi
name=${1:-}
folder=${2:-$name}
case $name in
'' | -*) usage ;;
*[!a-z0-9_]* | [0-9]*)
    echo "new-module: $name: a name has small letters, digits and _, and begins with a letter" >&2
    exit 1
    ;;
esac
if [ -e "$folder" ]; then
    echo "new-module: $folder is there already" >&2
    exit 1
fi
mkdir -p "$folder"

cat >"$folder/$name.$suffix" <<END
// SPDX-License-Identifier: MIT
/* $name.$suffix: a command of the shell, $name, which greets. */
#include <onoma/module.h>

static int times = 1;
module_param(times, int, 0444);
MODULE_PARM_DESC(times, "how often, 1 to 100");

static int run_$name(int argc, char **argv)
{
    if (argc != 2) {
        return -EINVAL; /* the shell prints the usage */
    }
    for (int i = 0; i < times; i++) {
        console_printf("hello, %s\\n", argv[1]);
    }
    return 0;
}

static struct command ${name}_command = {
    .name = "$name",
    .usage = "$name WHOM",
    .summary = "greet somebody",
    .run = run_$name,
};

static int __init ${name}_init(void)
{
    if (times < 1 || times > 100) {
        pr_err("times=%d: 1 to 100 is allowed\\n", times);
        return -EINVAL;
    }
    return command_register(&${name}_command);
}

static void __exit ${name}_exit(void)
{
    command_unregister(&${name}_command);
}

module_init(${name}_init);
module_exit(${name}_exit);
MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Greets");
END

cat >"$folder/CMakeLists.txt" <<END
# cmake -S . -B build -DOnoma_DIR=PREFIX/lib/cmake/Onoma && cmake --build build
cmake_minimum_required(VERSION 3.25)
project($name LANGUAGES $languages)
find_package(Onoma REQUIRED)
ksyms_add_module($name SOURCES $name.$suffix)
END

cat >"$folder/Makefile" <<END
# make ONOMA=PREFIX/share/onoma
ifneq (\$(KERNELRELEASE),)
obj-m := $name.o
else
modules clean:
	@test -d "\$(ONOMA)" || { echo "usage: make ONOMA=PREFIX/share/onoma [modules|clean]" >&2; exit 2; }
	+@\$(MAKE) --no-print-directory -C "\$(ONOMA)" M="\$(CURDIR)" \$@
endif
END

path=$(cd "$folder" && pwd)
cat <<END
$folder: a module to start from.  With the development package of the kernel in PREFIX
(cmake --install BUILD --prefix PREFIX, or cmake --build BUILD --target development):
    cmake -S '$folder' -B '$folder/build' -DOnoma_DIR=PREFIX/lib/cmake/Onoma && cmake --build '$folder/build'
or  make -C PREFIX/share/onoma M='$path'
END
