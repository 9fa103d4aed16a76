// SPDX-License-Identifier: MIT
/*
 * table_order.c: from a symbol's index (address order) to its name rank (name order), and back.
 *
 * Forward is stored: symbols that are neighbours in memory often are near each other by name too,
 * so a block lists the few different high parts that its 64 ranks have, and a symbol's code chooses
 * one and adds the low bits.
 *
 * Backward is found by walking forward.  Following index -> rank, taken as an index again, leads
 * round a cycle and at its end to the rank that we came from, and the one before it is the answer:
 *
 *        rank ──► . ──► . ──► M             M: every 5th of a cycle is marked, and its
 *              ┌──────────────┘                shortcut leads to the mark before it, so
 *              └► M ──► . ──► answer ──► rank     a walk has 5 steps and one jump
 */
#include "table_parts.h"

void ksyms_read_rank_code(const struct ksyms_table *table, struct block_place place,
                          struct rank_code *code)
{
    const uint8_t *block = block_bytes(table, place.block);
    uint32_t low_width = block[offsetof(struct ksyms_blob_block, address_low_width)];
    uint32_t widths = block[offsetof(struct ksyms_blob_block, rank_width)];
    uint32_t highs = block[offsetof(struct ksyms_blob_block, rank_high_count)];

    code->is_run = highs == 0;
    code->low_width = at_most(widths & KSYMS_RANK_LOW_MASK, table->rank_width);
    code->width = code->low_width + (widths >> KSYMS_RANK_HIGH_SHIFT);
    code->high_bits = table->rank_width - code->low_width;
    code->highs_bit = ((uint64_t)block_offset(table, place.block) + KSYMS_BLOCK_FIXED) * 8;
    code->lows_bit = code->highs_bit + (highs + code->is_run) * code->high_bits;
    code->codes_bit = code->lows_bit + place.symbol_count * low_width;
    code->end_bit = code->codes_bit + place.symbol_count * code->width;
}

uint32_t ksyms_read_rank(const struct ksyms_table *table, const struct rank_code *code,
                         uint32_t number)
{
    uint64_t value =
        read_bits(table->block_data, code->codes_bit + (uint64_t)number * code->width, code->width);
    uint64_t high =
        read_bits(table->block_data, code->highs_bit + (value >> code->low_width) * code->high_bits,
                  code->high_bits);

    value = high << code->low_width | (value & (((uint64_t)1 << code->low_width) - 1));
    return at_most(value + (code->is_run ? number : 0), table->symbol_count - 1);
}

/* Where the shortcut at a symbol leads; false if it has none. */
static bool read_shortcut(const struct ksyms_table *table, struct block_place place,
                          uint32_t *target)
{
    uint32_t offset = block_offset(table, place.block);
    uint64_t marks = read_u64(table->block_data.bytes + offset + KSYMS_BLOCK_HIGHS / 8);
    uint64_t before = ksyms_sum_ones(marks & (((uint64_t)1 << place.number) - 1)) >> 56;
    uint64_t bit = (uint64_t)offset * 8 - (before + 1) * table->rank_width;

    if ((marks >> place.number & 1) == 0) {
        return false;
    }
    *target =
        at_most(read_bits(table->block_data, bit, table->rank_width), table->symbol_count - 1);
    return true;
}

uint32_t ksyms_index_of_rank(const struct ksyms_table *table, uint32_t rank)
{
    uint32_t index = rank;
    bool has_jumped = false;

    /* The bound is for damaged blobs. */
    for (uint32_t step = 0; step <= KSYMS_SHORTCUT_STEPS + 1; step++) {
        struct block_place place = place_of(table, index);
        struct rank_code code;
        uint32_t next;

        if (!has_jumped && read_shortcut(table, place, &next)) {
            has_jumped = true;
        } else {
            ksyms_read_rank_code(table, place, &code);
            next = ksyms_read_rank(table, &code, place.number);
            if (next == rank) {
                break;
            }
        }
        index = next;
    }
    return index;
}
