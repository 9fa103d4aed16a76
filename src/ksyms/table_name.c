// SPDX-License-Identifier: MIT
/*
 * table_name.c: from a name to its symbols, and from a symbol to its name.
 *
 * Names are kept in byte order, 128 to a block, 16 to a group.  A name keeps the first tokens of
 * its parent and adds new ones; its last token says that it is.  The parent of a group's first name
 * is the first one of the block, that of the others is the name before:
 *
 *     block ─► uart_open    group ─► uart_read ─► uart_read_byte ─► ...
 *                 └───────────► group ─► ...
 *
 *   1. Nothing holds a whole name.  A cursor holds how many bytes the first 0 ... 38 tokens of the
 *      last name have; their bytes are in the caller's buffer, as far as it reaches.
 *   2. A search compares only new tokens.  All names that it has passed are below the key, and
 *      `matched` is how many bytes the last one shares with it.  A name that keeps more than that
 *      differs from the key where the last one did, and is below it, too.
 *   3. Each step of a loop reads at least 3 bits, and no name is read past its block's end.
 */
#include "table_parts.h"

struct name_cursor {
    uint64_t bit;      /* the next one in NAMES */
    uint64_t end;      /* of the block */
    uint32_t tokens;   /* of the last name, at most KSYMS_NAME_KEPT_MAX + 1 */
    uint32_t ends[40]; /* bytes of its first 0, 1, ... KSYMS_NAME_KEPT_MAX tokens */
};

/* Reads codes; small enough for registers. */
struct code_reader {
    uint64_t bit;    /* the next one in NAMES */
    uint64_t window; /* bits from `bit` on ... */
    uint32_t left;   /* ... and how many */
};

struct token_string {
    const uint8_t *bytes; /* 16 of them may be read */
    uint32_t length;      /* 0 ... 16 */
    bool is_last;         /* of its name */
};

/* ---- Bits and tokens ---- */

#define WINDOW_BITS   57u
#define CODE_BITS_MAX (KSYMS_CODE_CLASS_BITS + KSYMS_CODE_WIDTH_MAX)

static inline void fill_window(const struct ksyms_table *table, struct code_reader *reader)
{
    reader->window = read_window(table->names, reader->bit);
    reader->left = WINDOW_BITS;
}

static inline void skip_bits(struct code_reader *reader, unsigned count)
{
    reader->window >>= count;
    reader->left -= count;
    reader->bit += count;
}

/* Mostly the window holds the whole name: a load for each code would be a third of its time. */
static inline struct token_string next_token(const struct ksyms_table *table,
                                             struct code_reader *reader)
{
    if (reader->left < CODE_BITS_MAX) {
        fill_window(table, reader);
    }
    unsigned class = reader->window & (2 * KSYMS_CODE_CLASSES - 1);
    unsigned width = table->code_widths[class];
    uint32_t number =
        table->code_bases[class] +
        (uint32_t)(reader->window >> KSYMS_CODE_CLASS_BITS & (((uint64_t)1 << width) - 1));
    const uint8_t *entry = table->tokens.bytes +
                           (size_t)minimum(number, table->token_count - 1) * KSYMS_TOKEN_ENTRY_SIZE;
    uint32_t value = read_u16(entry) | (uint32_t)entry[2] << 16;
    struct token_string token;

    skip_bits(reader, KSYMS_CODE_CLASS_BITS + width);
    token.bytes = table->token_strings.bytes +
                  minimum(value >> KSYMS_TOKEN_LENGTH_BITS,
                          table->token_strings.size_bytes - KSYMS_TOKEN_LENGTH_MAX);
    token.is_last = (class & KSYMS_CODE_LAST) != 0;
    token.length = (value & (KSYMS_TOKEN_LENGTH_MAX - 1)) + !token.is_last;
    return token;
}

/* Steps over a code: true if it was the name's last. */
static inline bool skip_code(const struct ksyms_table *table, struct code_reader *reader)
{
    unsigned class;

    if (reader->left < CODE_BITS_MAX) {
        fill_window(table, reader);
    }
    class = reader->window & (2 * KSYMS_CODE_CLASSES - 1);
    skip_bits(reader, KSYMS_CODE_CLASS_BITS + table->code_widths[class]);
    return (class & KSYMS_CODE_LAST) != 0;
}

static inline void note_token(struct name_cursor *cursor, uint32_t length)
{
    if (cursor->tokens < KSYMS_NAME_KEPT_MAX) {
        cursor->ends[++cursor->tokens] = length;
    } else {
        cursor->tokens = KSYMS_NAME_KEPT_MAX + 1; /* more than can be kept */
    }
}

/* How many tokens the name at the cursor keeps, if its parent has that many. */
static inline uint32_t read_kept(const struct ksyms_table *table, struct code_reader *reader)
{
    uint32_t kept;

    fill_window(table, reader);
    kept = reader->window & KSYMS_NAME_KEPT_ESCAPE;
    skip_bits(reader, KSYMS_NAME_KEPT_BITS);
    if (kept == KSYMS_NAME_KEPT_ESCAPE) {
        kept += reader->window & ((1u << KSYMS_NAME_KEPT_MORE) - 1);
        skip_bits(reader, KSYMS_NAME_KEPT_MORE);
    }
    return kept;
}

/* Starts a name: false if it is the same as its parent.  `*length`: the bytes that it keeps. */
static inline bool keep_tokens(const struct ksyms_table *table, struct name_cursor *cursor,
                               struct code_reader *reader, uint32_t *length)
{
    uint32_t most = minimum(cursor->tokens, KSYMS_NAME_KEPT_MAX);
    uint32_t kept;
    bool is_new;

    reader->bit = cursor->bit;
    kept = minimum(read_kept(table, reader), most);
    is_new = kept == 0 || kept < cursor->tokens;
    cursor->tokens = kept;
    *length = cursor->ends[kept];
    return is_new;
}

/* ---- Places ---- */

static uint32_t block_offset(const struct ksyms_table *table, uint32_t block)
{
    return block < table->name_block_count
               ? read_u32(table->name_blocks.bytes +
                          (size_t)block * sizeof(struct ksyms_blob_name_block) +
                          offsetof(struct ksyms_blob_name_block, offset))
               : table->names.size_bytes;
}

static uint32_t names_in_block(const struct ksyms_table *table, uint32_t block)
{
    return minimum(table->symbol_count - block * KSYMS_NAME_BLOCK_SYMBOLS,
                   KSYMS_NAME_BLOCK_SYMBOLS);
}

/* A block of names: where its groups begin. */
struct name_block {
    uint64_t offsets_bit; /* of groups 1, 2, ... from `names_bit` */
    uint64_t names_bit;
    uint64_t end_bit;
    unsigned offset_width;
    uint32_t group_count;
};

static void open_block(const struct ksyms_table *table, uint32_t number, struct name_block *block)
{
    uint64_t bit = (uint64_t)block_offset(table, number) * 8;
    uint32_t names = names_in_block(table, number);

    block->group_count = (names + KSYMS_NAME_GROUP_SYMBOLS - 1) / KSYMS_NAME_GROUP_SYMBOLS;
    block->offset_width = (unsigned)read_bits(table->names, bit, KSYMS_NAME_OFFSET_BITS);
    block->offsets_bit = bit + KSYMS_NAME_OFFSET_BITS;
    block->names_bit = block->offsets_bit + (block->group_count - 1) * block->offset_width;
    block->end_bit =
        (uint64_t)minimum(block_offset(table, number + 1), table->names.size_bytes) * 8;
}

/* Where the first name of group 1, 2, ... is. */
static uint64_t group_bit(const struct ksyms_table *table, const struct name_block *block,
                          uint32_t group)
{
    uint64_t bit = block->offsets_bit + (uint64_t)(group - 1) * block->offset_width;
    return block->names_bit + read_bits(table->names, bit, block->offset_width);
}

/* ---- Reading names ---- */

/* Read the name at the cursor into the buffer, which holds its parent; at most `most` tokens of it.
 * Returns its length. */
static uint32_t read_name(const struct ksyms_table *table, struct name_cursor *cursor, char *buffer,
                          size_t capacity, uint32_t most)
{
    const uint64_t end = cursor->end;
    struct token_string token = {.is_last = false};
    struct code_reader reader;
    uint32_t length;
    bool is_new = keep_tokens(table, cursor, &reader, &length);

    while (is_new && !token.is_last && reader.bit < end && cursor->tokens < most) {
        token = next_token(table, &reader);
        if ((uint64_t)length + KSYMS_TOKEN_LENGTH_MAX <= capacity) {
            memcpy(buffer + length, token.bytes, KSYMS_TOKEN_LENGTH_MAX);
        } else if (length < capacity) {
            memcpy(buffer + length, token.bytes, minimum(capacity - length, token.length));
        }
        length += token.length;
        note_token(cursor, length);
    }
    cursor->bit = reader.bit;
    return length;
}

/* Read the names up to `rank`, the last one into the buffer; the cursor is left behind it. */
static uint32_t read_name_at(const struct ksyms_table *table, uint32_t rank,
                             struct name_cursor *cursor, char *buffer, size_t capacity)
{
    uint32_t in_block = rank % KSYMS_NAME_BLOCK_SYMBOLS;
    uint32_t group = in_block / KSYMS_NAME_GROUP_SYMBOLS;
    uint32_t names = in_block % KSYMS_NAME_GROUP_SYMBOLS + 1;
    struct name_block block;
    struct code_reader reader;
    uint32_t length = 0;

    open_block(table, rank / KSYMS_NAME_BLOCK_SYMBOLS, &block);
    cursor->bit = block.names_bit;
    cursor->end = block.end_bit;
    cursor->tokens = 0;
    cursor->ends[0] = 0;
    if (group > 0) {
        /* Of the block's first name only what the group's first name keeps, and one token more:
         * if there is none, the two are the same. */
        reader.bit = group_bit(table, &block, group);
        (void)read_name(table, cursor, buffer, capacity, read_kept(table, &reader) + 1);
        cursor->bit = group_bit(table, &block, group);
    }
    for (; names > 0; names--) {
        length = read_name(table, cursor, buffer, capacity, UINT32_MAX);
    }
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
        length = read_name_at(table, symbol->name_rank, &cursor, buffer, capacity);
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
    uint32_t length;

    if (names->next == names->end) {
        return false;
    }
    if (names->next % KSYMS_NAME_GROUP_SYMBOLS == 0 || names->next == names->first) {
        length = read_name_at(names->table, names->next, cursor, names->buffer, names->capacity);
    } else {
        length = read_name(names->table, cursor, names->buffer, names->capacity, UINT32_MAX);
    }
    names->rank = names->next++;
    names->length = length;
    end_string(names->buffer, names->capacity, length);
    return true;
}

/* ---- Searching ---- */

/* What is looked for: the number of names below the key, or, with `through`, of those not above
 * it.  With `is_prefix` only the names' first bytes count. */
struct name_key {
    const uint8_t *bytes;
    uint32_t length;
    uint32_t tail_start; /* the last 8 bytes, or all if it is shorter ... */
    uint8_t tail[16];    /* ... and zeros, so that 8 bytes can be read from any place */
    bool is_prefix;
    bool through;
};

/* A search that has passed some names. */
struct name_search {
    uint64_t bit;      /* the next name */
    uint64_t end;      /* of the block */
    uint32_t matched;  /* bytes that the last name and the key share */
    int order;         /* the last name: -1 below the key, 0 equal, 1 above */
    uint32_t tokens;   /* of the last name, at most KSYMS_NAME_KEPT_MAX + 1 */
    uint32_t known;    /* so many of them lie within `matched` ... */
    uint32_t ends[40]; /* ... and end there */
};

static void set_key(struct name_key *key, const char *bytes, size_t length, bool is_prefix)
{
    key->bytes = (const uint8_t *)bytes;
    key->length = minimum(length, UINT32_MAX - KSYMS_TOKEN_LENGTH_MAX);
    key->tail_start = key->length > 8 ? key->length - 8 : 0;
    key->is_prefix = is_prefix;
    key->through = true;
    memset(key->tail, 0, sizeof(key->tail));
    if (key->length >= 8) {
        memcpy(key->tail, key->bytes + key->tail_start, 8);
    }
    for (uint32_t i = 0; key->length < 8 && i < key->length; i++) {
        key->tail[i] = key->bytes[i];
    }
}

/* 8 bytes of the key, zeros behind its end; `place` is at most its length. */
static inline uint64_t key_window(const struct name_key *key, uint32_t place)
{
    return read_u64(place < key->tail_start ? key->bytes + place
                                            : key->tail + (place - key->tail_start));
}

/* The bytes of a token against the key's at `matched`, which is moved on.  0: they are equal, or
 * the key is a prefix and has ended. */
static inline int compare_token(const struct name_key *key, const struct token_string *token,
                                uint32_t *matched)
{
    for (uint32_t done = 0; done < token->length; done += 8) {
        uint32_t length = minimum(token->length - done, 8);
        uint64_t mask = ~(uint64_t)0 >> (64 - length * 8);
        uint64_t left = read_u64(token->bytes + done) & mask;
        uint64_t right = key_window(key, *matched) & mask;
        uint64_t difference = left ^ right;
        unsigned equal = difference == 0 ? length : (unsigned)__builtin_ctzll(difference) / 8;

        if (equal < length || key->length - *matched < length) {
            *matched = minimum(*matched + equal, key->length);
            if (key->is_prefix && *matched == key->length) {
                return 0;
            }
            return __builtin_bswap64(left) < __builtin_bswap64(right) ? -1 : 1;
        }
        *matched += length;
    }
    return 0;
}

static bool is_counted(const struct name_key *key, int order)
{
    return order < 0 || (order == 0 && key->through);
}

/* The reader stands behind the number of kept tokens, `kept`, which all lie within `matched`. */
static inline bool compare_rest(const struct ksyms_table *table, const struct name_key *key,
                                struct name_search *search, struct code_reader *reader,
                                uint32_t kept)
{
    const uint64_t end = search->end;
    struct token_string token = {.is_last = false};
    uint32_t matched = search->ends[kept];
    uint32_t before = matched;
    uint32_t tokens = kept;
    int order = 0;

    search->known = kept;
    while (!token.is_last && reader->bit < end) {
        token = next_token(table, reader);
        tokens += tokens <= KSYMS_NAME_KEPT_MAX;
        order = compare_token(key, &token, &matched);
        if (matched - before != token.length) {
            break;
        }
        before = matched;
        if (tokens <= KSYMS_NAME_KEPT_MAX) {
            search->ends[tokens] = matched;
            search->known = tokens;
        }
    }
    if (order == 0 && matched < key->length) {
        order = -1; /* the name has ended inside the key */
    }
    search->tokens = tokens;
    search->matched = matched;
    search->order = order;
    return token.is_last;
}

/* Read the name at the cursor: true if it is still one that is counted. */
static bool pass_name(const struct ksyms_table *table, const struct name_key *key,
                      struct name_search *search)
{
    const uint64_t end = search->end;
    struct code_reader reader = {.bit = search->bit};
    uint32_t kept =
        minimum(read_kept(table, &reader), minimum(search->tokens, KSYMS_NAME_KEPT_MAX));
    bool is_over = kept > 0 && kept == search->tokens; /* the same name again */

    if (!is_over && kept <= search->known) {
        is_over = compare_rest(table, key, search, &reader, kept);
    } else if (!is_over) {
        search->tokens = kept; /* and the rest does not matter: it differs where its parent did */
    }
    if (!is_counted(key, search->order)) {
        return false;
    }
    while (!is_over && reader.bit < end) {
        is_over = skip_code(table, &reader);
        search->tokens += search->tokens <= KSYMS_NAME_KEPT_MAX;
    }
    search->bit = reader.bit;
    return true;
}

/* Whether the first name of a group is counted, if `head` has passed that of the block. */
static bool is_group_counted(const struct ksyms_table *table, const struct name_key *key,
                             const struct name_search *head, uint64_t bit)
{
    struct code_reader reader = {.bit = bit};
    uint32_t kept = minimum(read_kept(table, &reader), minimum(head->tokens, KSYMS_NAME_KEPT_MAX));
    struct token_string token = {.is_last = kept > 0 && kept == head->tokens};
    uint32_t matched = head->matched;
    int order = head->order;

    if (!token.is_last && kept <= head->known) {
        uint32_t before = matched = head->ends[kept];
        order = 0;
        while (!token.is_last && reader.bit < head->end) {
            token = next_token(table, &reader);
            order = compare_token(key, &token, &matched);
            if (matched - before != token.length) {
                break;
            }
            before = matched;
        }
        order = order == 0 && matched < key->length ? -1 : order;
    }
    return is_counted(key, order);
}

static uint64_t read_big_endian(const uint8_t *bytes)
{
    return __builtin_bswap64(read_u64(bytes));
}

/* The first 16 bytes of the block's first name against high:low: below it, or equal to it. */
static inline bool is_key_below(const struct ksyms_table *table, uint32_t block, uint64_t high,
                                uint64_t low, bool through)
{
    const uint8_t *key =
        table->name_blocks.bytes + (size_t)block * sizeof(struct ksyms_blob_name_block);
    uint64_t key_high = read_big_endian(key);
    uint64_t key_low = read_big_endian(key + 8);

    /* Without && and ||, which would be jumps that a processor cannot predict. */
    return (key_high < high) |
           ((key_high == high) & ((key_low < low) | (through & (key_low == low))));
}

/* Number of blocks whose key is below high:low, or, with `through`, not above it. */
static uint32_t count_keys(const struct ksyms_table *table, uint64_t high, uint64_t low,
                           bool through)
{
    uint32_t count = 0;

    for (uint32_t length = table->name_block_count; length > 0;) {
        uint32_t half = (length + 1) / 2;
        count += half & -(uint32_t)is_key_below(table, count + half - 1, high, low, through);
        length -= half;
    }
    return count;
}

/* The key's first 16 bytes as two numbers, filled up with ones or with zeros. */
static void pad_key(const struct name_key *key, bool fill, uint64_t *high, uint64_t *low)
{
    *high = __builtin_bswap64(key_window(key, 0));
    *low = key->length > 8 ? __builtin_bswap64(key_window(key, 8)) : 0;
    if (fill && key->length < 8) {
        *high |= UINT64_MAX >> key->length * 8;
    }
    if (fill && key->length < 16) {
        *low |= key->length <= 8 ? UINT64_MAX : UINT64_MAX >> (key->length - 8) * 8;
    }
}

/* Start a search behind the first name of a block: true if that name is counted. */
static bool start_block(const struct ksyms_table *table, const struct name_key *key,
                        uint32_t number, struct name_block *block, struct name_search *search)
{
    open_block(table, number, block);
    search->bit = block->names_bit;
    search->end = block->end_bit;
    search->matched = 0;
    search->order = 0;
    search->tokens = 0;
    search->known = 0;
    search->ends[0] = 0;
    return pass_name(table, key, search);
}

/* Number of blocks whose first name is one that is counted. */
static uint32_t count_block_heads(const struct ksyms_table *table, const struct name_key *key)
{
    struct name_search search;
    struct name_block block;
    uint64_t high, low;
    uint32_t first, end;

    pad_key(key, false, &high, &low);
    first = count_keys(table, high, low, false);
    end = first;
    pad_key(key, key->is_prefix, &high, &low);
    if (first < table->name_block_count && is_key_below(table, first, high, low, true)) {
        end = count_keys(table, high, low, true);
    }
    /* The blocks between begin with names that 16 bytes do not tell from the key. */
    while (first < end) {
        uint32_t middle = first + (end - first) / 2;
        if (start_block(table, key, middle, &block, &search)) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return first;
}

/* Go to the last group whose first name is counted, behind that name.  Returns its number. */
static uint32_t find_group(const struct ksyms_table *table, const struct name_key *key,
                           const struct name_block *block, struct name_search *search)
{
    uint32_t low = 1;
    uint32_t high = block->group_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (is_group_counted(table, key, search, group_bit(table, block, middle))) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low > 1) {
        search->bit = group_bit(table, block, low - 1);
        (void)pass_name(table, key, search);
    }
    return low - 1;
}

/* How many of the names that were counted last are equal to the key. */
struct equal_names {
    uint32_t count;
    bool may_be_more; /* in the groups before */
};

/* Number of names that are counted. */
static uint32_t count_names(const struct ksyms_table *table, const struct name_key *key,
                            struct equal_names *equal)
{
    uint32_t number = count_block_heads(table, key);
    struct name_search search;
    struct name_block block;
    uint32_t rank, end;

    *equal = (struct equal_names){0, false};
    if (number == 0) {
        return 0;
    }
    number--;
    start_block(table, key, number, &block, &search);
    rank = number * KSYMS_NAME_BLOCK_SYMBOLS;
    end = rank + names_in_block(table, number);
    rank += find_group(table, key, &block, &search) * KSYMS_NAME_GROUP_SYMBOLS;
    end = minimum((uint64_t)rank + KSYMS_NAME_GROUP_SYMBOLS, end);
    equal->count = equal->may_be_more = search.order == 0;
    for (rank++; rank < end && pass_name(table, key, &search); rank++) {
        equal->count += search.order == 0;
    }
    return rank;
}

static struct ksyms_name_range find_range(const struct ksyms_table *table, struct name_key *key)
{
    struct ksyms_name_range range = {0, 0};
    struct equal_names equal;
    uint32_t end = count_names(table, key, &equal);
    uint32_t first = end - equal.count;

    if (equal.may_be_more) {
        key->through = false;
        first = count_names(table, key, &equal);
    }
    if (end > first) {
        range = (struct ksyms_name_range){first, end - first};
    }
    return range;
}

struct ksyms_name_range ksyms_table_find_name(const struct ksyms_table *table, const char *name,
                                              size_t length)
{
    struct name_key key;
    set_key(&key, name, length, false);
    return find_range(table, &key);
}

struct ksyms_name_range ksyms_table_find_prefix(const struct ksyms_table *table, const char *prefix,
                                                size_t length)
{
    struct name_key key;
    set_key(&key, prefix, length, true);
    return find_range(table, &key);
}
