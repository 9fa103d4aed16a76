// SPDX-License-Identifier: MIT
/*
 * index.h: the modules that the initrd has, by name, and what its index files say of them.
 *
 * Read once at boot, so that no load searches the archive.  The files come from outside: what is
 * wrong with one is reported then, and the kernel goes on without it; modules are found all the
 * same, and their own `depends=` tells what they need.
 */
#ifndef MODULE_INDEX_H
#define MODULE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "boot/cpio.h"
#include "module/index_text.h"

struct module_record {
    struct cpio_entry file;
    struct text name;         /* in the file's path; shorter than MODULE_NAME_MAX */
    bool is_listed;           /* in modules.dep; then: */
    struct text dependencies; /* paths; who stands left may need who stands right of it */
    struct text soft; /* of modules.softdep: from this module's first line to its last; or empty */
    uint64_t session; /* probe.c: when it was tried last, */
    int error;        /* and what came of it */
    struct module_record *next; /* in its bucket */
};

/* Read the initrd's list of modules and their index; says in the log what is wrong with it. */
void module_index_init(void);

/* Null: there is none of that name. */
struct module_record *module_record_find(const char *name);
struct module_record *module_record_of_name(struct text name);

/* The module that a path of modules.dep means, null if the initrd has no such file. */
struct module_record *module_record_of_path(struct text path);

/* How many modules there are, and each of them, in the order of the archive. */
size_t module_record_count(void);
const struct module_record *module_record_at(size_t number);

/*
 * The next module to which `alias` is another name, in modules.alias or modules.symbols
 * (`symbol:NAME`).  *position is 0 at first, and then belongs to this function.
 */
bool module_alias_next(const char *alias, size_t *position, struct text *module);

/* The next alias that is a name, and not a pattern for many, of the file that such a prefix would
 * be in.  *position as above. */
bool module_alias_listed(const char *prefix, size_t *position, struct text *alias);

/* Who exports a symbol, by modules.symbols. */
bool module_index_exporter(const char *symbol, struct text *module);
bool module_index_has_symbols(void);

#endif
