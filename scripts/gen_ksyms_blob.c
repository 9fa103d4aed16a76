// SPDX-License-Identifier: MIT
/*
 * gen_ksyms_blob.c: write names and tokens as the bytes that src/ksyms/FORMAT.md draws, and join
 * all parts.
 *
 * Each part is built in a buffer of its own; build_blob joins them behind the header and the
 * directory, and sets the checksum last.
 */
#include <stdlib.h>
#include "gen_ksyms.h"
#include "ksyms/blob.h"

/* ---- Names ---- */

static void put_code(struct buffer *names, uint32_t token, const struct token_names *tokenized)
{
    bool is_last = token >= tokenized->first_last;
    const uint8_t *widths = tokenized->class_widths + (is_last ? KSYMS_CODE_CLASSES : 0);
    unsigned class = 0;

    token -= is_last ? tokenized->first_last : 0;
    while (token >> widths[class] != 0) {
        token -= (uint32_t)1 << widths[class ++];
    }
    put_bits(names,
             class + (is_last ? KSYMS_CODE_LAST : 0) + ((uint64_t)token << KSYMS_CODE_CLASS_BITS),
             KSYMS_CODE_CLASS_BITS + widths[class]);
}

static void put_name(struct buffer *names, const struct token_names *tokenized, uint32_t rank)
{
    uint32_t kept = tokenized->kept[rank];

    if (kept < KSYMS_NAME_KEPT_ESCAPE) {
        put_bits(names, kept, KSYMS_NAME_KEPT_BITS);
    } else {
        put_bits(names,
                 KSYMS_NAME_KEPT_ESCAPE | (kept - KSYMS_NAME_KEPT_ESCAPE) << KSYMS_NAME_KEPT_BITS,
                 KSYMS_NAME_KEPT_BITS + KSYMS_NAME_KEPT_MORE);
    }
    for (size_t i = tokenized->name_codes[rank] + kept; i < tokenized->name_codes[rank + 1]; i++) {
        put_code(names, tokenized->codes[i], tokenized);
    }
}

/* A block's names go to a buffer of their own first: the offsets stand before them. */
static void put_name_block(struct buffer *names, struct buffer *block,
                           const struct token_names *tokenized, uint32_t first, uint32_t count)
{
    uint64_t offsets[KSYMS_NAME_GROUPS];
    uint32_t groups = 0;
    unsigned width;

    block->size = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (i % KSYMS_NAME_GROUP_SYMBOLS == 0) {
            offsets[groups++] = bits_put(block);
        }
        put_name(block, tokenized, first + i);
    }
    width = ksyms_blob_width(offsets[groups - 1] + 1);
    if (width >= 1u << KSYMS_NAME_OFFSET_BITS) {
        fail("%u names are too long together", count);
    }
    put_bits(names, width, KSYMS_NAME_OFFSET_BITS);
    for (uint32_t group = 1; group < groups; group++) {
        put_bits(names, offsets[group], width);
    }
    for (size_t i = 0; i + 1 < block->size; i++) {
        put_bits(names, block->bytes[i], 8);
    }
    put_bits(names, block->bytes[block->size - 1], block->bits_used > 0 ? block->bits_used : 8);
    end_bits(block);
    end_bits(names);
}

static void put_key(struct buffer *name_blocks, const struct map_symbol *symbol)
{
    uint8_t key[16] = {0};
    memcpy(key, symbol->name,
           symbol->name_length < sizeof(key) ? symbol->name_length : sizeof(key));
    put_bytes(name_blocks, key, sizeof(key));
}

static void put_names(struct buffer *name_blocks, struct buffer *names, const struct map *map,
                      const struct token_names *tokenized)
{
    struct buffer block = {0};

    for (uint32_t first = 0; first < map->count; first += KSYMS_NAME_BLOCK_SYMBOLS) {
        uint32_t count = map->count - first;
        progress("writing names", first, map->count);
        put_key(name_blocks, &map->symbols[map->by_name[first]]);
        put_number(name_blocks, names->size, 4);
        put_name_block(names, &block, tokenized, first,
                       count < KSYMS_NAME_BLOCK_SYMBOLS ? count : KSYMS_NAME_BLOCK_SYMBOLS);
    }
    put_number(names, 0, KSYMS_READ_AHEAD);
    buffer_free(&block);
}

static void put_tokens(struct buffer *tokens, struct buffer *strings,
                       const struct token_names *tokenized)
{
    for (uint32_t i = 0; i < tokenized->token_count; i++) {
        const struct token_entry *entry = &tokenized->tokens[i];
        put_number(tokens, entry->offset << KSYMS_TOKEN_LENGTH_BITS | (entry->length - 1),
                   KSYMS_TOKEN_ENTRY_SIZE);
    }
    put_bytes(strings, tokenized->pool.bytes, tokenized->pool.size);
    memset(buffer_grow(strings, KSYMS_TOKEN_LENGTH_MAX), 0, KSYMS_TOKEN_LENGTH_MAX);
}

/* ---- The whole ---- */

static void align_buffer(struct buffer *buffer)
{
    while (buffer->size % 8 != 0) {
        put_number(buffer, 0, 1);
    }
}

/* Header with a size and a checksum of 0: they are known, and set, at the end. */
static void put_header(struct buffer *blob, const struct map *map, const struct build_id *build_id,
                       uint32_t part_count)
{
    put_bytes(blob, KSYMS_BLOB_MAGIC_BYTES, KSYMS_BLOB_MAGIC_SIZE);
    put_number(blob, KSYMS_BLOB_VERSION_NOW, 4);
    put_number(blob, 0, 4);
    put_number(blob, 0, 4);
    put_number(blob, map->has_sizes ? KSYMS_BLOB_HAS_SIZES : 0, 4);
    put_number(blob, map->count, 4);
    put_number(blob, map->absolute_count, 4);
    put_number(blob, part_count, 4);
    put_number(blob, build_id->size, 4);
    put_bytes(blob, build_id->bytes, sizeof(build_id->bytes));
}

static void set_number(struct buffer *blob, size_t offset, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        blob->bytes[offset + i] = (uint8_t)(value >> 8 * i);
    }
}

void build_blob(struct buffer *blob, const struct map *map, const struct build_id *build_id)
{
    struct buffer parts[KSYMS_PART_KINDS] = {0};
    uint32_t part_count = 0;
    uint64_t offset;

    if (map->count > 0) {
        struct token_names tokenized;
        struct block_buffers blocks = {0};
        tokenize_names(&tokenized, map);
        part_count = KSYMS_PART_KINDS - 1;
        put_blocks(&blocks, map);
        parts[KSYMS_PART_BLOCKS] = blocks.blocks;
        parts[KSYMS_PART_BLOCK_DATA] = blocks.data;
        parts[KSYMS_PART_SHORTCUTS] = blocks.shortcuts;
        put_names(&parts[KSYMS_PART_NAME_BLOCKS], &parts[KSYMS_PART_NAMES], map, &tokenized);
        put_bytes(&parts[KSYMS_PART_CODES], tokenized.class_widths, 2 * KSYMS_CODE_CLASSES);
        put_number(&parts[KSYMS_PART_CODES], tokenized.first_last, 4);
        put_tokens(&parts[KSYMS_PART_TOKENS], &parts[KSYMS_PART_TOKEN_STRINGS], &tokenized);
        token_names_free(&tokenized);
    }
    put_header(blob, map, build_id, part_count);
    offset = (blob->size + part_count * sizeof(struct ksyms_blob_part) + 7) / 8 * 8;
    for (uint32_t kind = 1; kind <= part_count; kind++) {
        put_number(blob, kind, 4);
        put_number(blob, offset, 4);
        put_number(blob, parts[kind].size, 4);
        offset = (offset + parts[kind].size + 7) / 8 * 8;
        if (offset > UINT32_MAX) {
            fail("the blob would be larger than 4 GiB");
        }
    }
    align_buffer(blob);
    for (uint32_t kind = 1; kind <= part_count; kind++) {
        put_bytes(blob, parts[kind].bytes, parts[kind].size);
        align_buffer(blob);
    }
    set_number(blob, offsetof(struct ksyms_blob_header, size_bytes), (uint32_t)blob->size);
    set_number(blob, offsetof(struct ksyms_blob_header, checksum),
               ksyms_blob_checksum(blob->bytes, blob->size));
    for (uint32_t kind = 1; kind <= part_count; kind++) {
        buffer_free(&parts[kind]);
    }
}
