// SPDX-License-Identifier: MIT
/*
 * names.c: addresses to names, from the kernel's blob and the modules' own.
 *
 *  1. Nothing is allocated or locked: usable in an NMI and in a panic.
 *  2. names_give_up() makes every answer a plain address from then on; the panic code calls it when
 *     looking a name up faulted itself, which names_are_busy() tells.
 */
#include "panic/names.h"
#include "arch.h"
#include "ksyms/demangle.h"
#include "ksyms/table.h"
#include "module/module.h"
#include "module/unloaded.h"
#include "onoma/printk.h"
#include "onoma/string.h"

#define MANGLED_MAX 1024 /* bytes of a name that is demangled; longer ones stay as they are */

static struct ksyms_table kernel_table;
static bool is_usable;
static bool has_given_up;
/* Not 0 when a fault comes out of a look-up. */
static volatile unsigned lookups_in_progress;

void names_init(void)
{
    size_t size = (size_t)(__ksyms_end - __ksyms_start);
    enum ksyms_status status = ksyms_table_open(&kernel_table, __ksyms_start, size);

    if (status == KSYMS_OK) {
        status = ksyms_table_verify(&kernel_table);
    }
    if (status != KSYMS_OK) {
        pr_err("ksyms: no names: the kernel's table (%zu bytes at %p) is unusable: %s\n", size,
               (const void *)__ksyms_start, ksyms_status_text(status));
        return;
    }
    is_usable = true;
    pr_info("ksyms: %u symbols in %zu bytes\n", ksyms_table_count(&kernel_table), size);
}

const struct ksyms_table *names_kernel_table(void)
{
    return is_usable ? &kernel_table : NULL;
}

bool names_are_busy(void)
{
    return lookups_in_progress > 0;
}

void names_give_up(void)
{
    has_given_up = true;
}

/* The table that an address is in, and the address as that table counts it. */
static const struct ksyms_table *find_table(uint64_t address, const struct module **module,
                                            uint64_t *table_address)
{
    *module = module_of_address(address);
    *table_address = address;
    if (!*module) {
        return names_kernel_table();
    }
    return module_table_address(*module, address, table_address) ? module_table(*module) : NULL;
}

static bool find_in_tables(struct named_address *named, uint64_t address)
{
    *named = (struct named_address){0};
    uint64_t table_address;

    named->table = find_table(address, &named->module, &table_address);
    if (!named->table || !ksyms_table_find_address(named->table, table_address, &named->symbol)) {
        return false;
    }
    named->offset = table_address - named->symbol.address;
    return true;
}

bool name_find(struct named_address *named, uint64_t address)
{
    lookups_in_progress++;
    bool is_found = !has_given_up && find_in_tables(named, address);
    lookups_in_progress--;
    return is_found;
}

const char *name_demangled(const char *name, char *buffer, size_t capacity)
{
    lookups_in_progress++;
    bool is_demangled = !has_given_up && ksyms_demangle(name, buffer, capacity) > 0;
    lookups_in_progress--;
    return is_demangled ? buffer : name;
}

bool name_find_demangled(char *buffer, size_t capacity, uint64_t address, bool is_return_address)
{
    struct named_address named;
    char mangled[MANGLED_MAX];

    if (!name_find(&named, is_return_address ? address - 1 : address)) {
        return false;
    }
    lookups_in_progress++;
    size_t length = ksyms_symbol_name(named.table, &named.symbol, mangled, sizeof(mangled));
    lookups_in_progress--;
    return length < sizeof(mangled) && name_demangled(mangled, buffer, capacity) == buffer;
}

bool name_is_code(uint64_t address)
{
    const struct module *module;

    if (address >= (uint64_t)__text_start && address < (uint64_t)__text_end) {
        return true;
    }
    module = module_of_address(address);
    return module && module_is_code(module, address);
}

bool name_unwind_row(struct ksyms_unwind_row *row, uint64_t address)
{
    const struct ksyms_table *table;
    const struct module *module;
    struct ksyms_unwind unwind;
    uint64_t table_address;

    lookups_in_progress++;
    bool is_found = false;
    if (!has_given_up) {
        table = find_table(address, &module, &table_address);
        is_found = table && ksyms_unwind_open(&unwind, table) == KSYMS_OK &&
                   ksyms_unwind_find(&unwind, table_address, row);
    }
    lookups_in_progress--;
    return is_found;
}

bool name_places_find(struct named_places *places, uint64_t address, bool is_return_address)
{
    const struct ksyms_table *table;
    const struct module *module;
    uint64_t table_address;

    lookups_in_progress++;
    bool is_found = false;
    if (!has_given_up) {
        table = find_table(is_return_address ? address - 1 : address, &module, &table_address);
        is_found = table && ksyms_lines_open(&places->lines, table) == KSYMS_OK &&
                   ksyms_lines_find(&places->lines, table_address, &places->chain);
    }
    lookups_in_progress--;
    return is_found;
}

bool name_places_next(struct named_places *places, struct ksyms_place *place)
{
    lookups_in_progress++;
    bool is_found = !has_given_up && ksyms_chain_next(&places->chain, place);
    lookups_in_progress--;
    return is_found;
}

void name_build_id_format(const struct module *module, char *buffer, size_t capacity)
{
    buffer[0] = '\0';
    lookups_in_progress++;
    if (!has_given_up) {
        module_build_id_format(module, buffer, capacity);
    }
    lookups_in_progress--;
}

/* Where no symbol is, whose code was there may explain the address. */
static size_t format_nameless(char *buffer, size_t capacity, uint64_t address)
{
    struct unloaded_place place;

    if (!unloaded_find(&place, address)) {
        return (size_t)snprintf(buffer, capacity, "0x%016lx", address);
    }
    return (size_t)snprintf(buffer, capacity, "0x%016lx (unloaded %smodule %s+0x%lx)", address,
                            place.is_init ? "init code of " : "", place.module, place.offset);
}

size_t name_format(char *buffer, size_t capacity, uint64_t address, bool is_return_address)
{
    struct named_address named;
    uint64_t looked_up = is_return_address ? address - 1 : address;

    if (!name_find(&named, looked_up)) {
        return format_nameless(buffer, capacity, address);
    }
    /* The name first, cut so that what follows it always fits. */
    const size_t tail = 2 * 19 + 3 + MODULE_NAME_MAX;
    size_t room = capacity > tail + 2 ? capacity - tail : capacity;
    lookups_in_progress++;
    size_t length = ksyms_symbol_name(named.table, &named.symbol, buffer, room);
    lookups_in_progress--;
    if (length >= room) {
        length = room ? room - 1 : 0;
    }
    return length + (size_t)snprintf(buffer + length, capacity - length, "+0x%lx/0x%lx%s%s%s",
                                     named.offset + (address - looked_up), named.symbol.size,
                                     named.module ? " [" : "",
                                     named.module ? module_name(named.module) : "",
                                     named.module ? "]" : "");
}
