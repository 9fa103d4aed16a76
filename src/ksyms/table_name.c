// SPDX-License-Identifier: MIT
/*
 * table_name.c: from a symbol to its name, and names one after the other.  How they lie is drawn in
 * table_names.h.
 *
 * A name in the middle of a group is made of pieces: its own new tokens, those it keeps of a name
 * before it, what that one keeps of a name further before ...  Only the pieces are decoded:
 *
 *      kept                         uart_read_byte of 5 tokens has the last two from itself, the
 *       0   uart _ open             one before from uart_read, and the first two from uart_open;
 *       2          read             uart_read_word has nothing that it needs
 *       3               _ word
 *       3               _ byte
 *
 *   1. Nothing holds a whole name.  A cursor holds how many bytes the first tokens of the last name
 *      have; their bytes are in the caller's buffer, as far as it reaches.
 *   2. Each step of a loop reads a class of 4 bits, and no name is read past its group's end.
 */
#include "table_names.h"

struct name_cursor {
    struct name_group group;
    struct code_reader reader;              /* behind the last name */
    uint32_t tokens;                        /* of the last name, at most KSYMS_NAME_KEPT_MAX + 1 */
    uint32_t ends[KSYMS_NAME_KEPT_MAX + 2]; /* bytes of its first 0, 1, ... tokens */
};

/* ---- Places ---- */

static uint32_t block_bit(const struct ksyms_table *table, uint32_t block)
{
    uint32_t bit = table->names_end;

    if (block < table->name_block_count) {
        bit = minimum(read_u32(table->name_blocks.bytes +
                               (size_t)block * sizeof(struct ksyms_blob_name_block) +
                               offsetof(struct ksyms_blob_name_block, bit)),
                      bit);
    }
    return bit;
}

void ksyms_open_name_block(const struct ksyms_table *table, uint32_t number,
                           struct name_block *block)
{
    uint32_t bit = block_bit(table, number);

    block->name_count =
        minimum(table->symbol_count - number * KSYMS_NAME_BLOCK_SYMBOLS, KSYMS_NAME_BLOCK_SYMBOLS);
    block->group_count =
        (block->name_count + KSYMS_NAME_GROUP_SYMBOLS - 1) / KSYMS_NAME_GROUP_SYMBOLS;
    block->offset_width = read_inside(table->names, bit) & ((1u << KSYMS_NAME_OFFSET_BITS) - 1);
    block->offsets_bit = bit + KSYMS_NAME_OFFSET_BITS;
    block->names_bit = block->offsets_bit + (block->group_count - 1) * block->offset_width;
    block->end_bit = block_bit(table, number + 1);
}

void ksyms_open_name_group(const struct ksyms_table *table, const struct name_block *block,
                           uint32_t number, struct name_group *group)
{
    uint32_t names =
        minimum(block->name_count - number * KSYMS_NAME_GROUP_SYMBOLS, KSYMS_NAME_GROUP_SYMBOLS);
    uint32_t before = number > 0 ? number - 1 : 0;
    uint64_t offsets =
        read_window(table->names, (uint64_t)block->offsets_bit + before * block->offset_width);
    uint64_t mask = ((uint64_t)1 << block->offset_width) - 1;
    uint64_t start = block->names_bit;
    uint64_t end = block->end_bit;

    /* The group's own offset, but for group 0, and that of the next one. */
    if (number > 0) {
        start += offsets & mask;
        offsets >>= block->offset_width;
    }
    if (number + 1 < block->group_count) {
        end = block->names_bit + (offsets & mask);
    }
    group->kept_bit = at_most(start, table->names_end);
    group->first.class_bit = at_most(group->kept_bit + names * table->kept_width, table->names_end);
    group->first.other_bit = at_most(end, table->names_end);
}

void ksyms_find_codes(const struct ksyms_table *table, const struct name_group *group,
                      uint32_t last, struct code_place codes[CODE_PLACES])
{
    struct code_place place = group->first;
    struct code_place *next = codes;

    *next++ = place;
    while (next <= codes + last && place.class_bit < group->first.other_bit) {
        uint64_t classes = read_window(table->names, place.class_bit);
        for (uint32_t i = 0; i < CLASSES_AT_ONCE; i++) {
            unsigned class = classes & (2 * KSYMS_CODE_CLASSES - 1);
            classes >>= KSYMS_CODE_CLASS_BITS;
            place.class_bit += KSYMS_CODE_CLASS_BITS;
            place.other_bit -= table->codes[class].width;
            *next = place; /* in the end that behind the name's last code */
            next += class / KSYMS_CODE_LAST;
        }
    }
    while (next <= codes + last) { /* only in a damaged blob */
        *next++ = place;
    }
}

/* ---- Reading names ---- */

void ksyms_next_string(const struct ksyms_table *table, struct token_string *token)
{
    read_string(table, read_u16(token->numbers), token);
    token->length = minimum(token->length, KSYMS_TOKEN_LENGTH_MAX);
    token->numbers += 2;
    token->more--;
}

/* Put a token behind the `length` bytes of a name.  Returns the length with it. */
static inline uint32_t put_token(const struct ksyms_table *table, struct token_string *token,
                                 uint32_t length, char *buffer, size_t capacity)
{
    for (;;) {
        if ((uint64_t)length + KSYMS_TOKEN_LENGTH_MAX <= capacity) {
            memcpy(buffer + length, token->bytes, KSYMS_TOKEN_LENGTH_MAX);
        } else if (length < capacity) {
            memcpy(buffer + length, token->bytes, minimum(capacity - length, token->length));
        }
        length += token->length;
        if (token->more == 0) {
            return length;
        }
        ksyms_next_string(table, token);
    }
}

/* Add the tokens from the cursor's reader on.  Returns the length of the name. */
static uint32_t add_tokens(const struct ksyms_table *table, struct name_cursor *cursor,
                           uint32_t length, char *buffer, size_t capacity)
{
    struct code_reader reader = cursor->reader;
    uint32_t tokens = cursor->tokens;

    while (has_codes(&reader)) {
        struct token_string token = next_token(table, &reader);
        length = put_token(table, &token, length, buffer, capacity);
        tokens += tokens <= KSYMS_NAME_KEPT_MAX;
        cursor->ends[tokens] = length; /* the last entry is never asked for */
        if (token.is_last) {
            break;
        }
    }
    cursor->reader = reader;
    cursor->tokens = tokens;
    return length;
}

/* The next name of the group, of which the buffer holds the name before. */
static uint32_t read_next(const struct ksyms_table *table, struct name_cursor *cursor,
                          uint32_t number, char *buffer, size_t capacity)
{
    uint32_t kept = minimum(kept_of(table, &cursor->group, number), cursor->tokens);

    cursor->tokens = kept;
    return add_tokens(table, cursor, cursor->ends[kept], buffer, capacity);
}

/* The pieces of a name, those of its kept tokens and its own. */
struct name_pieces {
    struct code_place
        starts[KSYMS_NAME_KEPT_MAX + 1]; /* of the piece that begins with token i ... */
    uint32_t marks;                      /* ... if bit i is set */
};

/* Token 0 is the first one of the block's first name, unless a name behind has another one. */
static void find_pieces(const struct ksyms_table *table, const struct name_block *block,
                        const struct name_group *group, uint32_t number, struct name_pieces *pieces)
{
    struct code_place codes[CODE_PLACES];
    struct name_group first;
    uint32_t marks = 1;

    ksyms_open_name_group(table, block, 0, &first);
    pieces->starts[0] = first.first;
    ksyms_find_codes(table, group, number, codes);
    for (uint32_t name = 0; name <= number; name++) {
        uint32_t kept = kept_of(table, group, name);
        uint32_t mark = (uint32_t)1 << kept;
        pieces->starts[kept] = codes[name];
        marks = (marks & (mark - 1)) | mark;
    }
    pieces->marks = marks;
}

/* A name on its own; the cursor is left behind it. */
static uint32_t read_name(const struct ksyms_table *table, uint32_t rank,
                          struct name_cursor *cursor, char *buffer, size_t capacity)
{
    struct code_place place = {0, 0};
    uint32_t length = 0;
    uint32_t tokens = 0;
    struct name_pieces pieces;
    struct name_block block;
    bool is_last = false;

    ksyms_open_name_block(table, rank / KSYMS_NAME_BLOCK_SYMBOLS, &block);
    ksyms_open_name_group(table, &block, rank % KSYMS_NAME_BLOCK_SYMBOLS / KSYMS_NAME_GROUP_SYMBOLS,
                          &cursor->group);
    find_pieces(table, &block, &cursor->group, rank % KSYMS_NAME_GROUP_SYMBOLS, &pieces);
    cursor->ends[0] = 0;
    while (!is_last) {
        /* Another piece?  Not by a jump, which a processor could not predict. */
        const struct code_place *start = &pieces.starts[tokens & KSYMS_NAME_KEPT_MAX];
        uint32_t choose = -(pieces.marks & 1);
        struct token_string token;
        unsigned class;

        place.class_bit ^= (place.class_bit ^ start->class_bit) & choose;
        place.other_bit ^= (place.other_bit ^ start->other_bit) & choose;
        if (!is_inside(table, &place) || place.class_bit >= place.other_bit) {
            break;
        }
        class = read_inside(table->names, place.class_bit) & (2 * KSYMS_CODE_CLASSES - 1);
        place.class_bit += KSYMS_CODE_CLASS_BITS;
        place.other_bit -= table->codes[class].width;
        token = read_token(table, class, place.other_bit);
        length = put_token(table, &token, length, buffer, capacity);
        tokens += tokens <= KSYMS_NAME_KEPT_MAX;
        cursor->ends[tokens] = length; /* the last entry is never asked for */
        pieces.marks >>= 1;
        is_last = (pieces.marks == 0) & token.is_last;
    }
    cursor->tokens = tokens;
    start_reader(table, &cursor->reader, &place);
    return length;
}

static void end_string(char *buffer, size_t capacity, uint32_t length)
{
    if (capacity > 0) {
        buffer[length < capacity ? length : capacity - 1] = '\0';
    }
}

size_t ksyms_symbol_name(const struct ksyms_table *table, const struct ksyms_symbol *symbol,
                         char *buffer, size_t capacity)
{
    struct name_cursor cursor;
    uint32_t length = 0;

    if (symbol->name_rank < table->symbol_count) {
        length = read_name(table, symbol->name_rank, &cursor, buffer, capacity);
    }
    end_string(buffer, capacity, length);
    return length;
}

KSYMS_ASSERT(sizeof(struct name_cursor) <= sizeof(((struct ksyms_names *)0)->cursor),
             "table.h reserves the room");

void ksyms_names_start(struct ksyms_names *names, const struct ksyms_table *table,
                       struct ksyms_name_range range, char *buffer, size_t capacity)
{
    uint32_t first = minimum(range.first, table->symbol_count);

    names->table = table;
    names->buffer = buffer;
    names->capacity = capacity;
    names->first = first;
    names->next = first;
    names->end = first + minimum(range.count, table->symbol_count - first);
    names->rank = first;
    names->length = 0;
}

bool ksyms_names_next(struct ksyms_names *names)
{
    struct name_cursor *cursor = (struct name_cursor *)(void *)names->cursor;
    uint32_t number = names->next % KSYMS_NAME_GROUP_SYMBOLS;
    uint32_t length;

    if (names->next == names->end) {
        return false;
    }
    if (number == 0 || names->next == names->first) {
        length = read_name(names->table, names->next, cursor, names->buffer, names->capacity);
    } else {
        length = read_next(names->table, cursor, number, names->buffer, names->capacity);
    }
    names->rank = names->next++;
    names->length = length;
    end_string(names->buffer, names->capacity, length);
    return true;
}
