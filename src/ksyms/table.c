// SPDX-License-Identifier: MIT
/*
 * table.c: open a blob and say what it is.
 *
 * Opening costs the same for ten symbols and for a million, so a panic may do it.  It finds the
 * parts and checks what later code relies on:
 *
 *   1. every part lies inside the blob, and parts rise without overlapping;
 *   2. parts of fixed-size entries hold exactly as many as the counts of the header say;
 *   3. arrays of bits, and the strings, are as long as what one load reads at once;
 *   4. a table with symbols has all parts of this version, and at least one token.
 *
 * The contents of the parts stay untrusted: see table_parts.h.
 */
#include "table_parts.h"

#define TABLE_PARTS (KSYMS_PART_KINDS - KSYMS_PART_BASES) /* that a table with symbols has */

KSYMS_ASSERT(offsetof(struct ksyms_table, token_strings) ==
                 offsetof(struct ksyms_table, bases) +
                     (KSYMS_PART_TOKEN_STRINGS - KSYMS_PART_BASES) * sizeof(struct ksyms_part),
             "a table's parts stand in the order of their kinds");

/* Invariant 1, for known and unknown parts alike.  The first one of a kind counts. */
static enum ksyms_status read_directory(struct ksyms_table *table,
                                        const struct ksyms_blob_header *header, uint32_t *kinds)
{
    uint64_t used = sizeof(*header) + (uint64_t)header->part_count * sizeof(struct ksyms_blob_part);

    if (header->part_count > KSYMS_BLOB_PARTS_MAX || used > header->size_bytes) {
        return KSYMS_BLOB_PART;
    }
    for (uint32_t i = 0; i < header->part_count; i++) {
        struct ksyms_blob_part entry;
        memcpy(&entry, table->blob + sizeof(*header) + i * sizeof(entry), sizeof(entry));
        if (entry.offset < used || entry.offset > header->size_bytes ||
            entry.size_bytes > header->size_bytes - entry.offset) {
            return KSYMS_BLOB_PART;
        }
        used = (uint64_t)entry.offset + entry.size_bytes;
        uint32_t number = entry.kind - KSYMS_PART_BASES;
        if (number < TABLE_PARTS && (*kinds >> number & 1) == 0) {
            struct ksyms_part part = {table->blob + entry.offset, entry.size_bytes};
            memcpy((char *)table + offsetof(struct ksyms_table, bases) + number * sizeof(part),
                   &part, sizeof(part));
            *kinds |= 1u << number;
        }
    }
    return KSYMS_OK;
}

static enum ksyms_status check_header(const uint8_t *blob, size_t size_bytes,
                                      struct ksyms_blob_header *header)
{
    if (size_bytes < sizeof(*header)) {
        return KSYMS_BLOB_SHORT;
    }
    memcpy(header, blob, sizeof(*header));
    if (memcmp(header->magic, KSYMS_BLOB_MAGIC_BYTES, KSYMS_BLOB_MAGIC_SIZE) != 0) {
        return KSYMS_BLOB_MAGIC;
    }
    if (header->version != KSYMS_BLOB_VERSION_NOW) {
        return KSYMS_BLOB_VERSION;
    }
    if (header->size_bytes < sizeof(*header) || header->size_bytes > size_bytes) {
        return KSYMS_BLOB_SHORT;
    }
    if (header->absolute_count > header->symbol_count ||
        header->build_id_size > KSYMS_BUILD_ID_MAX) {
        return KSYMS_BLOB_COUNT;
    }
    return KSYMS_OK;
}

static uint32_t divide_up(uint32_t count, uint32_t by)
{
    return count / by + (count % by != 0);
}

/* Each class has the tokens that follow those of the class before; classes 8 to 15, of tokens that
 * end a name, begin anew. */
static enum ksyms_status read_codes(struct ksyms_table *table, struct ksyms_part part)
{
    struct ksyms_blob_codes codes;
    uint32_t base = 0;

    if (part.size_bytes != sizeof(codes)) {
        return KSYMS_BLOB_COUNT;
    }
    memcpy(&codes, part.bytes, sizeof(codes));
    for (unsigned class = 0; class < 2 * KSYMS_CODE_CLASSES; class ++) {
        if (codes.widths[class] > KSYMS_CODE_WIDTH_MAX) {
            return KSYMS_BLOB_COUNT;
        }
        if (class == KSYMS_CODE_LAST) {
            base = minimum(codes.first_last, KSYMS_TOKENS_MAX);
        }
        uint32_t tokens = (uint32_t)1 << codes.widths[class];
        table->codes[class] =
            (struct ksyms_code_class){base, (uint16_t)(tokens - 1), codes.widths[class]};
        base += tokens;
    }
    table->token_count = codes.token_count;
    table->token_width = KSYMS_TOKEN_LENGTH_BITS + codes.offset_width;
    table->token_offset_mask = ((uint32_t)1 << (codes.offset_width & 31)) - 1;
    table->kept_width = codes.kept_width;
    table->names_end = codes.names_end;
    return codes.token_count == 0 || codes.token_count > KSYMS_TOKENS_MAX ||
                   codes.offset_width > KSYMS_TOKEN_OFFSET_MAX ||
                   codes.kept_width > KSYMS_NAME_KEPT_WIDTH ||
                   codes.names_end > KSYMS_NAMES_BITS_MAX
               ? KSYMS_BLOB_COUNT
               : KSYMS_OK;
}

/* Exactly `count` entries of so many bytes. */
static bool has_entries(struct ksyms_part part, uint32_t count, uint32_t size_bytes)
{
    return part.size_bytes == (uint64_t)count * size_bytes;
}

/* So many bits, and behind them what one load may read. */
static bool has_bits(struct ksyms_part part, uint64_t bits, uint32_t ahead)
{
    return part.size_bytes >= (bits + 7) / 8 + ahead;
}

/* Invariants 2 to 4. */
static enum ksyms_status take_parts(struct ksyms_table *table,
                                    const struct ksyms_blob_header *header, uint32_t kinds)
{
    if (kinds != (1u << TABLE_PARTS) - 1) {
        return KSYMS_BLOB_PART;
    }
    table->address_blocks =
        divide_up(header->symbol_count - header->absolute_count, KSYMS_BLOCK_SYMBOLS);
    table->block_count =
        table->address_blocks + divide_up(header->absolute_count, KSYMS_BLOCK_SYMBOLS);
    table->name_block_count = divide_up(header->symbol_count, KSYMS_NAME_BLOCK_SYMBOLS);
    table->rank_width = ksyms_blob_width(header->symbol_count);
    enum ksyms_status status = read_codes(table, table->code_classes);
    if (status != KSYMS_OK) {
        return status;
    }
    table->base_size = has_entries(table->bases, table->block_count, 4) ? 4 : 8;
    return has_entries(table->bases, table->block_count, table->base_size) &&
                   has_entries(table->blocks, table->block_count,
                               sizeof(struct ksyms_blob_block)) &&
                   has_entries(table->name_blocks, table->name_block_count,
                               sizeof(struct ksyms_blob_name_block)) &&
                   has_bits(table->block_data, KSYMS_BLOCK_FIXED * 8, KSYMS_READ_AHEAD) &&
                   has_bits(table->names, table->names_end, KSYMS_NAMES_AHEAD) &&
                   has_bits(table->tokens, (uint64_t)table->token_count * table->token_width,
                            KSYMS_READ_AHEAD) &&
                   has_bits(table->token_strings, 0, KSYMS_STRINGS_AHEAD)
               ? KSYMS_OK
               : KSYMS_BLOB_COUNT;
}

enum ksyms_status ksyms_table_open(struct ksyms_table *table, const void *blob, size_t size_bytes)
{
    struct ksyms_blob_header header;
    struct ksyms_table opened = {.blob = blob};
    uint32_t kinds = 0;
    enum ksyms_status status = check_header(blob, size_bytes, &header);

    if (status == KSYMS_OK) {
        status = read_directory(&opened, &header, &kinds);
    }
    if (status != KSYMS_OK) {
        return status;
    }
    opened.blob_size = header.size_bytes;
    opened.flags = header.flags;
    opened.part_count = header.part_count;
    opened.symbol_count = header.symbol_count;
    opened.absolute_count = header.absolute_count;
    if (header.symbol_count > 0) {
        status = take_parts(&opened, &header, kinds);
        if (status != KSYMS_OK) {
            return status;
        }
    }
    *table = opened;
    return KSYMS_OK;
}

enum ksyms_status ksyms_table_verify(const struct ksyms_table *table)
{
    uint32_t stored = read_u32(table->blob + offsetof(struct ksyms_blob_header, checksum));
    return ksyms_blob_checksum(table->blob, table->blob_size) == stored ? KSYMS_OK
                                                                        : KSYMS_BLOB_CHECKSUM;
}

uint32_t ksyms_table_count(const struct ksyms_table *table)
{
    return table->symbol_count;
}

size_t ksyms_table_build_id(const struct ksyms_table *table, const uint8_t **bytes)
{
    uint32_t size = read_u32(table->blob + offsetof(struct ksyms_blob_header, build_id_size));
    *bytes = table->blob + offsetof(struct ksyms_blob_header, build_id);
    return minimum(size, KSYMS_BUILD_ID_MAX);
}
