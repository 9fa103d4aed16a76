// SPDX-License-Identifier: MIT
/*
 * gen_trace_unwind.c: frame rows -> the part UNWIND (src/ksyms/FORMAT.md, trace_format.h).
 *
 * For each row the first step is taken that makes its rule out of the one before; the reader's own
 * function (ksyms_unwind_apply) says what a step makes.  SET can say anything.
 */
#include <stdlib.h>
#include "gen_trace.h"
#include "ksyms/trace_format.h"

struct writer {
    struct chunks chunks;
    struct code_buffer bits; /* of the chunk */
    uint64_t start;
    uint32_t row_count;
    uint32_t step; /* the last one */
    struct ksyms_unwind_state state;
    uint64_t end; /* of what is written */
};

static bool is_same_rule(const struct ksyms_unwind_row *a, const struct ksyms_unwind_row *b)
{
    return a->kind == b->kind && a->reg == b->reg && a->bp == b->bp && a->offset == b->offset &&
           a->bp_offset == b->bp_offset;
}

/* Does a step lead to the row?  If so it is taken. */
static bool try_step(struct writer *writer, const struct ksyms_unwind_row *row, uint32_t step,
                     uint32_t operand)
{
    struct ksyms_unwind_state state = writer->state;

    ksyms_unwind_apply(&state, step, operand);
    if (!is_same_rule(&state.row, row)) {
        return false;
    }
    writer->state = state;
    return true;
}

/* A step, but for its operands. */
static void put_step(struct writer *writer, uint32_t step, uint64_t length)
{
    uint32_t above = (uint32_t)length - 1; /* 1 byte at least */
    uint32_t symbol = number_symbol(above, KSYMS_UNWIND_LENGTH_BITS);
    unsigned code = KSYMS_CODE_UNWIND_STEP + writer->step;

    if (length > UINT32_MAX) {
        fail("a frame row of %lu bytes", (unsigned long)length);
    }
    if (symbol < KSYMS_UNWIND_LENGTHS - 1) {
        put_symbol(&writer->bits, code, step * KSYMS_UNWIND_LENGTHS + symbol);
        put_number_rest(&writer->bits, above, KSYMS_UNWIND_LENGTH_BITS);
    } else {
        put_symbol(&writer->bits, code, step * KSYMS_UNWIND_LENGTHS + KSYMS_UNWIND_LENGTHS - 1);
        put_code_number(&writer->bits, KSYMS_CODE_UNWIND_LENGTH, above);
    }
    writer->step = step;
    writer->row_count++;
    writer->end += length;
}

static void put_set(struct writer *writer, const struct ksyms_unwind_row *row, uint64_t length)
{
    struct code_buffer *bits = &writer->bits;

    put_step(writer, KSYMS_UNWIND_SET, length);
    put_high_bits(bits, row->kind, 3);
    put_high_bits(bits, row->bp, 2);
    if (row->kind == KSYMS_UNWIND_REGISTER) {
        put_high_bits(bits, row->reg, 4);
    }
    if (row->kind != KSYMS_UNWIND_END) {
        put_code_number(bits, KSYMS_CODE_UNWIND_OFFSET, fold_signed(row->offset));
    }
    if (row->bp != KSYMS_UNWIND_BP_SAME) {
        put_code_number(bits, KSYMS_CODE_UNWIND_OFFSET, fold_signed(row->bp_offset));
    }
    writer->state = (struct ksyms_unwind_state){.row = *row, .body = *row};
}

static void put_row(struct writer *writer, const struct ksyms_unwind_row *row)
{
    static const uint32_t steps[] = {
        KSYMS_UNWIND_PUSH_BP, KSYMS_UNWIND_MOVE, KSYMS_UNWIND_PUSH,  KSYMS_UNWIND_POP_BP,
        KSYMS_UNWIND_POP,     KSYMS_UNWIND_BODY, KSYMS_UNWIND_LEAVE,
    };
    int64_t words = ((int64_t)row->offset - writer->state.row.offset) / 8;
    uint32_t count = (uint32_t)(words < 0 ? -words : words);
    uint32_t step = words < 0 ? KSYMS_UNWIND_FREE : KSYMS_UNWIND_ALLOCATE;
    uint64_t length = row->end - row->start;

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        if (try_step(writer, row, steps[i], 0)) {
            put_step(writer, steps[i], length);
            return;
        }
    }
    if (try_step(writer, row, step, count)) {
        put_step(writer, step, length);
        put_code_number(&writer->bits, KSYMS_CODE_UNWIND_WORDS, count);
    } else {
        put_set(writer, row, length);
    }
}

/* A function's first row, maybe behind the bytes that align it. */
static bool put_start(struct writer *writer, const struct ksyms_unwind_row *row)
{
    bool is_aligned = (row->start & 15) == 0 && row->start - writer->end < 16;
    uint32_t step =
        row->start != writer->end && is_aligned ? KSYMS_UNWIND_START_16 : KSYMS_UNWIND_START;
    struct ksyms_unwind_state fresh = {0};

    ksyms_unwind_apply(&fresh, step, 0);
    if (!is_same_rule(&fresh.row, row) || (row->start != writer->end && !is_aligned)) {
        return false;
    }
    writer->state = fresh;
    writer->end = row->start;
    put_step(writer, step, row->end - row->start);
    return true;
}

/* ---- Chunks ---- */

/* A chunk ends before the function behind so many rows, or in one behind twice as many. */
#define CHUNK_ROWS 24u

/* A hole longer than this is not put into a chunk. */
#define LONGEST_GAP 65536

/* Its steps say something of all addresses that the chunk has. */
static void end_chunk(struct writer *writer, uint64_t end)
{
    if (end > writer->end) {
        put_step(writer, KSYMS_UNWIND_NONE, end - writer->end);
    }
    if (writer->row_count > 0) {
        put_chunk(&writer->chunks, writer->start, end, &writer->bits.bytes, 0);
    }
    code_buffer_clear(&writer->bits);
    writer->row_count = 0;
    writer->step = KSYMS_UNWIND_NONE;
    writer->state = (struct ksyms_unwind_state){0};
}

/* The bytes that align a function are of its chunk: START_16 says both. */
static void begin_chunk(struct writer *writer, const struct ksyms_unwind_row *row)
{
    uint64_t gap = row->start - writer->end;
    bool is_padding = gap < 16 && (row->start & 15) == 0;

    if (writer->row_count > 0) {
        end_chunk(writer, is_padding || gap > LONGEST_GAP ? writer->end : row->start);
        writer->start = is_padding ? writer->end : row->start;
    } else {
        writer->start = row->start;
    }
    writer->end = writer->start;
}

/* Is this row a new function's?  Behind a hole, or where the state is that of a start again. */
static void write_row(struct writer *writer, const struct ksyms_unwind_row *row)
{
    bool is_start = row->kind == KSYMS_UNWIND_SP && row->offset == 8 &&
                    row->bp == KSYMS_UNWIND_BP_SAME && row->bp_offset == 0;
    bool is_function = is_start && (!writer->state.is_ending || row->start != writer->end);

    if (writer->row_count == 0 || writer->row_count >= 2 * CHUNK_ROWS ||
        (is_function && writer->row_count >= CHUNK_ROWS) ||
        row->start - writer->end > LONGEST_GAP) {
        begin_chunk(writer, row);
    }
    if (is_function && put_start(writer, row)) {
        return;
    }
    if (row->start != writer->end) {
        ksyms_unwind_apply(&writer->state, KSYMS_UNWIND_NONE, 0);
        put_step(writer, KSYMS_UNWIND_NONE, row->start - writer->end);
    }
    put_row(writer, row);
}

void build_unwind(struct buffer *part, const struct frames *frames)
{
    struct writer writer = {0};

    for (size_t i = 0; i < frames->count; i++) {
        write_row(&writer, &frames->rows[i]);
    }
    end_chunk(&writer, writer.end);
    put_chunks(part, &writer.chunks);
    buffer_free(&writer.bits.bytes);
}
