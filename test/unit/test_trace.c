// SPDX-License-Identifier: MIT
/*
 * test_trace.c: the readers of LINES and UNWIND: bytes by hand against what they must mean, steps
 * up stacks made here, and tables of the build with every byte flipped.
 *
 *     test_trace BLOB...     the blobs to damage; the last only here and there, since it is long
 *
 * What the readers say of a whole kernel is held against llvm-symbolizer and readelf elsewhere:
 * test/golden/trace.sh.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ksyms/blob.h"
#include "ksyms/lines.h"
#include "ksyms/part.h"
#include "ksyms/table.h"
#include "ksyms/unwind_table.h"

static int blob_count;
static char **blob_paths;

/* ---- A blob of one part ---- */

/* Memory of exactly the blob's size, so that the sanitizer sees a read past it. */
static uint8_t *make_blob(uint32_t kind, const uint8_t *bytes, size_t size, size_t *blob_size)
{
    struct ksyms_blob_header header = {.version = KSYMS_BLOB_VERSION_NOW, .part_count = 1};
    struct ksyms_blob_part part = {kind, sizeof(header) + 16, (uint32_t)size};
    uint8_t *blob;

    *blob_size = part.offset + size;
    blob = calloc(1, *blob_size);
    assert_non_null(blob);
    memcpy(header.magic, KSYMS_BLOB_MAGIC_BYTES, KSYMS_BLOB_MAGIC_SIZE);
    header.size_bytes = (uint32_t)*blob_size;
    memcpy(blob, &header, sizeof(header));
    memcpy(blob + sizeof(header), &part, sizeof(part));
    memcpy(blob + part.offset, bytes, size);
    return blob;
}

/* ---- Streams of codes, written as FORMAT.md says ---- */

struct stream {
    uint8_t bytes[1024];
    size_t bits;
};

static void put_high_bits(struct stream *stream, uint32_t value, unsigned width)
{
    assert_true(stream->bits + width <= sizeof(stream->bytes) * 8);
    for (unsigned i = width; i-- > 0; stream->bits++) {
        stream->bytes[stream->bits / 8] |= (uint8_t)((value >> i & 1) << (7 - stream->bits % 8));
    }
}

static void put_symbol(struct stream *stream, unsigned code, uint32_t symbol)
{
    const struct ksyms_code *codes = &ksyms_codes[code];
    uint32_t bits = 0;
    unsigned place = codes->first_symbol;

    for (unsigned width = 1; width <= KSYMS_CODE_BITS_MAX; width++) {
        for (unsigned i = 0; i < codes->counts[width - 1]; i++, bits++) {
            if (ksyms_code_symbols[place++] == symbol) {
                put_high_bits(stream, bits, width);
                return;
            }
        }
        bits *= 2;
    }
    assert_int_not_equal(symbol, KSYMS_CODE_ESCAPE);
    put_symbol(stream, code, KSYMS_CODE_ESCAPE);
    put_high_bits(stream, symbol, 8);
}

static unsigned bits_of(uint32_t number)
{
    unsigned bits = 0;
    for (; number >> bits > 1; bits++) {
    }
    return bits;
}

static uint32_t number_symbol(uint32_t number, unsigned direct_bits)
{
    unsigned exponent = bits_of(number);
    return exponent < direct_bits ? number
                                  : (1u << direct_bits) + 2 * (exponent - direct_bits) +
                                        (number >> (exponent - 1)) % 2;
}

static void put_rest(struct stream *stream, uint32_t number, unsigned direct_bits)
{
    unsigned exponent = bits_of(number);
    if (exponent >= direct_bits) {
        put_high_bits(stream, number & ((1u << (exponent - 1)) - 1), exponent - 1);
    }
}

static void put_coded_number(struct stream *stream, unsigned code, uint32_t number)
{
    put_symbol(stream, code, number_symbol(number, KSYMS_NUMBER_BITS));
    put_rest(stream, number, KSYMS_NUMBER_BITS);
}

static void put_low_bytes(struct stream *stream, uint64_t value, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        put_high_bits(stream, value >> 8 * i & 0xff, 8);
    }
}

static void put_varint(struct stream *stream, uint32_t value)
{
    for (; value >= 0x80; value >>= 7) {
        put_high_bits(stream, (value & 0x7f) | 0x80, 8);
    }
    put_high_bits(stream, value, 8);
}

static void append(struct stream *part, const struct stream *bits)
{
    for (size_t i = 0; i < (bits->bits + 7) / 8; i++) {
        put_low_bytes(part, bits->bytes[i], 1);
    }
}

/* A part of one block at 0x1000, with file 3 if it has any, whose second chunk is given; the first
 * says nothing of nothing. */
static void put_part(struct stream *part, const struct stream *chunk, uint32_t span, bool has_files)
{
    struct stream block = {0};

    put_high_bits(&block, 2 - 1, 3);
    put_high_bits(&block, 20 - 1, 5);
    put_high_bits(&block, 2, 4);
    put_high_bits(&block, 0, 20);
    put_high_bits(&block, 1, 2);
    put_high_bits(&block, span, 20);
    put_low_bytes(part, KSYMS_TRACE_VERSION, 1);
    put_low_bytes(part, 8 | 1 << 4 | (has_files ? 0x80 : 0), 1);
    put_low_bytes(part, 2 | 1 << 4, 1);
    put_low_bytes(part, 0x200 - (1ull << 32), 8);
    put_varint(part, 1);
    put_varint(part, (uint32_t)((block.bits + 7) / 8 + (chunk->bits + 7) / 8 + 1));
    put_low_bytes(part, 1, 1);
    put_low_bytes(part, 0x1000 - 0x200, 2);
    put_low_bytes(part, 0, 1);
    put_low_bytes(part, 3, has_files ? 2 : 0);
    append(part, &block);
    put_low_bytes(part, 0xff, 1);
    append(part, chunk);
}

/* ---- LINES ---- */

/* The step before, and that of this row, choose codes. */
static void put_lines_step(struct stream *stream, unsigned *after, unsigned step, unsigned is)
{
    put_symbol(stream, KSYMS_CODE_LINES_STEP + *after, step);
    *after = is;
}

/* A row: base, folded difference of lines, length. */
static void put_row(struct stream *stream, unsigned *after, unsigned base, uint32_t line,
                    uint32_t length)
{
    uint32_t symbol = number_symbol(line, KSYMS_NUMBER_BITS);
    unsigned is = KSYMS_AFTER_ROWS + (base < 2 ? base : 2) * 6 +
                  (line <= 2    ? line
                   : line <= 4  ? 3
                   : line <= 10 ? 4
                                : 5);

    if (symbol < 31) {
        put_lines_step(stream, after, base * 32 + symbol, is);
        put_rest(stream, line, KSYMS_NUMBER_BITS);
    } else {
        put_lines_step(stream, after, base * 32 + 31, is);
        put_coded_number(stream, KSYMS_CODE_LINES_FAR, line);
    }
    put_coded_number(stream, KSYMS_CODE_LINES_LENGTH, length - 1);
}

static void put_text(struct stream *stream, uint32_t kept, const char *rest, char before)
{
    if (kept != UINT32_MAX) {
        put_coded_number(stream, KSYMS_CODE_LINES_KEPT, kept);
    }
    do {
        put_symbol(stream, ksyms_lines_text_code((uint8_t)before), (uint8_t)*rest);
        before = *rest;
    } while (*rest++ != '\0');
}

/* Callees: 0 x at a.c:50, 1 in at b.h:100, which calls x at line 98.  Files: 1 d/m.h, 2 de/a.c,
 * 3 de/b.h.  One group of each. */
#define TABLES_SIZE 11 /* bytes before the groups */

/* Of callee x: a token and a byte that is no symbol. */
static char odd_name[16];

static void put_tables(struct stream *part)
{
    struct stream numbers = {0}, callees = {0}, files = {0}, folders = {0};

    memset(odd_name, 0, sizeof(odd_name));
    put_coded_number(&numbers, KSYMS_CODE_LINES_DECLARED, 2 * 50);
    put_coded_number(&numbers, KSYMS_CODE_LINES_CALLS, 0);
    put_coded_number(&numbers, KSYMS_CODE_LINES_DECLARED, 2 * 50);
    put_coded_number(&numbers, KSYMS_CODE_LINES_CALLS, 3);
    put_coded_number(&numbers, KSYMS_CODE_LINES_CALL_LINE, 2 * 2 - 1);
    put_symbol(&numbers, KSYMS_CODE_LINES_CALL_KIND, KSYMS_LINES_CALL_NEAR);
    put_coded_number(&numbers, KSYMS_CODE_LINES_CALL_NEAR, 1);
    put_coded_number(&numbers, KSYMS_CODE_LINES_CALL_LINE, 2 * 1000);
    put_symbol(&numbers, KSYMS_CODE_LINES_CALL_KIND, KSYMS_LINES_CALL_FREQUENT);
    put_coded_number(&numbers, KSYMS_CODE_LINES_CALL_FREQUENT, 0);
    put_coded_number(&numbers, KSYMS_CODE_LINES_CALL_LINE, 2 * 1);
    put_symbol(&numbers, KSYMS_CODE_LINES_CALL_KIND, KSYMS_LINES_CALL_FAR);
    put_coded_number(&numbers, KSYMS_CODE_LINES_NUMBER, 0);
    put_coded_number(&callees, KSYMS_CODE_LINES_SIZE, (uint32_t)numbers.bits);
    for (size_t i = 0; i < numbers.bits; i++) {
        put_high_bits(&callees, numbers.bytes[i / 8] >> (7 - i % 8) & 1, 1);
    }
    put_symbol(&callees, KSYMS_CODE_LINES_TEXT, KSYMS_TEXT_FIRST_TOKEN + 1);
    memcpy(odd_name, ksyms_text_tokens[1], KSYMS_TEXT_TOKEN_SIZE);
    put_symbol(&callees, ksyms_lines_text_code((uint8_t)odd_name[strlen(odd_name) - 1]),
               KSYMS_TEXT_RAW);
    put_high_bits(&callees, 0xe9, 8);
    put_symbol(&callees, ksyms_lines_text_code(0xe9), 0);
    odd_name[strlen(odd_name)] = (char)0xe9;
    put_text(&callees, 0, "in", 0);

    numbers = (struct stream){0};
    for (unsigned file = 0; file < 4; file++) {
        put_coded_number(&numbers, KSYMS_CODE_LINES_FILE_CALLEES, file >= 2);
        put_coded_number(&numbers, KSYMS_CODE_LINES_FOLDER, file == 2);
    }
    put_coded_number(&files, KSYMS_CODE_LINES_SIZE, (uint32_t)numbers.bits);
    for (size_t i = 0; i < numbers.bits; i++) {
        put_high_bits(&files, numbers.bytes[i / 8] >> (7 - i % 8) & 1, 1);
    }
    put_text(&files, UINT32_MAX, "", 0);
    put_text(&files, 0, "m.h", 0);
    put_text(&files, 0, "a.c", 0);
    put_text(&files, 0, "b.h", 0);
    put_text(&folders, 1, "", 'd');
    put_text(&folders, 1, "e", 'd');

    put_varint(part, 2); /* callees, files, folders, frequent, widths, root */
    put_varint(part, 4);
    put_varint(part, 2);
    put_varint(part, 1);
    put_varint(part, 1 | 1 << 3);
    put_varint(part, 2);
    put_low_bytes(part, 'd' | 'x' << 8, 2); /* the root */
    put_low_bytes(part, 1, 1);              /* frequent: in */
    put_low_bytes(part, (callees.bits + 7) / 8, 1);
    put_low_bytes(part, (callees.bits + 7) / 8 + (files.bits + 7) / 8, 1);
    append(part, &callees);
    append(part, &files);
    append(part, &folders);
}

/* Returns where its tables begin. */
static size_t make_lines_part(struct stream *part)
{
    size_t chunk_end;
    struct stream chunk = {0};
    unsigned after = KSYMS_AFTER_NOTHING;

    put_lines_step(&chunk, &after, KSYMS_LINES_OUTER, KSYMS_AFTER_OUTER);
    put_coded_number(&chunk, KSYMS_CODE_LINES_OUTER_FILE,
                     2 * 1 - 1); /* one before that of the block */
    put_coded_number(&chunk, KSYMS_CODE_LINES_OUTER, 10);
    put_row(&chunk, &after, 0, 0, 4);
    put_lines_step(&chunk, &after, KSYMS_LINES_CHILD_FREQUENT, KSYMS_AFTER_CALL);
    put_coded_number(&chunk, KSYMS_CODE_LINES_FREQUENT, 0);
    put_coded_number(&chunk, KSYMS_CODE_LINES_CALL_AT, 0);
    put_row(&chunk, &after, 0, 2 * 1, 2);
    put_row(&chunk, &after, 1, 2 * 5, 32);
    put_lines_step(&chunk, &after, KSYMS_LINES_TO_RECENT, KSYMS_AFTER_MOVE);
    put_coded_number(&chunk, KSYMS_CODE_LINES_BACK, 0);
    put_lines_step(&chunk, &after, KSYMS_LINES_FOREIGN, KSYMS_AFTER_FOREIGN);
    put_coded_number(&chunk, KSYMS_CODE_LINES_NUMBER, 1);
    put_coded_number(&chunk, KSYMS_CODE_LINES_NUMBER, 7);
    put_coded_number(&chunk, KSYMS_CODE_LINES_LENGTH, 2 - 1);
    put_lines_step(&chunk, &after, KSYMS_LINES_GAP, KSYMS_AFTER_NOTHING);
    put_coded_number(&chunk, KSYMS_CODE_LINES_GAP, 4 - 1);
    put_lines_step(&chunk, &after, KSYMS_LINES_NESTED, KSYMS_AFTER_CALL);
    put_coded_number(&chunk, KSYMS_CODE_LINES_NESTED, 0);
    put_row(&chunk, &after, 0, 2 * 1 - 1, 1);
    put_row(&chunk, &after, 2, 2 * 3, 1); /* in the function again */
    put_lines_step(&chunk, &after, KSYMS_LINES_CHILD_IN, KSYMS_AFTER_CALL);
    put_coded_number(&chunk, KSYMS_CODE_LINES_NUMBER, 1);
    put_coded_number(&chunk, KSYMS_CODE_LINES_NUMBER, 1);
    put_coded_number(&chunk, KSYMS_CODE_LINES_NUMBER, 70);
    put_row(&chunk, &after, 0, 2 * 3 - 1, 1);
    put_lines_step(&chunk, &after, KSYMS_LINES_OUTER_NAMED, KSYMS_AFTER_OUTER);
    put_coded_number(&chunk, KSYMS_CODE_LINES_NUMBER, 0);
    put_row(&chunk, &after, 0, 2 * 2, 1);
    put_lines_step(&chunk, &after, KSYMS_LINES_CHILD_NEAR, KSYMS_AFTER_CALL);
    put_coded_number(&chunk, KSYMS_CODE_LINES_NEAR, 0);
    put_coded_number(&chunk, KSYMS_CODE_LINES_CALL_AT, 2 * 1);
    put_row(&chunk, &after, 0, 2 * 70000, 1);
    put_lines_step(&chunk, &after, KSYMS_LINES_PADDING, KSYMS_AFTER_PADDING);
    put_lines_step(&chunk, &after, KSYMS_LINES_OUTER_NEAR, KSYMS_AFTER_OUTER);
    put_coded_number(&chunk, KSYMS_CODE_LINES_OUTER_NEAR, 2 * 30);
    put_lines_step(&chunk, &after, KSYMS_LINES_CHILD, KSYMS_AFTER_CALL);
    put_coded_number(&chunk, KSYMS_CODE_LINES_NUMBER, 1);
    put_coded_number(&chunk, KSYMS_CODE_LINES_CALL_AT, 2 * 2);
    put_lines_step(&chunk, &after, KSYMS_LINES_NESTED, KSYMS_AFTER_CALL);
    put_coded_number(&chunk, KSYMS_CODE_LINES_NESTED, 1);
    put_row(&chunk, &after, 0, 0, 1);
    put_lines_step(&chunk, &after, KSYMS_LINES_TO_PARENT, KSYMS_AFTER_MOVE);
    put_lines_step(&chunk, &after, KSYMS_LINES_NESTED, KSYMS_AFTER_CALL);
    put_coded_number(&chunk, KSYMS_CODE_LINES_NESTED_NEXT, 0);
    put_row(&chunk, &after, 0, 0, 1);
    put_lines_step(&chunk, &after, KSYMS_LINES_NESTED, KSYMS_AFTER_CALL); /* x has no calls */
    put_coded_number(&chunk, KSYMS_CODE_LINES_NESTED, 5);
    put_row(&chunk, &after, 0, 0, 1);
    put_lines_step(&chunk, &after, KSYMS_LINES_GAP, KSYMS_AFTER_NOTHING);
    put_coded_number(&chunk, KSYMS_CODE_LINES_GAP, 99);
    put_part(part, &chunk, 0x200, true);
    chunk_end = part->bits / 8;
    put_tables(part);
    return chunk_end;
}

/* What each stretch must say: `function directory/file:line` from the innermost outwards. */
static const struct expected_stretch {
    uint64_t start;
    uint64_t end;
    const char *chain; /* null: nothing known */
} expected_stretches[] = {
    {0x0fff, 0x1000, NULL},
    {0x1000, 0x1004, "- de/a.c:10 "},
    {0x1004, 0x1006, "in de/b.h:101 - de/a.c:10 "},
    {0x1006, 0x1026, "- de/a.c:15 "},
    {0x1026, 0x1028, "in d/m.h:7 - de/a.c:10 "},
    {0x1028, 0x102c, NULL},
    {0x102c, 0x102d, "x de/a.c:49 in de/b.h:98 - de/a.c:10 "},
    {0x102d, 0x102e, "- de/a.c:18 "},
    {0x102e, 0x102f, "in de/b.h:97 - d/m.h:70 "},
    {0x102f, 0x1030, "x de/a.c:52 "},
    {0x1030, 0x1031, "x de/a.c:70050 x de/a.c:53 "},
    {0x1031, 0x1040, "- de/a.c:70050 "},
    {0x1040, 0x1041, "in de/b.h:100 in de/b.h:1098 - de/a.c:42 "},
    {0x1041, 0x1042, "x de/a.c:50 in de/b.h:1099 - de/a.c:42 "},
    {0x1042, 0x1043, NULL},
    {0x1043, 0x1200, NULL},
};

static void describe_chain(struct ksyms_chain *chain, char *text, size_t size)
{
    struct ksyms_place place;
    size_t length = 0;

    text[0] = '\0';
    for (unsigned count = 0; ksyms_chain_next(chain, &place); count++) {
        assert_true(count < KSYMS_LINES_SCOPES);
        length += (size_t)snprintf(text + length, length < size ? size - length : 0, "%s %s/%s:%u ",
                                   !place.function                         ? "-"
                                   : strcmp(place.function, odd_name) == 0 ? "x"
                                                                           : place.function,
                                   place.directory, place.file, place.line);
        assert_true(length < size);
    }
    assert_false(ksyms_chain_next(chain, &place));
}

static void test_lines_by_hand(void **state)
{
    size_t size;
    struct stream part = {0};
    make_lines_part(&part);
    uint8_t *blob = make_blob(KSYMS_PART_LINES, part.bytes, part.bits / 8, &size);
    struct ksyms_table table;
    struct ksyms_lines lines;

    (void)state;
    assert_int_equal(ksyms_table_open(&table, blob, size), KSYMS_OK);
    assert_int_equal(ksyms_lines_open(&lines, &table), KSYMS_OK);
    for (size_t i = 0; i < sizeof(expected_stretches) / sizeof(expected_stretches[0]); i++) {
        const struct expected_stretch *wanted = &expected_stretches[i];
        for (uint64_t address = wanted->start; address < wanted->end; address++) {
            struct ksyms_chain chain;
            char text[512];
            bool is_found = ksyms_lines_find(&lines, address, &chain);
            assert_int_equal(is_found, wanted->chain != NULL);
            if (is_found) {
                assert_int_equal(chain.start, wanted->start);
                assert_int_equal(chain.end, wanted->end);
                describe_chain(&chain, text, sizeof(text));
                assert_string_equal(text, wanted->chain);
            }
        }
    }
    free(blob);
}

/* Parts that are cut: the groups are at the end, and bits behind the end are zeros. */
static void test_lines_sizes(void **state)
{
    struct ksyms_table table;
    struct ksyms_lines lines;
    struct ksyms_unwind unwind;
    struct stream part = {0};
    size_t size, groups_start;

    (void)state;
    groups_start = make_lines_part(&part) + TABLES_SIZE;
    for (size_t length = 0; length <= part.bits / 8; length++) {
        uint8_t *blob = make_blob(KSYMS_PART_LINES, part.bytes, length, &size);
        assert_int_equal(ksyms_table_open(&table, blob, size), KSYMS_OK);
        assert_int_equal(ksyms_lines_open(&lines, &table),
                         length >= groups_start ? KSYMS_OK : KSYMS_BLOB_COUNT);
        assert_int_equal(ksyms_unwind_open(&unwind, &table), KSYMS_BLOB_PART);
        free(blob);
    }
}

/* ---- UNWIND ---- */

/* One step: its length, and what else follows. */
static void put_step(struct stream *stream, unsigned *before, unsigned step, uint32_t length)
{
    uint32_t symbol = number_symbol(length - 1, KSYMS_UNWIND_LENGTH_BITS);

    put_symbol(stream, KSYMS_CODE_UNWIND_STEP + *before,
               step * KSYMS_UNWIND_LENGTHS + (symbol < 18 ? symbol : 18));
    if (symbol < 18) {
        put_rest(stream, length - 1, KSYMS_UNWIND_LENGTH_BITS);
    } else {
        put_coded_number(stream, KSYMS_CODE_UNWIND_LENGTH, length - 1);
    }
    *before = step;
}

static void make_unwind_part(struct stream *part)
{
    struct stream chunk = {0};
    unsigned before = 0;

    put_step(&chunk, &before, KSYMS_UNWIND_START, 1);
    put_step(&chunk, &before, KSYMS_UNWIND_PUSH_BP, 3);
    put_step(&chunk, &before, KSYMS_UNWIND_MOVE, 100);
    put_step(&chunk, &before, KSYMS_UNWIND_LEAVE, 1);
    put_step(&chunk, &before, KSYMS_UNWIND_BODY, 2);
    put_step(&chunk, &before, KSYMS_UNWIND_START_16, 2); /* at 0x1070 */
    put_step(&chunk, &before, KSYMS_UNWIND_PUSH, 2);
    put_step(&chunk, &before, KSYMS_UNWIND_ALLOCATE, 4); /* 56 */
    put_coded_number(&chunk, KSYMS_CODE_UNWIND_WORDS, 5);
    put_step(&chunk, &before, KSYMS_UNWIND_FREE, 1);
    put_coded_number(&chunk, KSYMS_CODE_UNWIND_WORDS, 5);
    put_step(&chunk, &before, KSYMS_UNWIND_POP, 1);
    put_step(&chunk, &before, KSYMS_UNWIND_BODY, 1);
    put_step(&chunk, &before, KSYMS_UNWIND_NONE, 4);
    put_step(&chunk, &before, KSYMS_UNWIND_SET, 3);
    put_high_bits(&chunk, KSYMS_UNWIND_TRAP << 2 | KSYMS_UNWIND_BP_AT_SP, 5);
    put_coded_number(&chunk, KSYMS_CODE_UNWIND_OFFSET, 32);
    put_coded_number(&chunk, KSYMS_CODE_UNWIND_OFFSET, 16);
    put_step(&chunk, &before, KSYMS_UNWIND_PUSH, 1);
    put_step(&chunk, &before, KSYMS_UNWIND_SET, 1);
    put_high_bits(&chunk, KSYMS_UNWIND_END << 2 | KSYMS_UNWIND_BP_SAME, 5);
    put_step(&chunk, &before, KSYMS_UNWIND_SET, 70000);
    put_high_bits(&chunk, KSYMS_UNWIND_REGISTER << 2 | KSYMS_UNWIND_BP_SAME, 5);
    put_high_bits(&chunk, 10, 4);
    put_coded_number(&chunk, KSYMS_CODE_UNWIND_OFFSET, 3);
    put_step(&chunk, &before, KSYMS_UNWIND_NONE, 16);
    put_part(part, &chunk, 0x1094 + 70000 - 0x1000, false);
}

static const struct ksyms_unwind_row expected_rows[] = {
    {0x1000, 0x1001, KSYMS_UNWIND_SP, KSYMS_UNWIND_BP_SAME, 0, 8, 0},
    {0x1001, 0x1004, KSYMS_UNWIND_SP, KSYMS_UNWIND_BP_AT_CFA, 0, 16, -16},
    {0x1004, 0x1068, KSYMS_UNWIND_BP, KSYMS_UNWIND_BP_AT_CFA, 0, 16, -16},
    {0x1068, 0x1069, KSYMS_UNWIND_SP, KSYMS_UNWIND_BP_SAME, 0, 8, 0},
    {0x1069, 0x106b, KSYMS_UNWIND_BP, KSYMS_UNWIND_BP_AT_CFA, 0, 16, -16},
    {0x106b, 0x1070, KSYMS_UNWIND_UNKNOWN, 0, 0, 0, 0},
    {0x1070, 0x1072, KSYMS_UNWIND_SP, KSYMS_UNWIND_BP_SAME, 0, 8, 0},
    {0x1072, 0x1074, KSYMS_UNWIND_SP, KSYMS_UNWIND_BP_SAME, 0, 16, 0},
    {0x1074, 0x1078, KSYMS_UNWIND_SP, KSYMS_UNWIND_BP_SAME, 0, 56, 0},
    {0x1078, 0x1079, KSYMS_UNWIND_SP, KSYMS_UNWIND_BP_SAME, 0, 16, 0},
    {0x1079, 0x107a, KSYMS_UNWIND_SP, KSYMS_UNWIND_BP_SAME, 0, 8, 0},
    {0x107a, 0x107b, KSYMS_UNWIND_SP, KSYMS_UNWIND_BP_SAME, 0, 56, 0},
    {0x107b, 0x107f, KSYMS_UNWIND_UNKNOWN, 0, 0, 0, 0},
    {0x107f, 0x1082, KSYMS_UNWIND_TRAP, KSYMS_UNWIND_BP_AT_SP, 0, 16, 8},
    {0x1082, 0x1083, KSYMS_UNWIND_TRAP, KSYMS_UNWIND_BP_AT_SP, 0, 24, 8},
    {0x1083, 0x1084, KSYMS_UNWIND_END, KSYMS_UNWIND_BP_SAME, 0, 0, 0},
    {0x1084, 0x1084 + 70000, KSYMS_UNWIND_REGISTER, KSYMS_UNWIND_BP_SAME, 10, -2, 0},
    {0x1084 + 70000, 0x1094 + 70000, KSYMS_UNWIND_UNKNOWN, 0, 0, 0, 0},
};

static void test_rows_by_hand(void **state)
{
    size_t size;
    struct stream part = {0};
    make_unwind_part(&part);
    uint8_t *blob = make_blob(KSYMS_PART_UNWIND, part.bytes, part.bits / 8, &size);
    struct ksyms_unwind_row row;
    struct ksyms_unwind unwind;
    struct ksyms_table table;

    (void)state;
    assert_int_equal(ksyms_table_open(&table, blob, size), KSYMS_OK);
    assert_int_equal(ksyms_unwind_open(&unwind, &table), KSYMS_OK);
    assert_false(ksyms_unwind_find(&unwind, 0xfff, &row));
    for (size_t i = 0; i < sizeof(expected_rows) / sizeof(expected_rows[0]); i++) {
        const struct ksyms_unwind_row *wanted = &expected_rows[i];
        for (uint64_t address = wanted->start; address < wanted->end; address++) {
            bool is_found = ksyms_unwind_find(&unwind, address, &row);
            assert_int_equal(is_found, wanted->kind != KSYMS_UNWIND_UNKNOWN);
            assert_int_equal(row.start, wanted->start);
            assert_int_equal(row.end, wanted->end);
            assert_int_equal(row.kind, wanted->kind);
            if (is_found) {
                assert_int_equal(row.bp, wanted->bp);
                assert_int_equal(row.reg, wanted->reg);
                assert_int_equal(row.offset, wanted->offset);
                assert_int_equal(row.bp_offset, wanted->bp_offset);
            }
        }
    }
    assert_false(ksyms_unwind_find(&unwind, 0x1094 + 70000, &row));
    assert_false(ksyms_unwind_find(&unwind, UINT64_MAX, &row));
    free(blob);
}

/* ---- Steps ---- */

static uint64_t words[16];

static uint64_t at(unsigned word)
{
    return (uint64_t)(uintptr_t)&words[word];
}

/* One step from sp = word 2, bp = word 6, on a stack of all words. */
static enum ksyms_status step(struct ksyms_unwind_row row, struct ksyms_frame *frame, bool *is_trap)
{
    struct ksyms_stack stack = {at(0), at(16)};

    *frame = (struct ksyms_frame){0x1000, at(2), at(6)};
    for (unsigned i = 0; i < 16; i++) {
        words[i] = 0x100 + i;
    }
    words[5] = at(12);
    *is_trap = true;
    return ksyms_unwind_step(&row, &stack, frame, is_trap);
}

static void expect_step(struct ksyms_unwind_row row, uint64_t pc, uint64_t sp, uint64_t bp,
                        bool is_trap)
{
    struct ksyms_frame frame;
    bool was_trap;

    assert_int_equal(step(row, &frame, &was_trap), KSYMS_OK);
    assert_int_equal(frame.pc, pc);
    assert_int_equal(frame.sp, sp);
    assert_int_equal(frame.bp, bp);
    assert_int_equal(was_trap, is_trap);
}

static void test_steps(void **state)
{
    (void)state;
    expect_step((struct ksyms_unwind_row){.kind = KSYMS_UNWIND_SP, .offset = 24}, 0x104, at(5),
                at(6), false);
    expect_step(
        (struct ksyms_unwind_row){
            .kind = KSYMS_UNWIND_BP, .offset = 16, .bp = KSYMS_UNWIND_BP_AT_CFA, .bp_offset = -16},
        0x107, at(8), 0x106, false);
    expect_step((struct ksyms_unwind_row){.kind = KSYMS_UNWIND_BP_INDIRECT,
                                          .offset = -8,
                                          .bp = KSYMS_UNWIND_BP_AT_BP,
                                          .bp_offset = 0},
                0x10b, at(12), 0x106, false);
    expect_step(
        (struct ksyms_unwind_row){
            .kind = KSYMS_UNWIND_TRAP, .offset = 16, .bp = KSYMS_UNWIND_BP_AT_SP, .bp_offset = 8},
        0x104, 0x107, 0x103, true);
    expect_step((struct ksyms_unwind_row){.kind = KSYMS_UNWIND_TRAP, .offset = 0}, 0x102, at(12),
                at(6), true);
}

static void expect_refusal(struct ksyms_unwind_row row, enum ksyms_status status)
{
    struct ksyms_frame frame;
    bool is_trap;

    assert_int_equal(step(row, &frame, &is_trap), status);
    assert_int_equal(frame.pc, 0x1000);
    assert_int_equal(frame.sp, at(2));
    assert_int_equal(frame.bp, at(6));
    assert_true(is_trap);
}

static void test_refused_steps(void **state)
{
    (void)state;
    expect_refusal((struct ksyms_unwind_row){.kind = KSYMS_UNWIND_END}, KSYMS_STACK_END);
    expect_refusal((struct ksyms_unwind_row){.kind = KSYMS_UNWIND_UNKNOWN}, KSYMS_STACK_NO_ROW);
    expect_refusal((struct ksyms_unwind_row){.kind = 200}, KSYMS_STACK_NO_ROW);
    expect_refusal((struct ksyms_unwind_row){.kind = KSYMS_UNWIND_REGISTER}, KSYMS_STACK_REGISTER);
    expect_refusal((struct ksyms_unwind_row){.kind = KSYMS_UNWIND_SP, .offset = 8, .bp = 9},
                   KSYMS_STACK_NO_ROW);
    expect_refusal((struct ksyms_unwind_row){.kind = KSYMS_UNWIND_SP, .offset = 0},
                   KSYMS_STACK_ORDER);
    expect_refusal((struct ksyms_unwind_row){.kind = KSYMS_UNWIND_SP, .offset = -8},
                   KSYMS_STACK_ORDER);
    expect_refusal((struct ksyms_unwind_row){.kind = KSYMS_UNWIND_SP, .offset = 12},
                   KSYMS_STACK_ALIGNMENT);
    expect_refusal((struct ksyms_unwind_row){.kind = KSYMS_UNWIND_SP, .offset = 15 * 8},
                   KSYMS_STACK_BOUNDS);
    expect_refusal((struct ksyms_unwind_row){.kind = KSYMS_UNWIND_SP, .offset = INT32_MAX - 7},
                   KSYMS_STACK_BOUNDS);
    expect_refusal(
        (struct ksyms_unwind_row){
            .kind = KSYMS_UNWIND_SP, .offset = 8, .bp = KSYMS_UNWIND_BP_AT_CFA, .bp_offset = -32},
        KSYMS_STACK_BOUNDS);
    expect_refusal((struct ksyms_unwind_row){.kind = KSYMS_UNWIND_TRAP, .offset = 11 * 8},
                   KSYMS_STACK_BOUNDS);
    expect_refusal((struct ksyms_unwind_row){.kind = KSYMS_UNWIND_BP_INDIRECT, .offset = 10 * 8},
                   KSYMS_STACK_BOUNDS);
    /* The last word can be a return address: the CFA is the stack's end. */
    expect_step((struct ksyms_unwind_row){.kind = KSYMS_UNWIND_SP, .offset = 14 * 8}, 0x10f, at(16),
                at(6), false);
}

/* ---- Damage ---- */

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes;

    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    bytes = malloc(*size);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

/* Whatever the answer: it ends, its texts are readable, its addresses hold the one asked for. */
static size_t ask(const struct ksyms_table *table, uint64_t address)
{
    struct ksyms_lines lines;
    struct ksyms_unwind unwind;
    struct ksyms_unwind_row row;
    struct ksyms_chain chain;
    struct ksyms_place place;
    size_t letters = 0;

    if (ksyms_lines_open(&lines, table) == KSYMS_OK && ksyms_lines_find(&lines, address, &chain)) {
        unsigned count = 0;
        assert_true(address - chain.start < chain.end - chain.start);
        while (ksyms_chain_next(&chain, &place)) {
            assert_true(++count <= KSYMS_LINES_SCOPES);
            letters += strlen(place.directory) + strlen(place.file) +
                       (place.function ? strlen(place.function) : 0);
        }
    }
    if (ksyms_unwind_open(&unwind, table) == KSYMS_OK &&
        ksyms_unwind_find(&unwind, address, &row)) {
        struct ksyms_frame frame;
        bool is_trap;
        assert_true(address - row.start < row.end - row.start);
        step(row, &frame, &is_trap);
    }
    return letters;
}

/* Addresses to ask for: in each block of the undamaged blob. */
static size_t list_addresses(const uint8_t *blob, size_t size, uint64_t *addresses, size_t capacity)
{
    struct ksyms_table table;
    struct ksyms_lines lines;
    size_t count = 0;

    assert_int_equal(ksyms_table_open(&table, blob, size), KSYMS_OK);
    assert_int_equal(ksyms_lines_open(&lines, &table), KSYMS_OK);
    for (uint32_t block = 0; block < lines.index.count; block++) {
        uint64_t address = ksyms_trace_block_address(&lines.index, block);
        for (unsigned i = 0; i < 8 && count < capacity; i++) {
            addresses[count++] = address + i * i * 37;
        }
    }
    return count;
}

static void damage(const char *path, size_t stride)
{
    static const uint8_t masks[] = {0xff, 0x10};
    uint64_t addresses[32];
    size_t size, answers = 0;
    uint8_t *blob = read_file(path, &size);
    size_t count = list_addresses(blob, size, addresses, 32);

    assert_true(count > 0);
    for (size_t i = 0; i < size; i += stride) {
        for (size_t mask = 0; mask < sizeof(masks); mask++) {
            struct ksyms_table table;
            blob[i] ^= masks[mask];
            if (ksyms_table_open(&table, blob, size) == KSYMS_OK) {
                for (size_t j = 0; j < count; j++) {
                    answers += ask(&table, addresses[j]) > 0;
                }
            }
            blob[i] ^= masks[mask];
        }
    }
    assert_true(answers > size / stride);
    free(blob);
}

static void test_damage(void **state)
{
    (void)state;
    assert_true(blob_count >= 2);
    for (int i = 0; i < blob_count; i++) {
        damage(blob_paths[i], i == blob_count - 1 ? 7 : 1);
    }
}

/* Streams of random bytes. */
static void test_noise(void **state)
{
    struct stream lines_part = {0}, unwind_part = {0};
    size_t tables_start;
    uint64_t seed = 1;

    (void)state;
    tables_start = make_lines_part(&lines_part);
    make_unwind_part(&unwind_part);
    for (unsigned round = 0; round < 20000; round++) {
        struct ksyms_table table;
        size_t size;
        uint8_t *blob;
        for (size_t i = 20; i < lines_part.bits / 8; i++) {
            seed = seed * 6364136223846793005 + 1442695040888963407;
            if (i < tables_start || i >= tables_start + TABLES_SIZE) {
                lines_part.bytes[i] = (uint8_t)(seed >> 40);
            }
        }
        for (size_t i = 20; i < unwind_part.bits / 8; i++) {
            seed = seed * 6364136223846793005 + 1442695040888963407;
            unwind_part.bytes[i] = (uint8_t)(seed >> 40);
        }
        blob = make_blob(KSYMS_PART_LINES, lines_part.bytes, lines_part.bits / 8, &size);
        assert_int_equal(ksyms_table_open(&table, blob, size), KSYMS_OK);
        for (uint64_t address = 0x1000; address < 0x1040; address += 5) {
            ask(&table, address);
        }
        free(blob);
        blob = make_blob(KSYMS_PART_UNWIND, unwind_part.bytes, unwind_part.bits / 8, &size);
        assert_int_equal(ksyms_table_open(&table, blob, size), KSYMS_OK);
        for (uint64_t address = 0x1000; address < 0x1040; address += 5) {
            ask(&table, address);
        }
        free(blob);
    }
}

int main(int argument_count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_by_hand), cmocka_unit_test(test_lines_sizes),
        cmocka_unit_test(test_rows_by_hand),  cmocka_unit_test(test_steps),
        cmocka_unit_test(test_refused_steps), cmocka_unit_test(test_damage),
        cmocka_unit_test(test_noise),
    };
    blob_count = argument_count - 1;
    blob_paths = arguments + 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
