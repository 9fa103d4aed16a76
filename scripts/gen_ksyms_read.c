// SPDX-License-Identifier: MIT
/*
 * gen_ksyms_read.c: look into a blob: dump, verify, stats.  All of it through the kernel's own
 * reader, so that what these say is what a kernel would see.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "gen_ksyms.h"
#include "ksyms/blob.h"
#include "ksyms/table.h"

/* The table borrows the blob, which the caller frees. */
static void open_blob(struct ksyms_table *table, struct buffer *blob, const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t chunk[1 << 16];
    size_t length;
    enum ksyms_status status;

    if (file == NULL) {
        fail("%s: %s", path, strerror(errno));
    }
    while ((length = fread(chunk, 1, sizeof(chunk), file)) > 0) {
        put_bytes(blob, chunk, length);
    }
    if (ferror(file)) {
        fail("%s: %s", path, strerror(errno));
    }
    fclose(file);
    status = ksyms_table_open(table, blob->bytes, blob->size);
    if (status == KSYMS_OK) {
        status = ksyms_table_verify(table);
    }
    if (status != KSYMS_OK) {
        fail("%s: %s", path, ksyms_status_text(status));
    }
}

/* A symbol's name in a buffer that is reused. */
static size_t load_name(const struct ksyms_table *table, const struct ksyms_symbol *symbol,
                        struct buffer *name)
{
    size_t length = ksyms_symbol_name(table, symbol, (char *)name->bytes, name->capacity);
    if (length >= name->capacity) {
        name->size = 0;
        buffer_grow(name, length + 1);
        ksyms_symbol_name(table, symbol, (char *)name->bytes, name->capacity);
    }
    return length;
}

/* The size that the map gave: the reader makes one up where the map had none. */
static uint64_t size_in_map(const struct ksyms_table *table, const struct ksyms_symbol *symbol)
{
    return (table->flags & KSYMS_BLOB_HAS_SIZES) != 0 ? symbol->size : 0;
}

/* By address, then by name; nm has no order beyond that, ours is the alias rule. */
static int compare_lines(const void *left_entry, const void *right_entry)
{
    const struct ksyms_symbol *left = left_entry;
    const struct ksyms_symbol *right = right_entry;
    int order = (left->address > right->address) - (left->address < right->address);
    return order != 0 ? order
                      : (left->name_rank > right->name_rank) - (left->name_rank < right->name_rank);
}

int dump(const char *path)
{
    struct ksyms_table table;
    struct buffer blob = {0};
    struct ksyms_symbol *symbols;
    struct buffer name = {0};
    uint32_t count;

    open_blob(&table, &blob, path);
    count = ksyms_table_count(&table);
    symbols = allocate(count, sizeof(*symbols));
    for (uint32_t i = 0; i < count; i++) {
        ksyms_table_symbol_at(&table, i, &symbols[i]);
    }
    qsort(symbols, count, sizeof(*symbols), compare_lines);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t size = size_in_map(&table, &symbols[i]);
        size_t length = load_name(&table, &symbols[i], &name);
        printf("%016llx ", (unsigned long long)symbols[i].address);
        if (size > 0) {
            printf("%016llx ", (unsigned long long)size);
        }
        printf("%c ", symbols[i].type);
        fwrite(name.bytes, 1, length, stdout);
        putchar('\n');
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fail("standard output: %s", strerror(errno));
    }
    free(symbols);
    buffer_free(&name);
    buffer_free(&blob);
    return EXIT_SUCCESS;
}

/* ---- Verifying ---- */

struct comparison {
    struct ksyms_table table;
    struct map map;
    const char *blob_path;
    const char *map_path;
};

static struct ksyms_name_range find_in_map(const struct map *map, const char *name, size_t length)
{
    struct ksyms_name_range range = {0, 0};
    uint32_t low = 0;
    uint32_t high = map->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct map_symbol *symbol = &map->symbols[map->by_name[middle]];
        if (compare_bytes(symbol->name, symbol->name_length, name, length) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    range.first = low;
    while (low + range.count < map->count) {
        const struct map_symbol *symbol = &map->symbols[map->by_name[low + range.count]];
        if (compare_bytes(symbol->name, symbol->name_length, name, length) != 0) {
            break;
        }
        range.count++;
    }
    return range;
}

static void fail_number(const struct comparison *both, const char *name, const char *what,
                        uint64_t in_blob, uint64_t in_map)
{
    fail("%s: symbol '%s': %s 0x%llx, in %s it is 0x%llx", both->blob_path, name, what,
         (unsigned long long)in_blob, both->map_path, (unsigned long long)in_map);
}

/* Fail if the symbols of a name differ; return if they do not. */
static void compare_name(const struct comparison *both, const char *name, size_t length)
{
    struct ksyms_name_range in_blob = ksyms_table_find_name(&both->table, name, length);
    struct ksyms_name_range in_map = find_in_map(&both->map, name, length);

    if (in_blob.count == 0 && in_map.count > 0) {
        fail("%s: symbol '%s' is missing, %s has it", both->blob_path, name, both->map_path);
    }
    if (in_blob.count > 0 && in_map.count == 0) {
        fail("%s: symbol '%s' is not in %s", both->blob_path, name, both->map_path);
    }
    for (uint32_t i = 0; i < in_blob.count && i < in_map.count; i++) {
        const struct map_symbol *wanted = &both->map.symbols[both->map.by_name[in_map.first + i]];
        struct ksyms_symbol symbol = {0};

        ksyms_table_symbol_named(&both->table, in_blob.first + i, &symbol);
        if (symbol.address != wanted->address) {
            fail_number(both, name, "address", symbol.address, wanted->address);
        }
        if (size_in_map(&both->table, &symbol) != wanted->size) {
            fail_number(both, name, "size", size_in_map(&both->table, &symbol), wanted->size);
        }
        if (symbol.type != wanted->type) {
            fail("%s: symbol '%s': type %c, in %s it is %c", both->blob_path, name, symbol.type,
                 both->map_path, wanted->type);
        }
    }
    if (in_blob.count != in_map.count) {
        fail("%s: symbol '%s' is there %u times, in %s %u times", both->blob_path, name,
             in_blob.count, both->map_path, in_map.count);
    }
}

/* The map's name is not a string: it ends at the end of its line. */
static void compare_map_name(const struct comparison *both, const struct map_symbol *wanted)
{
    char *name = allocate((size_t)wanted->name_length + 1, 1);
    memcpy(name, wanted->name, wanted->name_length);
    compare_name(both, name, wanted->name_length);
    free(name);
}

/* The symbol at `index` is what the map says, and all look-ups lead to it. */
static bool is_same(const struct comparison *both, uint32_t index, struct buffer *name)
{
    const struct ksyms_table *table = &both->table;
    const struct map_symbol *wanted = &both->map.symbols[index];
    struct ksyms_symbol symbol, named, found;
    struct ksyms_name_range range;
    size_t length;

    if (!ksyms_table_symbol_at(table, index, &symbol)) {
        return false;
    }
    length = load_name(table, &symbol, name);
    if (compare_bytes((char *)name->bytes, length, wanted->name, wanted->name_length) != 0 ||
        symbol.address != wanted->address || size_in_map(table, &symbol) != wanted->size ||
        symbol.type != wanted->type) {
        return false;
    }
    range = ksyms_table_find_name(table, wanted->name, wanted->name_length);
    if (symbol.name_rank - range.first >= range.count ||
        !ksyms_table_symbol_named(table, symbol.name_rank, &named) || named.index != index) {
        return false;
    }
    return is_absolute(symbol.type) ||
           (ksyms_table_find_address(table, symbol.address, &found) &&
            (symbol.address - found.address < found.size || symbol.address == found.address));
}

int verify(const char *blob_path, const char *map_path, const struct map_filter *filter)
{
    struct comparison both = {.blob_path = blob_path, .map_path = map_path};
    struct buffer blob = {0};
    struct buffer name = {0};
    uint32_t count;

    open_blob(&both.table, &blob, blob_path);
    map_read(&both.map, map_path, filter);
    count = ksyms_table_count(&both.table);

    for (uint32_t i = 0; i < count || i < both.map.count; i++) {
        struct ksyms_symbol symbol;
        if (i < both.map.count && is_same(&both, i, &name)) {
            continue;
        }
        /* Here the two part: one of the two names that stand here says how. */
        if (i < both.map.count) {
            compare_map_name(&both, &both.map.symbols[i]);
        }
        if (ksyms_table_symbol_at(&both.table, i, &symbol)) {
            size_t length = load_name(&both.table, &symbol, &name);
            compare_name(&both, (char *)name.bytes, length);
        }
        fail("%s: symbol %u is not found by its name or address", blob_path, i);
    }
    map_free(&both.map);
    buffer_free(&name);
    buffer_free(&blob);
    return EXIT_SUCCESS;
}

/* ---- Statistics ---- */

static void print_size(const char *what, uint64_t size_bytes, uint32_t symbol_count)
{
    printf("%-22s %10llu", what, (unsigned long long)size_bytes);
    if (symbol_count > 0) {
        printf(" %8.3f", (double)size_bytes / symbol_count);
    }
    putchar('\n');
}

int print_stats(const char *path)
{
    struct ksyms_table table;
    struct buffer blob = {0};
    uint32_t count, rest;

    open_blob(&table, &blob, path);
    count = ksyms_table_count(&table);
    rest = table.blob_size - table.bases.size_bytes - table.blocks.size_bytes -
           table.block_data.size_bytes - table.name_blocks.size_bytes - table.names.size_bytes -
           table.tokens.size_bytes - table.token_strings.size_bytes;
    printf("%-22s %10u\n", "symbols", count);
    printf("%-22s %10u\n", "absolute symbols", table.absolute_count);
    printf("%-22s %10u\n", "tokens", table.token_count);
    printf("%-22s %10s %8s\n", "part", "bytes", "a symbol");
    print_size("address blocks", table.bases.size_bytes + table.blocks.size_bytes, count);
    print_size("address block data", table.block_data.size_bytes, count);
    print_size("name blocks", table.name_blocks.size_bytes, count);
    print_size("names", table.names.size_bytes, count);
    print_size("tokens", table.tokens.size_bytes, count);
    print_size("token strings", table.token_strings.size_bytes, count);
    print_size("header and padding", rest, count);
    print_size("total", table.blob_size, count);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fail("standard output: %s", strerror(errno));
    }
    buffer_free(&blob);
    return EXIT_SUCCESS;
}
