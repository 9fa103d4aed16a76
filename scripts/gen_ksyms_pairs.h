// SPDX-License-Identifier: MIT
/*
 * gen_ksyms_pairs.h: pair merging over sequences of items.  See gen_ksyms_pairs.c.
 *
 *     merger_start      then merger_add_item for each first item: bytes of names, or tokens
 *     merger_add_sequence, merger_add_place for each of its items
 *     merge_pairs       items get pairs of items behind them
 *     choose_items      which of them are worth their entry in a dictionary
 *     list_items        a sequence as items that were kept
 */
#ifndef GEN_KSYMS_PAIRS_H
#define GEN_KSYMS_PAIRS_H

#include "gen_ksyms.h"
#include "gen_ksyms_index.h"

#define NO_ITEM NO_NUMBER

/* What a place of a sequence holds. */
struct merge_item {
    uint32_t left, right; /* the pair that it is; NO_ITEM: a first one, no pair */
    uint32_t length;
    uint64_t uses;
    bool is_kept; /* false: its halves stand for it */
};

/* A place holds an item of a sequence, and knows its neighbours in the sequence. */
struct merge_place {
    uint32_t item; /* NO_ITEM: swallowed by the place before it */
    uint32_t before;
    uint32_t after;
    uint32_t pair;   /* that begins here; NO_ITEM: none */
    uint32_t weight; /* of the sequence */
};

struct item_list {
    uint32_t *items;
    size_t count, capacity;
};

struct merge_pair;
struct merge_partner;
struct merge_sighting;
struct merge_heap_entry;

struct merger {
    uint32_t least_uses; /* a lighter pair is not worth merging, nor an item its entry */
    uint32_t length_max; /* of an item */

    struct merge_item *items;
    size_t item_count, item_capacity;

    uint32_t *sequences; /* first places */
    size_t sequence_count, sequence_capacity;
    uint32_t weight; /* of the last one */
    struct merge_place *places;
    size_t place_count, place_capacity;

    struct merge_pair *pairs;
    size_t pair_count, pair_capacity;
    struct merge_partner *partners; /* by item */
    struct index pair_index;        /* of those before any merge */
    struct merge_sighting *sightings;
    size_t sighting_count, sighting_capacity;
    struct merge_heap_entry *heap;
    size_t heap_count, heap_capacity;
};

void merger_start(struct merger *merger, uint32_t least_uses, uint32_t length_max);
void merger_add_item(struct merger *merger, uint32_t length);
/* The places that are added next are its. */
void merger_add_sequence(struct merger *merger, uint32_t weight);
void merger_add_place(struct merger *merger, uint32_t item);
void merge_pairs(struct merger *merger, uint32_t merges_max, const char *what);
void choose_items(struct merger *merger);
/* Adds to the list. */
void list_items(const struct merger *merger, uint32_t sequence, struct item_list *list);
void add_item(struct item_list *list, uint32_t item);
void merger_free(struct merger *merger);

#endif
