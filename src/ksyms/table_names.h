// SPDX-License-Identifier: MIT
/*
 * table_names.h: where names lie, and their codes one after the other.  For table_name.c and
 * table_search.c.
 *
 * Names are kept in byte order, 128 to a block, 16 to a group.  A name keeps the first tokens of
 * its parent and adds new ones, the last of which says that it is the last.  The parent of a
 * group's first name is the first one of the block, that of the others is the name before:
 *
 *     block ─► uart_open    group ─► uart_read ─► uart_read_byte ─► ...
 *                 └───────────► group ─► ...
 *
 * A code's class tells how many other bits it has.  The classes of a group stand together, and the
 * other bits too, in falling order before the group's end.  So one can run over the classes and
 * know where each name's codes are, without having to wait for the other bits.
 *
 *     ┌──────────────┬────────────────────────┬───────────────────────────────────────┐
 *     │ 16 × kept    │ classes of all codes ─►│◄─ other bits of all codes             │
 *     └──────────────┴────────────────────────┴───────────────────────────────────────┘
 *
 * Nothing is read in front of FIRST_BIT or behind names_end: a code_place is checked where a reader
 * starts from it, and from there classes and other bits only come nearer to each other.
 */
#ifndef KSYMS_TABLE_NAMES_H
#define KSYMS_TABLE_NAMES_H

#include "table_parts.h"

/* A place among the codes of a group, in bits of NAMES. */
struct code_place {
    uint32_t class_bit; /* of the next code ... */
    uint32_t other_bit; /* ... and where its other bits end */
};

/* Reads codes from a place on, up to where classes and other bits meet. */
struct code_reader {
    uint32_t class_bit;
    uint32_t other_bit;
    uint32_t left;    /* classes that are loaded ... */
    uint64_t classes; /* ... and they */
};

/* A token's string; of a phrase one string after the other, of which the first has no bytes. */
struct token_string {
    const uint8_t *bytes;   /* 16 of them may be read */
    const uint8_t *numbers; /* of a phrase's tokens that are still to come ... */
    uint32_t more;          /* ... so many */
    uint32_t length;        /* 0 ... 16 */
    bool is_last;           /* of its name */
};

/* A group of names. */
struct name_group {
    uint32_t kept_bit;       /* the numbers of kept tokens; at most names_end */
    struct code_place first; /* the codes of its first name */
};

/* A block of names: where its groups begin. */
struct name_block {
    uint32_t offsets_bit; /* of groups 1, 2, ... from `names_bit` */
    uint32_t names_bit;
    uint32_t end_bit;
    unsigned offset_width;
    uint32_t group_count;
    uint32_t name_count;
};

#define CLASSES_AT_ONCE 14u /* that one load has: 57 bits */

static inline bool has_codes(const struct code_reader *reader)
{
    return reader->class_bit < reader->other_bit;
}

static inline bool is_inside(const struct ksyms_table *table, const struct code_place *place)
{
    return place->class_bit >= KSYMS_NAMES_FIRST_BIT && place->other_bit <= table->names_end;
}

static inline void start_reader(const struct ksyms_table *table, struct code_reader *reader,
                                const struct code_place *place)
{
    bool is_good = is_inside(table, place);
    reader->class_bit = is_good ? place->class_bit : 0;
    reader->other_bit = is_good ? place->other_bit : 0;
    reader->left = 0;
}

/* The bits of a part at a place that was checked. */
static inline uint32_t read_inside(struct ksyms_part part, uint32_t bit)
{
    return (uint32_t)(read_u64(part.bytes + (bit >> 3)) >> (bit & 7));
}

/* The string of token `number`; of a phrase the numbers of its tokens. */
static inline void read_string(const struct ksyms_table *table, uint32_t number,
                               struct token_string *token)
{
    uint32_t entry =
        read_inside(table->tokens, at_most(number, table->token_count - 1) * table->token_width);

    token->length = entry & KSYMS_TOKEN_LENGTH_MASK;
    token->bytes = table->token_strings.bytes +
                   at_most(entry >> KSYMS_TOKEN_LENGTH_BITS & table->token_offset_mask,
                           table->token_strings.size_bytes - KSYMS_STRINGS_AHEAD);
}

/* The token of a code; `other_bit` is checked. */
static inline struct token_string read_token(const struct ksyms_table *table, unsigned class,
                                             uint32_t other_bit)
{
    const struct ksyms_code_class *code = &table->codes[class];
    struct token_string token;

    read_string(table, code->base + (read_inside(table->names, other_bit) & code->mask), &token);
    token.numbers = token.bytes;
    token.more = 0;
    if (token.length > KSYMS_TOKEN_LENGTH_MAX) {
        token.more = token.length - KSYMS_TOKEN_PHRASE;
        token.length = 0;
    }
    token.is_last = class >= KSYMS_CODE_LAST;
    return token;
}

/* Only if has_codes. */
static inline struct token_string next_token(const struct ksyms_table *table,
                                             struct code_reader *reader)
{
    if (reader->left == 0) {
        reader->classes =
            read_u64(table->names.bytes + (reader->class_bit >> 3)) >> (reader->class_bit & 7);
        reader->left = CLASSES_AT_ONCE;
    }
    unsigned class = reader->classes & (2 * KSYMS_CODE_CLASSES - 1);

    reader->classes >>= KSYMS_CODE_CLASS_BITS;
    reader->left--;
    reader->class_bit += KSYMS_CODE_CLASS_BITS;
    reader->other_bit -= table->codes[class].width;
    return read_token(table, class, reader->other_bit);
}

/* How many tokens the name `number` of a group keeps, if its parent has that many. */
static inline uint32_t kept_of(const struct ksyms_table *table, const struct name_group *group,
                               uint32_t number)
{
    return read_inside(table->names, group->kept_bit + number * table->kept_width) &
           ((1u << table->kept_width) - 1);
}

/* Room for the places that ksyms_find_codes finds, and what it writes behind them. */
#define CODE_PLACES (KSYMS_NAME_GROUP_SYMBOLS + 1 + CLASSES_AT_ONCE)

/* table_name.c.  Goes on to the next string of a phrase; only if there are more. */
void ksyms_next_string(const struct ksyms_table *table, struct token_string *token);

/* table_name.c.  `number` is below the count of blocks, or of the block's groups. */
void ksyms_open_name_block(const struct ksyms_table *table, uint32_t number,
                           struct name_block *block);
void ksyms_open_name_group(const struct ksyms_table *table, const struct name_block *block,
                           uint32_t number, struct name_group *group);
/* The codes of the names 0 ... last of a group; `last` is at most 15. */
void ksyms_find_codes(const struct ksyms_table *table, const struct name_group *group,
                      uint32_t last, struct code_place codes[CODE_PLACES]);

#endif
