// SPDX-License-Identifier: MIT
/*
 * trace_parts.h: what the readers of LINES and UNWIND share: the search in an index, and a cursor
 * over bits that never leaves its bytes.  Private to the kit.
 *
 * Bits of a stream are taken from the high bit of its first byte on.  Past its end a cursor reads
 * zeros, so damaged bytes cost a wrong answer only.
 */
#ifndef KSYMS_TRACE_PARTS_H
#define KSYMS_TRACE_PARTS_H

#include <stdbool.h>
#include <stdint.h>
#include "bytes.h"
#include "ksyms/table.h"
#include "ksyms/trace_format.h"

struct bit_cursor {
    const uint8_t *bytes;
    uint64_t position; /* of the next bit */
    uint64_t end;      /* bits there are */
};

static inline bool is_at_end(const struct bit_cursor *cursor)
{
    return cursor->position >= cursor->end;
}

/* The next 1 ... 24 bits, which are not taken. */
static inline uint32_t peek_bits(const struct bit_cursor *cursor, unsigned width)
{
    uint64_t byte = cursor->position / 8;
    uint32_t word = 0;

    if (cursor->position + 32 <= cursor->end) {
        word = __builtin_bswap32(read_u32(cursor->bytes + byte));
    } else {
        for (unsigned i = 0; i < 4 && byte + i < cursor->end / 8; i++) {
            word |= (uint32_t)cursor->bytes[byte + i] << (24 - 8 * i);
        }
    }
    return word << cursor->position % 8 >> (32 - width);
}

static inline uint32_t take_bits(struct bit_cursor *cursor, unsigned width)
{
    uint32_t value = width > 0 ? peek_bits(cursor, width) : 0;
    cursor->position += width;
    return value;
}

/* Of the codes of trace_codes.c, the one that comes next. */
uint32_t trace_take_symbol(struct bit_cursor *cursor, unsigned code);
/* A number: small ones are symbols, of larger ones the highest two bits are. */
uint32_t trace_take_number(struct bit_cursor *cursor, unsigned code);
/* The rest of a number whose symbol has been taken. */
uint32_t trace_take_number_rest(struct bit_cursor *cursor, uint32_t symbol, unsigned direct_bits);

/* 0 -1 1 -2 2 ... from 0 1 2 3 4 ..., as the unsigned number to add. */
static inline uint32_t unfold_signed(uint32_t value)
{
    return value >> 1 ^ (0u - (value & 1));
}

/* Header, index and stream of a part; false if they do not fit in it.  `rest` is what follows. */
bool trace_index_open(struct ksyms_trace_index *index, const struct ksyms_part *part,
                      struct ksyms_part *rest);

/* Some steps of a stream, and what they are about. */
struct trace_chunk {
    uint64_t start; /* addresses */
    uint64_t end;
    struct bit_cursor bits;
    uint32_t file; /* that numbers of files are counted from */
};

/* The chunk that an address is in.  False if there is none; `start` and `end` then tell for which
 * addresses, if start < end. */
bool trace_find_chunk(const struct ksyms_trace_index *index, uint64_t address,
                      struct trace_chunk *chunk);

#endif
