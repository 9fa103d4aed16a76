// SPDX-License-Identifier: MIT
/*
 * module.h: load a .ko file into the running kernel, with what struct ksyms_host provides.
 *
 *     static struct ksyms_module hello;
 *     struct ksyms_fault fault;
 *
 *     if (ksyms_module_load(&host, &hello, "hello.ko", file, size, &fault) != KSYMS_OK) { ... }
 *     ...
 *     ksyms_module_unload(&host, &hello, &fault);
 *
 * A module is linked by `ld -r` (ksyms_add_module, ksyms.mk); any object file of x86-64 will do.
 * What runs in it:
 *
 *   load      .init_array, then `int init_module(void)`: 0, or the module is taken out again
 *   unload    `void cleanup_module(void)`, then .fini_array, the last one first
 *
 * What is wrong with a file is written through host->write, if there is one, as one line for each
 * fact, and told in `fault` (may be null).  A refused module leaves the kernel as it was.
 *
 * Ownership: struct ksyms_module is the caller's; it need not be zero, must stay while the module
 * is loaded, and is free again after a load that failed or an unload that did not.  The file's
 * bytes, aligned to 8, must not change during the load and are not needed after it.
 *
 * Not in interrupts, and for one module at a time (host.h).  Not reentrant from init_module.
 * Stack: at most 2304 bytes, and what init_module takes.
 */
#ifndef KSYMS_MODULE_H
#define KSYMS_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "ksyms/host.h"
#include "ksyms/language.h"
#include "ksyms/sections.h"
#include "ksyms/status.h"

KSYMS_BEGIN_C

#define KSYMS_MODULE_NAME_MAX 56u /* bytes with the NUL; longer ones are cut */

/* Functions that run one after the other: .init_array, .fini_array. */
struct ksyms_functions {
    void (*const *functions)(void); /* in the module */
    size_t count;
};

/* Filled by load; read name and next, leave the rest alone. */
struct ksyms_module {
    char name[KSYMS_MODULE_NAME_MAX];   /* of the file, without ".ko" */
    struct ksyms_module *volatile next; /* in host->modules */

    struct ksyms_segment segments[KSYMS_SEGMENT_COUNT]; /* size 0: none, or given back after init */
    struct ksyms_table table;                           /* its own names, in its rodata */
    bool has_table;

    /* One piece of memory from the host: places of sections, modules that it uses. */
    void *memory;
    size_t memory_size;
    struct ksyms_module_section *sections; /* by number in the file */
    uint32_t section_count;
    struct ksyms_module **uses;
    uint32_t use_count;

    struct ksyms_functions constructors;
    struct ksyms_functions destructors;
    int (*init)(void);  /* null: none */
    void (*exit)(void); /* null: none */
};

/*
 * KSYMS_OK: it is linked, has run, and is on the list.  Else one of check, plan, bind and relocate
 * (object.h, link.h), of its table (table.h), or
 *   KSYMS_MODULE_MEMORY    the host gave none: fault.offset is the kind of the segment, or
 *                          KSYMS_SEGMENT_COUNT for the kit's lists; fault.value the bytes
 *   KSYMS_MODULE_PROTECT   the host could not protect the segment fault.offset
 *   KSYMS_MODULE_ENTRY     init_module or cleanup_module (fault.symbol) is not in its code, or gone
 *                          when it is called
 *   KSYMS_MODULE_FUNCTIONS .init_array or .fini_array (fault.section) is no table of its functions
 *   KSYMS_MODULE_INIT      init_module returned fault.value
 *   KSYMS_MODULE_TWICE     a module of that name is loaded
 *   KSYMS_MODULE_TYPES     its section .ksyms_types (fault.section) tells of other types than
 * host->types found, fault.value of them
 */
enum ksyms_status ksyms_module_load(struct ksyms_host *host, struct ksyms_module *module,
                                    const char *file_name, const void *file, size_t size_bytes,
                                    struct ksyms_fault *fault);

/* KSYMS_MODULE_USED if another module uses its symbols, KSYMS_MODULE_NO_EXIT if it has an
 * init_module but no cleanup_module; both leave it loaded. */
enum ksyms_status ksyms_module_unload(struct ksyms_host *host, struct ksyms_module *module,
                                      struct ksyms_fault *fault);

/* For host->types: compares hashes of types (types.h), and names through host->write what differs.
 * Modules and kernels that carry none are taken as they are. */
enum ksyms_status ksyms_module_types(const struct ksyms_host *host,
                                     const struct ksyms_module *module,
                                     const struct ksyms_object *object, struct ksyms_fault *fault);

/* The loaded module of that name, of the address; null if there is none.  Any context. */
struct ksyms_module *ksyms_module_find(const struct ksyms_host *host, const char *name);
struct ksyms_module *ksyms_module_of_address(const struct ksyms_host *host, uint64_t address);

/* To the address in the module's own table, and back (sections.h).  Any context. */
bool ksyms_module_table_address(const struct ksyms_module *module, uint64_t address,
                                uint64_t *table_address);
bool ksyms_module_run_address(const struct ksyms_module *module, uint64_t table_address,
                              uint64_t *address);

KSYMS_END_C

#endif
