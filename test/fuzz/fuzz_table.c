// SPDX-License-Identifier: MIT
/*
 * fuzz_table.c: any bytes as a symbol blob.  Opening looks at the header only, so damage behind it
 * comes to every question: each answer must be in range and bounded.
 */
#include <stdlib.h>
#include <string.h>
#include "fuzz.h"
#include "ksyms/lines.h"
#include "ksyms/table.h"
#include "ksyms/unwind_table.h"

static void ask_symbol(const struct ksyms_table *table, const struct ksyms_symbol *symbol)
{
    char name[48];

    memset(name, '#', sizeof(name));
    ksyms_symbol_name(table, symbol, name, sizeof(name) - 1);
    MUST(memchr(name, '\0', sizeof(name) - 1) != NULL && name[sizeof(name) - 1] == '#');
    struct ksyms_name_range range = ksyms_table_find_name(table, name, strlen(name));
    MUST(range.count <= ksyms_table_count(table));
    range = ksyms_table_find_prefix(table, name, strlen(name) / 2);
    MUST(range.count <= ksyms_table_count(table));
}

static void ask_address(const struct ksyms_table *table, uint64_t address)
{
    struct ksyms_symbol symbol;
    struct ksyms_symbol above;

    if (ksyms_table_find_address(table, address, &symbol)) {
        MUST(symbol.index < ksyms_table_count(table));
        ask_symbol(table, &symbol);
    }
    ksyms_table_find_neighbours(table, address, &symbol, &above);
}

static void ask_places(const struct ksyms_lines *lines, uint64_t address)
{
    struct ksyms_chain chain;
    struct ksyms_place place;
    unsigned count = 0;

    if (!ksyms_lines_find(lines, address, &chain)) {
        return;
    }
    MUST(address - chain.start < chain.end - chain.start);
    while (ksyms_chain_next(&chain, &place)) {
        MUST(++count <= KSYMS_LINES_SCOPES);
        MUST(strlen(place.directory) + strlen(place.file) < 4096);
        MUST(!place.function || strlen(place.function) < 4096);
    }
}

static void ask_frame(const struct ksyms_unwind *unwind, uint64_t address)
{
    struct ksyms_unwind_row row;

    if (ksyms_unwind_find(unwind, address, &row)) {
        MUST(address - row.start < row.end - row.start);
        MUST(row.kind != KSYMS_UNWIND_UNKNOWN);
    }
}

/* Addresses in the blocks of both indexes. */
static void ask_trace(const struct ksyms_table *table)
{
    struct ksyms_lines lines;
    struct ksyms_unwind unwind;

    if (ksyms_lines_open(&lines, table) == KSYMS_OK) {
        for (uint32_t i = 0; i < 32; i++) {
            ask_places(&lines, ksyms_trace_block_address(&lines.index, i / 8) + (i % 8) * 23);
        }
    }
    if (ksyms_unwind_open(&unwind, table) == KSYMS_OK) {
        for (uint32_t i = 0; i < 32; i++) {
            ask_frame(&unwind, ksyms_trace_block_address(&unwind.index, i / 8) + (i % 8) * 23);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ksyms_table table;
    struct ksyms_symbol symbol;
    const uint8_t *build_id;

    if (ksyms_table_open(&table, data, size) != KSYMS_OK) {
        return 0;
    }
    uint32_t count = ksyms_table_count(&table);
    size_t build_id_size = ksyms_table_build_id(&table, &build_id);
    MUST(build_id_size == 0 || (build_id >= data && build_id + build_id_size <= data + size));
    (void)ksyms_table_verify(&table);
    for (uint32_t turn = 0; turn < 16; turn++) {
        uint32_t index = (uint32_t)((uint64_t)count * turn / 16);
        if (ksyms_table_symbol_at(&table, index, &symbol)) {
            ask_symbol(&table, &symbol);
            ask_address(&table, symbol.address);
            ask_address(&table, symbol.address + symbol.size);
        }
        if (ksyms_table_symbol_named(&table, index, &symbol)) {
            ask_symbol(&table, &symbol);
        }
    }
    uint64_t *addresses = malloc(((size_t)count + 1) * sizeof(*addresses));
    MUST(addresses != NULL);
    ksyms_table_list_addresses(&table, addresses);
    free(addresses);
    MUST(!ksyms_table_symbol_at(&table, count, &symbol));
    MUST(!ksyms_table_symbol_named(&table, UINT32_MAX, &symbol));
    ask_address(&table, 0);
    ask_address(&table, UINT64_MAX);
    ask_trace(&table);
    return 0;
}
