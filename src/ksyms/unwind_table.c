// SPDX-License-Identifier: MIT
/*
 * unwind_table.c: the row for an address, and one step up a stack by it.
 *
 * What the compiler's frame information says of a function follows what its instructions do to the
 * stack: push, move, allocate, and back.  So a row is stored as that change of the row before it,
 * 5 bits in most cases (trace_format.h).  A chunk begins with no state, so it is decoded alone.
 *
 *   1. Each step reads at least a bit, at most KSYMS_UNWIND_STEPS_MAX in a chunk.
 *   2. Nothing is read from the stack but aligned words inside its limits.
 *   3. sp rises with each step over a call, so that a walk ends, whatever rows and stack hold.
 */
#include "ksyms/part.h"
#include "ksyms/unwind_table.h"
#include "trace_parts.h"

static const struct ksyms_unwind_row row_at_start = {.kind = KSYMS_UNWIND_SP, .offset = 8};
static const struct ksyms_unwind_row row_unknown = {.kind = KSYMS_UNWIND_UNKNOWN};

enum ksyms_status ksyms_unwind_open(struct ksyms_unwind *unwind, const struct ksyms_table *table)
{
    struct ksyms_part part, rest;
    struct ksyms_trace_index index;

    if (!ksyms_table_part(table, KSYMS_PART_UNWIND, &part)) {
        return KSYMS_BLOB_PART;
    }
    if (!ksyms_trace_index_open(&index, &part, &rest) || rest.size_bytes != 0) {
        return KSYMS_BLOB_COUNT;
    }
    unwind->index = index;
    return KSYMS_OK;
}

/* ---- The state ---- */

/* Sums wrap in damaged blobs; a wrong offset meets the limits of the stack. */
static void move_stack(struct ksyms_unwind_state *state, uint32_t bytes)
{
    state->row.offset = (int32_t)((uint32_t)state->row.offset + bytes);
}

static bool is_end_step(uint32_t step)
{
    return step == KSYMS_UNWIND_POP || step == KSYMS_UNWIND_POP_BP || step == KSYMS_UNWIND_FREE ||
           step == KSYMS_UNWIND_LEAVE;
}

void ksyms_unwind_apply(struct ksyms_unwind_state *state, uint32_t step, uint32_t operand)
{
    if (is_end_step(step) && !state->is_ending) {
        state->body = state->row;
    }
    state->is_ending = is_end_step(step);
    switch (step) {
    case KSYMS_UNWIND_START:
    case KSYMS_UNWIND_START_16:
        state->row = row_at_start;
        state->body = row_at_start;
        break;
    case KSYMS_UNWIND_PUSH:
    case KSYMS_UNWIND_PUSH_BP:
        move_stack(state, 8);
        if (step == KSYMS_UNWIND_PUSH_BP) {
            state->row.bp = KSYMS_UNWIND_BP_AT_CFA;
            state->row.bp_offset = (int32_t)(0u - (uint32_t)state->row.offset);
        }
        break;
    case KSYMS_UNWIND_POP:
    case KSYMS_UNWIND_POP_BP:
        move_stack(state, 0u - 8);
        if (step == KSYMS_UNWIND_POP_BP) {
            state->row.bp = KSYMS_UNWIND_BP_SAME;
            state->row.bp_offset = 0;
        }
        break;
    case KSYMS_UNWIND_MOVE:
        state->row.kind = KSYMS_UNWIND_BP;
        break;
    case KSYMS_UNWIND_LEAVE:
        state->row = row_at_start;
        break;
    case KSYMS_UNWIND_BODY:
        state->row = state->body;
        break;
    case KSYMS_UNWIND_ALLOCATE:
        move_stack(state, operand * 8);
        break;
    case KSYMS_UNWIND_FREE:
        move_stack(state, 0u - operand * 8);
        break;
    default:
        state->row = row_unknown;
        break;
    }
}

static int32_t take_offset(struct bit_cursor *bits)
{
    return (int32_t)unfold_signed(ksyms_trace_take_number(bits, KSYMS_CODE_UNWIND_OFFSET));
}

static void set_state(struct ksyms_unwind_state *state, struct bit_cursor *bits)
{
    state->row = (struct ksyms_unwind_row){.kind = (uint8_t)take_bits(bits, 3)};
    state->row.bp = (uint8_t)take_bits(bits, 2);
    if (state->row.kind == KSYMS_UNWIND_REGISTER) {
        state->row.reg = (uint8_t)take_bits(bits, 4);
    }
    if (state->row.kind != KSYMS_UNWIND_UNKNOWN && state->row.kind != KSYMS_UNWIND_END) {
        state->row.offset = take_offset(bits);
    }
    if (state->row.bp != KSYMS_UNWIND_BP_SAME) {
        state->row.bp_offset = take_offset(bits);
    }
    state->body = state->row;
    state->is_ending = false;
}

/* ---- Rows ---- */

/* One step of a chunk; the bytes of code that its state holds for. */
static uint32_t read_step(struct ksyms_unwind_state *state, struct bit_cursor *bits, uint32_t *step)
{
    uint32_t symbol = take_symbol(bits, KSYMS_CODE_UNWIND_STEP + *step);
    uint32_t length = symbol % KSYMS_UNWIND_LENGTHS;

    *step = symbol / KSYMS_UNWIND_LENGTHS;
    if (length == KSYMS_UNWIND_LENGTHS - 1) {
        length = ksyms_trace_take_number(bits, KSYMS_CODE_UNWIND_LENGTH);
    } else {
        length = take_number_rest(bits, length, KSYMS_UNWIND_LENGTH_BITS);
    }
    if (*step >= KSYMS_UNWIND_SET) {
        *step = KSYMS_UNWIND_SET;
        set_state(state, bits);
    } else {
        bool has_operand = *step == KSYMS_UNWIND_ALLOCATE || *step == KSYMS_UNWIND_FREE;
        ksyms_unwind_apply(
            state, *step, has_operand ? ksyms_trace_take_number(bits, KSYMS_CODE_UNWIND_WORDS) : 0);
    }
    return 1 + length;
}

static bool find_in_chunk(struct bit_cursor bits, uint64_t start, uint64_t address,
                          struct ksyms_unwind_row *row)
{
    struct ksyms_unwind_state state = {0};
    uint32_t step = KSYMS_UNWIND_NONE;

    for (unsigned i = 0; i < KSYMS_UNWIND_STEPS_MAX && !is_at_end(&bits); i++) {
        uint32_t length = read_step(&state, &bits, &step);
        uint32_t gap = step == KSYMS_UNWIND_START_16 ? (0u - (uint32_t)start) & 15 : 0;

        if (address - start < gap) {
            row->start = start;
            row->end = start + gap;
            return false;
        }
        start += gap;
        if (address - start < length) {
            *row = state.row;
            row->start = start;
            row->end = start + length;
            return row->kind != KSYMS_UNWIND_UNKNOWN;
        }
        start += length;
    }
    row->start = start;
    return false;
}

bool ksyms_unwind_find(const struct ksyms_unwind *unwind, uint64_t address,
                       struct ksyms_unwind_row *row)
{
    struct trace_chunk chunk;
    bool is_found = ksyms_trace_find_chunk(&unwind->index, address, &chunk);

    *row = row_unknown;
    row->start = chunk.start;
    row->end = chunk.end;
    return is_found && find_in_chunk(chunk.bits, chunk.start, address, row);
}

/* ---- Steps ---- */

/* The kit runs where its addresses are pointers; a host test makes its stacks out of its own. */
static enum ksyms_status read_stack(const struct ksyms_stack *stack, uint64_t address,
                                    uint64_t *value)
{
    if (address % 8 != 0) {
        return KSYMS_STACK_ALIGNMENT;
    }
    if (address < stack->low || address >= stack->high || stack->high - address < 8) {
        return KSYMS_STACK_BOUNDS;
    }
    *value = read_u64((const uint8_t *)(uintptr_t)address);
    return KSYMS_OK;
}

static enum ksyms_status find_caller_bp(const struct ksyms_unwind_row *row,
                                        const struct ksyms_stack *stack,
                                        const struct ksyms_frame *frame, uint64_t cfa, uint64_t *bp)
{
    uint64_t offset = (uint64_t)(int64_t)row->bp_offset;

    *bp = frame->bp;
    switch (row->bp) {
    case KSYMS_UNWIND_BP_SAME:
        return KSYMS_OK;
    case KSYMS_UNWIND_BP_AT_CFA:
        return read_stack(stack, cfa + offset, bp);
    case KSYMS_UNWIND_BP_AT_BP:
        return read_stack(stack, frame->bp + offset, bp);
    case KSYMS_UNWIND_BP_AT_SP:
        return read_stack(stack, frame->sp + offset, bp);
    default:
        return KSYMS_STACK_NO_ROW;
    }
}

static enum ksyms_status find_cfa(const struct ksyms_unwind_row *row,
                                  const struct ksyms_stack *stack, const struct ksyms_frame *frame,
                                  uint64_t *cfa)
{
    uint64_t offset = (uint64_t)(int64_t)row->offset;

    switch (row->kind) {
    case KSYMS_UNWIND_SP:
        *cfa = frame->sp + offset;
        return KSYMS_OK;
    case KSYMS_UNWIND_BP:
        *cfa = frame->bp + offset;
        return KSYMS_OK;
    case KSYMS_UNWIND_BP_INDIRECT:
        return read_stack(stack, frame->bp + offset, cfa);
    case KSYMS_UNWIND_REGISTER:
        return KSYMS_STACK_REGISTER;
    case KSYMS_UNWIND_END:
        return KSYMS_STACK_END;
    default:
        return KSYMS_STACK_NO_ROW;
    }
}

static enum ksyms_status step_over_trap(const struct ksyms_unwind_row *row,
                                        const struct ksyms_stack *stack, struct ksyms_frame *frame)
{
    uint64_t saved = frame->sp + (uint64_t)(int64_t)row->offset;
    struct ksyms_frame caller;
    enum ksyms_status status = read_stack(stack, saved, &caller.pc);

    if (status == KSYMS_OK) {
        status = read_stack(stack, saved + 24, &caller.sp);
    }
    if (status == KSYMS_OK) {
        status = find_caller_bp(row, stack, frame, saved, &caller.bp);
    }
    if (status == KSYMS_OK) {
        *frame = caller;
    }
    return status;
}

static enum ksyms_status step_over_call(const struct ksyms_unwind_row *row,
                                        const struct ksyms_stack *stack, struct ksyms_frame *frame)
{
    struct ksyms_frame caller;
    enum ksyms_status status = find_cfa(row, stack, frame, &caller.sp);

    if (status == KSYMS_OK && caller.sp <= frame->sp) {
        status = KSYMS_STACK_ORDER;
    }
    if (status == KSYMS_OK) {
        status = read_stack(stack, caller.sp - 8, &caller.pc);
    }
    if (status == KSYMS_OK) {
        status = find_caller_bp(row, stack, frame, caller.sp, &caller.bp);
    }
    if (status == KSYMS_OK) {
        *frame = caller;
    }
    return status;
}

enum ksyms_status ksyms_unwind_step(const struct ksyms_unwind_row *row,
                                    const struct ksyms_stack *stack, struct ksyms_frame *frame,
                                    bool *is_interrupted)
{
    bool is_trap = row->kind == KSYMS_UNWIND_TRAP;
    enum ksyms_status status =
        is_trap ? step_over_trap(row, stack, frame) : step_over_call(row, stack, frame);

    if (status == KSYMS_OK) {
        *is_interrupted = is_trap;
    }
    return status;
}
