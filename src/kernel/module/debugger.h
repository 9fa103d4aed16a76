// SPDX-License-Identifier: MIT
/*
 * debugger.h: with debug=gdb on the command line, a debugger sees each module from before its init
 * until it is unloaded: names, lines, variables, frames.  Without it nothing is kept.
 */
#ifndef MODULE_DEBUGGER_H
#define MODULE_DEBUGGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "memory/area.h"

/* One file in memory, as gdb's JIT interface wants it described. */
struct jit_code_entry {
    struct jit_code_entry *next, *previous;
    const void *file;
    uint64_t size_bytes;
};

/* What one module keeps for the debugger: no area if it does not. */
struct debugger_image {
    struct area area; /* the module's file, read-only */
    struct jit_code_entry entry;
};

struct module;

/* Keep a copy of the file, which was checked and linked, and show it.  Does nothing without
 * debug=gdb.  False, and nothing is kept, when there is no memory. */
bool debugger_show(struct module *module, const void *file, size_t size_bytes);

/* The sections that module->sections does not have any more are gone. */
void debugger_forget_sections(struct module *module);

/* Take it back; does nothing for a module that is not shown. */
void debugger_hide(struct module *module);

#endif
