// SPDX-License-Identifier: MIT
/*
 * trace_parts.h: what the readers of LINES and UNWIND share: a cursor that never leaves its bytes,
 * and the search in an index of blocks.  Private to the kit.
 *
 * Past its end a cursor reads zeros and stays there, so damaged bytes cost a wrong answer only.
 */
#ifndef KSYMS_TRACE_PARTS_H
#define KSYMS_TRACE_PARTS_H

#include <stdbool.h>
#include <stdint.h>
#include "bytes.h"
#include "ksyms/table.h"
#include "ksyms/trace_format.h"

struct cursor {
    const uint8_t *next;
    const uint8_t *end;
};

static inline uint32_t take_byte(struct cursor *cursor)
{
    return cursor->next < cursor->end ? *cursor->next++ : 0;
}

/* At most 5 bytes; bits above the 32nd are lost. */
static inline uint32_t take_varint(struct cursor *cursor)
{
    uint32_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        uint32_t byte = take_byte(cursor);
        value |= (byte & 0x7f) << shift;
        if (byte < 0x80) {
            break;
        }
    }
    return value;
}

/* The signed number that was folded, as the unsigned one to add. */
static inline uint32_t take_signed(struct cursor *cursor)
{
    uint32_t value = take_varint(cursor);
    return value >> 1 ^ (0u - (value & 1));
}

struct block_index {
    const uint8_t *entries;
    uint32_t count;
    struct ksyms_part stream;
};

static inline uint64_t block_address(const struct block_index *index, uint32_t number)
{
    return read_u64(index->entries + (size_t)number * KSYMS_TRACE_BLOCK_SIZE);
}

static inline uint32_t block_offset(const struct block_index *index, uint32_t number)
{
    uint32_t size = index->stream.size_bytes;
    uint32_t offset = size;
    if (number < index->count) {
        offset = read_u32(index->entries + (size_t)number * KSYMS_TRACE_BLOCK_SIZE + 8);
    }
    return offset < size ? offset : size;
}

/* The last block that begins at or below the address: its number, its beginning, its bytes. */
static inline bool find_block(const struct block_index *index, uint64_t address, uint32_t *number,
                              uint64_t *start, struct cursor *bytes)
{
    uint32_t low = 0;
    uint32_t high = index->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (block_address(index, middle) <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) {
        return false;
    }
    *number = low - 1;
    *start = block_address(index, low - 1);
    bytes->next = index->stream.bytes + block_offset(index, low - 1);
    bytes->end = index->stream.bytes + block_offset(index, low);
    return true;
}

#endif
