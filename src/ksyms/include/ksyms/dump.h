// SPDX-License-Identifier: MIT
/*
 * dump.h: what a program that reads a memory dump must know of a kernel: where its modules and its
 * log are.  A kernel that wants `ksyms dump` to find them defines constants of these names, which
 * the program looks up in the kernel's own symbol table:
 *
 *     const struct ksyms_dump_modules ksyms_dump_modules = {
 *         .version = KSYMS_DUMP_VERSION, .first = (uint64_t)&first_module, ...};
 *     const struct ksyms_dump_log ksyms_dump_log = {...};
 *
 * Each is optional.  Addresses are virtual ones of the kernel.
 */
#ifndef KSYMS_DUMP_H
#define KSYMS_DUMP_H

#include <stdint.h>
#include "ksyms/language.h"

KSYMS_BEGIN_C

#define KSYMS_DUMP_VERSION 1u

/* A list of modules.  Numbers are offsets in the kernel's structure for a module. */
struct ksyms_dump_modules {
    uint32_t version;
    uint32_t next;          /* pointer to the next module, null at the end */
    uint64_t first;         /* address of the pointer to the first module */
    uint32_t name;          /* NUL-ended, in the structure itself */
    uint32_t name_size;     /* bytes there are for it */
    uint32_t sections;      /* pointer to an array of {uint64_t address, size}, by section number */
    uint32_t section_count; /* uint32_t: how many */
    uint32_t blob;          /* pointer to the module's own symbol blob; null: it has none */
    uint32_t blob_size;     /* uint32_t: bytes of it */
};
KSYMS_ASSERT(sizeof(struct ksyms_dump_modules) == 40, "read from dumps by this layout");

/*
 * A log: a circle of `size` bytes (a power of two); a position modulo the size is a place.
 * Positions tail ... head hold records {uint64_t microseconds; uint16_t length; uint8_t level,
 * reserved[5]}, each with `length` bytes of text behind it.
 */
struct ksyms_dump_log {
    uint32_t version;
    uint32_t size;
    uint64_t ring; /* address of the bytes */
    uint64_t head; /* addresses of the two positions, uint64_t */
    uint64_t tail;
};
KSYMS_ASSERT(sizeof(struct ksyms_dump_log) == 32, "read from dumps by this layout");

KSYMS_END_C

#endif
