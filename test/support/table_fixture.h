// SPDX-License-Identifier: MIT
/*
 * table_fixture.h: random maps, and the blobs that gen_ksyms makes of them.  For test_table*.c.
 *
 * The environment names the program (GEN_KSYMS) and a scratch directory (TEST_DIRECTORY).
 * Random numbers come from one seed, printed by the tests; KSYMS_SEED sets it.
 */
#ifndef TABLE_FIXTURE_H
#define TABLE_FIXTURE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>
#include "ksyms/blob.h"
#include "ksyms/table.h"

struct reference {
    uint64_t address;
    uint64_t size;
    char *name; /* owned */
    size_t length;
    char type;
};

struct reference_map {
    struct reference *symbols;
    uint32_t count;
    bool has_sizes; /* some symbol has one */
};

/* A malloc of exactly the blob's size, so that the sanitizer sees a read past its end. */
struct blob {
    uint8_t *bytes;
    size_t size;
};

enum map_shape {
    MAP_KERNEL,    /* sizes and padding, aliases, absolute symbols */
    MAP_MODULE,    /* section << 32 | offset */
    MAP_NESTED,    /* any overlaps */
    MAP_UNSIZED,   /* a System.map */
    MAP_SCATTERED, /* any 64-bit addresses */
    MAP_CXX,       /* names of C++, of which phrases are made */
    MAP_SHAPES
};

/* Reads the environment; ends the program if it lacks something. */
void fixture_open(void);

uint64_t random_seed(void);
uint64_t random_number(void);
uint32_t random_below(uint32_t limit); /* 0 for a limit of 0 */

/* No symbol of a random map is one that gen_ksyms leaves out. */
void make_random_map(struct reference_map *map, uint32_t count, enum map_shape shape);
void free_map(struct reference_map *map);

/* Run gen_ksyms; any failure fails the test.  `build_id` may be null. */
struct blob generate(const struct reference_map *map);
struct blob generate_bytes(const char *text, size_t length, const char *build_id);

#endif
