// SPDX-License-Identifier: MIT
/*
 * table_search.c: from a name to its symbols.  How names lie is drawn in table_names.h.
 *
 * A search is a binary search among the keys of the blocks, one among the first names of a block's
 * groups, and a scan of a group.
 *
 *   1. It compares only new tokens.  All names that it has passed are below the key, and `known` is
 *      how many whole tokens the last one shares with it.  A name that keeps more than that differs
 *      from the key where the last one did, and is below it, too.
 *   2. Each step of a loop reads a class of 4 bits, and no name is read past its group's end.
 */
#include "table_names.h"

/* What is looked for: the number of names below the key, or, with `through`, of those not above
 * it.  With `is_prefix` only the names' first bytes count. */
struct name_key {
    const uint8_t *bytes;
    uint32_t length;
    uint32_t tail_start;  /* the last 8 bytes, or all if it is shorter ... */
    uint8_t tail[16];     /* ... and zeros, so that 8 bytes can be read from any place */
    uintptr_t windows[2]; /* from these on one counts in front of tail_start, and behind */
    bool is_prefix;
    bool through;
};

/* A search that has passed some names. */
struct name_search {
    int order;      /* the last name: -1 below the key, 0 equal, 1 above */
    uint32_t known; /* so many tokens of the last name lie within what it and the key share ... */
    uint32_t ends[KSYMS_NAME_KEPT_MAX + 1]; /* ... and end there */
};

static void set_key(struct name_key *key, const char *bytes, size_t length, bool is_prefix)
{
    uint32_t tail_length;

    key->bytes = (const uint8_t *)bytes;
    key->length = minimum(length, UINT32_MAX - KSYMS_TOKEN_LENGTH_MAX);
    tail_length = minimum(key->length, 8);
    key->tail_start = key->length - tail_length;
    key->windows[0] = (uintptr_t)bytes;
    key->windows[1] = (uintptr_t)key->tail - key->tail_start;
    key->is_prefix = is_prefix;
    key->through = true;
    memset(key->tail, 0, sizeof(key->tail));
    memcpy(key->tail, key->bytes + key->tail_start, tail_length);
}

/* 8 bytes of the key, zeros behind its end; `place` is at most its length. */
static inline uint64_t key_window(const struct name_key *key, uint32_t place)
{
    return read_u64((const uint8_t *)(key->windows[place >= key->tail_start] + place));
}

/* How many bytes of a token are the key's at `matched`.  No byte of a name is 0, so none is equal
 * to what stands behind the key's end; `matched` is cut to it, for damaged blobs. */
static inline uint32_t count_equal(const struct name_key *key, const struct token_string *token,
                                   uint32_t matched)
{
    uint64_t difference = read_u64(token->bytes) ^ key_window(key, matched);
    uint32_t equal = 0;

    if (difference == 0 && token->length > 8) {
        equal = 8;
        difference =
            read_u64(token->bytes + 8) ^ key_window(key, minimum(matched + 8, key->length));
    }
    equal += difference == 0 ? 8 : (unsigned)__builtin_ctzll(difference) / 8;
    equal = equal < token->length ? equal : token->length;
    return at_most(equal, key->length - matched);
}

static bool is_counted(const struct name_key *key, int order)
{
    return order < 0 || (order == 0 && key->through);
}

/* Compare the new tokens of a name that keeps `kept`, which are not more than are known. */
static void compare_rest(const struct ksyms_table *table, const struct name_key *key,
                         struct name_search *search, const struct code_place *codes, uint32_t kept)
{
    uint32_t matched = search->ends[kept];
    int order = matched < key->length ? -1 : 0; /* if the name has ended */
    struct token_string token = {.is_last = false};
    struct code_reader reader;

    start_reader(table, &reader, codes);
    while (!token.is_last && has_codes(&reader)) {
        uint32_t equal;
        token = next_token(table, &reader);
        for (;;) {
            equal = count_equal(key, &token, matched);
            matched += equal;
            if (equal < token.length || token.more == 0) {
                break;
            }
            ksyms_next_string(table, &token);
        }
        order = matched < key->length ? -1 : 0;
        if (equal < token.length) {
            if (matched == key->length) {
                order = key->is_prefix ? 0 : 1;
            } else {
                order = token.bytes[equal] < key->bytes[matched] ? -1 : 1;
            }
            break;
        }
        if (kept < KSYMS_NAME_KEPT_MAX) {
            search->ends[++kept] = matched;
        }
    }
    search->known = kept;
    search->order = order;
}

/* Go on to a name that keeps `kept` tokens: true if it is still one that is counted. */
static inline bool pass_name(const struct ksyms_table *table, const struct name_key *key,
                             struct name_search *search, const struct code_place *codes,
                             uint32_t kept)
{
    if (kept <= search->known) {
        compare_rest(table, key, search, codes, kept);
    }
    return is_counted(key, search->order);
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
    uint32_t length = table->name_block_count;
    uint32_t count = 0;

    while (length > 0) { /* without a jump, as in count_blocks */
        uint32_t half = (length + 1) / 2;
        count += half & -(uint32_t)is_key_below(table, count + half - 1, high, low, through);
        length -= half;
    }
    return count;
}

/* 8 bytes of the key as a number, filled up with ones or with zeros. */
static uint64_t key_number(const struct name_key *key, uint32_t place, bool fill)
{
    uint32_t length = key->length > place ? minimum(key->length - place, 8) : 0;
    uint64_t number = length > 0 ? __builtin_bswap64(key_window(key, place)) : 0;

    return fill && length < 8 ? number | UINT64_MAX >> length * 8 : number;
}

/* Start a search with the first name of a block: true if that name is counted. */
static bool start_block(const struct ksyms_table *table, const struct name_key *key,
                        uint32_t number, struct name_block *block, struct name_search *search)
{
    struct name_group group;

    ksyms_open_name_block(table, number, block);
    ksyms_open_name_group(table, block, 0, &group);
    search->known = 0;
    search->ends[0] = 0;
    return pass_name(table, key, search, &group.first, 0);
}

/* Number of blocks whose first name is one that is counted. */
static uint32_t count_block_heads(const struct ksyms_table *table, const struct name_key *key)
{
    struct name_search search;
    struct name_block block;
    uint64_t high = key_number(key, 0, false), low = key_number(key, 8, false);
    uint32_t first, end;

    first = count_keys(table, high, low, false);
    end = first;
    if (key->is_prefix) {
        high = key_number(key, 0, true);
        low = key_number(key, 8, true);
    }
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

/* From the first name of a block to that of a group: true if it is counted. */
static bool pass_head(const struct ksyms_table *table, const struct name_key *key,
                      const struct name_search *head, const struct name_group *group,
                      struct name_search *search)
{
    uint32_t kept = kept_of(table, group, 0);

    search->order = head->order;
    search->known = minimum(kept, head->known);
    for (uint32_t i = 0; i <= search->known; i++) {
        search->ends[i] = head->ends[i];
    }
    return pass_name(table, key, search, &group->first, kept);
}

/* How many of the names that were counted last are equal to the key. */
struct equal_names {
    uint32_t count;
    bool may_be_more; /* in the groups before */
};

/* Pass the names of a group behind its first one.  Returns how many of the group are counted. */
static uint32_t scan_group(const struct ksyms_table *table, const struct name_key *key,
                           const struct name_group *group, uint32_t name_count,
                           struct name_search *search, struct equal_names *equal)
{
    struct code_place codes[CODE_PLACES];
    uint32_t passed = 1;

    equal->count = equal->may_be_more = search->order == 0;
    ksyms_find_codes(table, group, name_count - 1, codes);
    while (passed < name_count &&
           pass_name(table, key, search, &codes[passed], kept_of(table, group, passed))) {
        equal->count += search->order == 0;
        passed++;
    }
    return passed;
}

/* Number of names that are counted. */
static uint32_t count_names(const struct ksyms_table *table, const struct name_key *key,
                            struct equal_names *equal)
{
    struct name_search searches[3]; /* behind the block's first name, the last group's, another's */
    struct name_search *last = &searches[0];
    struct name_search *other = &searches[1];
    uint32_t number = count_block_heads(table, key);
    struct name_block block;
    struct name_group group, last_group;
    uint32_t low = 1;
    uint32_t high, in_block;

    *equal = (struct equal_names){0, false};
    if (number == 0) {
        return 0;
    }
    number--;
    start_block(table, key, number, &block, &searches[2]);
    high = block.group_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        ksyms_open_name_group(table, &block, middle, &group);
        if (pass_head(table, key, &searches[2], &group, other)) {
            struct name_search *passed = other;
            other = last;
            last = passed;
            last_group = group;
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 1) {
        last = &searches[2];
        ksyms_open_name_group(table, &block, 0, &last_group);
    }
    in_block = (low - 1) * KSYMS_NAME_GROUP_SYMBOLS;
    return number * KSYMS_NAME_BLOCK_SYMBOLS + in_block +
           scan_group(table, key, &last_group,
                      minimum(block.name_count - in_block, KSYMS_NAME_GROUP_SYMBOLS), last, equal);
}

static struct ksyms_name_range find_range(const struct ksyms_table *table, const char *bytes,
                                          size_t length, bool is_prefix)
{
    struct name_key key;
    struct ksyms_name_range range = {0, 0};
    struct equal_names equal;
    uint32_t end, first;

    set_key(&key, bytes, length, is_prefix);
    end = count_names(table, &key, &equal);
    first = end - equal.count;

    if (equal.may_be_more) {
        key.through = false;
        first = count_names(table, &key, &equal);
    }
    if (end > first) {
        range = (struct ksyms_name_range){first, end - first};
    }
    return range;
}

struct ksyms_name_range ksyms_table_find_name(const struct ksyms_table *table, const char *name,
                                              size_t length)
{
    return find_range(table, name, length, false);
}

struct ksyms_name_range ksyms_table_find_prefix(const struct ksyms_table *table, const char *prefix,
                                                size_t length)
{
    return find_range(table, prefix, length, true);
}
