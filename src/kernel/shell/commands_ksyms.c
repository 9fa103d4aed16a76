// SPDX-License-Identifier: MIT
/*
 * commands_ksyms.c: ask the symbol tables, the kernel's and the modules', both ways.  Lines are
 * those of Linux's /proc/kallsyms.
 */
#include "ksyms/table.h"
#include "module/module.h"
#include "onoma/command.h"
#include "onoma/errno.h"
#include "onoma/string.h"
#include "panic/names.h"
#include "shell/commands.h"
#include "shell/input.h"
#include "shell/selftest.h"

#define NAME_MAX_SHOWN 512 /* bytes; longer names are cut at the prompt */

/* A table and whose it is; module null: the kernel's. */
struct owner {
    const struct ksyms_table *table;
    const struct module *module;
};

/* The kernel's table first, then each module's.  Start with {0}. */
static bool next_owner(struct owner *owner)
{
    if (!owner->table && !owner->module) {
        *owner = (struct owner){names_kernel_table(), NULL};
        if (owner->table) {
            return true;
        }
    }
    const struct module *module = owner->module ? owner->module->next : module_first();
    while (module && !module_table(module)) {
        module = module->next;
    }
    if (!module) {
        return false;
    }
    *owner = (struct owner){module_table(module), module};
    return true;
}

/* False if it was in an init section, which is gone. */
static bool print_symbol(const struct owner *owner, const struct ksyms_symbol *symbol)
{
    char name[NAME_MAX_SHOWN];
    uint64_t address = symbol->address;

    if (owner->module && !module_run_address(owner->module, symbol->address, &address)) {
        return false;
    }
    size_t length = ksyms_symbol_name(owner->table, symbol, name, sizeof(name));
    console_printf("%016lx %c %s%s", address, symbol->type, name,
                   length >= sizeof(name) ? "..." : "");
    if (owner->module) {
        console_printf("\t[%s]", module_name(owner->module));
    }
    console_printf("\n");
    return true;
}

static int print_address(uint64_t address)
{
    struct ksyms_symbol below, above;
    char text[NAME_MAX_SHOWN], after[NAME_MAX_SHOWN];
    struct named_address named;

    if (name_find(&named, address)) {
        name_format(text, sizeof(text), address, false);
        console_printf("%s\n", text);
        if (name_find_demangled(text, sizeof(text), address, false)) {
            console_printf("    %s\n", text);
        }
        return 0;
    }
    name_format(text, sizeof(text), address, false);
    console_printf("%s: no symbol here", text);
    if (!module_of_address(address) && names_kernel_table() &&
        ksyms_table_find_neighbours(names_kernel_table(), address, &below, &above) == 3) {
        ksyms_symbol_name(names_kernel_table(), &below, text, sizeof(text));
        ksyms_symbol_name(names_kernel_table(), &above, after, sizeof(after));
        console_printf(": between %s and %s", text, after);
    }
    console_printf("\n");
    return -ENOENT;
}

/* The kernel's names most like one that is not there. */
static void print_nearest(const char *name)
{
    const struct ksyms_table *table = names_kernel_table();
    struct ksyms_nearest nearest;
    struct ksyms_symbol symbol;
    char found[NAME_MAX_SHOWN];

    if (!table) {
        return;
    }
    ksyms_nearest_start(&nearest, name, strlen(name), 2);
    ksyms_table_find_nearest(table, (struct ksyms_name_range){0, ksyms_table_count(table)},
                             &nearest);
    for (uint32_t i = 0; i < nearest.count; i++) {
        if (ksyms_table_symbol_named(table, nearest.found[i].id, &symbol)) {
            ksyms_symbol_name(table, &symbol, found, sizeof(found));
            console_printf("ksyms: did you mean %s?\n", found);
        }
    }
}

/* "module:name" means that module only; a name without it all tables. */
static int print_named(const char *name)
{
    const char *colon = strchr(name, ':');
    size_t owner_length = colon ? (size_t)(colon - name) : 0;
    const char *wanted = colon ? colon + 1 : name;
    char text[NAME_MAX_SHOWN];
    size_t found = 0;

    for (struct owner owner = {0}; next_owner(&owner);) {
        const char *owner_name = owner.module ? module_name(owner.module) : "kernel";
        if (colon &&
            (strlen(owner_name) != owner_length || memcmp(owner_name, name, owner_length) != 0)) {
            continue;
        }
        struct ksyms_name_range range = ksyms_table_find_name(owner.table, wanted, strlen(wanted));
        for (uint32_t i = 0; i < range.count; i++) {
            struct ksyms_symbol symbol;
            if (ksyms_table_symbol_named(owner.table, range.first + i, &symbol) &&
                print_symbol(&owner, &symbol)) {
                found++;
            }
        }
    }
    if (found == 0) {
        console_printf("ksyms: %s: no such symbol (ksyms -p PREFIX lists similar ones)\n", name);
        print_nearest(wanted);
        return -ENOENT;
    }
    if (name_demangled(wanted, text, sizeof(text)) == text) {
        console_printf("    %s\n", text);
    }
    if (found > 1) {
        console_printf("ksyms: %zu symbols of that name\n", found);
    }
    return 0;
}

/* In address order without a prefix, in name order with one.  Ctrl-C stops it. */
static int print_list(const char *prefix)
{
    for (struct owner owner = {0}; next_owner(&owner);) {
        struct ksyms_name_range range = {0, ksyms_table_count(owner.table)};
        if (prefix) {
            range = ksyms_table_find_prefix(owner.table, prefix, strlen(prefix));
        }
        for (uint32_t i = 0; i < range.count && !input_is_interrupted(); i++) {
            struct ksyms_symbol symbol;
            bool is_there = prefix ? ksyms_table_symbol_named(owner.table, range.first + i, &symbol)
                                   : ksyms_table_symbol_at(owner.table, i, &symbol);
            if (is_there) {
                print_symbol(&owner, &symbol);
            }
        }
    }
    return 0;
}

/* 0x…, or at least 8 hexadecimal digits and nothing else: names hardly look like that. */
static bool is_address(const char *text, uint64_t *address)
{
    bool has_prefix = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    return (has_prefix || strlen(text) >= 8) && parse_hexadecimal(text, address);
}

static int run_ksyms(int argc, char **argv)
{
    uint64_t address;

    if (argc == 2 && strcmp(argv[1], "-l") == 0) {
        return print_list(NULL);
    }
    if (argc == 2 && strcmp(argv[1], "selftest") == 0) {
        return selftest_run();
    }
    if (argc == 3 && strcmp(argv[1], "-p") == 0) {
        return print_list(argv[2]);
    }
    if (argc != 2 || argv[1][0] == '-') {
        return -EINVAL;
    }
    return is_address(argv[1], &address) ? print_address(address) : print_named(argv[1]);
}

static struct command ksyms = {
    .name = "ksyms",
    .usage = "ksyms NAME | MODULE:NAME | ADDRESS | -p PREFIX | -l | selftest",
    .summary = "a symbol by its name or by an address in it",
    .run = run_ksyms,
    .argument = ARGUMENT_SYMBOL,
};

void commands_register_ksyms(void)
{
    command_register(&ksyms);
}
