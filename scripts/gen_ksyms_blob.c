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

/* A token's class, and what the class leaves of its number. */
static unsigned class_of(const struct token_names *tokenized, uint32_t token, uint32_t *rest)
{
    unsigned class = token >= tokenized->first_last ? KSYMS_CODE_LAST : 0;

    token -= class > 0 ? tokenized->first_last : 0;
    while (token >> tokenized->class_widths[class] != 0) {
        token -= (uint32_t)1 << tokenized->class_widths[class ++];
    }
    *rest = token;
    return class;
}

/* The codes of a group, the end of one name behind the other. */
struct code_list {
    uint32_t *tokens; /* their numbers; once they have a class, it and the rest of the number */
    size_t count, capacity;
};

static void add_code(struct code_list *list, uint32_t token)
{
    list->tokens = make_room(list->tokens, list->count, &list->capacity, sizeof(*list->tokens));
    list->tokens[list->count++] = token;
}

static void add_name(struct code_list *list, const struct token_names *tokenized, uint32_t rank)
{
    size_t at = tokenized->name_codes[rank] + tokenized->kept[rank];

    if (at == tokenized->name_codes[rank + 1]) {
        add_code(list, tokenized->empty);
    }
    for (; at < tokenized->name_codes[rank + 1]; at++) {
        add_code(list, tokenized->codes[at]);
    }
}

static void put_name_group(struct buffer *names, struct code_list *list,
                           const struct token_names *tokenized, uint32_t first, uint32_t count)
{
    uint32_t rest;

    list->count = 0;
    for (uint32_t rank = first; rank < first + count; rank++) {
        put_bits(names, tokenized->kept[rank], tokenized->kept_width);
        add_name(list, tokenized, rank);
    }
    for (size_t i = 0; i < list->count; i++) {
        unsigned class = class_of(tokenized, list->tokens[i], &rest);
        put_bits(names, class, KSYMS_CODE_CLASS_BITS);
        list->tokens[i] = class << KSYMS_CODE_WIDTH_MAX | rest;
    }
    for (size_t i = list->count; i-- > 0;) {
        put_bits(names, list->tokens[i],
                 tokenized->class_widths[list->tokens[i] >> KSYMS_CODE_WIDTH_MAX]);
    }
}

/* A block's groups go to a buffer of their own first: their offsets stand before them. */
static void put_name_block(struct buffer *names, struct buffer *block, struct code_list *list,
                           const struct token_names *tokenized, uint32_t first, uint32_t count)
{
    uint64_t offsets[KSYMS_NAME_GROUPS];
    uint32_t groups = 0;
    uint64_t bits;
    unsigned width;

    block->size = 0;
    for (uint32_t done = 0; done < count; done += KSYMS_NAME_GROUP_SYMBOLS) {
        uint32_t left = count - done;
        offsets[groups++] = bits_put(block);
        put_name_group(block, list, tokenized, first + done,
                       left < KSYMS_NAME_GROUP_SYMBOLS ? left : KSYMS_NAME_GROUP_SYMBOLS);
    }
    width = ksyms_blob_width(offsets[groups - 1] + 1);
    if (width > KSYMS_NAME_OFFSET_MAX) {
        fail("%u names are too long together", count);
    }
    put_bits(names, width, KSYMS_NAME_OFFSET_BITS);
    for (uint32_t group = 1; group < groups; group++) {
        put_bits(names, offsets[group], width);
    }
    bits = bits_put(block);
    put_number(block, 0, 8); /* so that 8 bytes can be read from any place */
    for (uint64_t done = 0; done < bits; done += 64) {
        uint64_t value;
        memcpy(&value, block->bytes + done / 8, sizeof(value));
        put_bits(names, value, bits - done < 64 ? (unsigned)(bits - done) : 64);
    }
    end_bits(block);
}

static void put_key(struct buffer *name_blocks, const struct map_symbol *symbol)
{
    uint8_t key[16] = {0};
    memcpy(key, symbol->name,
           symbol->name_length < sizeof(key) ? symbol->name_length : sizeof(key));
    put_bytes(name_blocks, key, sizeof(key));
}

/* Returns how many bits of the names are used. */
static uint32_t put_names(struct buffer *name_blocks, struct buffer *names, const struct map *map,
                          const struct token_names *tokenized)
{
    struct buffer block = {0};
    struct code_list list = {0};
    uint64_t bits;

    put_bits(names, 0, KSYMS_NAMES_FIRST_BIT);
    for (uint32_t first = 0; first < map->count; first += KSYMS_NAME_BLOCK_SYMBOLS) {
        uint32_t count = map->count - first;
        progress("writing names", first, map->count);
        put_key(name_blocks, &map->symbols[map->by_name[first]]);
        put_number(name_blocks, bits_put(names), 4);
        put_name_block(names, &block, &list, tokenized, first,
                       count < KSYMS_NAME_BLOCK_SYMBOLS ? count : KSYMS_NAME_BLOCK_SYMBOLS);
    }
    bits = bits_put(names);
    if (bits > KSYMS_NAMES_BITS_MAX) {
        fail("the names would take more than 512 MiB");
    }
    end_bits(names);
    memset(buffer_grow(names, KSYMS_NAMES_AHEAD), 0, KSYMS_NAMES_AHEAD);
    buffer_free(&block);
    free(list.tokens);
    return (uint32_t)bits;
}

/* Bytes of a string, or more: a phrase. */
static uint32_t length_code(const struct token_entry *entry)
{
    return entry->is_phrase ? entry->length + KSYMS_TOKEN_PHRASE : entry->length - entry->is_last;
}

static void put_tokens(struct buffer *tokens, struct buffer *strings,
                       const struct token_names *tokenized, unsigned offset_width)
{
    for (uint32_t i = 0; i < tokenized->token_count; i++) {
        const struct token_entry *entry = &tokenized->tokens[i];
        put_bits(tokens, length_code(entry), KSYMS_TOKEN_LENGTH_BITS);
        put_bits(tokens, entry->offset, offset_width);
    }
    end_bits(tokens);
    put_number(tokens, 0, KSYMS_READ_AHEAD);
    put_bytes(strings, tokenized->pool.bytes, tokenized->pool.size);
    memset(buffer_grow(strings, KSYMS_STRINGS_AHEAD), 0, KSYMS_STRINGS_AHEAD);
}

static void put_codes(struct buffer *codes, const struct token_names *tokenized, uint32_t names_end,
                      unsigned offset_width)
{
    put_bytes(codes, tokenized->class_widths, sizeof(tokenized->class_widths));
    put_number(codes, tokenized->first_last, 4);
    put_number(codes, tokenized->token_count, 4);
    put_number(codes, names_end, 4);
    put_number(codes, tokenized->kept_width, 1);
    put_number(codes, offset_width, 1);
    put_number(codes, 0, 2);
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
        uint32_t names_end;
        unsigned offset_width;
        tokenize_names(&tokenized, map);
        part_count = KSYMS_PART_KINDS - 1;
        put_blocks(&blocks, map);
        parts[KSYMS_PART_BASES] = blocks.bases;
        parts[KSYMS_PART_BLOCKS] = blocks.blocks;
        parts[KSYMS_PART_BLOCK_DATA] = blocks.data;
        names_end =
            put_names(&parts[KSYMS_PART_NAME_BLOCKS], &parts[KSYMS_PART_NAMES], map, &tokenized);
        offset_width = ksyms_blob_width(tokenized.pool.size);
        put_codes(&parts[KSYMS_PART_CODES], &tokenized, names_end, offset_width);
        put_tokens(&parts[KSYMS_PART_TOKENS], &parts[KSYMS_PART_TOKEN_STRINGS], &tokenized,
                   offset_width);
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
