// SPDX-License-Identifier: MIT
/*
 * ksyms.c: ask the symbol blob of a kernel or a module what the kernel itself would know.
 *
 *     ksyms list kernel.elf                        symbols, as `nm -n -S`
 *     ksyms lookup kernel.elf schedule             a name's symbols; an address's name and place
 *     ksyms symbolize kernel.elf <addresses        as `addr2line -a -f -i`
 *     ksyms frames kernel.elf                      as `readelf --debug-dump=frames-interp`
 *     ksyms decode kernel.elf <console.log         the log, with names for raw addresses
 *     ksyms demangle <console.log                  as `c++filt`
 *     ksyms time kernel.elf <addresses             how long look-ups take
 *     ksyms dump log kernel.elf vmcore             what a kernel was doing (ksyms_dump.c)
 *
 * --demangle before the file (as nm -C, addr2line -C): names of C++ as their source has them.
 * The file is an ELF file with a section .ksyms, stripped or not, or a bare blob.  A module's
 * addresses are `section index << 32 | offset`.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ksyms.h"

static const char usage_text[] =
    "usage: ksyms list [--demangle] FILE\n"
    "       ksyms lookup [--demangle] FILE NAME|ADDRESS\n"
    "       ksyms symbolize [--demangle] FILE <ADDRESSES\n"
    "       ksyms frames FILE\n"
    "       ksyms decode [--demangle] FILE [MODULE.ko...] <LOG\n"
    "       ksyms demangle <TEXT\n"
    "       ksyms time FILE <ADDRESSES\n"
    "       ksyms dump modules|log|trace KERNEL VMCORE\n"
    "       ksyms dump symbolize KERNEL VMCORE <ADDRESSES\n"
    "FILE: an ELF file with a section .ksyms, or a bare blob\n"
    "VMCORE: a memory dump of QEMU (dump-guest-memory)\n"
    "Exit status: 0 done, 1 bad input or nothing found, 2 wrong use.\n";

void fail(const char *format, ...)
{
    va_list arguments;

    fflush(stdout);
    va_start(arguments, format);
    fputs("ksyms: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(EXIT_BAD);
}

struct command {
    const char *name;
    int (*run)(const struct image *image);
};

static const struct command commands[] = {
    {"list", list},
    {"symbolize", symbolize},
    {"frames", print_frames},
    {"time", print_times},
};

/* Take `--demangle` out of the arguments if it is the one behind the command. */
static bool take_demangle(int *argument_count, char **arguments)
{
    if (*argument_count < 3 ||
        (strcmp(arguments[2], "--demangle") != 0 && strcmp(arguments[2], "-C") != 0)) {
        return false;
    }
    --*argument_count;
    memmove(arguments + 2, arguments + 3,
            ((size_t)*argument_count - 1) * sizeof(*arguments)); /* with the null behind them */
    return true;
}

static int run(int argument_count, char **arguments)
{
    struct image image;
    bool is_demangling = take_demangle(&argument_count, arguments);

    if (argument_count == 4 && strcmp(arguments[1], "lookup") == 0) {
        image_open(&image, arguments[2]);
        image.is_demangling = is_demangling;
        return lookup(&image, arguments[3]);
    }
    if (argument_count == 5 && strcmp(arguments[1], "dump") == 0) {
        return dump(arguments[2], arguments[3], arguments[4]);
    }
    if (argument_count >= 3 && strcmp(arguments[1], "decode") == 0) {
        image_open(&image, arguments[2]);
        image.is_demangling = is_demangling;
        return decode(&image, arguments + 3, argument_count - 3);
    }
    for (size_t i = 0; argument_count == 3 && i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(arguments[1], commands[i].name) == 0) {
            image_open(&image, arguments[2]);
            image.is_demangling = is_demangling;
            return commands[i].run(&image);
        }
    }
    if (argument_count == 2 && strcmp(arguments[1], "demangle") == 0) {
        return demangle_text();
    }
    if (argument_count == 2 && strcmp(arguments[1], "--help") == 0) {
        fputs(usage_text, stdout);
        return EXIT_SUCCESS;
    }
    fputs(usage_text, stderr);
    return EXIT_USAGE;
}

int main(int argument_count, char **arguments)
{
    int result = run(argument_count, arguments);

    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("ksyms: standard output");
        return EXIT_BAD;
    }
    return result;
}
