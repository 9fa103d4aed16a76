// SPDX-License-Identifier: MIT
/* ksyms_time.c: how long a look-up takes, for the addresses of standard input. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "ksyms.h"

struct addresses {
    uint64_t *list;
    size_t count;
};

static struct addresses read_addresses(void)
{
    struct addresses addresses = {0};
    size_t room = 0, capacity = 0;
    char *line = NULL;

    while (getline(&line, &room, stdin) > 0) {
        if (addresses.count == capacity) {
            capacity = capacity > 0 ? capacity * 2 : 4096;
            addresses.list = reallocarray(addresses.list, capacity, sizeof(uint64_t));
            if (addresses.list == NULL) {
                fail("out of memory");
            }
        }
        addresses.list[addresses.count++] = strtoull(line, NULL, 16);
    }
    free(line);
    return addresses;
}

/* Each returns whether something is known. */
static bool ask_symbol(const struct image *image, uint64_t address)
{
    struct ksyms_symbol symbol;
    return ksyms_table_find_address(&image->table, address, &symbol);
}

static bool ask_lines(const struct image *image, uint64_t address)
{
    struct ksyms_chain chain;
    struct ksyms_place place;
    bool is_found = image->has_lines && ksyms_lines_find(&image->lines, address, &chain);

    while (is_found && ksyms_chain_next(&chain, &place)) {
    }
    return is_found;
}

static bool ask_unwind(const struct image *image, uint64_t address)
{
    struct ksyms_unwind_row row;
    return image->has_unwind && ksyms_unwind_find(&image->unwind, address, &row);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void measure(const char *what, const struct image *image, const struct addresses *addresses,
                    bool (*ask)(const struct image *image, uint64_t address))
{
    size_t known = 0;
    double start = now();

    for (size_t i = 0; i < addresses->count; i++) {
        known += ask(image, addresses->list[i]);
    }
    printf("%-26s %8.0f ns, %zu of %zu known\n", what, (now() - start) / (double)addresses->count,
           known, addresses->count);
}

int print_times(const struct image *image)
{
    struct addresses addresses = read_addresses();

    if (addresses.count == 0) {
        fail("no addresses on standard input");
    }
    measure("symbol", image, &addresses, ask_symbol);
    measure("lines and inlined calls", image, &addresses, ask_lines);
    measure("unwind row", image, &addresses, ask_unwind);
    free(addresses.list);
    return EXIT_SUCCESS;
}
