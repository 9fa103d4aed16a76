// SPDX-License-Identifier: MIT
/*
 * table_parts.h: reads from the parts of an open blob, and what table*.c ask of each other.
 * Private to the kit.
 *
 * Nothing below the header is trusted: a read past the end of its part gives the part's last bytes.
 * So the bytes of a blob decide which name is printed, never which memory is read.
 */
#ifndef KSYMS_TABLE_PARTS_H
#define KSYMS_TABLE_PARTS_H

#include <stdbool.h>
#include <stdint.h>
#include "bytes.h"
#include "ksyms/blob.h"
#include "ksyms/table.h"

static inline uint32_t minimum(uint64_t left, uint32_t right)
{
    return left < right ? (uint32_t)left : right;
}

/* The bits from bit offset `bit` on, counted from the low bit of the first byte: at least 57 of
 * them.  ksyms_table_open has seen that the part holds 8 bytes. */
static inline uint64_t read_window(struct ksyms_part part, uint64_t bit)
{
    return read_u64(part.bytes + minimum(bit >> 3, part.size_bytes - KSYMS_READ_AHEAD)) >>
           (bit & 7);
}

/* `width` bits, at most 57. */
static inline uint64_t read_bits(struct ksyms_part part, uint64_t bit, unsigned width)
{
    return read_window(part, bit) & (((uint64_t)1 << width) - 1);
}

/* `width` bits, at most 64. */
static inline uint64_t read_long_bits(struct ksyms_part part, uint64_t bit, unsigned width)
{
    return width <= 32 ? read_bits(part, bit, width)
                       : read_bits(part, bit, 32) | read_bits(part, bit + 32, width - 32) << 32;
}

/* The record of a block; `number` is below table->block_count. */
static inline struct ksyms_blob_block read_block(const struct ksyms_table *table, uint32_t number)
{
    struct ksyms_blob_block block;
    memcpy(&block, table->blocks.bytes + (size_t)number * sizeof(block), sizeof(block));
    return block;
}

/* A symbol's place in the blocks. */
struct block_place {
    uint32_t block;
    uint32_t number;       /* of the symbol in the block: 0 ... 63 */
    uint32_t symbol_count; /* of the block: number + 1 ... 64 */
};

/* `index` is below table->symbol_count. */
static inline struct block_place place_of(const struct ksyms_table *table, uint32_t index)
{
    uint32_t placed = table->symbol_count - table->absolute_count;
    bool is_absolute = index >= placed;
    uint32_t in_zone = is_absolute ? index - placed : index;
    uint32_t rest = (is_absolute ? table->absolute_count : placed) - in_zone;
    uint32_t number = in_zone % KSYMS_BLOCK_SYMBOLS;

    return (struct block_place){
        (is_absolute ? table->address_blocks : 0) + in_zone / KSYMS_BLOCK_SYMBOLS,
        number,
        minimum((uint64_t)rest + number, KSYMS_BLOCK_SYMBOLS),
    };
}

/* How the name ranks of a block are written.  A run of consecutive ranks is one high part. */
struct rank_code {
    unsigned high_width; /* bits that choose a high part */
    unsigned low_width;
    bool is_run;
    uint64_t codes_bit; /* in BLOCK_DATA */
    uint64_t highs_bit;
    uint64_t end_bit;
};

/* The fields of the block's record are used here one by one: a walk reads only some. */
static inline struct rank_code read_rank_code(const struct ksyms_table *table,
                                              struct block_place place)
{
    const uint8_t *block =
        table->blocks.bytes + (size_t)place.block * sizeof(struct ksyms_blob_block);
    uint32_t data_offset = read_u32(block + offsetof(struct ksyms_blob_block, data_offset));
    uint32_t highs = block[offsetof(struct ksyms_blob_block, rank_high_count)];
    uint32_t low_width = block[offsetof(struct ksyms_blob_block, rank_low_width)];
    uint32_t address_width =
        minimum(block[offsetof(struct ksyms_blob_block, address_low_width)], 64);
    struct rank_code code;

    code.is_run = highs == 0;
    highs = minimum(highs, KSYMS_BLOCK_SYMBOLS) + code.is_run;
    code.low_width = code.is_run ? 0 : minimum(low_width, table->rank_width);
    code.high_width = ksyms_blob_width(highs);
    code.codes_bit =
        (uint64_t)data_offset * 8 + KSYMS_BLOCK_HIGHS + place.symbol_count * address_width;
    code.highs_bit = code.codes_bit + place.symbol_count * (code.high_width + code.low_width);
    code.end_bit = code.highs_bit + highs * (table->rank_width - code.low_width);
    return code;
}

/* table_order.c: from an index to its name rank and back.  Both are below the count. */
uint32_t rank_of_index(const struct ksyms_table *table, uint32_t index);
uint32_t index_of_rank(const struct ksyms_table *table, uint32_t rank);

#endif
