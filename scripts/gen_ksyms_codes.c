// SPDX-License-Identifier: MIT
/*
 * gen_ksyms_codes.c: give the tokens their numbers and the numbers their codes.
 *
 * A name keeps the first tokens of its parent (name_parent), so only the tokens behind those are
 * written, and only they count.  The most frequent token gets number 0.  A code is 4 bits for one
 * of 8 classes of tokens that end a name, or of 8 others, and as many bits as the class has; a
 * class holds the numbers that follow those of the class before.  The widths that cost least are
 * found by trying all, from the last number back (dynamic programming).  Entropy coding would save
 * 1 % more.
 */
#include <stdlib.h>
#include "gen_ksyms.h"
#include "ksyms/blob.h"

uint32_t name_parent(uint32_t rank)
{
    uint32_t block = rank - rank % KSYMS_NAME_BLOCK_SYMBOLS;
    return rank == block || rank % KSYMS_NAME_GROUP_SYMBOLS == 0 ? block : rank - 1;
}

uint32_t count_common(const struct token_names *names, uint32_t rank)
{
    uint32_t parent = name_parent(rank);
    const uint32_t *left = names->codes + names->name_codes[parent];
    const uint32_t *left_end = names->codes + names->name_codes[parent + 1];
    const uint32_t *right = names->codes + names->name_codes[rank];
    const uint32_t *right_end = names->codes + names->name_codes[rank + 1];
    uint32_t common = 0;

    while (parent != rank && left < left_end && right < right_end && *left == *right) {
        common++;
        left++;
        right++;
    }
    return common;
}

/* How wide a number of kept tokens is: a token more to write costs about 9 bits. */
#define CODE_BITS_MEAN 9u

static unsigned choose_kept_width(const uint64_t counts[KSYMS_NAME_KEPT_MAX + 1])
{
    uint64_t best_cost = UINT64_MAX;
    unsigned best = 0;

    for (unsigned width = 0; width <= KSYMS_NAME_KEPT_WIDTH; width++) {
        uint64_t cost = 0;
        for (uint32_t kept = 0; kept <= KSYMS_NAME_KEPT_MAX; kept++) {
            uint32_t most = (1u << width) - 1;
            cost += counts[kept] * (width + (kept > most ? (kept - most) * CODE_BITS_MEAN : 0));
        }
        if (cost < best_cost) {
            best_cost = cost;
            best = width;
        }
    }
    return best;
}

static void count_kept(struct token_names *names, uint32_t name_count)
{
    uint64_t counts[KSYMS_NAME_KEPT_MAX + 1] = {0};
    uint8_t most;

    names->kept = allocate(name_count, 1);
    for (uint32_t rank = 0; rank < name_count; rank++) {
        uint32_t common = count_common(names, rank);
        names->kept[rank] = (uint8_t)(common < KSYMS_NAME_KEPT_MAX ? common : KSYMS_NAME_KEPT_MAX);
        counts[names->kept[rank]]++;
    }
    names->kept_width = choose_kept_width(counts);
    most = (uint8_t)((1u << names->kept_width) - 1);
    for (uint32_t rank = 0; rank < name_count; rank++) {
        names->kept[rank] = names->kept[rank] < most ? names->kept[rank] : most;
    }
}

struct ranked_token {
    bool is_last;
    uint64_t uses;
    uint32_t token;
};

static int compare_uses(const void *left_entry, const void *right_entry)
{
    const struct ranked_token *left = left_entry;
    const struct ranked_token *right = right_entry;
    int order = left->is_last - right->is_last;
    if (order == 0) {
        order = (left->uses < right->uses) - (left->uses > right->uses);
    }
    return order != 0 ? order : (left->token > right->token) - (left->token < right->token);
}

/* sums[n]: uses of the tokens below number n, of `count` tokens. */
static void choose_classes(uint8_t widths[KSYMS_CODE_CLASSES], const uint64_t *sums, uint32_t count)
{
    uint64_t *costs =
        allocate((size_t)count + 1, sizeof(*costs)); /* of the numbers from n on ... */
    uint64_t *longer = allocate((size_t)count + 1, sizeof(*longer)); /* ... with one class more */
    uint8_t *choices = allocate(((size_t)count + 1) * KSYMS_CODE_CLASSES, 1);

    for (uint32_t n = 0; n < count; n++) {
        costs[n] = UINT64_MAX;
    }
    for (unsigned class = KSYMS_CODE_CLASSES; class -- > 0;) {
        for (uint32_t n = 0; n <= count; n++) {
            longer[n] = UINT64_MAX;
            for (unsigned width = 0; width <= KSYMS_CODE_WIDTH_MAX; width++) {
                uint32_t next = count - n < 1u << width ? count : n + (1u << width);
                uint64_t cost = (sums[next] - sums[n]) * width;
                if (costs[next] != UINT64_MAX && costs[next] + cost < longer[n]) {
                    longer[n] = costs[next] + cost;
                    choices[(size_t)n * KSYMS_CODE_CLASSES + class] = (uint8_t)width;
                }
                if (next == count) {
                    break;
                }
            }
        }
        uint64_t *swapped = costs;
        costs = longer;
        longer = swapped;
    }
    for (uint32_t class = 0, n = 0; class < KSYMS_CODE_CLASSES; class ++) {
        unsigned width = choices[(size_t)n * KSYMS_CODE_CLASSES + class];
        widths[class] = (uint8_t)width;
        n = count - n < 1u << width ? count : n + (1u << width);
    }
    free(costs);
    free(longer);
    free(choices);
}

void number_tokens(struct token_names *names, uint32_t name_count)
{
    uint64_t *uses = allocate((size_t)names->token_count + 1, sizeof(*uses));
    uint32_t *numbers = allocate(names->token_count, sizeof(*numbers));
    struct ranked_token *ranked = allocate(names->token_count, sizeof(*ranked));
    struct token_entry *tokens = allocate(names->token_count, sizeof(*tokens));
    bool *is_in_phrase = allocate(names->token_count, sizeof(*is_in_phrase));
    uint32_t used = 0;

    count_kept(names, name_count);
    for (uint32_t rank = 0; rank < name_count; rank++) {
        /* A name that keeps everything must end, too. */
        uses[names->empty] +=
            names->name_codes[rank] + names->kept[rank] == names->name_codes[rank + 1];
        for (size_t i = names->name_codes[rank] + names->kept[rank];
             i < names->name_codes[rank + 1]; i++) {
            uses[names->codes[i]]++;
        }
    }
    for (uint32_t i = 0; i < names->phrase_token_count; i++) {
        is_in_phrase[names->phrase_tokens[i]] = true;
    }
    for (uint32_t token = 0; token < names->token_count; token++) {
        if (uses[token] > 0 || is_in_phrase[token]) {
            ranked[used++] =
                (struct ranked_token){names->tokens[token].is_last, uses[token], token};
            names->first_last += !names->tokens[token].is_last;
        }
    }
    qsort(ranked, used, sizeof(*ranked), compare_uses);
    uses[0] = 0; /* from here sums of uses, by number */
    for (uint32_t number = 0; number < used; number++) {
        uint32_t token = ranked[number].token;
        tokens[number] = names->tokens[token];
        numbers[token] = number;
        uses[number + 1] = uses[number] + ranked[number].uses;
    }
    for (size_t i = 0; i < names->name_codes[name_count]; i++) {
        names->codes[i] = numbers[names->codes[i]];
    }
    for (uint32_t i = 0; i < names->phrase_token_count; i++) {
        names->phrase_tokens[i] = numbers[names->phrase_tokens[i]];
    }
    names->empty = numbers[names->empty];
    free(names->tokens);
    names->tokens = tokens;
    names->token_count = used;
    choose_classes(names->class_widths, uses, names->first_last);
    choose_classes(names->class_widths + KSYMS_CODE_CLASSES, uses + names->first_last,
                   used - names->first_last);
    free(ranked);
    free(is_in_phrase);
    free(numbers);
    free(uses);
}

/* ---- Strings ---- */

/* The strings that are there already, by their first two bytes: lists through `next`. */
struct pool_index {
    uint32_t *heads; /* by the two bytes: a place in the pool + 1 */
    uint32_t *next;  /* by place */
    size_t indexed;  /* places below are in a list */
};

static uint32_t text_length(const struct token_entry *token)
{
    return token->is_phrase ? 0 : token->length - token->is_last;
}

static void index_pool(struct pool_index *index, const struct buffer *pool)
{
    for (; index->indexed + 2 <= pool->size; index->indexed++) {
        const uint8_t *bytes = pool->bytes + index->indexed;
        uint32_t *head = &index->heads[bytes[0] | bytes[1] << 8];
        index->next[index->indexed] = *head;
        *head = (uint32_t)index->indexed + 1;
    }
}

static bool find_string(const struct pool_index *index, const struct buffer *pool,
                        const uint8_t *string, uint32_t length, uint32_t *offset)
{
    if (length == 1) {
        const uint8_t *found = pool->size > 0 ? memchr(pool->bytes, *string, pool->size) : NULL;
        *offset = found != NULL ? (uint32_t)(found - pool->bytes) : 0;
        return found != NULL;
    }
    for (uint32_t place = index->heads[string[0] | string[1] << 8]; place > 0;
         place = index->next[place - 1]) {
        if (pool->size - (place - 1) >= length &&
            memcmp(pool->bytes + place - 1, string, length) == 0) {
            *offset = place - 1;
            return true;
        }
    }
    return false;
}

/* How many of the pool's last bytes the string begins with. */
static uint32_t find_overlap(const struct buffer *pool, const uint8_t *string, uint32_t length)
{
    uint32_t overlap = length - 1 < pool->size ? length - 1 : (uint32_t)pool->size;
    while (overlap > 0 && memcmp(pool->bytes + pool->size - overlap, string, overlap) != 0) {
        overlap--;
    }
    return overlap;
}

/* Behind the strings, the numbers of the tokens of all phrases. */
static void pool_phrases(struct token_names *names)
{
    uint32_t start = (uint32_t)names->pool.size;

    for (uint32_t i = 0; i < names->phrase_token_count; i++) {
        put_number(&names->pool, names->phrase_tokens[i], 2);
    }
    for (uint32_t i = 0; i < names->token_count; i++) {
        struct token_entry *token = &names->tokens[i];
        token->offset = token->is_phrase ? start + token->offset * 2 : token->offset;
    }
}

/* The long ones first, so that the short ones find themselves inside. */
void pool_strings(struct token_names *names)
{
    size_t most = 0;
    struct pool_index index = {.heads = allocate(1 << 16, sizeof(*index.heads))};

    for (uint32_t i = 0; i < names->token_count; i++) {
        most += text_length(&names->tokens[i]);
    }
    index.next = allocate(most, sizeof(*index.next));
    for (uint32_t length = KSYMS_TOKEN_LENGTH_MAX; length > 0; length--) {
        for (uint32_t i = 0; i < names->token_count; i++) {
            struct token_entry *token = &names->tokens[i];
            if (text_length(token) != length ||
                find_string(&index, &names->pool, token->string, length, &token->offset)) {
                continue;
            }
            uint32_t overlap = find_overlap(&names->pool, token->string, length);
            token->offset = (uint32_t)names->pool.size - overlap;
            put_bytes(&names->pool, token->string + overlap, length - overlap);
            index_pool(&index, &names->pool);
        }
    }
    pool_phrases(names);
    if (names->pool.size >= (size_t)1 << KSYMS_TOKEN_OFFSET_MAX) {
        fail("the tokens' strings are too long together");
    }
    free(index.heads);
    free(index.next);
}

void token_names_free(struct token_names *names)
{
    free(names->kept);
    free(names->name_codes);
    free(names->codes);
    buffer_free(&names->pool);
    free(names->tokens);
    free(names->phrase_tokens);
}
