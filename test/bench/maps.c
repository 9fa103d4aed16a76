// SPDX-License-Identifier: MIT
/*
 * maps.c: make maps of maps, on standard output.
 *
 *     maps join MAP...       as one process has its libraries: each behind the one before
 *     maps pick COUNT MAP    about COUNT symbols: runs of 64 neighbours, evenly spread, moved
 * together maps plain MAP         without sizes, as Linux's kallsyms program wants it maps describe
 * MAP      symbols, mean length of a name
 *
 * A run of neighbours and not every n-th symbol: a smaller program is one with fewer source files,
 * whose names still share beginnings and whose functions still lie side by side.  The labels that
 * Linux's program looks for stay in whatever is picked.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "map.h"

#define RUN         64
#define PAGE        0x1000
#define FAR_AWAY    0x40000000 /* what is further apart is so on purpose, as per-CPU variables */
#define LIBRARY_GAP 0x10000

/*
 * KSYM_NAME_LEN - 1.  Linux's program drops names longer than 511 bytes.  One of 511 it takes, but
 * with its letter in front it is one byte longer than the buffer in which names are compared, and
 * equal names come out in a wrong order.
 */
#define LINUX_LENGTH 511

static void print_symbol(const struct map_symbol *symbol, uint64_t shift)
{
    printf("%016" PRIx64 " ", symbol->address + shift);
    if (symbol->size > 0) {
        printf("%016" PRIx64 " ", symbol->size);
    }
    printf("%c %s\n", symbol->type, symbol->name);
}

/* What both tables hold of a library: no local labels of no size, nothing that Linux drops. */
static bool is_joined(const struct map_symbol *symbol)
{
    return symbol->size > 0 && strchr("uUaAnN", symbol->type) == NULL &&
           strlen(symbol->name) < LINUX_LENGTH;
}

static void join(int count, char **paths)
{
    uint64_t shift = 0x1000, end = 0;

    for (int i = 0; i < count; i++) {
        struct map map;
        map_read(&map, paths[i]);
        for (size_t at = 0; at < map.count; at++) {
            const struct map_symbol *symbol = &map.symbols[at];
            if (is_joined(symbol)) {
                uint64_t symbol_end = symbol->address + symbol->size + shift;
                print_symbol(symbol, shift);
                end = symbol_end > end ? symbol_end : end;
            }
        }
        map_free(&map);
        shift = (end + LIBRARY_GAP - 1) / LIBRARY_GAP * LIBRARY_GAP;
    }
}

static bool is_landmark(const char *name)
{
    return strcmp(name, "_text") == 0 || strcmp(name, "__per_cpu_start") == 0 ||
           strcmp(name, "__per_cpu_end") == 0;
}

/* Bytes by which a run moves down, whole pages, so as to begin near the end of the one before. */
static uint64_t close_hole(uint64_t end, uint64_t next)
{
    return next > end + 2 * PAGE && next - end < FAR_AWAY ? (next - end - PAGE) / PAGE * PAGE : 0;
}

static void pick(size_t wanted, const char *path)
{
    struct map map;
    size_t runs, wanted_runs;
    uint64_t end = 0, moved = 0;
    bool is_behind_hole = false;

    map_read(&map, path);
    runs = (map.count + RUN - 1) / RUN;
    wanted_runs = (wanted + RUN - 1) / RUN;
    wanted_runs = wanted_runs < runs ? wanted_runs : runs;
    for (size_t at = 0; at < map.count; at++) {
        const struct map_symbol *symbol = &map.symbols[at];
        size_t run = at / RUN;
        if ((run + 1) * wanted_runs / runs > run * wanted_runs / runs ||
            is_landmark(symbol->name)) {
            moved += is_behind_hole ? close_hole(end, symbol->address) : 0;
            print_symbol(symbol, -moved);
            end = symbol->address + symbol->size > end ? symbol->address + symbol->size : end;
            is_behind_hole = false;
        } else {
            is_behind_hole = true;
        }
    }
    map_free(&map);
}

static void plain(const char *path)
{
    struct map map;

    map_read(&map, path);
    for (size_t at = 0; at < map.count; at++) {
        map.symbols[at].size = 0;
        print_symbol(&map.symbols[at], 0);
    }
    map_free(&map);
}

static void describe(const char *path)
{
    struct map map;
    size_t bytes = 0;

    map_read(&map, path);
    for (size_t at = 0; at < map.count; at++) {
        bytes += strlen(map.symbols[at].name);
    }
    printf("%zu\t%.1f\n", map.count, (double)bytes / (double)(map.count > 0 ? map.count : 1));
    map_free(&map);
}

int main(int argument_count, char **arguments)
{
    const char *what = argument_count > 2 ? arguments[1] : "";

    if (strcmp(what, "join") == 0) {
        join(argument_count - 2, arguments + 2);
    } else if (strcmp(what, "pick") == 0 && argument_count == 4) {
        pick(strtoull(arguments[2], NULL, 10), arguments[3]);
    } else if (strcmp(what, "plain") == 0) {
        plain(arguments[2]);
    } else if (strcmp(what, "describe") == 0) {
        describe(arguments[2]);
    } else {
        fputs("usage: maps join MAP... | pick COUNT MAP | plain MAP | describe MAP\n", stderr);
        return 2;
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
