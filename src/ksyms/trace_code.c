// SPDX-License-Identifier: MIT
/*
 * trace_code.c: symbols and numbers out of the bits of LINES and UNWIND.
 *
 * The codes are canonical Huffman codes: those of n bits, as numbers, follow each other and come
 * behind those of fewer bits.  So counting is enough to read one:
 *
 *     counts 0 1 3 2:  A=00? no code of 1 bit; 00 is A; 010 011 100 are B C D; 1010 1011 E F
 *
 * No code is the beginning of another, and at most 15 bits are looked at.
 */
#include "trace_parts.h"

uint32_t trace_take_symbol(struct bit_cursor *cursor, unsigned code)
{
    const struct ksyms_code *codes = &ksyms_codes[code];
    uint32_t bits = peek_bits(cursor, KSYMS_CODE_BITS_MAX);
    uint32_t first = 0; /* code of this length */
    uint32_t index = codes->first_symbol;

    for (unsigned length = 1; length <= KSYMS_CODE_BITS_MAX; length++) {
        uint32_t place = (bits >> (KSYMS_CODE_BITS_MAX - length)) - first;
        uint32_t count = codes->counts[length - 1];
        if (place < count) {
            uint32_t symbol = ksyms_code_symbols[index + place];
            cursor->position += length;
            return symbol == KSYMS_CODE_ESCAPE ? take_bits(cursor, 8) : symbol;
        }
        index += count;
        first = (first + count) << 1;
    }
    cursor->position = cursor->end; /* bits that are no code */
    return 0;
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
