// SPDX-License-Identifier: MIT
/*
 * table_address.c: from an address to its symbol, and what a symbol is.
 *
 * Symbols with a place come first, in address order, 64 to a block; absolute ones follow in blocks
 * of their own, which no address look-up reads.  A look-up is a binary search among the blocks'
 * base addresses, a short scan inside the block, and a bounded walk back:
 *
 *      a: ├───────────────────────────────┤          an address in c is found at once: c is the
 *      b:        ├────┤                              nearest symbol at or below it.  At `x` the
 *      c:                   ├────┤  x                nearest is c, which has ended; look_back of
 *                                                    the block says that the walk needs 2 steps.
 *
 * Of symbols with one address the best stands last (the writer sorts so), and is met first.
 *
 * Inside a block addresses are in the form of P. Elias and R. Fano (1974): low bits apart, the
 * rising high parts in unary, as 128 bits.  Symbol i's bit is at high part + i, so the zeros before
 * it are its high part:
 *
 *      1 1 0 1 0 0 1 ...        symbols 0 and 1: high part 0; 2: 1; 3: 3
 */
#include "table_parts.h"

/* A block with every width clamped, and where its arrays begin in BLOCK_DATA, in bits. */
struct address_block {
    struct ksyms_blob_block head;
    uint64_t base;
    uint32_t first;        /* index of its first symbol */
    uint32_t symbol_count; /* 1 ... 64 */
    uint64_t highs[2];     /* the unary high parts */
    uint64_t low_mask;
    unsigned low_width;
    unsigned shift;
    struct rank_code ranks; /* the block's different letters follow them, then sizes */
};

/* A symbol of a block: its number and the place of its one among the high parts. */
struct block_symbol {
    uint32_t number;
    unsigned place; /* below 128 */
};

static uint32_t placed_count(const struct ksyms_table *table)
{
    return table->symbol_count - table->absolute_count;
}

/* Bases of 4 bytes are numbers with a sign: kernels lie in the highest 2 GiB. */
static inline uint64_t base_of(const struct ksyms_table *table, uint32_t number)
{
    return table->base_size == 4
               ? (uint64_t)(int32_t)read_u32(table->bases.bytes + (size_t)number * 4)
               : read_u64(table->bases.bytes + (size_t)number * 8);
}

/* The block that holds `index`, which is below the count. */
static void load_block(const struct ksyms_table *table, uint32_t index, struct address_block *block)
{
    struct block_place place = place_of(table, index);
    const uint8_t *data = table->block_data.bytes + block_offset(table, place.block);

    block->head = read_block(table, place.block);
    block->base = base_of(table, place.block);
    block->first = index - place.number;
    block->symbol_count = place.symbol_count;
    block->low_width = at_most(block->head.address_low_width, 63);
    block->low_mask = ((uint64_t)1 << block->low_width) - 1;
    block->shift = block->head.address_shift & KSYMS_SHIFT_MASK;
    block->highs[0] = read_u64(data);
    block->highs[1] = read_u64(data + 8);
    ksyms_read_rank_code(table, place, &block->ranks);
}

/* ---- Addresses ---- */

#define EACH_BYTE 0x0101010101010101u
#define HIGH_BITS (EACH_BYTE << 7)

uint64_t ksyms_sum_ones(uint64_t bits)
{
    bits = bits - (bits >> 1 & 0x5555555555555555u);
    bits = (bits & 0x3333333333333333u) + (bits >> 2 & 0x3333333333333333u);
    bits = (bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return bits * EACH_BYTE;
}

/* The first bit of the first byte that is above `number`, of rising bytes below 128. */
static unsigned find_above(uint64_t bytes, unsigned number)
{
    /* Subtracting leaves the high bits of those that are. */
    return (unsigned)__builtin_ctzll(((bytes | HIGH_BITS) - (number + 1) * EACH_BYTE) & HIGH_BITS) &
           ~7u;
}

/* The place of the one with `number` ones below it, over two words; 127 if there is none.  Without
 * a loop, whose end a processor could not predict. */
static unsigned find_one(uint64_t low, uint64_t high, unsigned number)
{
    uint64_t low_sums = ksyms_sum_ones(low);
    uint64_t high_sums = ksyms_sum_ones(high);
    unsigned in_low = (unsigned)(low_sums >> 56);
    bool is_high = number >= in_low;
    uint64_t word = is_high ? high : low;
    uint64_t sums = is_high ? high_sums : low_sums;
    uint64_t bits;
    unsigned byte;

    number -= is_high ? in_low : 0;
    if (number >= sums >> 56) {
        return KSYMS_BLOCK_HIGHS - 1;
    }
    byte = find_above(sums, number);
    number -= (unsigned)(sums << 8 >> byte & 0xff); /* the ones in the bytes below */
    bits = (word >> byte & 0xff) * EACH_BYTE & 0x8040201008040201u; /* a byte for each bit */
    bits = (bits + 0x7f * EACH_BYTE) >> 7 & EACH_BYTE;
    return (is_high ? 64 : 0) + byte + find_above(bits * EACH_BYTE, number) / 8;
}

static struct block_symbol symbol_of(const struct address_block *block, uint32_t number)
{
    return (struct block_symbol){number, find_one(block->highs[0], block->highs[1], number)};
}

/* The symbol behind; false at the block's end. */
static bool step_symbol(const struct address_block *block, struct block_symbol *symbol)
{
    unsigned place = symbol->place + 1;
    uint64_t word = place < KSYMS_BLOCK_HIGHS ? block->highs[place / 64] >> place % 64 : 0;

    if (word == 0 && place < 64) {
        place = 64;
        word = block->highs[1];
    }
    if (word == 0 || symbol->number + 1 >= block->symbol_count) {
        return false;
    }
    symbol->number++;
    symbol->place = place + (unsigned)__builtin_ctzll(word);
    return true;
}

static uint64_t low_part(const struct ksyms_table *table, const struct address_block *block,
                         uint32_t number)
{
    return read_long_bits(table->block_data,
                          block->ranks.lows_bit + (uint64_t)number * block->low_width,
                          block->low_width);
}

static uint64_t address_of(const struct ksyms_table *table, const struct address_block *block,
                           struct block_symbol symbol)
{
    uint64_t high = (uint64_t)(symbol.place - symbol.number) << block->low_width;
    return block->base + ((high | low_part(table, block, symbol.number)) << block->shift);
}

static uint64_t address_at(const struct ksyms_table *table, uint32_t index)
{
    struct address_block block;
    load_block(table, index, &block);
    return address_of(table, &block, symbol_of(&block, index - block.first));
}

/* Number of blocks with places whose base is at or below `address`. */
static uint32_t count_blocks(const struct ksyms_table *table, uint64_t address)
{
    uint32_t length = table->address_blocks;
    uint32_t low = 0;

    /* Blocks below `low` begin at or below the address; written so that compilers need no jump. */
    while (length > 0) {
        uint32_t half = (length + 1) / 2;
        low += half & -(uint32_t)(base_of(table, low + half - 1) <= address);
        length -= half;
    }
    return low;
}

/* The place of the last one below `place`; 0 if there is none. */
static unsigned place_before(const struct address_block *block, unsigned place)
{
    uint64_t below = ((uint64_t)1 << place % 64) - 1;
    uint64_t low = place < 64 ? block->highs[0] & below : block->highs[0];
    uint64_t high = place < 64 ? 0 : block->highs[1] & below;

    return high != 0 ? 127 - (unsigned)__builtin_clzll(high)
                     : 63 - (unsigned)__builtin_clzll(low | 1);
}

/* The last symbol of the block at or below `address`, which is not below the base. */
static struct block_symbol last_symbol(const struct ksyms_table *table,
                                       const struct address_block *block, uint64_t address)
{
    uint64_t code = (address - block->base) >> block->shift;
    unsigned high = minimum(code >> block->low_width, KSYMS_BLOCK_SYMBOLS);
    uint64_t low = code & block->low_mask;
    unsigned place = 0;
    uint64_t run; /* a one for each symbol of that high part */
    uint32_t count, passed;

    if (high == KSYMS_BLOCK_SYMBOLS) {
        return symbol_of(block, block->symbol_count - 1);
    }
    /* The symbols of this high part stand behind as many zeros. */
    if (high > 0) {
        place = find_one(~block->highs[0], ~block->highs[1], high - 1) + 1;
    }
    count = place - high;
    run = place < 64 ? block->highs[0] >> place | block->highs[1] << 1 << (63 - place)
                     : block->highs[1] >> place % 64;
    run &= run ^ (run + 1); /* up to the next zero */
    /* Mostly they are fewer than four; how many cannot be predicted. */
    do {
        passed = 0;
        for (uint32_t i = 0; i < 4; i++) {
            passed += (run >> i & 1) & (low_part(table, block, count + i) <= low);
        }
        count += passed;
        place += passed;
        run >>= 4;
    } while (passed == 4 && count < block->symbol_count);
    count = count > 0 ? minimum(count, block->symbol_count) : 1; /* the first is at the base */
    return (struct block_symbol){count - 1,
                                 place_before(block, minimum(place, KSYMS_BLOCK_HIGHS - 1))};
}

/* The last symbol with a place at or below `address`, and its block; false if there is none. */
static bool find_last(const struct ksyms_table *table, uint64_t address,
                      struct address_block *block, struct block_symbol *symbol)
{
    uint32_t blocks = count_blocks(table, address);

    if (blocks == 0) {
        return false;
    }
    load_block(table, (blocks - 1) * KSYMS_BLOCK_SYMBOLS, block);
    *symbol = last_symbol(table, block, address);
    return true;
}

/* ---- Sizes and letters ---- */

/* Bytes from a symbol to the next higher address; 0 for the last ones and for absolute ones. */
static uint64_t gap_after(const struct ksyms_table *table, const struct address_block *block,
                          struct block_symbol symbol, uint64_t address)
{
    struct address_block other;
    uint64_t next_address = address;

    if (block->first >= placed_count(table)) {
        return 0;
    }
    while (next_address <= address && step_symbol(block, &symbol)) {
        next_address = address_of(table, block, symbol);
    }
    /* Behind the block's end: blocks begin with their base, and the last one that begins at this
     * address may go on behind it. */
    if (next_address <= address && find_last(table, address, &other, &symbol)) {
        uint32_t next_block = other.first / KSYMS_BLOCK_SYMBOLS + 1;
        if (step_symbol(&other, &symbol)) {
            next_address = address_of(table, &other, symbol);
        } else if (next_block < table->address_blocks) {
            next_address = base_of(table, next_block);
        }
    }
    return next_address > address ? next_address - address : 0;
}

/* A symbol's size among the exceptions of its block. */
static bool find_exception(const struct ksyms_table *table, const struct address_block *block,
                           uint64_t exceptions_bit, uint32_t number, uint64_t *size)
{
    uint32_t count = minimum(block->head.exception_count, KSYMS_BLOCK_SYMBOLS);
    unsigned width;

    if (count == 0) {
        return false;
    }
    width = minimum(read_bits(table->block_data, exceptions_bit, KSYMS_EXCEPTION_WIDTH), 64);
    exceptions_bit += KSYMS_EXCEPTION_WIDTH;
    for (uint32_t i = 0; i < count; i++) {
        if (read_bits(table->block_data, exceptions_bit, KSYMS_EXCEPTION_NUMBER) == number) {
            *size =
                read_long_bits(table->block_data, exceptions_bit + KSYMS_EXCEPTION_NUMBER, width);
            return true;
        }
        exceptions_bit += KSYMS_EXCEPTION_NUMBER + width;
    }
    return false;
}

/* The bytes that a size code stands for: false for "no size". */
static bool read_slack(const struct ksyms_table *table, const struct address_block *block,
                       uint64_t bit, unsigned width, uint64_t *slack)
{
    *slack = read_bits(table->block_data, bit, width);
    if ((block->head.address_shift & KSYMS_SHIFT_ALL_SIZED) != 0) {
        return true;
    }
    return (*slack)-- != 0;
}

/* Size and letter: they stand behind each other. */
static void fill_tail(const struct ksyms_table *table, const struct address_block *block,
                      struct block_symbol at, struct ksyms_symbol *symbol)
{
    uint32_t count = block->symbol_count;
    uint32_t letter_count = minimum(block->head.letter_count, KSYMS_LETTERS_MAX);
    unsigned letter_width = ksyms_blob_width(letter_count);
    unsigned size_width = minimum(block->head.size_width, 32);
    uint64_t codes_bit = block->ranks.end_bit + letter_count * 8;
    uint64_t sizes_bit = codes_bit + count * letter_width;
    uint64_t letter =
        read_bits(table->block_data, codes_bit + at.number * letter_width, letter_width);
    uint64_t byte = read_bits(table->block_data, block->ranks.end_bit + letter * 8, 8);
    uint64_t slack = 0;
    bool has_sizes = (table->flags & KSYMS_BLOB_HAS_SIZES) != 0;

    symbol->type = byte > ' ' && byte < 0x7f ? (char)byte : '?';
    symbol->size = 0;
    if (has_sizes &&
        find_exception(table, block, sizes_bit + count * size_width, at.number, &symbol->size)) {
        return;
    }
    if (!has_sizes ||
        read_slack(table, block, sizes_bit + at.number * size_width, size_width, &slack)) {
        uint64_t gap = gap_after(table, block, at, symbol->address);
        symbol->size = gap > slack ? gap - slack : 0;
    }
}

/* ---- Look-ups ---- */

/* All but the name rank. */
static void fill_symbol(const struct ksyms_table *table, const struct address_block *block,
                        struct block_symbol at, struct ksyms_symbol *symbol)
{
    symbol->address = address_of(table, block, at);
    symbol->index = block->first + at.number;
    fill_tail(table, block, at, symbol);
}

bool ksyms_table_symbol_at(const struct ksyms_table *table, uint32_t index,
                           struct ksyms_symbol *symbol)
{
    struct address_block block;

    if (index >= table->symbol_count) {
        return false;
    }
    load_block(table, index, &block);
    fill_symbol(table, &block, symbol_of(&block, index - block.first), symbol);
    symbol->name_rank = ksyms_read_rank(table, &block.ranks, index - block.first);
    return true;
}

bool ksyms_table_symbol_named(const struct ksyms_table *table, uint32_t name_rank,
                              struct ksyms_symbol *symbol)
{
    if (name_rank >= table->symbol_count) {
        return false;
    }
    ksyms_table_symbol_at(table, ksyms_index_of_rank(table, name_rank), symbol);
    symbol->name_rank = name_rank; /* of a damaged blob too */
    return true;
}

void ksyms_table_list_addresses(const struct ksyms_table *table, uint64_t *addresses)
{
    struct address_block block;

    for (uint32_t first = 0; first < table->symbol_count; first += block.symbol_count) {
        struct block_symbol at;
        load_block(table, first, &block);
        at = symbol_of(&block, 0);
        do {
            addresses[ksyms_read_rank(table, &block.ranks, at.number)] =
                address_of(table, &block, at);
        } while (step_symbol(&block, &at));
    }
}

bool ksyms_table_find_address(const struct ksyms_table *table, uint64_t address,
                              struct ksyms_symbol *symbol)
{
    struct address_block block;
    struct block_symbol at;
    struct ksyms_symbol nearest, found;
    uint32_t steps;

    if (!find_last(table, address, &block, &at)) {
        return false;
    }
    fill_symbol(table, &block, at, &nearest);
    nearest.name_rank = ksyms_read_rank(table, &block.ranks, at.number);
    found = nearest;
    steps = minimum(block.head.look_back, nearest.index);
    while (address < found.address || address - found.address >= found.size) {
        if (steps-- == 0) {
            /* Nothing spans it; a label may stand exactly there. */
            if (nearest.address != address) {
                return false;
            }
            found = nearest;
            break;
        }
        ksyms_table_symbol_at(table, found.index - 1, &found);
    }
    *symbol = found;
    return true;
}

unsigned ksyms_table_find_neighbours(const struct ksyms_table *table, uint64_t address,
                                     struct ksyms_symbol *below, struct ksyms_symbol *above)
{
    struct address_block block;
    struct block_symbol at;
    uint32_t end = 0;
    unsigned found = 0;

    if (find_last(table, address, &block, &at)) {
        end = block.first + at.number + 1;
        ksyms_table_symbol_at(table, end - 1, below);
        found |= 1;
    }
    if (end < placed_count(table)) {
        /* Of several aliases there the best one: the last.  At least one, even if damaged. */
        bool is_found = find_last(table, address_at(table, end), &block, &at);
        uint32_t last = is_found ? block.first + at.number : end;
        ksyms_table_symbol_at(table, last > end ? last : end, above);
        found |= 2;
    }
    return found;
}

struct ksyms_index_range ksyms_table_find_aliases(const struct ksyms_table *table, uint32_t index)
{
    uint32_t start = 0, end = placed_count(table);
    struct ksyms_index_range range = {index, 0};
    uint64_t address;

    if (index >= table->symbol_count) {
        return range;
    }
    if (index >= end) {
        start = end;
        end = table->symbol_count;
    }
    address = address_at(table, index);
    while (range.first > start && index - range.first < KSYMS_ALIASES_MAX &&
           address_at(table, range.first - 1) == address) {
        range.first--;
    }
    while (++index < end && index - range.first < 2 * KSYMS_ALIASES_MAX &&
           address_at(table, index) == address) {
    }
    range.count = index - range.first;
    return range;
}
