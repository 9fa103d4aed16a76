// SPDX-License-Identifier: MIT
/*
 * table_address.c: from an address to its symbol, and what a symbol is.
 *
 * Symbols with a place come first, in address order, 64 to a block; absolute ones follow in blocks
 * of their own, which no address look-up reads.  A look-up is a binary search among the blocks'
 * base addresses, another inside the block, and a bounded walk back:
 *
 *      a: ├───────────────────────────────┤          an address in c is found at once: c is the
 *      b:        ├────┤                              nearest symbol at or below it.  At `x` the
 *      c:                   ├────┤  x                nearest is c, which has ended; look_back of
 *                                                    the block says that the walk needs 2 steps.
 *
 * Of symbols with one address the best stands last (the writer sorts so), and is met first.
 */
#include "table_parts.h"

/* A block with every width clamped, and where its four arrays begin in BLOCK_DATA, in bits. */
struct address_block {
    struct ksyms_blob_block head;
    uint32_t first;        /* index of its first symbol */
    uint32_t symbol_count; /* 1 ... 64 */
    uint32_t letter_count; /* 1 ... 64, or 0 in a damaged blob */
    uint32_t letters;      /* offset of the first letter in BLOCK_DATA */
    unsigned escape_width;
    unsigned letter_width;
    uint64_t addresses_bit;
    uint64_t sizes_bit;
    uint64_t letters_bit;
    uint64_t escapes_bit;
};

static uint32_t placed_count(const struct ksyms_table *table)
{
    return table->symbol_count - table->absolute_count;
}

static uint32_t block_of(const struct ksyms_table *table, uint32_t index)
{
    uint32_t placed = placed_count(table);
    return index < placed ? index / KSYMS_BLOCK_SYMBOLS
                          : table->address_blocks + (index - placed) / KSYMS_BLOCK_SYMBOLS;
}

static void load_block(const struct ksyms_table *table, uint32_t number,
                       struct address_block *block)
{
    uint32_t placed = placed_count(table);
    uint32_t end = placed;
    uint64_t data;

    memcpy(&block->head, table->blocks.bytes + (size_t)number * sizeof(block->head),
           sizeof(block->head));
    block->head.address_width = (uint8_t)minimum(block->head.address_width, 64);
    block->head.address_shift = (uint8_t)minimum(block->head.address_shift, 63);
    block->head.size_width = (uint8_t)minimum(block->head.size_width, 64);

    block->first = number * KSYMS_BLOCK_SYMBOLS;
    if (number >= table->address_blocks) {
        block->first = placed + (number - table->address_blocks) * KSYMS_BLOCK_SYMBOLS;
        end = table->symbol_count;
    }
    block->symbol_count = minimum(end - block->first, KSYMS_BLOCK_SYMBOLS);

    data = block->head.data_offset;
    block->escape_width = minimum(read_bits(table->block_data, data * 8, 8), 64);
    block->letter_count =
        minimum(read_bits(table->block_data, (data + 1) * 8, 8), KSYMS_LETTERS_MAX);
    block->letter_width = ksyms_blob_width(block->letter_count);
    block->letters = minimum(data + 2, UINT32_MAX);
    block->addresses_bit = (data + 2 + block->letter_count) * 8;
    block->sizes_bit =
        block->addresses_bit + (uint64_t)block->symbol_count * block->head.address_width;
    block->letters_bit = block->sizes_bit + (uint64_t)block->symbol_count * block->head.size_width;
    block->escapes_bit = block->letters_bit + (uint64_t)block->symbol_count * block->letter_width;
}

static uint64_t address_in_block(const struct ksyms_table *table, const struct address_block *block,
                                 uint32_t number)
{
    unsigned width = block->head.address_width;
    uint64_t code =
        read_bits(table->block_data, block->addresses_bit + (uint64_t)number * width, width);
    return block->head.base + (code << block->head.address_shift);
}

static uint64_t address_at(const struct ksyms_table *table, uint32_t index)
{
    struct address_block block;
    load_block(table, block_of(table, index), &block);
    return address_in_block(table, &block, index - block.first);
}

/* Number of symbols with a place whose address is at or below `address`. */
static uint32_t count_up_to(const struct ksyms_table *table, uint64_t address)
{
    struct address_block block;
    uint32_t low = 0;
    uint32_t high = table->address_blocks;

    /* Blocks below `low` begin at or below the address; those from `high` on begin above it. */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (read_u64(table->blocks.bytes + (size_t)middle * sizeof(struct ksyms_blob_block)) <=
            address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) {
        return 0;
    }
    load_block(table, low - 1, &block);
    low = 0;
    high = block.symbol_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (address_in_block(table, &block, middle) <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return block.first + low;
}

/* Bytes from a symbol to the next higher address; 0 for the last ones and for absolute ones. */
static uint64_t gap_after(const struct ksyms_table *table, const struct address_block *block,
                          uint32_t number, uint64_t address)
{
    uint32_t next = block->first + number + 1;
    uint64_t next_address;

    if (next >= placed_count(table)) {
        return 0;
    }
    next_address = number + 1 < block->symbol_count ? address_in_block(table, block, number + 1)
                                                    : address_at(table, next);
    if (next_address == address) { /* an alias: the gap is that of the last one */
        next = count_up_to(table, address);
        next_address = next < placed_count(table) ? address_at(table, next) : address;
    }
    return next_address > address ? next_address - address : 0;
}

/* The size of code `all ones`: the symbols of the block that have it share a list. */
static uint64_t escaped_size(const struct ksyms_table *table, const struct address_block *block,
                             uint32_t number, uint64_t escape)
{
    unsigned width = block->head.size_width;
    uint64_t before = 0;

    for (uint32_t i = 0; i < number; i++) {
        before +=
            read_bits(table->block_data, block->sizes_bit + (uint64_t)i * width, width) == escape;
    }
    return read_bits(table->block_data, block->escapes_bit + before * block->escape_width,
                     block->escape_width);
}

/* Codes: 0 no size, all ones in the list of escapes, else 1 + bytes missing to the next symbol. */
static uint64_t size_in_block(const struct ksyms_table *table, const struct address_block *block,
                              uint32_t number, uint64_t address)
{
    unsigned width = block->head.size_width;
    uint64_t escape = width == 64 ? UINT64_MAX : ((uint64_t)1 << width) - 1;
    uint64_t code, gap;

    if ((table->flags & KSYMS_BLOB_HAS_SIZES) == 0) {
        return gap_after(table, block, number, address);
    }
    code = read_bits(table->block_data, block->sizes_bit + (uint64_t)number * width, width);
    if (code == 0) {
        return 0;
    }
    if (code == escape) {
        return escaped_size(table, block, number, escape);
    }
    gap = gap_after(table, block, number, address);
    return gap > code - 1 ? gap - (code - 1) : 0;
}

static char letter_in_block(const struct ksyms_table *table, const struct address_block *block,
                            uint32_t number)
{
    unsigned width = block->letter_width;
    uint64_t letter =
        read_bits(table->block_data, block->letters_bit + (uint64_t)number * width, width);
    uint64_t byte = read_bits(table->block_data, (block->letters + letter) * 8, 8);
    return byte > ' ' && byte < 0x7f ? (char)byte : '?';
}

bool ksyms_table_symbol_at(const struct ksyms_table *table, uint32_t index,
                           struct ksyms_symbol *symbol)
{
    struct address_block block;
    uint32_t number;

    if (index >= table->symbol_count) {
        return false;
    }
    load_block(table, block_of(table, index), &block);
    number = index - block.first;
    symbol->address = address_in_block(table, &block, number);
    symbol->size = size_in_block(table, &block, number, symbol->address);
    symbol->index = index;
    symbol->name_rank = read_permutation(table, table->ranks, index);
    symbol->type = letter_in_block(table, &block, number);
    return true;
}

bool ksyms_table_symbol_named(const struct ksyms_table *table, uint32_t name_rank,
                              struct ksyms_symbol *symbol)
{
    if (name_rank >= table->symbol_count) {
        return false;
    }
    ksyms_table_symbol_at(table, read_permutation(table, table->indices, name_rank), symbol);
    symbol->name_rank = name_rank; /* the same, unless the blob is damaged */
    return true;
}

bool ksyms_table_find_address(const struct ksyms_table *table, uint64_t address,
                              struct ksyms_symbol *symbol)
{
    struct address_block block;
    uint32_t end = count_up_to(table, address);
    uint32_t index, steps;

    if (end == 0) {
        return false;
    }
    load_block(table, block_of(table, end - 1), &block);
    steps = minimum(block.head.look_back, end - 1);
    for (index = end - 1;; index--, steps--) {
        uint64_t start, size;
        if (index < block.first) {
            load_block(table, block_of(table, index), &block);
        }
        start = address_in_block(table, &block, index - block.first);
        size = size_in_block(table, &block, index - block.first, start);
        if (address >= start && address - start < size) {
            return ksyms_table_symbol_at(table, index, symbol);
        }
        if (steps == 0) {
            break;
        }
    }
    /* Nothing spans it; a label may stand exactly there. */
    return address_at(table, end - 1) == address && ksyms_table_symbol_at(table, end - 1, symbol);
}

unsigned ksyms_table_find_neighbours(const struct ksyms_table *table, uint64_t address,
                                     struct ksyms_symbol *below, struct ksyms_symbol *above)
{
    uint32_t end = count_up_to(table, address);
    unsigned found = 0;

    if (end > 0 && ksyms_table_symbol_at(table, end - 1, below)) {
        found |= 1;
    }
    if (end < placed_count(table)) {
        /* Of several aliases there, the best one: the last.  At least one, even if damaged. */
        uint32_t last = count_up_to(table, address_at(table, end));
        if (ksyms_table_symbol_at(table, last > end ? last - 1 : end, above)) {
            found |= 2;
        }
    }
    return found;
}
