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
    uint64_t window;     /* the bits that come next, the first one highest */
    const uint8_t *next; /* what is not in the window */
    const uint8_t *end;
    int32_t width; /* bits of the window that count; below 0: so many were taken past the end */
};

static inline struct bit_cursor bits_of(const uint8_t *bytes, uint32_t size)
{
    return (struct bit_cursor){.next = bytes, .end = bytes + size};
}

static inline bool is_at_end(const struct bit_cursor *cursor)
{
    return cursor->width <= 0 && cursor->next == cursor->end;
}

#define BITS_LOADED 24 /* there are so many in the window after this, or all that are left */

/* Loads as many whole bytes as there is room for. */
void ksyms_trace_load_bits(struct bit_cursor *cursor);

static inline void need_bits(struct bit_cursor *cursor)
{
    if (cursor->width < BITS_LOADED) {
        ksyms_trace_load_bits(cursor);
    }
}

/* Of those that are loaded. */
static inline void drop_bits(struct bit_cursor *cursor, unsigned width)
{
    cursor->window <<= width;
    cursor->width -= (int32_t)width;
}

/* The next 0 ... BITS_LOADED bits. */
static inline uint32_t take_bits(struct bit_cursor *cursor, unsigned width)
{
    uint32_t value;

    need_bits(cursor);
    value = (uint32_t)(cursor->window >> 32 >> (32 - width));
    drop_bits(cursor, width);
    return value;
}

void ksyms_trace_skip_bits(struct bit_cursor *cursor, uint32_t count);

/* A symbol whose code is longer than KSYMS_CODE_START_BITS, or escaped. */
uint32_t ksyms_trace_take_rare_symbol(struct bit_cursor *cursor, unsigned code);

/* Of the codes of trace_codes.c, the one that comes next. */
static inline uint32_t take_symbol(struct bit_cursor *cursor, unsigned code)
{
    struct ksyms_code_start start;

    need_bits(cursor);
    start = ksyms_code_starts[code][cursor->window >> (64 - KSYMS_CODE_START_BITS)];
    if (start.width == 0 || start.symbol == KSYMS_CODE_ESCAPE) {
        return ksyms_trace_take_rare_symbol(cursor, code);
    }
    drop_bits(cursor, start.width);
    return start.symbol;
}

/* The same where speed does not matter. */
uint32_t ksyms_trace_take_symbol(struct bit_cursor *cursor, unsigned code);
/* The bits below the highest two of a number, more than BITS_LOADED. */
uint32_t ksyms_trace_take_many_bits(struct bit_cursor *cursor, unsigned width);

/* The number of a symbol that has been taken: small ones are the symbol, of larger ones it is the
 * highest two bits. */
static inline uint32_t take_number_rest(struct bit_cursor *cursor, uint32_t symbol,
                                        unsigned direct_bits)
{
    uint32_t above = symbol - (1u << direct_bits);
    unsigned width = direct_bits - 1 + above / 2;

    if (symbol < 1u << direct_bits) {
        return symbol;
    }
    if (width > BITS_LOADED) {
        return (2 | (above & 1)) << (width & 31) | ksyms_trace_take_many_bits(cursor, width);
    }
    return (2 | (above & 1)) << width | take_bits(cursor, width);
}

static inline uint32_t take_number(struct bit_cursor *cursor, unsigned code)
{
    return take_number_rest(cursor, take_symbol(cursor, code), KSYMS_NUMBER_BITS);
}

/* The same. */
uint32_t ksyms_trace_take_number(struct bit_cursor *cursor, unsigned code);

/* 0 -1 1 -2 2 ... from 0 1 2 3 4 ..., as the unsigned number to add. */
static inline uint32_t unfold_signed(uint32_t value)
{
    return value >> 1 ^ (0u - (value & 1));
}

/* 7 bits a byte, the low ones first, at most 5 bytes; 0 behind the end. */
uint32_t ksyms_trace_take_varint(const uint8_t **next, const uint8_t *end);

/* A number of 0 ... 8 bytes, of bytes that end at `end`. */
static inline uint64_t read_field(const uint8_t *bytes, unsigned width, const uint8_t *end)
{
    uint64_t value = 0;

    if (end - bytes >= 8) {
        return width > 0 ? read_u64(bytes) << (64 - 8 * width) >> (64 - 8 * width) : 0;
    }
    for (unsigned i = 0; i < width && bytes + i < end; i++) {
        value |= (uint64_t)bytes[i] << 8 * i;
    }
    return value;
}

/* Header, index and stream of a part; false if they do not fit in it.  `rest` is what follows. */
bool ksyms_trace_index_open(struct ksyms_trace_index *index, const struct ksyms_part *part,
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
bool ksyms_trace_find_chunk(const struct ksyms_trace_index *index, uint64_t address,
                            struct trace_chunk *chunk);

#endif
