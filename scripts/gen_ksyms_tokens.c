// SPDX-License-Identifier: MIT
/*
 * gen_ksyms_tokens.c: write names as tokens, strings of 1 to 16 bytes that many names share.
 *
 * Names are cut into words: "uart_read_byte" = "uart_" "read_" "byte".  No token spans two words,
 * so a word has the same tokens wherever it stands, names with a common prefix have common first
 * tokens, and the work is done once for each distinct word.  A word weighs as much as it will be
 * written: not at all where the name before it, in byte order, begins with the same words.
 *
 * Tokens grow by pair merging (byte pair encoding, P. Gage 1994): at first each byte is a token;
 * then the heaviest pair of neighbours becomes one, again and again.
 *
 *   1. A pair's count is the weight of the places where it stands, and exact at all times.
 *   2. A pair has a list of all places where it was seen; a place may be stale, and is looked at
 *      again when the pair is merged.  So no merge ever scans the text.
 *   3. A pair's count only falls once the merge that made its newer half has ended.  So a heap
 *      with old counts is enough: a popped pair whose count has fallen goes back in.
 *   4. Equal counts are decided by the pair's age.  Nothing depends on the order of a hash table.
 *
 * At the end tokens that are not worth their string fall apart into their halves again.
 */
#include <stdlib.h>
#include "gen_ksyms.h"
#include "ksyms/blob.h"

#define NONE       UINT32_MAX
#define MERGES_MAX 24000u /* with 256 bytes well below KSYMS_TOKENS_MAX */

struct word {
    const char *bytes;
    uint32_t length;
    uint32_t weight;
    size_t first; /* its first place; after merging, its first code */
    uint32_t code_count;
};

/* A place holds a token of a word, and knows its neighbours in the word. */
struct place {
    uint32_t token; /* NONE: swallowed by the place before it */
    uint32_t before;
    uint32_t after;
    uint32_t word;
};

struct pair {
    uint32_t left;
    uint32_t right;
    uint64_t count;
    uint32_t sightings; /* the first one */
    uint32_t last_sighting;
};

struct sighting {
    uint32_t place; /* of the left half */
    uint32_t next;
};

struct token {
    uint32_t left, right; /* NONE for a byte */
    uint32_t length;
    uint64_t uses;
    bool is_kept; /* false: its halves stand for it */
};

struct heap_entry {
    uint64_t count;
    uint32_t pair;
};

/* A table of numbers by hash, open addressing; the size is a power of two. */
struct index {
    uint32_t *slots;
    size_t size;
    size_t used;
};

struct tokenizer {
    bool is_mangled;
    uint32_t least_uses; /* a lighter pair is not worth merging, nor a token its string */
    struct word *words;
    size_t word_count, word_capacity;
    struct index word_index;

    uint32_t *name_words; /* the words of all names, one name after the other */
    size_t name_word_count, name_word_capacity;
    size_t *name_starts; /* by rank, one more at the end */

    struct place *places;
    size_t place_count;

    struct token *tokens;
    size_t token_count, token_capacity;

    struct pair *pairs;
    size_t pair_count, pair_capacity;
    struct index pair_index;
    struct sighting *sightings;
    size_t sighting_count, sighting_capacity;

    struct heap_entry *heap;
    size_t heap_count, heap_capacity;
};

/* ---- Words ---- */

/*
 * Mangled names of C++ and Rust have lengths before their words, so there digits end a word, too.
 * In a C program's names they would only tear `x86_64` and `v4l2` apart.
 */
static bool are_mangled(const struct map *map)
{
    uint32_t mangled = 0;

    for (uint32_t i = 0; i < map->count; i++) {
        const char *name = map->symbols[i].name;
        mangled += name[0] == '_' && (name[1] == 'Z' || name[1] == 'R');
    }
    return mangled > map->count / 2;
}

static bool ends_word(const struct tokenizer *tokenizer, char byte)
{
    return byte == '_' || (tokenizer->is_mangled && (byte == '.' || (byte >= '0' && byte <= '9')));
}

static uint32_t first_word_length(const struct tokenizer *tokenizer, const char *bytes,
                                  uint32_t length)
{
    uint32_t end = 1;
    while (end < length &&
           !(ends_word(tokenizer, bytes[end - 1]) && !ends_word(tokenizer, bytes[end]))) {
        end++;
    }
    return end;
}

static uint64_t mix(uint64_t value)
{
    value = (value ^ value >> 32) * 0x9e3779b97f4a7c15u;
    return value ^ value >> 29;
}

/* 8 bytes a step: most words have no more. */
static uint64_t hash_bytes(const char *bytes, uint32_t length)
{
    uint64_t hash = length;
    uint64_t part = 0;

    for (uint32_t i = 0; i < length; i++) {
        part = part << 8 | (uint8_t)bytes[i];
        if (i % 8 == 7) {
            hash = mix(hash ^ part);
            part = 0;
        }
    }
    return mix(hash ^ part);
}

static void index_clear(struct index *index, size_t size)
{
    free(index->slots);
    index->slots = allocate(size, sizeof(*index->slots));
    index->size = size;
    index->used = 0;
    memset(index->slots, 0xff, size * sizeof(*index->slots)); /* NONE */
}

static void index_put(struct index *index, uint64_t hash, uint32_t number)
{
    size_t slot = hash & (index->size - 1);
    while (index->slots[slot] != NONE) {
        slot = (slot + 1) & (index->size - 1);
    }
    index->slots[slot] = number;
    index->used++;
}

static uint32_t find_or_add_word(struct tokenizer *tokenizer, const char *bytes, uint32_t length)
{
    struct index *index = &tokenizer->word_index;
    uint64_t hash = hash_bytes(bytes, length);

    for (size_t slot = hash & (index->size - 1); index->slots[slot] != NONE;
         slot = (slot + 1) & (index->size - 1)) {
        const struct word *word = &tokenizer->words[index->slots[slot]];
        if (word->length == length && memcmp(word->bytes, bytes, length) == 0) {
            return index->slots[slot];
        }
    }
    tokenizer->words = make_room(tokenizer->words, tokenizer->word_count, &tokenizer->word_capacity,
                                 sizeof(*tokenizer->words));
    tokenizer->words[tokenizer->word_count] = (struct word){.bytes = bytes, .length = length};
    index_put(index, hash, (uint32_t)tokenizer->word_count++);
    if (index->used * 2 > index->size) {
        index_clear(index, index->size * 2);
        for (size_t i = 0; i < tokenizer->word_count; i++) {
            const struct word *word = &tokenizer->words[i];
            index_put(index, hash_bytes(word->bytes, word->length), (uint32_t)i);
        }
    }
    return (uint32_t)tokenizer->word_count - 1;
}

static void split_names(struct tokenizer *tokenizer, const struct map *map)
{
    tokenizer->is_mangled = are_mangled(map);
    index_clear(&tokenizer->word_index, 1024);
    tokenizer->name_starts = allocate((size_t)map->count + 1, sizeof(*tokenizer->name_starts));
    for (uint32_t rank = 0; rank < map->count; rank++) {
        const struct map_symbol *symbol = &map->symbols[map->by_name[rank]];
        uint32_t length;

        tokenizer->name_starts[rank] = tokenizer->name_word_count;
        /* The NUL behind the name belongs to its last word. */
        for (uint32_t used = 0; used <= symbol->name_length; used += length) {
            length = first_word_length(tokenizer, symbol->name + used, symbol->name_length - used);
            length += used + length == symbol->name_length;
            tokenizer->name_words =
                make_room(tokenizer->name_words, tokenizer->name_word_count,
                          &tokenizer->name_word_capacity, sizeof(*tokenizer->name_words));
            tokenizer->name_words[tokenizer->name_word_count++] =
                find_or_add_word(tokenizer, symbol->name + used, length);
        }
    }
    tokenizer->name_starts[map->count] = tokenizer->name_word_count;
}

static void weigh_words(struct tokenizer *tokenizer, uint32_t name_count)
{
    for (uint32_t rank = 0; rank < name_count; rank++) {
        const uint32_t *word = tokenizer->name_words + tokenizer->name_starts[rank];
        const uint32_t *end = tokenizer->name_words + tokenizer->name_starts[rank + 1];

        uint32_t parent = name_parent(rank);

        if (parent != rank) {
            const uint32_t *before = tokenizer->name_words + tokenizer->name_starts[parent];
            const uint32_t *before_end = tokenizer->name_words + tokenizer->name_starts[parent + 1];
            while (word < end && before < before_end && *word == *before) {
                word++;
                before++;
            }
        }
        for (; word < end; word++) {
            tokenizer->words[*word].weight++;
        }
    }
}

/* ---- Pairs ---- */

static uint32_t find_or_add_pair(struct tokenizer *tokenizer, uint32_t left, uint32_t right)
{
    struct index *index = &tokenizer->pair_index;
    uint64_t hash = mix((uint64_t)left << 32 | right);

    for (size_t slot = hash & (index->size - 1); index->slots[slot] != NONE;
         slot = (slot + 1) & (index->size - 1)) {
        const struct pair *pair = &tokenizer->pairs[index->slots[slot]];
        if (pair->left == left && pair->right == right) {
            return index->slots[slot];
        }
    }
    tokenizer->pairs = make_room(tokenizer->pairs, tokenizer->pair_count, &tokenizer->pair_capacity,
                                 sizeof(*tokenizer->pairs));
    tokenizer->pairs[tokenizer->pair_count] =
        (struct pair){left, right, .sightings = NONE, .last_sighting = NONE};
    index_put(index, hash, (uint32_t)tokenizer->pair_count++);
    if (index->used * 2 > index->size) {
        index_clear(index, index->size * 2);
        for (size_t i = 0; i < tokenizer->pair_count; i++) {
            const struct pair *pair = &tokenizer->pairs[i];
            index_put(index, mix((uint64_t)pair->left << 32 | pair->right), (uint32_t)i);
        }
    }
    return (uint32_t)tokenizer->pair_count - 1;
}

/* The pair that begins at a place; NONE where the word ends or the token would be too long. */
static uint32_t pair_at(struct tokenizer *tokenizer, uint32_t place)
{
    const struct place *left = &tokenizer->places[place];
    const struct place *right;

    if (left->after == NONE) {
        return NONE;
    }
    right = &tokenizer->places[left->after];
    if (tokenizer->tokens[left->token].length + tokenizer->tokens[right->token].length >
        KSYMS_TOKEN_LENGTH_MAX) {
        return NONE;
    }
    return find_or_add_pair(tokenizer, left->token, right->token);
}

static void count_pair(struct tokenizer *tokenizer, uint32_t place)
{
    uint32_t number = pair_at(tokenizer, place);
    uint32_t sighting = (uint32_t)tokenizer->sighting_count;
    struct pair *pair;

    if (number == NONE) {
        return;
    }
    tokenizer->sightings = make_room(tokenizer->sightings, tokenizer->sighting_count,
                                     &tokenizer->sighting_capacity, sizeof(*tokenizer->sightings));
    tokenizer->sightings[tokenizer->sighting_count++] = (struct sighting){place, NONE};
    pair = &tokenizer->pairs[number];
    if (pair->sightings == NONE) {
        pair->sightings = sighting;
    } else {
        tokenizer->sightings[pair->last_sighting].next = sighting;
    }
    pair->last_sighting = sighting;
    pair->count += tokenizer->words[tokenizer->places[place].word].weight;
}

static void uncount_pair(struct tokenizer *tokenizer, uint32_t place)
{
    uint32_t number = pair_at(tokenizer, place);
    if (number != NONE) {
        tokenizer->pairs[number].count -= tokenizer->words[tokenizer->places[place].word].weight;
    }
}

/* ---- The heap: the heaviest pair first, of equal ones the oldest ---- */

static bool is_before(const struct heap_entry *left, const struct heap_entry *right)
{
    return left->count != right->count ? left->count > right->count : left->pair < right->pair;
}

static void heap_push(struct tokenizer *tokenizer, uint32_t pair)
{
    struct heap_entry entry = {tokenizer->pairs[pair].count, pair};
    size_t child;

    if (entry.count < tokenizer->least_uses) {
        return;
    }
    tokenizer->heap = make_room(tokenizer->heap, tokenizer->heap_count, &tokenizer->heap_capacity,
                                sizeof(*tokenizer->heap));
    child = tokenizer->heap_count++;
    while (child > 0 && is_before(&entry, &tokenizer->heap[(child - 1) / 2])) {
        tokenizer->heap[child] = tokenizer->heap[(child - 1) / 2];
        child = (child - 1) / 2;
    }
    tokenizer->heap[child] = entry;
}

static struct heap_entry heap_pop(struct tokenizer *tokenizer)
{
    struct heap_entry *heap = tokenizer->heap;
    struct heap_entry top = heap[0];
    struct heap_entry moved = heap[--tokenizer->heap_count];
    size_t parent = 0;

    for (;;) {
        size_t child = parent * 2 + 1;
        if (child + 1 < tokenizer->heap_count && is_before(&heap[child + 1], &heap[child])) {
            child++;
        }
        if (child >= tokenizer->heap_count || !is_before(&heap[child], &moved)) {
            break;
        }
        heap[parent] = heap[child];
        parent = child;
    }
    heap[parent] = moved;
    return top;
}

/* ---- Merging ---- */

static uint32_t add_token(struct tokenizer *tokenizer, uint32_t left, uint32_t right,
                          uint32_t length)
{
    tokenizer->tokens = make_room(tokenizer->tokens, tokenizer->token_count,
                                  &tokenizer->token_capacity, sizeof(*tokenizer->tokens));
    tokenizer->tokens[tokenizer->token_count] = (struct token){left, right, length, 0, false};
    return (uint32_t)tokenizer->token_count++;
}

static void place_words(struct tokenizer *tokenizer)
{
    size_t count = 0;

    for (uint32_t byte = 0; byte < 256; byte++) {
        add_token(tokenizer, NONE, NONE, 1);
    }
    for (size_t i = 0; i < tokenizer->word_count; i++) {
        count += tokenizer->words[i].length;
    }
    if (count >= NONE / 4) {
        fail("the names are too long together");
    }
    tokenizer->places = allocate(count, sizeof(*tokenizer->places));
    for (size_t i = 0; i < tokenizer->word_count; i++) {
        struct word *word = &tokenizer->words[i];
        word->first = tokenizer->place_count;
        for (uint32_t k = 0; k < word->length; k++) {
            uint32_t place = (uint32_t)tokenizer->place_count++;
            tokenizer->places[place] = (struct place){
                (uint8_t)word->bytes[k],
                k > 0 ? place - 1 : NONE,
                k + 1 < word->length ? place + 1 : NONE,
                (uint32_t)i,
            };
        }
    }
}

/* Make one token of a pair where it still stands.  "aaa" holds "aa" once: the later one is stale.
 */
static void merge_at(struct tokenizer *tokenizer, uint32_t left, uint32_t token)
{
    struct place *places = tokenizer->places;
    uint32_t right = places[left].after;
    uint32_t before = places[left].before;
    uint32_t after = places[right].after;

    if (before != NONE) {
        uncount_pair(tokenizer, before);
    }
    uncount_pair(tokenizer, left);
    if (after != NONE) {
        uncount_pair(tokenizer, right);
        places[after].before = left;
    }
    places[left].token = token;
    places[left].after = after;
    places[right].token = NONE;
    if (before != NONE) {
        count_pair(tokenizer, before);
    }
    count_pair(tokenizer, left);
}

static void merge_pair(struct tokenizer *tokenizer, uint32_t number)
{
    struct pair pair = tokenizer->pairs[number];
    size_t first_new = tokenizer->pair_count;
    uint32_t token =
        add_token(tokenizer, pair.left, pair.right,
                  tokenizer->tokens[pair.left].length + tokenizer->tokens[pair.right].length);

    for (uint32_t i = pair.sightings; i != NONE; i = tokenizer->sightings[i].next) {
        uint32_t left = tokenizer->sightings[i].place;
        uint32_t right = tokenizer->places[left].after;
        if (tokenizer->places[left].token == pair.left && right != NONE &&
            tokenizer->places[right].token == pair.right) {
            merge_at(tokenizer, left, token);
        }
    }
    /* Only pairs with the new token have gained: their counts are final now. */
    for (size_t i = first_new; i < tokenizer->pair_count; i++) {
        heap_push(tokenizer, (uint32_t)i);
    }
}

static void merge_pairs(struct tokenizer *tokenizer)
{
    uint32_t merges = 0;

    index_clear(&tokenizer->pair_index, 4096);
    for (size_t i = 0; i < tokenizer->place_count; i++) {
        count_pair(tokenizer, (uint32_t)i);
        if (i % 65536 == 0) {
            progress("counting pairs", i, tokenizer->place_count);
        }
    }
    for (size_t i = 0; i < tokenizer->pair_count; i++) {
        heap_push(tokenizer, (uint32_t)i);
    }
    while (tokenizer->heap_count > 0 && merges < MERGES_MAX) {
        struct heap_entry entry = heap_pop(tokenizer);
        if (entry.count != tokenizer->pairs[entry.pair].count) {
            heap_push(tokenizer, entry.pair);
            continue;
        }
        merge_pair(tokenizer, entry.pair);
        if (merges % 64 == 0) {
            progress("merging pairs", merges, MERGES_MAX);
        }
        merges++;
    }
}

/* ---- The dictionary ---- */

/* From here a token that is not kept is not in the blob: its halves stand for it. */
static void choose_tokens(struct tokenizer *tokenizer)
{
    for (size_t i = 0; i < tokenizer->place_count; i++) {
        const struct place *place = &tokenizer->places[i];
        if (place->token != NONE) {
            tokenizer->tokens[place->token].uses += tokenizer->words[place->word].weight;
        }
    }
    for (size_t i = tokenizer->token_count; i-- > 0;) {
        struct token *token = &tokenizer->tokens[i];
        token->is_kept =
            token->left == NONE ? token->uses > 0 : token->uses >= tokenizer->least_uses;
        if (!token->is_kept && token->left != NONE) {
            tokenizer->tokens[token->left].uses += token->uses;
            tokenizer->tokens[token->right].uses += token->uses;
        }
    }
}

/* ---- The names ---- */

struct code_list {
    uint32_t *codes;
    size_t count, capacity;
};

static void add_codes(const struct tokenizer *tokenizer, uint32_t token, struct code_list *list)
{
    const struct token *entry = &tokenizer->tokens[token];
    if (!entry->is_kept) {
        add_codes(tokenizer, entry->left, list);
        add_codes(tokenizer, entry->right, list);
    } else {
        list->codes = make_room(list->codes, list->count, &list->capacity, sizeof(*list->codes));
        list->codes[list->count++] = token;
    }
}

static void write_names(struct tokenizer *tokenizer, uint32_t name_count, struct token_names *names)
{
    struct code_list words = {0};
    struct code_list all = {0};

    for (size_t i = 0; i < tokenizer->word_count; i++) {
        struct word *word = &tokenizer->words[i];
        size_t first_code = words.count;
        for (uint32_t place = (uint32_t)word->first; place != NONE;
             place = tokenizer->places[place].after) {
            add_codes(tokenizer, tokenizer->places[place].token, &words);
        }
        word->first = first_code;
        word->code_count = (uint32_t)(words.count - first_code);
    }
    names->name_codes = allocate((size_t)name_count + 1, sizeof(*names->name_codes));
    for (uint32_t rank = 0; rank < name_count; rank++) {
        names->name_codes[rank] = all.count;
        for (size_t i = tokenizer->name_starts[rank]; i < tokenizer->name_starts[rank + 1]; i++) {
            const struct word *word = &tokenizer->words[tokenizer->name_words[i]];
            for (uint32_t k = 0; k < word->code_count; k++) {
                all.codes = make_room(all.codes, all.count, &all.capacity, sizeof(*all.codes));
                all.codes[all.count++] = words.codes[word->first + k];
            }
        }
    }
    names->name_codes[name_count] = all.count;
    names->codes = all.codes;
    free(words.codes);
}

/* Tokens are at most 16 bytes long, so this nests at most 16 deep. */
static uint8_t *spell(const struct tokenizer *tokenizer, uint32_t token, uint8_t *string)
{
    const struct token *entry = &tokenizer->tokens[token];
    if (entry->left == NONE) {
        *string = (uint8_t)token;
        return string + 1;
    }
    return spell(tokenizer, entry->right, spell(tokenizer, entry->left, string));
}

static void list_tokens(const struct tokenizer *tokenizer, struct token_names *names)
{
    names->token_count = (uint32_t)tokenizer->token_count;
    names->tokens = allocate(names->token_count, sizeof(*names->tokens));
    for (uint32_t i = 0; i < names->token_count; i++) {
        struct token_entry *entry = &names->tokens[i];
        entry->length = tokenizer->tokens[i].length;
        spell(tokenizer, i, entry->string);
        entry->is_last = entry->string[entry->length - 1] == '\0';
    }
    names->empty = 0; /* the byte NUL */
}

/* A bigger table's tokens have longer entries and codes: 5 of 1,000 names, 8 of 90,000 and 10 of
 * 600,000 were measured to be best. */
static uint32_t least_uses(uint32_t name_count)
{
    uint32_t width = ksyms_blob_width(name_count);
    return width > 10 ? width / 2 : 5;
}

void tokenize_names(struct token_names *names, const struct map *map)
{
    struct tokenizer tokenizer = {0};

    memset(names, 0, sizeof(*names));
    tokenizer.least_uses = least_uses(map->count);
    split_names(&tokenizer, map);
    weigh_words(&tokenizer, map->count);
    place_words(&tokenizer);
    merge_pairs(&tokenizer);
    choose_tokens(&tokenizer);
    write_names(&tokenizer, map->count, names);
    list_tokens(&tokenizer, names);
    number_tokens(names, map->count);
    pool_strings(names);

    free(tokenizer.words);
    free(tokenizer.word_index.slots);
    free(tokenizer.name_words);
    free(tokenizer.name_starts);
    free(tokenizer.places);
    free(tokenizer.tokens);
    free(tokenizer.pairs);
    free(tokenizer.pair_index.slots);
    free(tokenizer.sightings);
    free(tokenizer.heap);
}
