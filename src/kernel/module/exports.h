// SPDX-License-Identifier: MIT
/*
 * exports.h: the index of all exported symbols, the kernel's and the modules', by name.
 */
#ifndef MODULE_EXPORTS_H
#define MODULE_EXPORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct module;
struct kernel_symbol;

struct exported {
    const char *name;      /* in the owner's rodata */
    const char *namespace; /* likewise; "": none */
    uint64_t address;
    struct module *owner;  /* null: the kernel */
    struct exported *next; /* in its bucket */
    uint32_t name_length;
    uint32_t key;       /* of its type in tables of hashes (ksyms/types.h); spread like a hash */
    uint32_t type_hash; /* of its own type; what that reaches has hashes of its own */
    bool has_type;      /* or its owner says nothing of it */
};

/* Enter the kernel's own exports. */
void exports_init(void);

const struct exported *export_find(const char *name);

/* Decode an entry of a __ksymtab: its words are relative to themselves. */
void export_decode(const struct kernel_symbol *symbol, struct exported *export);

/* Enter `count` exports of one owner, which stay the caller's and must stay in place; and take them
 * out. */
void exports_add(struct exported *exports, size_t count);
void exports_remove(struct exported *exports, size_t count);

/* How many there are, of all owners. */
size_t exports_count(void);

/* Call `use` for each export, in no order. */
void exports_for_each(void (*use)(const struct exported *export, void *context), void *context);

#endif
