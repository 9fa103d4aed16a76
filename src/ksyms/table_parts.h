// SPDX-License-Identifier: MIT
/*
 * table_parts.h: reads from the parts of an open blob, and what table*.c ask of each other.
 * Private to the kit.
 *
 * Nothing below the header is trusted: a read past the end of its part gives zeros.  So the bytes
 * of a blob decide which name is printed, never which memory is read.
 */
#ifndef KSYMS_TABLE_PARTS_H
#define KSYMS_TABLE_PARTS_H

#include <stdbool.h>
#include <stdint.h>
#include "bytes.h"
#include "ksyms/blob.h"
#include "ksyms/table.h"

/* `width` bits (at most 64) at bit offset `bit`, counted from the low bit of the first byte. */
static inline uint64_t read_bits(struct ksyms_part part, uint64_t bit, unsigned width)
{
    uint64_t byte = bit >> 3;
    unsigned skip = bit & 7;
    uint64_t value = 0;

    if (width == 0 || byte >= part.size_bytes) {
        return 0;
    }
    if (part.size_bytes - byte >= 8 && skip + width <= 64) {
        value = read_u64(part.bytes + byte) >> skip;
    } else {
        value = part.bytes[byte] >> skip;
        for (unsigned have = 8 - skip; have < width && ++byte < part.size_bytes; have += 8) {
            value |= (uint64_t)part.bytes[byte] << have;
        }
    }
    return width == 64 ? value : value & (((uint64_t)1 << width) - 1);
}

/* Entry `number` of one of the two permutations, RANKS and INDICES: always below the count. */
static inline uint32_t read_permutation(const struct ksyms_table *table, struct ksyms_part part,
                                        uint32_t number)
{
    unsigned width = ksyms_blob_width(table->symbol_count);
    uint64_t value = read_bits(part, (uint64_t)number * width, width);
    return value < table->symbol_count ? (uint32_t)value : table->symbol_count - 1;
}

static inline uint32_t minimum(uint64_t left, uint32_t right)
{
    return left < right ? (uint32_t)left : right;
}

#endif
