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
    struct buffer blocks;
    struct buffer stream;
    uint32_t block_count;
    uint32_t step_count; /* in the block */
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

static void put_step(struct writer *writer, uint32_t step, uint64_t length,
                     const struct buffer *operands)
{
    uint64_t shortened = length;

    if (length > UINT32_MAX / 2) {
        fail("a frame row of %lu bytes", (unsigned long)length);
    }
    put_number(&writer->stream, step | (length < 16 ? (uint32_t)shortened << 4 : 0), 1);
    if (operands != NULL) {
        put_bytes(&writer->stream, operands->bytes, operands->size);
    }
    if (length >= 16) {
        put_varint(&writer->stream, (uint32_t)length - 16);
    }
    writer->step_count++;
    writer->end += length;
}

static void put_set(struct writer *writer, const struct ksyms_unwind_row *row, uint64_t length)
{
    struct buffer operands = {0};

    put_number(&operands, (uint32_t)row->kind | (uint32_t)row->bp << 4, 1);
    if (row->kind == KSYMS_UNWIND_REGISTER) {
        put_number(&operands, row->reg, 1);
    }
    if (row->kind != KSYMS_UNWIND_END) {
        put_varint(&operands, fold_signed(row->offset));
    }
    if (row->bp != KSYMS_UNWIND_BP_SAME) {
        put_varint(&operands, fold_signed(row->bp_offset));
    }
    put_step(writer, KSYMS_UNWIND_SET, length, &operands);
    buffer_free(&operands);
    writer->state = (struct ksyms_unwind_state){.row = *row, .body = *row};
}

static void put_allocation(struct writer *writer, uint32_t step, uint32_t words, uint64_t length)
{
    struct buffer operand = {0};

    put_varint(&operand, words);
    put_step(writer, step, length, &operand);
    buffer_free(&operand);
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
            put_step(writer, steps[i], length, NULL);
            return;
        }
    }
    if (try_step(writer, row, step, count)) {
        put_allocation(writer, step, count, length);
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
    put_step(writer, step, row->end - row->start, NULL);
    return true;
}

static void begin_block(struct writer *writer, uint64_t address)
{
    put_number(&writer->blocks, address, 8);
    put_number(&writer->blocks, writer->stream.size, 4);
    writer->block_count++;
    writer->step_count = 0;
    writer->state = (struct ksyms_unwind_state){0};
    writer->end = address;
}

/* A hole longer than this ends a block. */
#define LONGEST_GAP 65536

/* Is this row a new function's?  Behind a hole, or where the state is that of a start again. */
static void write_row(struct writer *writer, const struct ksyms_unwind_row *row)
{
    bool is_start = row->kind == KSYMS_UNWIND_SP && row->offset == 8 &&
                    row->bp == KSYMS_UNWIND_BP_SAME && row->bp_offset == 0;

    if (writer->block_count == 0 || writer->step_count >= KSYMS_UNWIND_BLOCK_STEPS ||
        row->start - writer->end > LONGEST_GAP) {
        begin_block(writer, row->start);
    }
    if (is_start && !writer->state.is_ending && put_start(writer, row)) {
        return;
    }
    if (row->start != writer->end) {
        if (is_start && put_start(writer, row)) {
            return;
        }
        ksyms_unwind_apply(&writer->state, KSYMS_UNWIND_NONE, 0);
        put_step(writer, KSYMS_UNWIND_NONE, row->start - writer->end, NULL);
    }
    put_row(writer, row);
}

void build_unwind(struct buffer *part, const struct frames *frames)
{
    struct writer writer = {0};
    struct ksyms_unwind_header header;

    for (size_t i = 0; i < frames->count; i++) {
        write_row(&writer, &frames->rows[i]);
    }
    header = (struct ksyms_unwind_header){writer.block_count, (uint32_t)writer.stream.size};
    put_bytes(part, &header, sizeof(header));
    put_bytes(part, writer.blocks.bytes, writer.blocks.size);
    put_bytes(part, writer.stream.bytes, writer.stream.size);
    buffer_free(&writer.blocks);
    buffer_free(&writer.stream);
}
