// SPDX-License-Identifier: MIT
/*
 * module_load.h: one load while it runs, and what loading and unloading share.  Private to the kit.
 *
 *   module_load.c      the list of passes; the file, the link, into the kernel
 *   module_contents.c  what the linked module brings
 *   module_types.c     does it mean the same types? (host->types)
 *   module.c           the list of modules; taking one out
 */
#ifndef KSYMS_MODULE_LOAD_H
#define KSYMS_MODULE_LOAD_H

#include "ksyms/module.h"
#include "link_fault.h"

/* Facts about no place in the file. */
#define KSYMS_FAULT_OF(code)                                                                       \
    {                                                                                              \
        .status = (code), .section = KSYMS_NONE, .symbol = KSYMS_NONE, .relocation = KSYMS_NONE    \
    }

/* One line through host->write, if there is one.  `object` is for names, and may be null. */
void ksyms_module_report(const struct ksyms_host *host, const char *file_name,
                         const struct ksyms_object *object, const struct ksyms_fault *fault);

/* As ksyms_host_resolve(), and whose symbol it is: null for the kernel's. */
bool ksyms_host_find_global(const struct ksyms_host *host, const char *name, uint64_t *address,
                            struct ksyms_module **owner);

void ksyms_module_publish(struct ksyms_host *host, struct ksyms_module *module);

/* Give segments back, the last one first, down to the kind `first`. */
void ksyms_module_unmap(struct ksyms_host *host, struct ksyms_module *module, unsigned first);

/* Undo load, behind exit: destructors, list, memory. */
void ksyms_module_take_out(struct ksyms_host *host, struct ksyms_module *module);

/* ---- Loading ---- */

struct load {
    struct ksyms_host *host;
    struct ksyms_module *module;
    const char *file_name;
    const void *file;
    size_t size_bytes;

    struct ksyms_object object;
    struct ksyms_link link;
    struct ksyms_fault fault;
    void *scratch; /* the link's arrays */
    size_t scratch_size;
};

/* Note why; for passes, which return false then. */
bool ksyms_load_refuse(struct load *load, enum ksyms_status status, uint64_t offset,
                       uint64_t value);

static inline bool ksyms_is_in_segment(const struct ksyms_segment *segment, uint64_t address)
{
    return address - segment->address < segment->size_bytes;
}

/* Passes of module_contents.c. */
bool ksyms_load_find_entries(struct load *load);
bool ksyms_load_find_constructors(struct load *load);
bool ksyms_load_open_table(struct load *load);
bool ksyms_load_move_table(struct load *load); /* when it is protected: to where it runs */

#endif
