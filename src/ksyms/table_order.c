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
 *        rank ──► . ──► . ──► M             M: every 7th of a cycle is marked, and its
 *              ┌──────────────┘                shortcut leads to the mark before it, so
 *              └► M ──► . ──► answer ──► rank     a walk has 7 steps and one jump
 */
#include "table_parts.h"

uint32_t rank_of_index(const struct ksyms_table *table, uint32_t index)
{
    struct block_place place = place_of(table, index);
    struct rank_code code = read_rank_code(table, place);
    unsigned width = code.high_width + code.low_width;
    unsigned high_bits = table->rank_width - code.low_width;
    uint64_t value =
        read_bits(table->block_data, code.codes_bit + (uint64_t)place.number * width, width);
    uint64_t high = read_bits(table->block_data,
                              code.highs_bit + (value >> code.low_width) * high_bits, high_bits);

    value = high << code.low_width | (value & (((uint64_t)1 << code.low_width) - 1));
    return minimum(value + (code.is_run ? place.number : 0), table->symbol_count - 1);
}

static uint32_t count_ones(uint64_t bits)
{
    bits = bits - (bits >> 1 & 0x5555555555555555u);
    bits = (bits & 0x3333333333333333u) + (bits >> 2 & 0x3333333333333333u);
    bits = (bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (uint32_t)(bits * 0x0101010101010101u >> 56);
}

/* Where the shortcut at `index` leads; false if it has none. */
static bool read_shortcut(const struct ksyms_table *table, uint32_t index, uint32_t *target)
{
    struct block_place place = place_of(table, index);
    const uint8_t *block =
        table->blocks.bytes + (size_t)place.block * sizeof(struct ksyms_blob_block);
    uint64_t marks = read_u64(block + offsetof(struct ksyms_blob_block, marks));
    uint64_t number;

    if ((marks >> place.number & 1) == 0) {
        return false;
    }
    number = read_u32(block + offsetof(struct ksyms_blob_block, marks_before)) +
             count_ones(marks & (((uint64_t)1 << place.number) - 1));
    *target = minimum(read_bits(table->shortcuts, number * table->rank_width, table->rank_width),
                      table->symbol_count - 1);
    return true;
}

uint32_t index_of_rank(const struct ksyms_table *table, uint32_t rank)
{
    uint32_t index = rank;
    bool has_jumped = false;

    /* The bound is for damaged blobs. */
    for (uint32_t step = 0; step <= KSYMS_SHORTCUT_STEPS + 1; step++) {
        uint32_t next;
        if (!has_jumped && read_shortcut(table, index, &next)) {
            has_jumped = true;
        } else {
            next = rank_of_index(table, index);
            if (next == rank) {
                break;
            }
        }
        index = next;
    }
    return index;
}
