// SPDX-License-Identifier: MIT
/*
 * table_name.c: from a name to its symbols, and from a symbol to its name.
 *
 * Names are kept in byte order, 32 to a block.  A name keeps the first tokens of the one before it
 * and adds new ones, so a block is read from its head:
 *
 *     uart_open    0 kept + "uart" "_" "open"
 *     uart_read    2 kept + "read"                 the cursor remembers at most 15 tokens:
 *     uart_read    3 kept +                        a name has no length limit, our stack has
 *
 * Nothing holds a whole name: tokens stream into a sink, which copies and compares what fits.
 * Reading a block costs at most its bytes; the cursor never leaves it.
 */
#include "table_parts.h"

struct name_cursor {
    uint32_t position;                    /* next byte in NAMES */
    uint32_t end;                         /* of the block */
    uint32_t depth;                       /* tokens in `prefix` */
    uint16_t prefix[KSYMS_NAME_KEPT_MAX]; /* the first tokens of the last name read */
};

struct name_sink {
    char *buffer; /* takes the first `capacity` bytes */
    size_t capacity;
    const char *key; /* compared with the name; never null if key_length > 0 */
    size_t key_length;
    bool prefix;   /* compare only the name's first key_length bytes */
    size_t length; /* bytes of the name so far */
    int order;     /* the name against the key so far: < 0 before it, > 0 after it */
};

static void sink_bytes(struct name_sink *sink, const uint8_t *bytes, uint32_t length)
{
    if (sink->length < sink->capacity) {
        memcpy(sink->buffer + sink->length, bytes, minimum(sink->capacity - sink->length, length));
    }
    if (sink->order == 0) {
        size_t rest = sink->key_length > sink->length ? sink->key_length - sink->length : 0;
        uint32_t common = minimum(rest, length);
        if (common > 0) {
            sink->order = memcmp(bytes, sink->key + sink->length, common);
        }
        if (sink->order == 0 && common < length && !sink->prefix) {
            sink->order = 1; /* the name goes on where the key has ended */
        }
    }
    sink->length += length;
}

static void sink_token(const struct ksyms_table *table, struct name_sink *sink, uint32_t token)
{
    const uint8_t *entry = table->tokens.bytes + (size_t)token * KSYMS_TOKEN_ENTRY_SIZE;
    uint32_t value, offset, length;

    if (token >= table->token_count) {
        return;
    }
    value = entry[0] | (uint32_t)entry[1] << 8 | (uint32_t)entry[2] << 16;
    offset = value >> KSYMS_TOKEN_LENGTH_BITS;
    length = (value & (KSYMS_TOKEN_LENGTH_MAX - 1)) + 1;
    if (offset < table->token_strings.size_bytes &&
        length <= table->token_strings.size_bytes - offset) {
        sink_bytes(sink, table->token_strings.bytes + offset, length);
    }
}

static uint32_t name_block_offset(const struct ksyms_table *table, uint32_t block)
{
    return block < table->name_block_count
               ? minimum(read_u32(table->name_blocks.bytes + (size_t)block * 4),
                         table->names.size_bytes)
               : table->names.size_bytes;
}

static void open_block(const struct ksyms_table *table, uint32_t block, struct name_cursor *cursor)
{
    cursor->position = name_block_offset(table, block);
    cursor->end = name_block_offset(table, block + 1);
    cursor->depth = 0;
}

static uint32_t next_byte(const struct ksyms_table *table, struct name_cursor *cursor)
{
    return cursor->position < cursor->end ? table->names.bytes[cursor->position++] : 0;
}

/* New tokens of a name: in the header's low half, and if that is full a varint more. */
static uint32_t read_added(const struct ksyms_table *table, struct name_cursor *cursor,
                           uint32_t header)
{
    uint32_t added = header & 15;
    if (added == KSYMS_NAME_ADDED_ESCAPE) {
        uint32_t byte;
        unsigned shift = 0;
        do {
            byte = next_byte(table, cursor);
            added += (byte & 0x7f) << shift;
            shift += 7;
        } while (byte >= 0x80 && shift < 28);
    }
    return added;
}

/* Read the name at the cursor into the sink, if there is one, and step to the next name. */
static void read_name(const struct ksyms_table *table, struct name_cursor *cursor,
                      struct name_sink *sink)
{
    uint32_t header = next_byte(table, cursor);
    uint32_t kept = minimum(header >> 4, cursor->depth);
    uint32_t added = read_added(table, cursor, header);
    uint32_t place = kept;

    for (uint32_t i = 0; sink != NULL && i < kept; i++) {
        sink_token(table, sink, cursor->prefix[i]);
    }
    for (; added > 0 && cursor->position < cursor->end; added--) {
        uint32_t token = next_byte(table, cursor);
        if (token >= table->token_split) {
            token =
                table->token_split + (token - table->token_split) * 256 + next_byte(table, cursor);
        }
        if (place < KSYMS_NAME_KEPT_MAX) {
            cursor->prefix[place++] = (uint16_t)token;
        }
        if (sink != NULL) {
            sink_token(table, sink, token);
        }
    }
    cursor->depth = place;
    if (sink != NULL && sink->order == 0 && sink->length < sink->key_length) {
        sink->order = -1; /* the name has ended inside the key */
    }
}

/* The name at the cursor against the key of `like`. */
static int compare_name(const struct ksyms_table *table, struct name_cursor *cursor,
                        const struct name_sink *like)
{
    struct name_sink sink = *like;
    read_name(table, cursor, &sink);
    return sink.order;
}

/* Number of names before the key, or, with `through`, before and equal to it. */
static uint32_t count_names(const struct ksyms_table *table, const struct name_sink *key,
                            bool through)
{
    struct name_cursor cursor;
    int limit = through ? 1 : 0;
    uint32_t low = 0;
    uint32_t high = table->name_block_count;
    uint32_t rank, end;

    /* Heads of blocks below `low` are before the limit; those from `high` on are not. */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        open_block(table, middle, &cursor);
        if (compare_name(table, &cursor, key) < limit) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) {
        return 0;
    }
    open_block(table, low - 1, &cursor);
    rank = (low - 1) * KSYMS_NAME_BLOCK_SYMBOLS;
    end = rank + minimum(table->symbol_count - rank, KSYMS_NAME_BLOCK_SYMBOLS);
    while (rank < end && compare_name(table, &cursor, key) < limit) {
        rank++;
    }
    return rank;
}

static struct ksyms_name_range find_range(const struct ksyms_table *table,
                                          const struct name_sink *key)
{
    struct ksyms_name_range range = {0, 0};
    uint32_t first = count_names(table, key, false);
    uint32_t end = count_names(table, key, true);

    if (end > first) {
        range = (struct ksyms_name_range){first, end - first};
    }
    return range;
}

struct ksyms_name_range ksyms_table_find_name(const struct ksyms_table *table, const char *name,
                                              size_t length)
{
    struct name_sink key = {.key = name, .key_length = length};
    return find_range(table, &key);
}

struct ksyms_name_range ksyms_table_find_prefix(const struct ksyms_table *table, const char *prefix,
                                                size_t length)
{
    struct name_sink key = {.key = prefix, .key_length = length, .prefix = true};
    return find_range(table, &key);
}

size_t ksyms_symbol_name(const struct ksyms_table *table, const struct ksyms_symbol *symbol,
                         char *buffer, size_t capacity)
{
    struct name_cursor cursor;
    struct name_sink name = {.buffer = buffer, .capacity = capacity, .prefix = true};

    if (symbol->name_rank < table->symbol_count) {
        open_block(table, symbol->name_rank / KSYMS_NAME_BLOCK_SYMBOLS, &cursor);
        for (uint32_t i = symbol->name_rank % KSYMS_NAME_BLOCK_SYMBOLS; i > 0; i--) {
            read_name(table, &cursor, NULL);
        }
        read_name(table, &cursor, &name);
    }
    if (capacity > 0) {
        buffer[name.length < capacity ? name.length : capacity - 1] = '\0';
    }
    return name.length;
}
