// SPDX-License-Identifier: MIT
/*
 * selftest.c: `ksyms selftest`: is the table in the image what the linker said?
 *
 * GRUB loads the .symtab of the kernel's file, of which the table was never made directly: between
 * them lie nm, gen_ksyms and a second link.  Each symbol of .symtab is looked up by name and, if it
 * covers bytes, by an address in it.  All entries of the table must be met that way; what .symtab
 * has beyond them must be what the generator leaves out: local labels without a size.
 */
#include "shell/selftest.h"
#include "arch.h"
#include "ksyms/elf.h"
#include "onoma/command.h"
#include "onoma/errno.h"
#include "onoma/string.h"
#include "panic/names.h"

#define FAILURES_SHOWN 10

static struct boot_symbols place;

struct selftest {
    const struct ksyms_table *table;
    const struct ksyms_elf_symbol *symbols;
    size_t symbol_count;
    const char *names;
    size_t names_size;
    size_t met, left_out, failed;
};

void selftest_init(const struct boot_symbols *symbols)
{
    place = *symbols;
}

static void fail(struct selftest *test, const struct ksyms_elf_symbol *symbol, const char *what)
{
    test->failed++;
    if (test->failed <= FAILURES_SHOWN) {
        console_printf("%016lx %016lx %s: %s\n", symbol->st_value, symbol->st_size,
                       test->names + symbol->st_name, what);
    }
}

/* Among the table's symbols of that name, the one with the same address and size. */
static bool find_same(const struct selftest *test, const struct ksyms_elf_symbol *wanted)
{
    const char *name = test->names + wanted->st_name;
    struct ksyms_name_range range = ksyms_table_find_name(test->table, name, strlen(name));

    for (uint32_t i = 0; i < range.count; i++) {
        struct ksyms_symbol symbol;
        if (ksyms_table_symbol_named(test->table, range.first + i, &symbol) &&
            symbol.address == wanted->st_value && symbol.size == wanted->st_size) {
            return true;
        }
    }
    return false;
}

/* Does an address in the middle of it lead to it, or to another that starts and ends there? */
static bool covers_middle(const struct selftest *test, const struct ksyms_elf_symbol *wanted)
{
    struct ksyms_symbol found;
    uint64_t middle = wanted->st_value + wanted->st_size / 2;

    return ksyms_table_find_address(test->table, middle, &found) && found.address <= middle &&
           middle - found.address < found.size && found.address >= wanted->st_value;
}

static void check_symbol(struct selftest *test, const struct ksyms_elf_symbol *symbol)
{
    uint32_t type = ksyms_elf_symbol_type(symbol);

    if (type == KSYMS_STT_FILE || type == KSYMS_STT_SECTION ||
        symbol->st_shndx == KSYMS_SHN_UNDEF || symbol->st_name >= test->names_size) {
        return;
    }
    if (find_same(test, symbol)) {
        test->met++;
        if (symbol->st_size > 0 && !covers_middle(test, symbol)) {
            fail(test, symbol, "an address in it does not lead to it");
        }
    } else if (symbol->st_size == 0 && (ksyms_elf_symbol_binding(symbol) == KSYMS_STB_LOCAL ||
                                        symbol->st_value == (uint64_t)__ksyms_end)) {
        test->left_out++;
    } else {
        fail(test, symbol, "not in the table");
    }
}

static bool open_symbols(struct selftest *test)
{
    uint64_t strings_size = place.strings_end - place.strings;

    *test = (struct selftest){
        .table = names_kernel_table(),
        .symbols = direct_map(place.symbols),
        .symbol_count = (place.symbols_end - place.symbols) / sizeof(struct ksyms_elf_symbol),
        .names = direct_map(place.strings),
        .names_size = strings_size,
    };
    if (!test->table || place.symbols == 0) {
        console_printf("ksyms: selftest: %s\n",
                       test->table ? "the boot loader brought no .symtab" : "there is no table");
        return false;
    }
    if (!arch_is_readable((uint64_t)test->symbols, place.symbols_end - place.symbols) ||
        !arch_is_readable((uint64_t)test->names, strings_size) ||
        test->names[strings_size - 1] != '\0') {
        console_printf("ksyms: selftest: the .symtab that the boot loader brought is damaged\n");
        return false;
    }
    return true;
}

int selftest_run(void)
{
    struct selftest test;

    if (!open_symbols(&test)) {
        return -ENOENT;
    }
    for (size_t i = 1; i < test.symbol_count; i++) {
        check_symbol(&test, &test.symbols[i]);
    }
    uint32_t count = ksyms_table_count(test.table);
    console_printf("ksyms: selftest: %zu of %u entries agree with .symtab, %zu labels left out, "
                   "%zu differences\n",
                   test.met, count, test.left_out, test.failed);
    return test.met == count && test.failed == 0 ? 0 : -EIO;
}
