// SPDX-License-Identifier: MIT
/*
 * ksyms.c: ask the symbol blob of a kernel or a module what the kernel itself would know.
 *
 *     ksyms list kernel.elf                        symbols, as `nm -n -S`
 *     ksyms lookup kernel.elf schedule             a name's symbols; an address's name and place
 *     ksyms symbolize kernel.elf <addresses        as `addr2line -a -f -i`
 *     ksyms frames kernel.elf                      as `readelf --debug-dump=frames-interp`
 *     ksyms decode kernel.elf <console.log         the log, with names for raw addresses
 *     ksyms time kernel.elf <addresses             how long look-ups take
 *
 * The file is an ELF file with a section .ksyms, stripped or not, or a bare blob.  A module's
 * addresses are `section index << 32 | offset`.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ksyms.h"

static const char usage_text[] =
    "usage: ksyms list FILE\n"
    "       ksyms lookup FILE NAME|ADDRESS\n"
    "       ksyms symbolize FILE <ADDRESSES\n"
    "       ksyms frames FILE\n"
    "       ksyms decode FILE <LOG\n"
    "       ksyms time FILE <ADDRESSES\n"
    "FILE: an ELF file with a section .ksyms, or a bare blob\n"
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
    {"list", list},     {"symbolize", symbolize}, {"frames", print_frames},
    {"decode", decode}, {"time", print_times},
};

static int run(int argument_count, char **arguments)
{
    struct image image;

    if (argument_count == 4 && strcmp(arguments[1], "lookup") == 0) {
        image_open(&image, arguments[2]);
        return lookup(&image, arguments[3]);
    }
    for (size_t i = 0; argument_count == 3 && i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(arguments[1], commands[i].name) == 0) {
            image_open(&image, arguments[2]);
            return commands[i].run(&image);
        }
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
