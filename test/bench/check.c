// SPDX-License-Identifier: MIT
/*
 * check.c: Linux's own answers against ours.
 *
 * By name, for every symbol of Linux: the list of all addresses of that name is the same, in the
 * same order.  What may differ:
 *
 *   left out   gen_ksyms leaves out labels without a size that have a dot in their name.
 *
 * By address, for random ones inside the map: both say the same name and offset.  What may differ:
 *
 *   alias      another name of the same address: each side has its own rule which is best;
 *   hole       ours knows sizes, and no symbol covers the address: Linux gives what is before it;
 *   inside     Linux gives the last label before the address, ours the symbol that covers it,
 *              because the label has no size or ends before;
 *   dropped    ours gives or stops at a symbol that Linux left out (its own tables, type u).
 *
 * Anything else is an error.  Sizes are compared with the map.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "check.h"
#include "measure.h"
#include "subjects.h"

#define EQUALS_MAX 4096

struct addresses {
    uint64_t values[EQUALS_MAX];
    size_t count;
};

struct name_check {
    size_t same;
    size_t left_out;
    size_t most_equals;
};

static int add_address(void *data, unsigned long address)
{
    struct addresses *found = data;

    if (found->count == EQUALS_MAX) {
        fail("more than %d symbols of one name", EQUALS_MAX);
    }
    found->values[found->count++] = address;
    return 0;
}

static int check_name(void *data, const char *name, struct module *module, unsigned long address)
{
    static struct addresses linux_found;
    struct name_check *check = data;
    struct ksyms_name_range range = ksyms_table_find_name(&ours_table, name, strlen(name));
    uint32_t ours_at = 0;
    bool is_left_out = false;

    (void)module;
    linux_found.count = 0;
    kallsyms_on_each_match_symbol(add_address, name, &linux_found);
    if (linux_found.count == 0 || linux_found.values[0] != kallsyms_lookup_name(name)) {
        fail("Linux does not find its own %s", name);
    }
    /* Ours is Linux's list, or what is left of it. */
    for (size_t i = 0; i < linux_found.count; i++) {
        struct ksyms_symbol symbol;
        if (ours_at < range.count &&
            ksyms_table_symbol_named(&ours_table, range.first + ours_at, &symbol) &&
            symbol.address == linux_found.values[i]) {
            ours_at++;
        } else if (strchr(name + 1, '.') == NULL) {
            fail("%s: Linux has one at %" PRIx64 ", ours has not", name, linux_found.values[i]);
        } else {
            is_left_out |= linux_found.values[i] == address;
        }
    }
    if (ours_at != range.count) {
        fail("%s: Linux has %zu, ours %" PRIu32, name, linux_found.count, range.count);
    }
    check->same += !is_left_out;
    check->left_out += is_left_out;
    check->most_equals = range.count > check->most_equals ? range.count : check->most_equals;
    return 0;
}

static void check_names(void)
{
    struct name_check check = {0};

    kallsyms_on_each_symbol(check_name, &check);
    printf("# symbols: Linux %u, ours %" PRIu32 " (Linux drops absolute and u symbols)\n",
           kallsyms_num_syms, ksyms_table_count(&ours_table));
    printf("# by name: %u asked, %zu at the same place in both lists (up to %zu of one "
           "name), %zu left out by ours\n",
           kallsyms_num_syms, check.same, check.most_equals, check.left_out);
}

/* A name that is there with one byte changed, which is mostly not there. */
static void check_absent_names(const struct map *map, size_t queries)
{
    size_t absent = 0;

    for (size_t i = 0; i < queries; i++) {
        char name[NAME_CAPACITY];
        size_t length;
        snprintf(name, sizeof(name), "%s", map->symbols[random_below(map->count)].name);
        length = strlen(name);
        name[random_below(length)] ^= (char)(1 + random_below(3));
        if (ksyms_table_find_name(&ours_table, name, strlen(name)).count == 0) {
            absent++;
            if (kallsyms_lookup_name(name) != 0 && strchr(name + 1, '.') == NULL) {
                fail("%s: only Linux finds it", name);
            }
        }
    }
    printf("# names with a byte changed: %zu asked, %zu unknown to both\n", queries, absent);
}

struct address_check {
    size_t same, alias, hole, inside, dropped;
};

/* Whether Linux has this very symbol of ours. */
static bool linux_has(const struct ksyms_symbol *symbol)
{
    static struct addresses found;
    char name[NAME_CAPACITY];

    ksyms_symbol_name(&ours_table, symbol, name, sizeof(name));
    found.count = 0;
    kallsyms_on_each_match_symbol(add_address, name, &found);
    for (size_t i = 0; i < found.count; i++) {
        if (found.values[i] == symbol->address) {
            return true;
        }
    }
    return false;
}

/* Ours names nothing: then what is last before the address must end before it. */
static void check_hole(struct address_check *check, uint64_t address, uint64_t start)
{
    struct ksyms_symbol below, above;
    unsigned found = ksyms_table_find_neighbours(&ours_table, address, &below, &above);

    if ((found & 1) != 0 && below.address > start && !linux_has(&below)) {
        check->dropped++;
    } else if ((found & 1) != 0 && below.address <= start &&
               address - below.address >= below.size) {
        check->hole++;
    } else {
        fail("%" PRIx64 ": Linux names what begins at %" PRIx64 ", ours nothing", address, start);
    }
}

static void check_address(struct address_check *check, uint64_t address)
{
    char linux_name[NAME_CAPACITY], ours_name[NAME_CAPACITY];
    unsigned long size, offset;
    struct ksyms_symbol symbol;
    uint64_t start;

    if (kallsyms_lookup(address, &size, &offset, NULL, linux_name) == NULL) {
        fail("Linux finds nothing at %" PRIx64, address);
    }
    start = address - offset;
    if (!ksyms_table_find_address(&ours_table, address, &symbol)) {
        check_hole(check, address, start);
        return;
    }
    ksyms_symbol_name(&ours_table, &symbol, ours_name, sizeof(ours_name));
    if (symbol.address == start) {
        bool is_same = strcmp(linux_name, ours_name) == 0;
        check->same += is_same;
        check->alias += !is_same;
    } else if (symbol.address < start && address - symbol.address < symbol.size) {
        check->inside++;
    } else if (symbol.address > start && !linux_has(&symbol)) {
        check->dropped++;
    } else {
        fail("%" PRIx64 ": Linux says %s+%lx, ours %s+%" PRIx64, address, linux_name, offset,
             ours_name, address - symbol.address);
    }
}

/* Addresses anywhere: half of them from a symbol's start on, half spread over the gaps too. */
static void check_addresses(const struct map *map, size_t queries)
{
    struct address_check check = {0};

    for (size_t asked = 0; asked < queries;) {
        const struct map_symbol *symbol = &map->symbols[random_below(map->count)];
        uint64_t reach = symbol->size > 0 ? symbol->size : 16;
        uint64_t address = symbol->address + random_below(asked % 2 == 0 ? reach : 2 * reach);
        if (symbol->address >= kallsyms_relative_base) {
            check_address(&check, address);
            asked++;
        }
    }
    printf(
        "# by address: %zu asked, %zu the same, %zu another alias of the same address, %zu holes "
        "where ours names nothing, %zu labels inside a symbol that ours names, %zu at symbols that "
        "Linux drops\n",
        queries, check.same, check.alias, check.hole, check.inside, check.dropped);
}

static bool has_size(const struct map_symbol *wanted)
{
    struct ksyms_name_range range =
        ksyms_table_find_name(&ours_table, wanted->name, strlen(wanted->name));
    struct ksyms_symbol symbol;

    for (uint32_t i = 0; i < range.count; i++) {
        if (ksyms_table_symbol_named(&ours_table, range.first + i, &symbol) &&
            symbol.address == wanted->address && symbol.size == wanted->size) {
            return true;
        }
    }
    return false;
}

/* Linux has no sizes: of ours the map is the judge. */
static void check_sizes(const struct map *map, size_t queries)
{
    size_t sized = 0;

    for (size_t i = 0; i < queries; i++) {
        const struct map_symbol *symbol = &map->symbols[random_below(map->count)];
        if (symbol->size > 0) {
            sized++;
            if (!has_size(symbol)) {
                fail("%s: the map says %" PRIx64 " bytes, ours does not", symbol->name,
                     symbol->size);
            }
        }
    }
    if (sized > 0) {
        printf("# sizes: %zu asked, all as in the map\n", sized);
    }
}

void check_answers(const struct map *map, size_t queries)
{
    check_names();
    check_absent_names(map, queries);
    check_addresses(map, queries);
    check_sizes(map, queries);
}
