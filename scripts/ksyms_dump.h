// SPDX-License-Identifier: MIT
/* ksyms_dump.h: a kernel in a memory dump: its modules, and names for addresses. */
#ifndef KSYMS_DUMP_PROGRAM_H
#define KSYMS_DUMP_PROGRAM_H

#include "ksyms.h"
#include "ksyms/dump.h"
#include "ksyms/sections.h"
#include "ksyms_core.h"

struct dumped_module {
    char name[64];
    struct ksyms_module_section *sections;
    uint32_t section_count;
    bool has_image;
    struct image image; /* by its own blob, as it lay in memory */
};

struct dump {
    struct core core;
    struct image kernel;
    struct dumped_module *modules; /* newest first */
    size_t module_count;
    uint64_t blob_bytes; /* of all modules */
};

/* A symbol of the kernel as a constant of the dump: false if the kernel has none of that name. */
bool dump_read_symbol(const struct dump *dump, const char *name, void *value, size_t size);

/* Where an address lies: the image that knows it, and the address as that has it.  Null: nobody's.
 */
const struct image *dump_locate(const struct dump *dump, uint64_t address,
                                const struct dumped_module **module, uint64_t *table_address);

/* " name+0x1/0x16 [module]" and its lines. */
void dump_print_address(const struct dump *dump, uint64_t address, bool is_return_address);

/* ksyms_dump_trace.c: the callers of where the first CPU was. */
int dump_print_trace(const struct dump *dump);

#endif
