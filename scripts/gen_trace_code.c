// SPDX-License-Identifier: MIT
/*
 * gen_trace_code.c: symbols -> bits, by the kit's codes (src/ksyms/trace_codes.c), and the making
 * of those codes.
 *
 * Every symbol that is put is counted.  `gen_trace --count ELF...` writes nothing but what follows
 * from the counts: for each code, a canonical Huffman code of the symbols that came often enough;
 * the others are escaped.  trace_codes.c is its output for Debian's kernel, so that modules bring
 * no codes of their own.
 */
#include <stdio.h>
#include <stdlib.h>
#include "gen_trace.h"
#include "ksyms/trace_format.h"

#define SYMBOLS 256

/* ---- Bits: the high ones of a byte first ---- */

void put_high_bits(struct code_buffer *buffer, uint32_t value, unsigned width)
{
    while (width > 0) {
        if (buffer->bit_count % 8 == 0) {
            put_number(&buffer->bytes, 0, 1);
        }
        unsigned room = 8 - buffer->bit_count % 8;
        unsigned taken = width < room ? width : room;
        uint32_t piece = value >> (width - taken) & ((1u << taken) - 1);
        buffer->bytes.bytes[buffer->bytes.size - 1] |= (uint8_t)(piece << (room - taken));
        buffer->bit_count += taken;
        width -= taken;
    }
}

void code_buffer_clear(struct code_buffer *buffer)
{
    buffer->bytes.size = 0;
    buffer->bit_count = 0;
}

/* ---- Symbols ---- */

static uint32_t symbol_counts[KSYMS_CODES][SYMBOLS];

/* Of each symbol its code, and how many bits that has: 0 if it is escaped. */
static struct {
    uint16_t bits;
    uint16_t width;
} codewords[KSYMS_CODES][SYMBOLS];

static void read_codes(void)
{
    static bool is_done;

    if (is_done) {
        return;
    }
    is_done = true;
    for (unsigned code = 0; code < KSYMS_CODES; code++) {
        const uint8_t *symbol = ksyms_code_symbols + ksyms_codes[code].first_symbol;
        uint32_t bits = 0;
        for (uint16_t width = 1; width <= KSYMS_CODE_BITS_MAX; width++) {
            for (unsigned i = 0; i < ksyms_codes[code].counts[width - 1]; i++) {
                codewords[code][*symbol].bits = (uint16_t)bits++;
                codewords[code][*symbol++].width = width;
            }
            bits <<= 1;
        }
    }
}

void put_symbol(struct code_buffer *buffer, unsigned code, uint32_t symbol)
{
    unsigned width;

    read_codes();
    if (symbol >= KSYMS_CODE_ESCAPE) {
        fail("symbol %u of code %u", symbol, code);
    }
    symbol_counts[code][symbol]++;
    width = codewords[code][symbol].width;
    if (width > 0) {
        put_high_bits(buffer, codewords[code][symbol].bits, width);
    } else {
        put_high_bits(buffer, codewords[code][KSYMS_CODE_ESCAPE].bits,
                      codewords[code][KSYMS_CODE_ESCAPE].width);
        put_high_bits(buffer, symbol, 8);
    }
}

uint32_t number_symbol(uint32_t number, unsigned direct_bits)
{
    unsigned exponent;

    if (number < 1u << direct_bits) {
        return number;
    }
    exponent = 31 - (unsigned)__builtin_clz(number);
    return (1u << direct_bits) + (exponent - direct_bits) * 2 + (number >> (exponent - 1) & 1);
}

void put_number_rest(struct code_buffer *buffer, uint32_t number, unsigned direct_bits)
{
    if (number >= 1u << direct_bits) {
        unsigned width = 30 - (unsigned)__builtin_clz(number);
        put_high_bits(buffer, number & ((1u << width) - 1), width);
    }
}

void put_code_number(struct code_buffer *buffer, unsigned code, uint32_t number)
{
    put_symbol(buffer, code, number_symbol(number, KSYMS_NUMBER_BITS));
    put_number_rest(buffer, number, KSYMS_NUMBER_BITS);
}

/* ---- Codes out of counts ---- */

struct counted {
    uint32_t count;
    uint8_t symbol;
    uint8_t width; /* bits of its code */
};

static int compare_counts(const void *left, const void *right)
{
    const struct counted *a = left, *b = right;
    return a->count != b->count ? (a->count > b->count) - (a->count < b->count)
                                : (a->symbol > b->symbol) - (a->symbol < b->symbol);
}

static int compare_widths(const void *left, const void *right)
{
    const struct counted *a = left, *b = right;
    return a->width != b->width ? (a->width > b->width) - (a->width < b->width)
                                : (a->symbol > b->symbol) - (a->symbol < b->symbol);
}

/*
 * Huffman's method with two queues: the symbols by rising counts, and the pairs that were made,
 * which rise by themselves.  Returns the bits of the longest code.
 */
static unsigned find_widths(struct counted *list, unsigned count)
{
    uint64_t weights[2 * SYMBOLS];
    unsigned parents[2 * SYMBOLS], depths[2 * SYMBOLS];
    unsigned leaf = 0, pair = count, made = count;

    for (unsigned i = 0; i < count; i++) {
        weights[i] = list[i].count;
    }
    while (made < 2 * count - 1) {
        weights[made] = 0;
        for (unsigned child = 0; child < 2; child++) {
            bool is_leaf = leaf < count && (pair == made || weights[leaf] <= weights[pair]);
            unsigned taken = is_leaf ? leaf++ : pair++;
            parents[taken] = made;
            weights[made] += weights[taken];
        }
        made++;
    }
    depths[made - 1] = 0;
    for (unsigned i = made - 1; i-- > 0;) {
        depths[i] = depths[parents[i]] + 1;
    }
    for (unsigned i = 0; i < count; i++) {
        list[i].width = (uint8_t)depths[i];
    }
    return depths[0];
}

/* A symbol that came less often than this in all is escaped. */
#define RAREST 12

/* The symbols of a code, by the bits of theirs. */
static unsigned make_code(struct counted *list, const uint32_t *counts)
{
    unsigned count = 0;
    uint32_t rest = 1;

    for (unsigned symbol = 0; symbol < KSYMS_CODE_ESCAPE; symbol++) {
        if (counts[symbol] >= RAREST) {
            list[count++] = (struct counted){counts[symbol], (uint8_t)symbol, 0};
        } else {
            rest += counts[symbol];
        }
    }
    list[count++] = (struct counted){rest, KSYMS_CODE_ESCAPE, 0};
    if (count == 1) { /* nothing was counted: one that never comes makes the code whole */
        list[count++] = (struct counted){1, 0, 0};
    }
    qsort(list, count, sizeof(*list), compare_counts);
    while (find_widths(list, count) > KSYMS_CODE_BITS_MAX) {
        for (unsigned i = 0; i < count; i++) { /* flatter: the rare ones get shorter codes */
            list[i].count = list[i].count / 2 + 1;
        }
    }
    qsort(list, count, sizeof(*list), compare_widths);
    return count;
}

void forget_counts(unsigned first_code, unsigned end_code)
{
    memset(symbol_counts[first_code], 0, (end_code - first_code) * sizeof(symbol_counts[0]));
}

/* The first code of more than KSYMS_CODE_START_BITS bits. */
static void find_long(const struct counted *list, unsigned count, unsigned *symbol, unsigned *code)
{
    *code = 0;
    for (*symbol = 0; *symbol < count && list[*symbol].width <= KSYMS_CODE_START_BITS; ++*symbol) {
        *code += 1u << (KSYMS_CODE_BITS_MAX - list[*symbol].width);
    }
}

/* For each value of the first bits the symbol whose code they begin with. */
static void print_starts(const struct counted *list, unsigned count)
{
    unsigned size = 1u << KSYMS_CODE_START_BITS, next = 0;

    printf("    {");
    for (unsigned i = 0; i < count && list[i].width <= KSYMS_CODE_START_BITS; i++) {
        unsigned end = next + (size >> list[i].width);
        for (; next < end; next++) {
            printf("%s{%u, %u}", next > 0 ? ", " : "", list[i].symbol, list[i].width);
        }
    }
    for (; next < size; next++) {
        printf("%s{0, 0}", next > 0 ? ", " : "");
    }
    printf("},\n");
}

void print_codes(void)
{
    static struct counted lists[KSYMS_CODES][SYMBOLS];
    unsigned counts[KSYMS_CODES], first = 0, column = 0, long_symbol, long_code;

    printf("// SPDX-License-Identifier: MIT\n"
           "/*\n"
           " * trace_codes.c: the codes of LINES and UNWIND.  Frozen: a change is a new\n"
           " * KSYMS_TRACE_VERSION.  Made by test/bench/trace_modules.sh --codes,\n"
           " * docs/figures-trace.md.\n"
           " */\n"
           "#include \"ksyms/trace_format.h\"\n\n"
           "/* clang-format off */\n"
           "const struct ksyms_code ksyms_codes[KSYMS_CODES] = {\n");
    for (unsigned code = 0; code < KSYMS_CODES; code++) {
        unsigned widths[KSYMS_CODE_BITS_MAX + 1] = {0};
        counts[code] = make_code(lists[code], symbol_counts[code]);
        for (unsigned i = 0; i < counts[code]; i++) {
            widths[lists[code][i].width]++;
        }
        find_long(lists[code], counts[code], &long_symbol, &long_code);
        printf("    {%u, %u, %u, {", first, first + long_symbol, long_code);
        for (unsigned width = 1; width <= KSYMS_CODE_BITS_MAX; width++) {
            printf("%s%u", width > 1 ? ", " : "", widths[width]);
        }
        printf("}},\n");
        first += counts[code];
    }
    printf("};\n\nconst uint8_t ksyms_code_symbols[] = {\n   ");
    for (unsigned code = 0; code < KSYMS_CODES; code++) {
        for (unsigned i = 0; i < counts[code]; i++) {
            if (column++ == 20) {
                printf("\n   ");
                column = 1;
            }
            printf(" %u,", lists[code][i].symbol);
        }
    }
    printf("\n};\n\nconst struct ksyms_code_start\n"
           "    ksyms_code_starts[KSYMS_CODES][1u << KSYMS_CODE_START_BITS] = {\n");
    for (unsigned code = 0; code < KSYMS_CODES; code++) {
        print_starts(lists[code], counts[code]);
    }
    printf("};\n");
    print_tokens();
    printf("/* clang-format on */\n");
}
