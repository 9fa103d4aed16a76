// SPDX-License-Identifier: MIT
/*
 * gen_ksyms_tokens.c: write names as tokens, strings of 1 to 16 bytes that many names share.
 *
 * Names are cut into words: "uart_read_byte" = "uart_" "read_" "byte".  No token spans two words,
 * so a word has the same tokens wherever it stands, names with a common prefix have common first
 * tokens, and the work is done once for each distinct word.  A word weighs as much as it will be
 * written: not at all where the name before it, in byte order, begins with the same words.
 *
 * Tokens grow by pair merging (gen_ksyms_pairs.c): at first each byte is a token.
 */
#include <stdlib.h>
#include "gen_ksyms_pairs.h"
#include "ksyms/blob.h"

#define MERGES_MAX 16000u /* phrases need numbers, too */
#define AHEAD      16u /* names that are next in name order lie far apart: fetched so much before */

struct word {
    const char *bytes;
    uint32_t length;
    uint32_t weight;
    size_t first_code; /* after merging */
    uint32_t code_count;
};

struct tokenizer {
    bool is_mangled;
    struct word *words;
    size_t word_count, word_capacity;
    struct index word_index;

    uint32_t *name_words; /* the words of all names, one name after the other */
    size_t name_word_count, name_word_capacity;
    size_t *name_starts; /* by rank, one more at the end */

    struct merger merger; /* its sequences are the words, its items the tokens */
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

/* 8 bytes a step: most words have no more. */
static uint32_t hash_bytes(const char *bytes, uint32_t length)
{
    uint64_t hash = length;
    uint64_t part = 0;

    for (uint32_t i = 0; i < length; i++) {
        part = part << 8 | (uint8_t)bytes[i];
        if (i % 8 == 7) {
            hash = mix_bits(hash ^ part);
            part = 0;
        }
    }
    return (uint32_t)mix_bits(hash ^ part);
}

static uint32_t find_or_add_word(struct tokenizer *tokenizer, const char *bytes, uint32_t length)
{
    uint32_t hash = hash_bytes(bytes, length);
    size_t probe = 0;
    uint32_t number;

    while ((number = index_next(&tokenizer->word_index, hash, &probe)) != NO_NUMBER) {
        const struct word *word = &tokenizer->words[number];
        if (word->length == length && memcmp(word->bytes, bytes, length) == 0) {
            return number;
        }
    }
    tokenizer->words = make_room(tokenizer->words, tokenizer->word_count, &tokenizer->word_capacity,
                                 sizeof(*tokenizer->words));
    number = (uint32_t)tokenizer->word_count++;
    tokenizer->words[number] = (struct word){.bytes = bytes, .length = length};
    index_add(&tokenizer->word_index, hash, number);
    return number;
}

static void split_names(struct tokenizer *tokenizer, const struct map *map)
{
    tokenizer->is_mangled = are_mangled(map);
    tokenizer->name_starts = allocate((size_t)map->count + 1, sizeof(*tokenizer->name_starts));
    for (uint32_t rank = 0; rank < map->count; rank++) {
        const struct map_symbol *symbol = &map->symbols[map->by_name[rank]];
        uint32_t length;

        if (rank + AHEAD < map->count) {
            __builtin_prefetch(&map->symbols[map->by_name[rank + AHEAD]]);
            __builtin_prefetch(map->symbols[map->by_name[rank + AHEAD / 2]].name);
        }

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

/* ---- Tokens ---- */

/*
 * A bigger table's tokens have longer entries and codes: 5 of 1,000 names, 8 of 90,000 were
 * measured to be best.  Where phrases can join tokens, few and frequent ones are enough.
 */
static uint32_t least_uses(const struct tokenizer *tokenizer, uint32_t name_count)
{
    uint32_t width = ksyms_blob_width(name_count);
    if (tokenizer->is_mangled) {
        return 20;
    }
    return width > 10 ? width / 2 : 5;
}

static void merge_tokens(struct tokenizer *tokenizer, uint32_t name_count)
{
    struct merger *merger = &tokenizer->merger;

    merger_start(merger, least_uses(tokenizer, name_count), KSYMS_TOKEN_LENGTH_MAX);
    for (uint32_t byte = 0; byte < 256; byte++) {
        merger_add_item(merger, 1);
    }
    for (size_t i = 0; i < tokenizer->word_count; i++) {
        const struct word *word = &tokenizer->words[i];
        merger_add_sequence(merger, word->weight);
        for (uint32_t k = 0; k < word->length; k++) {
            merger_add_place(merger, (uint8_t)word->bytes[k]);
        }
    }
    merge_pairs(merger, MERGES_MAX, "merging pairs");
    choose_items(merger);
}

/* ---- The names ---- */

static void write_names(struct tokenizer *tokenizer, uint32_t name_count, struct token_names *names)
{
    struct item_list words = {0};
    struct item_list all = {0};

    for (size_t i = 0; i < tokenizer->word_count; i++) {
        struct word *word = &tokenizer->words[i];
        word->first_code = words.count;
        list_items(&tokenizer->merger, (uint32_t)i, &words);
        word->code_count = (uint32_t)(words.count - word->first_code);
    }
    names->name_codes = allocate((size_t)name_count + 1, sizeof(*names->name_codes));
    for (uint32_t rank = 0; rank < name_count; rank++) {
        names->name_codes[rank] = all.count;
        for (size_t i = tokenizer->name_starts[rank]; i < tokenizer->name_starts[rank + 1]; i++) {
            const struct word *word = &tokenizer->words[tokenizer->name_words[i]];
            for (uint32_t k = 0; k < word->code_count; k++) {
                add_item(&all, words.items[word->first_code + k]);
            }
        }
    }
    names->name_codes[name_count] = all.count;
    names->codes = all.items;
    free(words.items);
}

/* Tokens are at most 16 bytes long, so this nests at most 16 deep. */
static uint8_t *spell(const struct merger *merger, uint32_t token, uint8_t *string)
{
    const struct merge_item *item = &merger->items[token];
    if (item->left == NO_ITEM) {
        *string = (uint8_t)token;
        return string + 1;
    }
    return spell(merger, item->right, spell(merger, item->left, string));
}

static void list_tokens(const struct merger *merger, struct token_names *names)
{
    names->token_count = (uint32_t)merger->item_count;
    names->tokens = allocate(names->token_count, sizeof(*names->tokens));
    for (uint32_t i = 0; i < names->token_count; i++) {
        struct token_entry *entry = &names->tokens[i];
        entry->length = merger->items[i].length;
        spell(merger, i, entry->string);
        entry->is_last = entry->string[entry->length - 1] == '\0';
    }
    names->empty = 0; /* the byte NUL */
}

void tokenize_names(struct token_names *names, const struct map *map)
{
    struct tokenizer tokenizer = {0};

    memset(names, 0, sizeof(*names));
    split_names(&tokenizer, map);
    weigh_words(&tokenizer, map->count);
    merge_tokens(&tokenizer, map->count);
    write_names(&tokenizer, map->count, names);
    list_tokens(&tokenizer.merger, names);
    free(tokenizer.words);
    index_free(&tokenizer.word_index);
    free(tokenizer.name_words);
    free(tokenizer.name_starts);
    merger_free(&tokenizer.merger);
    if (tokenizer.is_mangled) {
        find_phrases(names, map->count);
    }
    number_tokens(names, map->count);
    pool_strings(names);
}
