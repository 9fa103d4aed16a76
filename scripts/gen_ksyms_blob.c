// SPDX-License-Identifier: MIT
/*
 * gen_ksyms_blob.c: write symbols and tokens as the bytes that src/ksyms/FORMAT.md draws.
 *
 * Each part is built in a buffer of its own; build_blob joins them behind the header and the
 * directory, and sets the checksum last.  Widths are the smallest that a block allows.
 */
#include <stdlib.h>
#include "gen_ksyms.h"
#include "ksyms/blob.h"

static uint32_t placed_count(const struct map *map)
{
    return map->count - map->absolute_count;
}

static uint64_t last_byte(const struct map_symbol *symbol)
{
    return symbol->address + (symbol->size - 1);
}

/* ---- How far a look-up must walk back ---- */

/*
 * For each symbol the number of steps from it to the furthest symbol that may be the answer for an
 * address between it and the next one, if it has ended there.
 *
 * `open` is a stack of symbols that have begun.  A symbol that ends no later than a newer one is
 * never an answer again; so from bottom to top the stack's symbols begin later and end earlier.
 */
static uint8_t *measure_look_back(const struct map *map)
{
    uint32_t count = placed_count(map);
    uint8_t *look_back = allocate(count, sizeof(*look_back));
    uint32_t *open = allocate(count, sizeof(*open));
    size_t depth = 0;

    for (uint32_t i = 0; i < count; i++) {
        const struct map_symbol *symbol = &map->symbols[i];
        uint64_t region_end = i + 1 < count ? symbol[1].address : UINT64_MAX;

        if (symbol->size > 0) {
            while (depth > 0 && last_byte(&map->symbols[open[depth - 1]]) <= last_byte(symbol)) {
                depth--;
            }
            open[depth++] = i;
        }
        while (depth > 0 && last_byte(&map->symbols[open[depth - 1]]) < symbol->address) {
            depth--;
        }
        if (i + 1 < count && region_end == symbol->address) {
            continue; /* no look-up begins at an alias that is not the last */
        }
        for (size_t level = depth; level-- > 0;) {
            uint32_t steps = i - open[level];
            look_back[i] = (uint8_t)(steps < KSYMS_LOOK_BACK_MAX ? steps : KSYMS_LOOK_BACK_MAX);
            if (last_byte(&map->symbols[open[level]]) >= region_end) {
                break;
            }
        }
    }
    free(open);
    return look_back;
}

/* ---- Blocks of addresses ---- */

/* What a size is coded as; see FORMAT.md. */
struct size_code {
    uint64_t size;
    uint64_t code; /* 0 no size, else 1 + slack; UINT64_MAX where there is no such code */
};

static void code_sizes(const struct map *map, const uint64_t *gaps, uint32_t first, uint32_t count,
                       struct size_code *codes)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t size = map->symbols[first + i].size;
        uint64_t gap = gaps[first + i];
        codes[i].size = size;
        codes[i].code = size == 0 ? 0 : size <= gap ? gap - size + 1 : UINT64_MAX;
    }
}

static bool is_escaped(const struct size_code *code, unsigned width)
{
    return code->code >= ((uint64_t)1 << width) - 1 && code->size > 0;
}

static unsigned escape_width(const struct size_code *codes, uint32_t count, unsigned width)
{
    uint64_t all = 0;
    for (uint32_t i = 0; i < count; i++) {
        all |= is_escaped(&codes[i], width) ? codes[i].size : 0;
    }
    return all == 0 ? 0 : 64 - (unsigned)__builtin_clzll(all);
}

static uint64_t sizes_cost(const struct size_code *codes, uint32_t count, unsigned width)
{
    uint64_t escaped = 0;
    for (uint32_t i = 0; i < count; i++) {
        escaped += is_escaped(&codes[i], width);
    }
    return (uint64_t)count * width + escaped * escape_width(codes, count, width);
}

/* The width that costs least: 0 if no symbol has a size, else wide enough for an escape. */
static unsigned choose_size_width(const struct size_code *codes, uint32_t count)
{
    unsigned best = 1;
    bool has_sizes = false;

    for (uint32_t i = 0; i < count; i++) {
        has_sizes |= codes[i].size > 0;
    }
    if (!has_sizes) {
        return 0;
    }
    for (unsigned width = 2; width <= 32; width++) {
        if (sizes_cost(codes, count, width) < sizes_cost(codes, count, best)) {
            best = width;
        }
    }
    return best;
}

static void put_sizes(struct buffer *data, const struct size_code *codes, uint32_t count,
                      unsigned width)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t escape = ((uint64_t)1 << width) - 1;
        put_bits(data, is_escaped(&codes[i], width) ? escape : codes[i].code, width);
    }
}

static void put_addresses(struct buffer *data, const struct map_symbol *symbols, uint32_t count,
                          struct ksyms_blob_block *head)
{
    uint64_t all = 0;

    head->base = symbols[0].address;
    for (uint32_t i = 0; i < count; i++) {
        all |= symbols[i].address - head->base;
    }
    head->address_shift = all == 0 ? 0 : (uint8_t)__builtin_ctzll(all);
    head->address_width = all == 0 ? 0 : (uint8_t)(64 - __builtin_clzll(all) - head->address_shift);
    for (uint32_t i = 0; i < count; i++) {
        put_bits(data, (symbols[i].address - head->base) >> head->address_shift,
                 head->address_width);
    }
}

/* The letters of a block in the order of their first use. */
static uint32_t collect_letters(const struct map_symbol *symbols, uint32_t count, char *letters)
{
    uint32_t letter_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (memchr(letters, symbols[i].type, letter_count) == NULL) {
            letters[letter_count++] = symbols[i].type;
        }
    }
    return letter_count;
}

static void put_block(struct buffer *blocks, struct buffer *data, const struct map *map,
                      const uint64_t *gaps, uint32_t first, uint32_t count, uint8_t look_back)
{
    const struct map_symbol *symbols = map->symbols + first;
    struct ksyms_blob_block head = {.data_offset = (uint32_t)data->size, .look_back = look_back};
    struct size_code codes[KSYMS_BLOCK_SYMBOLS];
    char letters[KSYMS_BLOCK_SYMBOLS];
    uint32_t letter_count = collect_letters(symbols, count, letters);
    unsigned escape;

    code_sizes(map, gaps, first, count, codes);
    head.size_width = (uint8_t)choose_size_width(codes, count);
    escape = escape_width(codes, count, head.size_width);

    put_number(data, escape, 1);
    put_number(data, letter_count, 1);
    put_bytes(data, letters, letter_count);
    put_addresses(data, symbols, count, &head);
    put_sizes(data, codes, count, head.size_width);
    for (uint32_t i = 0; i < count; i++) {
        const char *letter = memchr(letters, symbols[i].type, letter_count);
        put_bits(data, (uint64_t)(letter - letters), ksyms_blob_width(letter_count));
    }
    for (uint32_t i = 0; i < count; i++) {
        if (is_escaped(&codes[i], head.size_width)) {
            put_bits(data, codes[i].size, escape);
        }
    }
    end_bits(data);

    put_number(blocks, head.base, 8);
    put_number(blocks, head.data_offset, 4);
    put_number(blocks, head.address_width, 1);
    put_number(blocks, head.address_shift, 1);
    put_number(blocks, head.size_width, 1);
    put_number(blocks, head.look_back, 1);
}

/* For each symbol the bytes to the next higher address; 0 where there is none, and for absolutes.
 */
static uint64_t *measure_gaps(const struct map *map)
{
    uint64_t *gaps = allocate(map->count, sizeof(*gaps));
    for (uint32_t i = placed_count(map); i-- > 0;) {
        if (i + 1 < placed_count(map)) {
            uint64_t gap = map->symbols[i + 1].address - map->symbols[i].address;
            gaps[i] = gap != 0 ? gap : gaps[i + 1];
        }
    }
    return gaps;
}

static void put_blocks(struct buffer *blocks, struct buffer *data, const struct map *map)
{
    uint8_t *look_back = measure_look_back(map);
    uint64_t *gaps = measure_gaps(map);
    uint32_t end = placed_count(map);

    for (uint32_t first = 0; first < map->count;) {
        uint32_t count = first < end ? end - first : map->count - first;
        uint8_t furthest = 0;
        count = count < KSYMS_BLOCK_SYMBOLS ? count : KSYMS_BLOCK_SYMBOLS;
        for (uint32_t i = first; i < first + count && i < end; i++) {
            furthest = look_back[i] > furthest ? look_back[i] : furthest;
        }
        put_block(blocks, data, map, gaps, first, count, furthest);
        first += count;
    }
    free(look_back);
    free(gaps);
}

/* ---- The two orders ---- */

static void put_orders(struct buffer *ranks, struct buffer *indices, const struct map *map)
{
    unsigned width = ksyms_blob_width(map->count);
    for (uint32_t i = 0; i < map->count; i++) {
        put_bits(ranks, map->symbols[i].name_rank, width);
        put_bits(indices, map->by_name[i], width);
    }
}

/* ---- Names ---- */

static void put_token_code(struct buffer *names, uint32_t token, uint32_t split)
{
    if (token < split) {
        put_number(names, token, 1);
    } else {
        put_number(names, split + (token - split) / 256, 1);
        put_number(names, (token - split) % 256, 1);
    }
}

static void put_name(struct buffer *names, const uint32_t *codes, size_t code_count, uint32_t kept,
                     uint32_t split)
{
    size_t added = code_count - kept;

    if (added < KSYMS_NAME_ADDED_ESCAPE) {
        put_number(names, kept << 4 | added, 1);
    } else {
        size_t rest = added - KSYMS_NAME_ADDED_ESCAPE;
        if (rest >= 1u << 28) {
            fail("a name of %zu tokens is too long", code_count);
        }
        put_number(names, kept << 4 | KSYMS_NAME_ADDED_ESCAPE, 1);
        for (; rest >= 0x80; rest >>= 7) {
            put_number(names, 0x80 | (rest & 0x7f), 1);
        }
        put_number(names, rest, 1);
    }
    for (size_t i = kept; i < code_count; i++) {
        put_token_code(names, codes[i], split);
    }
}

static uint32_t count_common(const uint32_t *left, size_t left_count, const uint32_t *right,
                             size_t right_count)
{
    uint32_t common = 0;
    while (common < KSYMS_NAME_KEPT_MAX && common < left_count && common < right_count &&
           left[common] == right[common]) {
        common++;
    }
    return common;
}

static void put_names(struct buffer *name_blocks, struct buffer *names,
                      const struct token_names *tokenized, uint32_t count)
{
    uint32_t split = ksyms_blob_split(tokenized->token_count);

    for (uint32_t rank = 0; rank < count; rank++) {
        const uint32_t *codes = tokenized->codes + tokenized->name_codes[rank];
        size_t code_count = tokenized->name_codes[rank + 1] - tokenized->name_codes[rank];
        uint32_t kept = 0;

        if (rank % KSYMS_NAME_BLOCK_SYMBOLS == 0) {
            put_number(name_blocks, names->size, 4);
        } else {
            size_t before = tokenized->name_codes[rank - 1];
            kept = count_common(tokenized->codes + before, tokenized->name_codes[rank] - before,
                                codes, code_count);
        }
        put_name(names, codes, code_count, kept, split);
    }
}

static void put_tokens(struct buffer *tokens, const struct token_names *tokenized)
{
    for (uint32_t i = 0; i < tokenized->token_count; i++) {
        const struct token_entry *entry = &tokenized->tokens[i];
        put_number(tokens, entry->offset << KSYMS_TOKEN_LENGTH_BITS | (entry->length - 1),
                   KSYMS_TOKEN_ENTRY_SIZE);
    }
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
        tokenize_names(&tokenized, map);
        part_count = KSYMS_PART_KINDS - 1;
        put_blocks(&parts[KSYMS_PART_BLOCKS], &parts[KSYMS_PART_BLOCK_DATA], map);
        put_orders(&parts[KSYMS_PART_RANKS], &parts[KSYMS_PART_INDICES], map);
        put_names(&parts[KSYMS_PART_NAME_BLOCKS], &parts[KSYMS_PART_NAMES], &tokenized, map->count);
        put_tokens(&parts[KSYMS_PART_TOKENS], &tokenized);
        put_bytes(&parts[KSYMS_PART_TOKEN_STRINGS], tokenized.pool.bytes, tokenized.pool.size);
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
