// SPDX-License-Identifier: MIT
/*
 * gen_ksyms_phrases.c: codes for what names say again and again, in more words than one: a phrase
 * is 2 to 16 tokens.
 *
 *     _ZN4llvm11raw_ostream5writeEPK cm    NSt7__cxx1112basic_string IcSt11char_traits IcESaIcEEE
 *
 * Tokens end where words do, so that a name can keep any words of its parent.  A phrase spans
 * words, but no place where a later name stops to keep: those places are known before, and cut the
 * names into segments.  So phrases take nothing from front coding, a phrase is a code like a token,
 * and what is kept may be counted in codes.
 *
 * Phrases grow by pair merging (gen_ksyms_pairs.c), of which the sequences are the different
 * segments, and the first items are the tokens.
 */
#include <stdlib.h>
#include "gen_ksyms_pairs.h"
#include "ksyms/blob.h"

/* With the tokens, at most 16,256, below KSYMS_TOKENS_MAX. */
#define MERGES_MAX 48000u

/* An entry and the tokens in it cost as much as four or five uses save. */
#define LEAST_USES 5u

struct segment {
    size_t first; /* of the tokens of all names */
    uint32_t count;
    uint32_t weight;
    size_t first_code; /* after merging */
    uint32_t code_count;
};

struct phraser {
    const struct token_names *names;
    uint32_t name_count;
    uint32_t *common; /* by rank: tokens that are the parent's */
    bool *is_cut;     /* by token of all names: of what is before it some name keeps all */

    struct segment *segments; /* each once */
    size_t segment_count, segment_capacity;
    struct index segment_index;
    struct item_list name_segments; /* of the tokens that names do not keep */
    size_t *name_starts;            /* by rank, one more at the end */

    struct item_list segment_codes;
    struct merger merger; /* its sequences are the segments */
};

/* ---- Segments ---- */

/* What a name stops to keep is its parent's own, or the parent keeps it of its own parent ... */
static void cut_names(struct phraser *phraser)
{
    const size_t *starts = phraser->names->name_codes;

    for (uint32_t rank = 0; rank < phraser->name_count; rank++) {
        uint32_t common = count_common(phraser->names, rank);
        uint32_t owner = name_parent(rank);

        phraser->common[rank] = common;
        if (common == starts[owner + 1] - starts[owner]) {
            continue;
        }
        while (phraser->common[owner] > common) {
            owner = name_parent(owner);
        }
        phraser->is_cut[starts[owner] + common] = true;
    }
}

static uint32_t hash_tokens(const uint32_t *tokens, uint32_t count)
{
    uint64_t hash = count;
    for (uint32_t i = 0; i < count; i++) {
        hash = mix_bits(hash ^ tokens[i]);
    }
    return (uint32_t)hash;
}

static uint32_t find_or_add_segment(struct phraser *phraser, size_t first, uint32_t count)
{
    const uint32_t *tokens = phraser->names->codes;
    uint32_t hash = hash_tokens(tokens + first, count);
    size_t probe = 0;
    uint32_t number;

    while ((number = index_next(&phraser->segment_index, hash, &probe)) != NO_NUMBER) {
        const struct segment *segment = &phraser->segments[number];
        if (segment->count == count &&
            memcmp(tokens + segment->first, tokens + first, count * sizeof(*tokens)) == 0) {
            return number;
        }
    }
    phraser->segments = make_room(phraser->segments, phraser->segment_count,
                                  &phraser->segment_capacity, sizeof(*phraser->segments));
    number = (uint32_t)phraser->segment_count++;
    phraser->segments[number] = (struct segment){.first = first, .count = count};
    index_add(&phraser->segment_index, hash, number);
    return number;
}

static void list_segments(struct phraser *phraser)
{
    const size_t *starts = phraser->names->name_codes;

    for (uint32_t rank = 0; rank < phraser->name_count; rank++) {
        size_t end = starts[rank] + phraser->common[rank];

        phraser->name_starts[rank] = phraser->name_segments.count;
        while (end < starts[rank + 1]) {
            size_t first = end++;
            uint32_t segment;
            while (end < starts[rank + 1] && !phraser->is_cut[end]) {
                end++;
            }
            segment = find_or_add_segment(phraser, first, (uint32_t)(end - first));
            phraser->segments[segment].weight++;
            add_item(&phraser->name_segments, segment);
        }
    }
    phraser->name_starts[phraser->name_count] = phraser->name_segments.count;
}

/* ---- Phrases ---- */

static void merge_tokens(struct phraser *phraser)
{
    const struct token_names *names = phraser->names;
    struct merger *merger = &phraser->merger;

    merger_start(merger, LEAST_USES, KSYMS_PHRASE_LENGTH_MAX);
    for (uint32_t token = 0; token < names->token_count; token++) {
        merger_add_item(merger, 1);
    }
    for (size_t i = 0; i < phraser->segment_count; i++) {
        const struct segment *segment = &phraser->segments[i];
        merger_add_sequence(merger, segment->weight);
        for (uint32_t k = 0; k < segment->count; k++) {
            merger_add_place(merger, names->codes[segment->first + k]);
        }
    }
    merge_pairs(merger, MERGES_MAX, "merging tokens");
    choose_items(merger);
    for (size_t i = 0; i < phraser->segment_count; i++) {
        struct segment *segment = &phraser->segments[i];
        segment->first_code = phraser->segment_codes.count;
        list_items(merger, (uint32_t)i, &phraser->segment_codes);
        segment->code_count = (uint32_t)(phraser->segment_codes.count - segment->first_code);
    }
}

/* The codes of a name are those that its parent has of what it keeps, and those of its segments. */
static void write_names(const struct phraser *phraser, struct token_names *names)
{
    const struct merge_item *items = phraser->merger.items;
    size_t *starts = allocate((size_t)phraser->name_count + 1, sizeof(*starts));
    struct item_list codes = {0};

    for (uint32_t rank = 0; rank < phraser->name_count; rank++) {
        size_t at = starts[name_parent(rank)];
        starts[rank] = codes.count;
        for (uint32_t tokens = phraser->common[rank]; tokens > 0; at++) {
            tokens -= items[codes.items[at]].length;
            add_item(&codes, codes.items[at]);
        }
        for (size_t i = phraser->name_starts[rank]; i < phraser->name_starts[rank + 1]; i++) {
            const struct segment *segment = &phraser->segments[phraser->name_segments.items[i]];
            for (uint32_t k = 0; k < segment->code_count; k++) {
                add_item(&codes, phraser->segment_codes.items[segment->first_code + k]);
            }
        }
    }
    starts[phraser->name_count] = codes.count;
    free(names->codes);
    free(names->name_codes);
    names->codes = codes.items;
    names->name_codes = starts;
}

/* The tokens of an item, which is at most KSYMS_PHRASE_LENGTH_MAX of them. */
static void list_item_tokens(const struct merge_item *items, uint32_t item, struct item_list *list)
{
    if (items[item].left == NO_ITEM) {
        add_item(list, item);
    } else {
        list_item_tokens(items, items[item].left, list);
        list_item_tokens(items, items[item].right, list);
    }
}

/* Phrases become tokens of their own.  The tokens that one is made of lie inside those of a longer
 * one, if it is a part of that; longer ones are younger. */
static void list_phrases(const struct phraser *phraser, struct token_names *names)
{
    const struct merge_item *items = phraser->merger.items;
    uint32_t first = names->token_count;
    uint32_t count = (uint32_t)phraser->merger.item_count;
    uint32_t *places = allocate(count, sizeof(*places));
    struct item_list tokens = {0};

    names->tokens = reallocate(names->tokens, count, sizeof(*names->tokens));
    memset(places, 0xff, count * sizeof(*places)); /* NO_ITEM */
    for (uint32_t i = first; i < count; i++) {
        names->tokens[i] = (struct token_entry){
            .length = items[i].length,
            .is_last = names->tokens[items[i].right].is_last,
            .is_phrase = true,
        };
    }
    for (uint32_t i = count; i-- > first;) {
        if (places[i] == NO_ITEM && items[i].is_kept) {
            places[i] = (uint32_t)tokens.count;
            list_item_tokens(items, i, &tokens);
        }
        if (places[i] != NO_ITEM) {
            places[items[i].left] = places[i];
            places[items[i].right] = places[i] + items[items[i].left].length;
        }
        names->tokens[i].offset = places[i];
    }
    names->token_count = count;
    names->phrase_tokens = tokens.items;
    names->phrase_token_count = (uint32_t)tokens.count;
    free(places);
}

void find_phrases(struct token_names *names, uint32_t name_count)
{
    struct phraser phraser = {.names = names, .name_count = name_count};

    phraser.common = allocate(name_count, sizeof(*phraser.common));
    phraser.is_cut = allocate(names->name_codes[name_count], sizeof(*phraser.is_cut));
    phraser.name_starts = allocate((size_t)name_count + 1, sizeof(*phraser.name_starts));
    cut_names(&phraser);
    list_segments(&phraser);
    merge_tokens(&phraser);
    write_names(&phraser, names);
    list_phrases(&phraser, names);

    free(phraser.common);
    free(phraser.is_cut);
    free(phraser.segments);
    index_free(&phraser.segment_index);
    free(phraser.name_segments.items);
    free(phraser.name_starts);
    free(phraser.segment_codes.items);
    merger_free(&phraser.merger);
}
