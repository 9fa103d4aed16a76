// SPDX-License-Identifier: MIT
/*
 * gen_ksyms_pairs.c: pair merging (byte pair encoding, P. Gage 1994) over sequences of items.
 *
 * At first each place of a sequence holds one of the first items; then the heaviest pair of
 * neighbours becomes an item, again and again.
 *
 *   1. A pair's count is the weight of the places where it stands, and exact at all times.
 *   2. A pair has a list of all places where it was seen; a place may be stale, and is looked at
 *      again when the pair is merged.  So no merge ever scans the sequences.
 *   3. A pair's count only falls once the merge that made its newer half has ended.  So a heap
 *      with old counts is enough: a popped pair whose count has fallen goes back in.
 *   4. Equal counts are decided by the pair's age.  Nothing depends on the order of a hash table.
 *
 * At the end items that are not worth their entry in a dictionary fall apart into their halves.
 */
#include <stdlib.h>
#include "gen_ksyms_pairs.h"

#define STEPS_AHEAD 4u

struct merge_pair {
    uint32_t left;
    uint32_t right;
    uint64_t count;
    uint32_t sightings; /* the first one */
    uint32_t last_sighting;
};

/* Numbers of the pairs of an item and the newest one. */
struct merge_partner {
    uint32_t before; /* the newest one, it stands */
    uint32_t after;
};

struct merge_sighting {
    uint32_t place; /* of the left half */
    uint32_t next;
};

struct merge_heap_entry {
    uint64_t count;
    uint32_t pair;
};

/* ---- What is merged ---- */

void merger_start(struct merger *merger, uint32_t least_uses, uint32_t length_max)
{
    memset(merger, 0, sizeof(*merger));
    merger->least_uses = least_uses;
    merger->length_max = length_max;
}

static uint32_t new_item(struct merger *merger, uint32_t left, uint32_t right, uint32_t length)
{
    merger->items = make_room(merger->items, merger->item_count, &merger->item_capacity,
                              sizeof(*merger->items));
    merger->items[merger->item_count] = (struct merge_item){left, right, length, 0, false};
    return (uint32_t)merger->item_count++;
}

void merger_add_item(struct merger *merger, uint32_t length)
{
    new_item(merger, NO_ITEM, NO_ITEM, length);
}

void merger_add_sequence(struct merger *merger, uint32_t weight)
{
    merger->sequences = make_room(merger->sequences, merger->sequence_count,
                                  &merger->sequence_capacity, sizeof(*merger->sequences));
    merger->sequences[merger->sequence_count++] = (uint32_t)merger->place_count;
    merger->weight = weight;
}

void merger_add_place(struct merger *merger, uint32_t item)
{
    uint32_t place = (uint32_t)merger->place_count;
    bool is_first = merger->sequences[merger->sequence_count - 1] == place;

    if (place >= NO_ITEM / 4) {
        fail("the names are too long together");
    }
    merger->places = make_room(merger->places, merger->place_count, &merger->place_capacity,
                               sizeof(*merger->places));
    merger->places[merger->place_count++] = (struct merge_place){
        item, is_first ? NO_ITEM : place - 1, NO_ITEM, NO_ITEM, merger->weight};
    if (!is_first) {
        merger->places[place - 1].after = place;
    }
}

/* ---- Pairs ---- */

static uint32_t add_pair(struct merger *merger, uint32_t left, uint32_t right)
{
    merger->pairs = make_room(merger->pairs, merger->pair_count, &merger->pair_capacity,
                              sizeof(*merger->pairs));
    merger->pairs[merger->pair_count] =
        (struct merge_pair){left, right, .sightings = NO_ITEM, .last_sighting = NO_ITEM};
    return (uint32_t)merger->pair_count++;
}

/* Before any merge. */
static uint32_t find_first_pair(struct merger *merger, uint32_t left, uint32_t right)
{
    uint32_t hash = (uint32_t)mix_bits((uint64_t)left << 32 | right);
    size_t probe = 0;
    uint32_t number;

    while ((number = index_next(&merger->pair_index, hash, &probe)) != NO_NUMBER) {
        if (merger->pairs[number].left == left && merger->pairs[number].right == right) {
            return number;
        }
    }
    number = add_pair(merger, left, right);
    index_add(&merger->pair_index, hash, number);
    return number;
}

/* While the newest item is made: a new pair is one with that. */
static uint32_t find_new_pair(struct merger *merger, uint32_t left, uint32_t right)
{
    bool is_before = right == merger->item_count - 1;
    struct merge_partner *partner = &merger->partners[is_before ? left : right];
    uint32_t *number = is_before ? &partner->before : &partner->after;

    if (*number == NO_ITEM) {
        *number = add_pair(merger, left, right);
    }
    return *number;
}

static void forget_partners(struct merger *merger, const struct merge_pair *pair)
{
    merger->partners[pair->left].before = NO_ITEM;
    merger->partners[pair->right].after = NO_ITEM;
}

/* A pair begins at the place, unless the sequence ends or the item would be too long. */
static void count_pair(struct merger *merger, uint32_t place_number,
                       uint32_t (*find_pair)(struct merger *, uint32_t, uint32_t))
{
    struct merge_place *place = &merger->places[place_number];
    uint32_t sighting = (uint32_t)merger->sighting_count;
    uint32_t right = place->after != NO_ITEM ? merger->places[place->after].item : NO_ITEM;
    struct merge_pair *pair;

    if (right == NO_ITEM ||
        merger->items[place->item].length + merger->items[right].length > merger->length_max) {
        return;
    }
    place->pair = find_pair(merger, place->item, right);
    merger->sightings = make_room(merger->sightings, merger->sighting_count,
                                  &merger->sighting_capacity, sizeof(*merger->sightings));
    merger->sightings[merger->sighting_count++] = (struct merge_sighting){place_number, NO_ITEM};
    pair = &merger->pairs[place->pair];
    if (pair->sightings == NO_ITEM) {
        pair->sightings = sighting;
    } else {
        merger->sightings[pair->last_sighting].next = sighting;
    }
    pair->last_sighting = sighting;
    pair->count += place->weight;
}

static void uncount_pair(struct merger *merger, uint32_t place_number)
{
    struct merge_place *place = &merger->places[place_number];
    if (place->pair != NO_ITEM) {
        merger->pairs[place->pair].count -= place->weight;
        place->pair = NO_ITEM;
    }
}

/* ---- The heap: the heaviest pair first, of equal ones the oldest ---- */

static bool is_before(const struct merge_heap_entry *left, const struct merge_heap_entry *right)
{
    return left->count != right->count ? left->count > right->count : left->pair < right->pair;
}

static void heap_push(struct merger *merger, uint32_t pair)
{
    struct merge_heap_entry entry = {merger->pairs[pair].count, pair};
    size_t child;

    if (entry.count < merger->least_uses) {
        return;
    }
    merger->heap =
        make_room(merger->heap, merger->heap_count, &merger->heap_capacity, sizeof(*merger->heap));
    child = merger->heap_count++;
    while (child > 0 && is_before(&entry, &merger->heap[(child - 1) / 2])) {
        merger->heap[child] = merger->heap[(child - 1) / 2];
        child = (child - 1) / 2;
    }
    merger->heap[child] = entry;
}

static struct merge_heap_entry heap_pop(struct merger *merger)
{
    struct merge_heap_entry *heap = merger->heap;
    struct merge_heap_entry top = heap[0];
    struct merge_heap_entry moved = heap[--merger->heap_count];
    size_t parent = 0;

    for (;;) {
        size_t child = parent * 2 + 1;
        if (child + 1 < merger->heap_count && is_before(&heap[child + 1], &heap[child])) {
            child++;
        }
        if (child >= merger->heap_count || !is_before(&heap[child], &moved)) {
            break;
        }
        heap[parent] = heap[child];
        parent = child;
    }
    heap[parent] = moved;
    return top;
}

/* ---- Merging ---- */

/* Make one item of a pair where it still stands.  "aaa" holds "aa" once: the later one is stale.
 */
static void merge_at(struct merger *merger, uint32_t left, uint32_t item)
{
    struct merge_place *places = merger->places;
    uint32_t right = places[left].after;
    uint32_t before = places[left].before;
    uint32_t after = places[right].after;

    if (before != NO_ITEM) {
        uncount_pair(merger, before);
    }
    uncount_pair(merger, left);
    if (after != NO_ITEM) {
        uncount_pair(merger, right);
        places[after].before = left;
    }
    places[left].item = item;
    places[left].after = after;
    places[right].item = NO_ITEM;
    if (before != NO_ITEM) {
        count_pair(merger, before, find_new_pair);
    }
    count_pair(merger, left, find_new_pair);
}

static void merge_pair(struct merger *merger, uint32_t number)
{
    struct merge_pair pair = merger->pairs[number];
    size_t first_new = merger->pair_count;
    uint32_t item = new_item(merger, pair.left, pair.right,
                             merger->items[pair.left].length + merger->items[pair.right].length);
    uint32_t ahead = pair.sightings; /* places lie far apart: fetched some steps before */

    for (uint32_t i = 0; i < STEPS_AHEAD && ahead != NO_ITEM; i++) {
        ahead = merger->sightings[ahead].next;
    }
    for (uint32_t i = pair.sightings; i != NO_ITEM; i = merger->sightings[i].next) {
        uint32_t left = merger->sightings[i].place;
        uint32_t right = merger->places[left].after;
        if (ahead != NO_ITEM) {
            __builtin_prefetch(&merger->places[merger->sightings[ahead].place]);
            ahead = merger->sightings[ahead].next;
        }
        if (merger->places[left].item == pair.left && right != NO_ITEM &&
            merger->places[right].item == pair.right) {
            merge_at(merger, left, item);
        }
    }
    /* Only pairs with the new item have gained: their counts are final now. */
    for (size_t i = first_new; i < merger->pair_count; i++) {
        forget_partners(merger, &merger->pairs[i]);
        heap_push(merger, (uint32_t)i);
    }
}

void merge_pairs(struct merger *merger, uint32_t merges_max, const char *what)
{
    uint32_t merges = 0;

    merger->partners = allocate(merger->item_count + merges_max, sizeof(*merger->partners));
    memset(merger->partners, 0xff,
           (merger->item_count + merges_max) * sizeof(*merger->partners)); /* NO_ITEM */
    for (size_t i = 0; i < merger->place_count; i++) {
        count_pair(merger, (uint32_t)i, find_first_pair);
        if (i % 65536 == 0) {
            progress("counting pairs", i, merger->place_count);
        }
    }
    for (size_t i = 0; i < merger->pair_count; i++) {
        heap_push(merger, (uint32_t)i);
    }
    while (merger->heap_count > 0 && merges < merges_max) {
        struct merge_heap_entry entry = heap_pop(merger);
        if (entry.count != merger->pairs[entry.pair].count) {
            heap_push(merger, entry.pair);
            continue;
        }
        merge_pair(merger, entry.pair);
        if (merges % 64 == 0) {
            progress(what, merges, merges_max);
        }
        merges++;
    }
}

/* ---- What comes out ---- */

void choose_items(struct merger *merger)
{
    for (size_t i = 0; i < merger->place_count; i++) {
        const struct merge_place *place = &merger->places[i];
        if (place->item != NO_ITEM) {
            merger->items[place->item].uses += place->weight;
        }
    }
    for (size_t i = merger->item_count; i-- > 0;) {
        struct merge_item *item = &merger->items[i];
        item->is_kept = item->left == NO_ITEM ? item->uses > 0 : item->uses >= merger->least_uses;
        if (!item->is_kept && item->left != NO_ITEM) {
            merger->items[item->left].uses += item->uses;
            merger->items[item->right].uses += item->uses;
        }
    }
}

void add_item(struct item_list *list, uint32_t item)
{
    list->items = make_room(list->items, list->count, &list->capacity, sizeof(*list->items));
    list->items[list->count++] = item;
}

/* An item has at most length_max first ones, so this nests no deeper. */
static void add_kept_items(const struct merger *merger, uint32_t item, struct item_list *list)
{
    const struct merge_item *entry = &merger->items[item];
    if (entry->is_kept) {
        add_item(list, item);
    } else {
        add_kept_items(merger, entry->left, list);
        add_kept_items(merger, entry->right, list);
    }
}

void list_items(const struct merger *merger, uint32_t sequence, struct item_list *list)
{
    for (uint32_t place = merger->sequences[sequence]; place != NO_ITEM;
         place = merger->places[place].after) {
        add_kept_items(merger, merger->places[place].item, list);
    }
}

void merger_free(struct merger *merger)
{
    free(merger->items);
    free(merger->sequences);
    free(merger->places);
    free(merger->pairs);
    free(merger->partners);
    index_free(&merger->pair_index);
    free(merger->sightings);
    free(merger->heap);
}
