// SPDX-License-Identifier: MIT
/*
 * gen_ksyms_blocks.c: write the symbols in address order, 64 to a block: addresses, letters, name
 * ranks and the shortcuts back from them, sizes, as src/ksyms/FORMAT.md draws them.
 *
 * Every width is the smallest, or cheapest, that its block allows.
 */
#include <stdlib.h>
#include "gen_ksyms.h"
#include "ksyms/blob.h"

static uint32_t placed_count(const struct map *map)
{
    return map->count - map->absolute_count;
}

static uint64_t last_byte(const struct map_symbol *symbol)
{
    return symbol->address + (symbol->size - 1);
}

static unsigned bit_length(uint64_t value)
{
    return value == 0 ? 0 : 64 - (unsigned)__builtin_clzll(value);
}

/* ---- How far a look-up must walk back ---- */

/*
 * For each symbol the number of steps from it to the furthest symbol that may be the answer for an
 * address between it and the next one, if it has ended there.
 *
 * `open` is a stack of symbols that have begun.  A symbol that ends no later than a newer one is
 * never an answer again; so from bottom to top the stack's symbols begin later and end earlier.
 */
static uint8_t *measure_look_back(const struct map *map)
{
    uint32_t count = placed_count(map);
    uint8_t *look_back = allocate(count, sizeof(*look_back));
    uint32_t *open = allocate(count, sizeof(*open));
    size_t depth = 0;

    for (uint32_t i = 0; i < count; i++) {
        const struct map_symbol *symbol = &map->symbols[i];
        uint64_t region_end = i + 1 < count ? symbol[1].address : UINT64_MAX;

        if (symbol->size > 0) {
            while (depth > 0 && last_byte(&map->symbols[open[depth - 1]]) <= last_byte(symbol)) {
                depth--;
            }
            open[depth++] = i;
        }
        while (depth > 0 && last_byte(&map->symbols[open[depth - 1]]) < symbol->address) {
            depth--;
        }
        if (i + 1 < count && region_end == symbol->address) {
            continue; /* no look-up begins at an alias that is not the last */
        }
        for (size_t level = depth; level-- > 0;) {
            uint32_t steps = i - open[level];
            look_back[i] = (uint8_t)(steps < KSYMS_LOOK_BACK_MAX ? steps : KSYMS_LOOK_BACK_MAX);
            if (last_byte(&map->symbols[open[level]]) >= region_end) {
                break;
            }
        }
    }
    free(open);
    return look_back;
}

/* ---- Name ranks ---- */

static int compare_numbers(const void *left_entry, const void *right_entry)
{
    uint32_t left = *(const uint32_t *)left_entry;
    uint32_t right = *(const uint32_t *)right_entry;
    return (left > right) - (left < right);
}

static uint32_t count_highs(const uint32_t *sorted, uint32_t count, unsigned low_width)
{
    uint32_t highs = 1;
    for (uint32_t i = 1; i < count; i++) {
        highs += sorted[i] >> low_width != sorted[i - 1] >> low_width;
    }
    return highs;
}

static bool are_consecutive(const struct map_symbol *symbols, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        if (symbols[i].name_rank != symbols[i - 1].name_rank + 1) {
            return false;
        }
    }
    return true;
}

/* The sorted ranks' low width that costs least. */
static unsigned choose_low_width(const uint32_t *sorted, uint32_t count, unsigned rank_width)
{
    uint64_t best_cost = UINT64_MAX;
    unsigned best = 0;

    for (unsigned width = 0; width <= rank_width && width <= KSYMS_RANK_LOW_MASK; width++) {
        uint32_t highs = count_highs(sorted, count, width);
        uint64_t cost = (uint64_t)count * (width + ksyms_blob_width(highs)) +
                        (uint64_t)highs * (rank_width - width);
        if (cost < best_cost) {
            best_cost = cost;
            best = width;
        }
        if (highs == 1) {
            break; /* one high part stays one */
        }
    }
    return best;
}

/* How the ranks of a block are written: see rank_code of src/ksyms/table_parts.h. */
struct rank_coding {
    uint32_t highs[KSYMS_BLOCK_SYMBOLS];
    uint32_t high_count; /* 0: the ranks are consecutive */
    unsigned low;
};

static void choose_ranks(struct rank_coding *coding, const struct map_symbol *symbols,
                         uint32_t count, unsigned rank_width)
{
    uint32_t sorted[KSYMS_BLOCK_SYMBOLS];

    coding->high_count = 0;
    coding->low = 0;
    if (are_consecutive(symbols, count)) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        sorted[i] = symbols[i].name_rank;
    }
    qsort(sorted, count, sizeof(*sorted), compare_numbers);
    coding->low = choose_low_width(sorted, count, rank_width);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t high = (uint32_t)((uint64_t)sorted[i] >> coding->low);
        if (coding->high_count == 0 || coding->highs[coding->high_count - 1] != high) {
            coding->highs[coding->high_count++] = high;
        }
    }
}

static void put_rank_highs(struct buffer *data, const struct rank_coding *coding,
                           const struct map_symbol *symbols, unsigned rank_width)
{
    if (coding->high_count == 0) {
        put_bits(data, symbols[0].name_rank, rank_width);
    }
    for (uint32_t i = 0; i < coding->high_count; i++) {
        put_bits(data, coding->highs[i], rank_width - coding->low);
    }
}

static void put_rank_codes(struct buffer *data, const struct rank_coding *coding,
                           const struct map_symbol *symbols, uint32_t count)
{
    unsigned width = ksyms_blob_width(coding->high_count);

    for (uint32_t i = 0; i < count && coding->high_count > 0; i++) {
        uint32_t high = (uint32_t)((uint64_t)symbols[i].name_rank >> coding->low);
        const uint32_t *place =
            bsearch(&high, coding->highs, coding->high_count, sizeof(high), compare_numbers);
        uint64_t code = (uint64_t)(place - coding->highs) << coding->low;
        put_bits(data, code | (symbols[i].name_rank & (((uint64_t)1 << coding->low) - 1)),
                 width + coding->low);
    }
}

/* ---- Addresses ---- */

/* Choose the widths, and put the high parts. */
static void put_address_highs(struct buffer *data, const struct map_symbol *symbols, uint32_t count,
                              struct ksyms_blob_block *head)
{
    uint64_t base = symbols[0].address;
    uint64_t highs[2] = {0, 0};
    uint64_t all = 0;
    unsigned shift, low;

    for (uint32_t i = 0; i < count; i++) {
        all |= symbols[i].address - base;
    }
    shift = all == 0 ? 0 : (unsigned)__builtin_ctzll(all);
    low = bit_length((symbols[count - 1].address - base) >> shift);
    low = low > 6 ? low - 6 : 0; /* so that high parts are below 64 */
    head->address_shift = (uint8_t)shift;
    head->address_low_width = (uint8_t)low;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t place = ((symbols[i].address - base) >> shift >> low) + i;
        highs[place / 64] |= (uint64_t)1 << place % 64;
    }
    put_bits(data, highs[0], 64);
    put_bits(data, highs[1], 64);
}

static void put_address_lows(struct buffer *data, const struct map_symbol *symbols, uint32_t count,
                             const struct ksyms_blob_block *head)
{
    unsigned shift = head->address_shift & KSYMS_SHIFT_MASK;

    for (uint32_t i = 0; i < count; i++) {
        uint64_t code = (symbols[i].address - symbols[0].address) >> shift;
        put_bits(data, code & (((uint64_t)1 << head->address_low_width) - 1),
                 head->address_low_width);
    }
}

/* ---- Letters ---- */

/* The letters of a block in the order of their first use, then which of them each symbol has. */
static void put_letters(struct buffer *data, const struct map_symbol *symbols, uint32_t count,
                        struct ksyms_blob_block *head)
{
    char letters[KSYMS_BLOCK_SYMBOLS];
    uint32_t letter_count = 0;

    for (uint32_t i = 0; i < count; i++) {
        if (memchr(letters, symbols[i].type, letter_count) == NULL) {
            put_bits(data, (uint8_t)symbols[i].type, 8);
            letters[letter_count++] = symbols[i].type;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        const char *letter = memchr(letters, symbols[i].type, letter_count);
        put_bits(data, (uint64_t)(letter - letters), ksyms_blob_width(letter_count));
    }
    head->letter_count = (uint8_t)letter_count;
}

/* ---- Sizes ---- */

#define SIZE_WIDTH_MAX 32u
#define NO_CODE        UINT64_MAX

/* With `all_sized` a code is the slack, the bytes that are missing to the gap; else 0 is no size,
 * and 1 + slack the others. */
static uint64_t size_code(uint64_t size, uint64_t gap, bool all_sized)
{
    if (size == 0) {
        return all_sized ? NO_CODE : 0;
    }
    return size <= gap ? gap - size + !all_sized : NO_CODE;
}

struct size_coding {
    bool all_sized;
    unsigned width;
    uint32_t exceptions;
    unsigned exception_width;
    uint64_t cost; /* bits */
};

/* Of all widths the cheapest: what is longer becomes an exception. */
static struct size_coding choose_width(const struct map_symbol *symbols, const uint64_t *gaps,
                                       uint32_t count, bool all_sized)
{
    struct size_coding best = {.cost = UINT64_MAX};
    uint32_t counts[65] = {0}; /* of the codes of a length */
    uint64_t sizes[65] = {0};  /* all their sizes, ored */
    uint32_t exceptions = 0;
    uint64_t size = 0;

    for (uint32_t i = 0; i < count; i++) {
        unsigned length = bit_length(size_code(symbols[i].size, gaps[i], all_sized));
        counts[length]++;
        sizes[length] |= symbols[i].size;
    }
    for (unsigned width = 64;; width--) {
        if (width <= SIZE_WIDTH_MAX) {
            struct size_coding coding = {all_sized, width, exceptions, bit_length(size), 0};
            coding.cost = (uint64_t)count * width +
                          exceptions * (KSYMS_EXCEPTION_NUMBER + coding.exception_width);
            best = coding.cost <= best.cost ? coding : best;
        }
        if (width == 0) {
            return best;
        }
        exceptions += counts[width];
        size |= sizes[width];
    }
}

static void put_sizes(struct buffer *data, const struct map_symbol *symbols, const uint64_t *gaps,
                      uint32_t count, struct ksyms_blob_block *head)
{
    struct size_coding coding = choose_width(symbols, gaps, count, false);
    struct size_coding other = choose_width(symbols, gaps, count, true);

    coding = other.cost < coding.cost ? other : coding;
    head->size_width = (uint8_t)coding.width;
    head->exception_count = (uint8_t)coding.exceptions;
    head->address_shift |= coding.all_sized ? KSYMS_SHIFT_ALL_SIZED : 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t code = size_code(symbols[i].size, gaps[i], coding.all_sized);
        put_bits(data, bit_length(code) <= coding.width ? code : 0, coding.width);
    }
    if (coding.exceptions > 0) {
        put_bits(data, coding.exception_width, KSYMS_EXCEPTION_WIDTH);
    }
    for (uint32_t i = 0; i < count; i++) {
        uint64_t code = size_code(symbols[i].size, gaps[i], coding.all_sized);
        if (bit_length(code) > coding.width) {
            put_bits(data, i, KSYMS_EXCEPTION_NUMBER);
            put_bits(data, symbols[i].size, coding.exception_width);
        }
    }
}

/* For each symbol the bytes to the next higher address; 0 where there is none, and for absolutes.
 */
static uint64_t *measure_gaps(const struct map *map)
{
    uint64_t *gaps = allocate(map->count, sizeof(*gaps));
    for (uint32_t i = placed_count(map); i-- > 0;) {
        if (i + 1 < placed_count(map)) {
            uint64_t gap = map->symbols[i + 1].address - map->symbols[i].address;
            gaps[i] = gap != 0 ? gap : gaps[i + 1];
        }
    }
    return gaps;
}

/* ---- Shortcuts ---- */

/*
 * Index -> rank -> taken as an index -> ... goes round in cycles.  Every KSYMS_SHORTCUT_STEPS-th
 * symbol of a cycle that is longer than that leads to the one so many steps before it; the first
 * one of the cycle to the last.  Elsewhere the target is the symbol itself.
 */
static uint32_t *find_shortcuts(const struct map *map)
{
    uint32_t *targets = allocate(map->count, sizeof(*targets));
    uint32_t *ranks = allocate(map->count, sizeof(*ranks)); /* closer together than in the map */
    uint8_t *seen = allocate(map->count, 1);

    for (uint32_t i = 0; i < map->count; i++) {
        targets[i] = i;
        ranks[i] = map->symbols[i].name_rank;
    }
    for (uint32_t start = 0; start < map->count; start++) {
        uint32_t last_mark = start;
        uint32_t length = 0;
        for (uint32_t i = start; !seen[i]; i = ranks[i], length++) {
            seen[i] = 1;
            if (length > 0 && length % KSYMS_SHORTCUT_STEPS == 0) {
                targets[i] = last_mark;
                last_mark = i;
            }
        }
        targets[start] = length > 0 ? last_mark : targets[start];
    }
    free(seen);
    free(ranks);
    return targets;
}

/* The shortcuts of a block stand before its data, the first one last: so nobody who reads the data
 * must know how many there are.  Returns the symbols that have one. */
static uint64_t put_shortcuts(struct buffer *data, const uint32_t *targets, uint32_t first,
                              uint32_t count, unsigned rank_width)
{
    uint64_t marks = 0;

    for (uint32_t i = 0; i < count; i++) {
        marks |= (uint64_t)(targets[first + i] != first + i) << i;
    }
    put_bits(data, 0, -(unsigned)__builtin_popcountll(marks) * rank_width % 8);
    for (uint32_t i = count; i-- > 0;) {
        if (targets[first + i] != first + i) {
            put_bits(data, targets[first + i], rank_width);
        }
    }
    return marks;
}

/* ---- Blocks ---- */

static void put_head(struct buffer *blocks, const struct ksyms_blob_block *head)
{
    put_number(blocks, head->data_offset, 4);
    put_number(blocks, head->rank_width, 1);
    put_number(blocks, head->rank_high_count, 1);
    put_number(blocks, head->address_low_width, 1);
    put_number(blocks, head->address_shift, 1);
    put_number(blocks, head->size_width, 1);
    put_number(blocks, head->exception_count, 1);
    put_number(blocks, head->look_back, 1);
    put_number(blocks, head->letter_count, 1);
}

/* 4 bytes, a number with a sign, or 8. */
static unsigned choose_base_size(const struct map *map)
{
    for (uint32_t i = 0; i < map->count; i++) {
        uint64_t address = map->symbols[i].address;
        if ((uint64_t)(int32_t)address != address) {
            return 8;
        }
    }
    return 4;
}

static uint32_t block_size(const struct map *map, uint32_t first)
{
    uint32_t end = first < placed_count(map) ? placed_count(map) : map->count;
    return end - first < KSYMS_BLOCK_SYMBOLS ? end - first : KSYMS_BLOCK_SYMBOLS;
}

void put_blocks(struct block_buffers *buffers, const struct map *map)
{
    uint8_t *look_back = measure_look_back(map);
    uint64_t *gaps = measure_gaps(map);
    uint32_t *targets = find_shortcuts(map);
    unsigned rank_width = ksyms_blob_width(map->count);
    unsigned base_size = choose_base_size(map);
    uint32_t count;

    for (uint32_t first = 0; first < map->count; first += count) {
        struct ksyms_blob_block head = {0};
        struct rank_coding ranks;
        uint64_t marks;
        count = block_size(map, first);
        for (uint32_t i = first; i < first + count && i < placed_count(map); i++) {
            head.look_back = look_back[i] > head.look_back ? look_back[i] : head.look_back;
        }
        marks = put_shortcuts(&buffers->data, targets, first, count, rank_width);
        head.data_offset = (uint32_t)buffers->data.size;
        put_address_highs(&buffers->data, map->symbols + first, count, &head);
        put_bits(&buffers->data, marks, 64);
        choose_ranks(&ranks, map->symbols + first, count, rank_width);
        head.rank_width =
            (uint8_t)(ranks.low | ksyms_blob_width(ranks.high_count) << KSYMS_RANK_HIGH_SHIFT);
        head.rank_high_count = (uint8_t)ranks.high_count;
        put_rank_highs(&buffers->data, &ranks, map->symbols + first, rank_width);
        put_address_lows(&buffers->data, map->symbols + first, count, &head);
        put_rank_codes(&buffers->data, &ranks, map->symbols + first, count);
        put_letters(&buffers->data, map->symbols + first, count, &head);
        put_sizes(&buffers->data, map->symbols + first, gaps + first, count, &head);
        end_bits(&buffers->data);
        put_number(&buffers->bases, map->symbols[first].address, base_size);
        put_head(&buffers->blocks, &head);
    }
    put_number(&buffers->data, 0, KSYMS_READ_AHEAD);
    free(look_back);
    free(gaps);
    free(targets);
}
