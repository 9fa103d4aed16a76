// SPDX-License-Identifier: MIT
/*
 * names.h: addresses to names, over the kernel's table and those of all loaded modules.
 * Any context; no lock, no heap.
 */
#ifndef PANIC_NAMES_H
#define PANIC_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "ksyms/lines.h"
#include "ksyms/table.h"
#include "ksyms/unwind_table.h"

struct module;

/* Open and verify the kernel's own table.  Says in the log what is wrong if it cannot be used. */
void names_init(void);

/* The kernel's table, null if it is unusable. */
const struct ksyms_table *names_kernel_table(void);

struct named_address {
    const struct ksyms_table *table; /* that holds the symbol */
    struct ksyms_symbol symbol;
    uint64_t offset;             /* from the symbol's start */
    const struct module *module; /* null: the kernel */
};

/* The symbol that covers an address exactly as given.  False if there is none. */
bool name_find(struct named_address *named, uint64_t address);

/* Is `address` in the code of the kernel, or of a module? */
bool name_is_code(uint64_t address);

/* How the frame of the code at an address is left, exactly as given.  False if nothing is known. */
bool name_unwind_row(struct ksyms_unwind_row *row, uint64_t address);

/*
 * "name+0xoffset/0xsize [module]", or "0x…" when the address has no name.  A return address is
 * looked up one byte earlier.  Returns the length as snprintf does.
 */
size_t name_format(char *buffer, size_t capacity, uint64_t address, bool is_return_address);

/*
 * The source's form of a mangled name of C++, cut to fit; other names as they are.  The buffer, or
 * `name`.
 */
const char *name_demangled(const char *name, char *buffer, size_t capacity);

/* That of the symbol at an address.  False if it has no other form.  3 KiB of stack. */
bool name_find_demangled(char *buffer, size_t capacity, uint64_t address, bool is_return_address);

/* Where in the source an address is: a look-up of name_places_find. 1.5 KiB. */
struct named_places {
    struct ksyms_lines lines;
    struct ksyms_chain chain;
};

/* False if the tables do not say.  A return address is looked up one byte earlier. */
bool name_places_find(struct named_places *places, uint64_t address, bool is_return_address);

/* From the innermost inlined call outwards; false behind the last. */
bool name_places_next(struct named_places *places, struct ksyms_place *place);

/* As module_build_id_format(); "" once names were given up. */
void name_build_id_format(const struct module *module, char *buffer, size_t capacity);

/* Is a name being looked up?  Asked by a fault: then it was the look-up that faulted. */
bool names_are_busy(void);

/* From now on addresses are printed without names. */
void names_give_up(void);

#endif
