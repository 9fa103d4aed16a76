// SPDX-License-Identifier: MIT
/*
 * sections.h: from where the sections of a module run to the addresses in its own table, and back.
 *
 * The table of an object file was made before anybody knew where its sections would lie, so its
 * addresses are `section index << 32 | offset`.
 *
 * The array is indexed by the section's number in the file.  Any context.
 */
#ifndef KSYMS_SECTIONS_H
#define KSYMS_SECTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include "ksyms/language.h"

KSYMS_BEGIN_C

#define KSYMS_SECTION_SHIFT 32 /* of the number, in an address of the table */

/* Where a section lies; size 0: not loaded, or given back after init. */
struct ksyms_module_section {
    uint64_t address, size;
};

/* False: the address lies in no section. */
bool ksyms_sections_table_address(const struct ksyms_module_section *sections, uint32_t count,
                                  uint64_t address, uint64_t *table_address);

/* The other way round.  An end label, just past its section, is in it. */
bool ksyms_sections_run_address(const struct ksyms_module_section *sections, uint32_t count,
                                uint64_t table_address, uint64_t *address);

KSYMS_END_C

#endif
