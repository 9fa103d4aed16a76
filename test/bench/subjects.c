// SPDX-License-Identifier: MIT
/* subjects.c: Linux's look-ups and ours behind the same questions.  See subjects.h. */
#include <stdlib.h>
#include <string.h>
#include "map.h"
#include "subjects.h"

/* Linux's tables lie in one section of the object that its program's output was assembled to. */
extern const int kallsyms_offsets[];          /* the first of them */
extern const uint16_t kallsyms_token_index[]; /* the last, 256 entries */
extern const uint8_t bench_blob[], bench_blob_end[];

struct ksyms_table ours_table;
static uint64_t *ours_addresses; /* by name rank */

/* ---- Linux ---- */

static uint64_t linux_name_address(uint64_t address)
{
    char name[NAME_CAPACITY];
    unsigned long size, offset;

    kallsyms_lookup(address, &size, &offset, NULL, name);
    return offset + (uint8_t)name[0];
}

static uint64_t linux_find_name(const char *name)
{
    return kallsyms_lookup_name(name);
}

static int add_symbol(void *data, const char *name, struct module *module, unsigned long address)
{
    (void)module;
    *(uint64_t *)data += address + (uint8_t)name[0];
    return 0;
}

static uint64_t linux_iterate(void)
{
    uint64_t sum = 0;

    kallsyms_on_each_symbol(add_symbol, &sum);
    return sum;
}

struct subject linux_subject = {
    .name = "Linux",
    .name_address = linux_name_address,
    .find_name = linux_find_name,
    .iterate = linux_iterate,
    .iterate_names = linux_iterate,
    .iterate_addresses = linux_iterate,
};

/* ---- Ours ---- */

static uint64_t ours_name_address(uint64_t address)
{
    char name[NAME_CAPACITY];
    struct ksyms_symbol symbol;

    if (!ksyms_table_find_address(&ours_table, address, &symbol)) {
        return 0;
    }
    ksyms_symbol_name(&ours_table, &symbol, name, sizeof(name));
    return address - symbol.address + (uint8_t)name[0];
}

static uint64_t ours_find_name(const char *name)
{
    struct ksyms_name_range range = ksyms_table_find_name(&ours_table, name, strlen(name));
    struct ksyms_symbol symbol;

    if (range.count == 0 || !ksyms_table_symbol_named(&ours_table, range.first, &symbol)) {
        return 0;
    }
    return symbol.address;
}

static uint64_t ours_iterate_names(void)
{
    struct ksyms_name_range all = {0, ksyms_table_count(&ours_table)};
    char name[NAME_CAPACITY];
    struct ksyms_names names;
    uint64_t sum = 0;

    ksyms_names_start(&names, &ours_table, all, name, sizeof(name));
    while (ksyms_names_next(&names)) {
        sum += names.rank + (uint8_t)name[0];
    }
    return sum;
}

/* In name order, with room for the addresses. */
static uint64_t ours_iterate(void)
{
    struct ksyms_name_range all = {0, ksyms_table_count(&ours_table)};
    char name[NAME_CAPACITY];
    struct ksyms_names names;
    uint64_t sum = 0;

    ksyms_table_list_addresses(&ours_table, ours_addresses);
    ksyms_names_start(&names, &ours_table, all, name, sizeof(name));
    while (ksyms_names_next(&names)) {
        sum += ours_addresses[names.rank] + (uint8_t)name[0];
    }
    return sum;
}

static uint64_t ours_iterate_addresses(void)
{
    char name[NAME_CAPACITY];
    struct ksyms_symbol symbol;
    uint64_t sum = 0;

    for (uint32_t index = 0; ksyms_table_symbol_at(&ours_table, index, &symbol); index++) {
        ksyms_symbol_name(&ours_table, &symbol, name, sizeof(name));
        sum += symbol.address + (uint8_t)name[0];
    }
    return sum;
}

struct subject ours_subject = {
    .name = "ours",
    .name_address = ours_name_address,
    .find_name = ours_find_name,
    .iterate = ours_iterate,
    .iterate_names = ours_iterate_names,
    .iterate_addresses = ours_iterate_addresses,
};

void subjects_open(void)
{
    const uint8_t *linux_end = (const uint8_t *)(kallsyms_token_index + 256);

    linux_subject.bytes = (const uint8_t *)kallsyms_offsets;
    linux_subject.size_bytes = (size_t)(linux_end - linux_subject.bytes);
    ours_subject.bytes = bench_blob;
    ours_subject.size_bytes = (size_t)(bench_blob_end - bench_blob);
    if (ksyms_table_open(&ours_table, bench_blob, ours_subject.size_bytes) != KSYMS_OK ||
        ksyms_table_verify(&ours_table) != KSYMS_OK) {
        fail("our blob does not verify");
    }
    ours_addresses = calloc((size_t)ksyms_table_count(&ours_table) + 1, sizeof(*ours_addresses));
    if (ours_addresses == NULL) {
        fail("no memory");
    }
}
