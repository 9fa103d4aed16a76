// SPDX-License-Identifier: MIT
/*
 * unloaded.h: whose code was at an address where none is any more: of a module that is gone, or
 * init code that was given back.  It explains a pointer that was left behind.
 */
#ifndef MODULE_UNLOADED_H
#define MODULE_UNLOADED_H

#include <stdbool.h>
#include <stdint.h>

struct module;

/* Before the module gives back all of its memory, or that of its init code. */
void unloaded_remember(const struct module *module);
void unloaded_remember_init(const struct module *module);

struct unloaded_place {
    const char *module;
    bool is_init;    /* in its init code */
    uint64_t offset; /* from the beginning of its code, or of its init code */
};

/* Any context.  False if a module is there now, or none was lately. */
bool unloaded_find(struct unloaded_place *place, uint64_t address);

/* The name of the last module that went, null if there is none.  Any context. */
const char *unloaded_last(void);

#endif
