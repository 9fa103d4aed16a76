// SPDX-License-Identifier: MIT
/*
 * map.h: a symbol map in memory, for the benchmark's own programs.
 *
 * A map is text as `nm -n -S` or Linux's System.map have it: `address [size] letter name`.  The
 * programs read it themselves and not through gen_ksyms, so that they can judge gen_ksyms.
 */
#ifndef BENCH_MAP_H
#define BENCH_MAP_H

#include <stddef.h>
#include <stdint.h>

struct map_symbol {
    uint64_t address;
    uint64_t size; /* 0: none */
    char type;
    const char *name; /* in the map's text, NUL-ended */
};

struct map {
    struct map_symbol *symbols; /* as in the file */
    size_t count;
    char *text;
};

/* Read a file; any failure prints a line and exits with status 1. */
void map_read(struct map *map, const char *path);
void map_free(struct map *map);

/* As calloc, but exits without memory. */
void *allocate(size_t count, size_t size);

/* Print `bench: message` and exit with status 1. */
__attribute__((format(printf, 1, 2), noreturn)) void fail(const char *format, ...);

#endif
