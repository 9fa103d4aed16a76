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

/* A code of more than KSYMS_CODE_START_BITS bits. */
static uint32_t take_long_symbol(struct bit_cursor *cursor, unsigned code)
{
    const struct ksyms_code *codes = &ksyms_codes[code];
    const uint8_t *symbols = ksyms_code_symbols + codes->long_symbol;
    /* Above the first code of a length. */
    uint32_t above = peek_bits(cursor, KSYMS_CODE_BITS_MAX) - codes->long_code;

    for (unsigned length = KSYMS_CODE_START_BITS + 1; length <= KSYMS_CODE_BITS_MAX; length++) {
        unsigned below = KSYMS_CODE_BITS_MAX - length;
        uint32_t count = codes->counts[length - 1];
        if (above >> below < count) {
            cursor->position += length;
            return symbols[above >> below];
        }
        above -= count << below;
        symbols += count;
    }
    cursor->position = cursor->end; /* bits that are no code */
    return 0;
}

/* Apart, so that what is usual needs no stack. */
__attribute__((noinline)) static uint32_t take_rare_symbol(struct bit_cursor *cursor, unsigned code,
                                                           struct ksyms_code_start start)
{
    uint32_t symbol = start.symbol;

    cursor->position += start.width;
    if (start.width == 0) {
        symbol = take_long_symbol(cursor, code);
    }
    return symbol == KSYMS_CODE_ESCAPE ? take_bits(cursor, 8) : symbol;
}

uint32_t trace_take_symbol(struct bit_cursor *cursor, unsigned code)
{
    struct ksyms_code_start start =
        ksyms_code_starts[code][peek_bits(cursor, KSYMS_CODE_START_BITS)];

    if (start.width == 0 || start.symbol == KSYMS_CODE_ESCAPE) {
        return take_rare_symbol(cursor, code, start);
    }
    cursor->position += start.width;
    return start.symbol;
}

uint32_t trace_take_number_rest(struct bit_cursor *cursor, uint32_t symbol, unsigned direct_bits)
{
    uint32_t direct = 1u << direct_bits;
    unsigned exponent;
    uint32_t value;

    if (symbol < direct) {
        return symbol;
    }
    exponent = direct_bits + (symbol - direct) / 2;
    if (exponent > 31) {
        return 0;
    }
    value = (2 | ((symbol - direct) & 1)) << (exponent - 1);
    if (exponent > 17) {
        value |= take_bits(cursor, exponent - 17) << 16;
        exponent = 17;
    }
    return value | take_bits(cursor, exponent - 1);
}

uint32_t trace_take_number(struct bit_cursor *cursor, unsigned code)
{
    return trace_take_number_rest(cursor, trace_take_symbol(cursor, code), KSYMS_NUMBER_BITS);
}
