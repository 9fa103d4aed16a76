// SPDX-License-Identifier: MIT
/*
 * load.h: one load while it runs, and its passes.  Private to load*.c.
 *
 *   load.c            the list of passes; the file itself; into the kernel and init
 *   load_link.c       places, addresses, relocations
 *   load_types.c      are the types those that it was built with?
 *   load_contents.c   what the linked module brings: entry points, names, exports, parameters
 *   load_run.c        init.  scripts/module_check.c, which runs no module, has another one
 *
 * A pass returns 0, or a negative errno after it has reported what is wrong.
 */
#ifndef MODULE_LOAD_H
#define MODULE_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "ksyms/link.h"
#include "ksyms/modinfo.h"
#include "ksyms/object.h"
#include "ksyms/types.h"
#include "module/module.h"

#define ARGUMENTS_MAX 64 /* of the command line and of insmod together */

/* What one load holds while it runs. */
struct load {
    const char *file_name;
    const void *file;
    size_t size_bytes;
    const char *const *given; /* parameters of this load, the caller's */
    size_t given_count;

    uint8_t *copy; /* of the file: what is checked is what is linked; heap */
    struct ksyms_object object;
    struct ksyms_modinfo modinfo;
    struct module_namespaces namespaces; /* that it imports */
    struct ksyms_link link;
    void *arrays; /* the link's; heap */

    struct ksyms_table types;        /* what it was built with */
    struct ksyms_type_hashes needed; /* of it */
    /* Where keys with these upper bits begin in `needed`; and for each of it: 1 if nothing is left
     * to compare.  One piece of the heap. */
    uint32_t *key_starts;
    uint8_t *settled;
    unsigned key_shift;
    struct module *module;

    const char *arguments[ARGUMENTS_MAX];
    size_t argument_count;
    bool lacks_namespace; /* a symbol is of one that the module does not import */
    int error;            /* of a callback */
};

/* Report, and give the errno for it. */
int load_out_of_memory(const struct load *load, const char *what);
int load_refuse(const struct load *load, const struct ksyms_fault *fault);

/* load_link.c */
int plan_segments(struct load *load);
int place_segments(struct load *load);
int record_sections(struct load *load);
int bind_symbols(struct load *load);
int relocate(struct load *load);

/* load_types.c */
int open_types(struct load *load);
/* While symbols are bound: the import of this export has the type that the module was built with.
 */
void settle_type(struct load *load, const struct exported *export);
int check_types(struct load *load);

/* load_contents.c */
int find_entries(struct load *load);
int find_constructors(struct load *load);
int open_table(struct load *load);
int read_exports(struct load *load);
int apply_parameters(struct load *load);

/* What init alone needed goes. */
void forget_init(struct module *module);

/* load_run.c */
int run_init(struct load *load);

#endif
