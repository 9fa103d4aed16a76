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

/* The smaller of the two, for a limit that only a damaged blob exceeds.  With a jump that is never
 * taken: what follows need not wait for the comparison, as it would for that of minimum(). */
static inline uint32_t at_most(uint64_t value, uint32_t limit)
{
    if (__builtin_expect(value > limit, 0)) {
        __asm__("" : "+r"(limit)); /* or the compiler would make it a conditional move */
        return limit;
    }
    return (uint32_t)value;
}

/* The bits from bit offset `bit` on, counted from the low bit of the first byte: at least 57 of
 * them.  ksyms_table_open has seen that the part holds 8 bytes. */
static inline uint64_t read_window(struct ksyms_part part, uint64_t bit)
{
    return read_u64(part.bytes + at_most(bit >> 3, part.size_bytes - KSYMS_READ_AHEAD)) >>
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
    uint64_t highs_bit; /* in BLOCK_DATA */
    uint64_t lows_bit;  /* of the addresses */
    uint64_t codes_bit;
    uint64_t end_bit;
    unsigned width; /* of a code */
    unsigned low_width;
    unsigned high_bits; /* of a high part */
    bool is_run;
};

static inline const uint8_t *block_bytes(const struct ksyms_table *table, uint32_t number)
{
    return table->blocks.bytes + (size_t)number * sizeof(struct ksyms_blob_block);
}

/* Where a block's data begin; what is KSYMS_BLOCK_FIXED can be read there. */
static inline uint32_t block_offset(const struct ksyms_table *table, uint32_t number)
{
    return at_most(read_u32(block_bytes(table, number)),
                   table->block_data.size_bytes - KSYMS_BLOCK_FIXED - KSYMS_READ_AHEAD);
}

/* table_order.c.  `place` is one of the table's. */
void ksyms_read_rank_code(const struct ksyms_table *table, struct block_place place,
                          struct rank_code *code);

/* table_order.c: from an index to its name rank and back.  Both are below the count. */
uint32_t ksyms_read_rank(const struct ksyms_table *table, const struct rank_code *code,
                         uint32_t number);
uint32_t ksyms_index_of_rank(const struct ksyms_table *table, uint32_t rank);

/* table_address.c: in each byte the number of ones in it and in those below. */
uint64_t ksyms_sum_ones(uint64_t bits);

#endif
