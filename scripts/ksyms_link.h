// SPDX-License-Identifier: MIT
/*
 * ksyms_link.h: what the files of ksyms-link share.  Whatever goes wrong is said once, in the form
 * `file: place: what`, and ends the program with status 1; memory is the process's and lives as
 * long.
 *
 *     input ──► check, plan ──► layout ──► symbols ──► bind, relocate ──► output
 *                          └───────────── report: why not ──────────────┘
 */
#ifndef KSYMS_LINK_PROGRAM_H
#define KSYMS_LINK_PROGRAM_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "ksyms/link.h"

#define DEFAULT_BASE 0xffffffffc0000000ull

/* A symbol of the map, and all of them, sorted by name. */
struct map_symbol {
    const char *name;
    uint64_t address;
};
struct symbol_map {
    struct map_symbol *symbols;
    size_t count;
};

/* One link: what is linked, and by what name messages call it. */
struct job {
    const char *path;
    struct ksyms_object object;
    struct ksyms_link link;
    struct symbol_map map;
    bool has_map;
    uint64_t undefined_address; /* of every symbol, if there is no map */
};

/* "ksyms-link: ..." on standard error, and exit with status 1. */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void *allocate(size_t count, size_t size);

/* The whole file, 8-byte aligned.  Of a Linux module without the signature behind it. */
uint8_t *input_read(const char *path, size_t *size_bytes);

/* A map as nm prints it: `address type name`, or with a size as second. */
void input_read_map(const char *path, struct symbol_map *map);
const struct map_symbol *input_find(const struct symbol_map *map, const char *name);

/* Read a layout (null: all from DEFAULT_BASE upwards) and give each segment its place and memory.
 */
void layout_apply(const char *path, struct ksyms_link *link);
const char *layout_segment_name(uint32_t segment);

/* Why the file is refused, one line on standard error. */
void report_fault(const struct job *job, const struct ksyms_object *object,
                  const struct ksyms_fault *fault);

/* The linked bytes into a directory: see --help. */
void output_write(const char *path, const struct ksyms_link *link);

#endif
