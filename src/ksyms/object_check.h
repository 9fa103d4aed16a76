// SPDX-License-Identifier: MIT
/*
 * object_check.h: what the parts of ksyms_object_check share.  Private to the kit.
 *
 * Each part checks one kind of structure and may rely on all parts before it:
 *
 *     header ──► sections ──► symbols ──► relocations
 */
#ifndef KSYMS_OBJECT_CHECK_H
#define KSYMS_OBJECT_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "ksyms/elf.h"
#include "ksyms/object.h"
#include "ksyms/status.h"

/* An object under check: the fields of `object` are filled by the part that has checked them. */
struct ksyms_check {
    struct ksyms_object object;
    uint32_t name_section; /* by header: e_shstrndx */
    uint64_t loaded_bytes; /* by sections, then symbols: memory needed, at most LOADED_MAX */
    struct ksyms_fault fault;
};

enum ksyms_status ksyms_check_header(struct ksyms_check *check);
enum ksyms_status ksyms_check_sections(struct ksyms_check *check);
enum ksyms_status ksyms_check_symbols(struct ksyms_check *check);
enum ksyms_status ksyms_check_relocations(struct ksyms_check *check);

/* The number of a name among those that a file may have once, in object->unique_sections;
 * KSYMS_OBJECT_UNIQUE for any other. */
uint32_t ksyms_unique_number(const char *name);

static inline bool ksyms_is_power_of_two(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

static inline bool ksyms_is_loaded(const struct ksyms_elf_section *section)
{
    return (section->sh_flags & KSYMS_SHF_ALLOC) != 0;
}

/* Reserve memory for one section or common symbol; false when the cap would be passed. */
static inline bool ksyms_check_reserve(struct ksyms_check *check, uint64_t size, uint64_t alignment)
{
    uint64_t start = (check->loaded_bytes + alignment - 1) & ~(alignment - 1);
    if (start > KSYMS_OBJECT_LOADED_MAX || size > KSYMS_OBJECT_LOADED_MAX - start) {
        return false;
    }
    check->loaded_bytes = start + size;
    return true;
}

/* Record a fault about a section (or the file header, with KSYMS_NONE) and return its status. */
static inline enum ksyms_status ksyms_refuse(struct ksyms_check *check, enum ksyms_status status,
                                             uint32_t section, uint64_t offset, uint64_t value,
                                             uint64_t limit)
{
    check->fault = (struct ksyms_fault){
        .status = status,
        .section = section,
        .symbol = KSYMS_NONE,
        .relocation = KSYMS_NONE,
        .offset = offset,
        .value = value,
        .limit = limit,
    };
    return status;
}

#endif
