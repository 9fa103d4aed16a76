// SPDX-License-Identifier: MIT
/*
 * trace_code.c: symbols and numbers out of the bits of LINES and UNWIND.
 *
 * The codes are canonical Huffman codes: the codes of a length are consecutive numbers, and the
 * first of them is twice what follows the last one that is a bit shorter.  So it is enough to know
 * how many there are of each length.  With 0, 1, 3 and 2 codes of 1, 2, 3 and 4 bits:
 *
 *     00    010 011 100    1010 1011
 *
 * No code is the beginning of another, and at most 15 bits are looked at.
 */
#include "trace_parts.h"

void ksyms_trace_load_bits(struct bit_cursor *cursor)
{
    if (cursor->end - cursor->next >= 8) {
        cursor->window |= __builtin_bswap64(read_u64(cursor->next)) >> cursor->width;
        cursor->next += (63 - cursor->width) / 8;
        cursor->width |= 56; /* so much more as whole bytes do fit */
        return;
    }
    while (cursor->width <= 56 && cursor->next < cursor->end) {
        cursor->window |= (uint64_t)*cursor->next++ << (56 - cursor->width);
        cursor->width += 8;
    }
}

void ksyms_trace_skip_bits(struct bit_cursor *cursor, uint32_t count)
{
    size_t rest;

    need_bits(cursor);
    if ((int64_t)count >= cursor->width) { /* the window is not needed */
        count -= cursor->width > 0 ? (uint32_t)cursor->width : 0;
        rest = (size_t)(cursor->end - cursor->next);
        cursor->next += count / 8 < rest ? count / 8 : rest;
        cursor->window = 0;
        cursor->width = 0;
        need_bits(cursor);
        count %= 8;
    }
    drop_bits(cursor, count);
}

/* A code of more than KSYMS_CODE_START_BITS bits. */
static uint32_t take_long_symbol(struct bit_cursor *cursor, unsigned code)
{
    const struct ksyms_code *codes = &ksyms_codes[code];
    const uint8_t *symbols = ksyms_code_symbols + codes->long_symbol;
    /* Above the first code of a length. */
    uint32_t above = (uint32_t)(cursor->window >> (64 - KSYMS_CODE_BITS_MAX)) - codes->long_code;

    for (unsigned length = KSYMS_CODE_START_BITS + 1; length <= KSYMS_CODE_BITS_MAX; length++) {
        unsigned below = KSYMS_CODE_BITS_MAX - length;
        uint32_t count = codes->counts[length - 1];
        if (above >> below < count) {
            drop_bits(cursor, length);
            return symbols[above >> below];
        }
        above -= count << below;
        symbols += count;
    }
    *cursor = (struct bit_cursor){.next = cursor->end, .end = cursor->end}; /* no code begins so */
    return 0;
}

uint32_t ksyms_trace_take_rare_symbol(struct bit_cursor *cursor, unsigned code)
{
    struct ksyms_code_start start =
        ksyms_code_starts[code][cursor->window >> (64 - KSYMS_CODE_START_BITS)];
    uint32_t symbol = start.symbol;

    drop_bits(cursor, start.width);
    if (start.width == 0) {
        symbol = take_long_symbol(cursor, code);
    }
    return symbol == KSYMS_CODE_ESCAPE ? take_bits(cursor, 8) : symbol;
}

uint32_t ksyms_trace_take_symbol(struct bit_cursor *cursor, unsigned code)
{
    return take_symbol(cursor, code);
}

uint32_t ksyms_trace_take_many_bits(struct bit_cursor *cursor, unsigned width)
{
    uint32_t high;

    if (width > 30) { /* a number has at most 32 bits */
        return 0;
    }
    high = take_bits(cursor, width - 16);
    return high << 16 | take_bits(cursor, 16);
}

uint32_t ksyms_trace_take_number(struct bit_cursor *cursor, unsigned code)
{
    return take_number(cursor, code);
}
