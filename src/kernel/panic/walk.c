// SPDX-License-Identifier: MIT
/*
 * walk.c: goes up the stacks by the unwind rows of the kernel and of modules.
 *
 * A row says where the caller's registers are at that one instruction, so a walk can start
 * anywhere. The rows of the trap entry lead to the code that was interrupted, maybe on another
 * stack; the row of kernel_entry is the end.  What has no row:
 *
 *   - a call of null, or of data: the processor is at no code, and has done nothing but the call;
 *   - a module that was built elsewhere, without rows: it may have frame pointers.
 *
 *  1. Nothing is read but aligned words between the bounds of a known stack.
 *  2. On one stack sp rises with each step; a stack that was left, or interrupted, is not entered
 *     again.  So a walk has at most as many steps as all stacks have words.
 *  3. A return address must lie in code: a smashed stack ends the walk, and does not lead it
 * astray.
 */
#include "panic/walk.h"
#include "ksyms/unwind_table.h"
#include "onoma/compiler.h"
#include "panic/names.h"
#include "thread/thread.h"

static const struct ksyms_unwind_row row_behind_call = {.kind = KSYMS_UNWIND_SP, .offset = 8};

void walk_start(struct stack_walk *walk, const struct trap_frame *frame, bool is_interrupted)
{
    *walk = (struct stack_walk){
        .frame = {frame->rip, frame->rsp, frame->rbp},
        .is_interrupted = is_interrupted,
    };
}

static bool end_with(struct stack_walk *walk, const char *problem, uint64_t value)
{
    walk->problem = problem;
    walk->value = value;
    return false;
}

/* A call has left its address there, if it is one. */
static bool is_return_address(uint64_t address)
{
    return name_is_code(address - 1) && arch_follows_call(address);
}

static bool is_on_stack(const struct stack_walk *walk, uint64_t sp)
{
    return sp - walk->stack.low <= walk->stack.high - walk->stack.low;
}

/* The stack that the frame lies on.  Its end may be the guard page, which an overflow has met. */
static bool find_stack(struct stack_walk *walk)
{
    struct stack_bounds stack;

    if (walk->stacks_entered && is_on_stack(walk, walk->frame.sp)) {
        return true;
    }
    if (!stack_find(walk->frame.sp, &stack)) {
        return end_with(walk, "stack pointer on no stack", walk->frame.sp);
    }
    if (walk->stacks_entered & 1u << stack.number) {
        return end_with(walk, "a stack for the second time", walk->frame.sp);
    }
    walk->stacks_entered |= 1u << stack.number;
    walk->stack = stack;
    return true;
}

/* The step where no row is. */
static enum ksyms_status step_without_row(const struct stack_walk *walk,
                                          const struct ksyms_stack *stack,
                                          struct ksyms_frame *caller)
{
    bool is_interrupted;
    enum ksyms_status status;

    if (walk->is_interrupted && !name_is_code(walk->frame.pc)) {
        status = ksyms_unwind_step(&row_behind_call, stack, caller, &is_interrupted);
    } else {
        status = ksyms_frame_unwind(stack, caller);
    }
    return status == KSYMS_OK && is_return_address(caller->pc) ? KSYMS_OK : KSYMS_STACK_NO_ROW;
}

/* Take the step, unless what was found cannot be. */
static bool enter_frame(struct stack_walk *walk, const struct ksyms_frame *frame,
                        bool is_interrupted)
{
    if (is_on_stack(walk, frame->sp) && frame->sp <= walk->frame.sp) {
        return end_with(walk, ksyms_status_text(KSYMS_STACK_ORDER), frame->sp);
    }
    if (!is_interrupted && !name_is_code(frame->pc - 1)) {
        walk->frame.sp = frame->sp;
        return end_with(walk, "return address in no code", frame->pc);
    }
    walk->frame = *frame;
    walk->is_interrupted = is_interrupted;
    return true;
}

bool walk_next(struct stack_walk *walk)
{
    uint64_t looked_up = walk->frame.pc - (walk->is_interrupted ? 0 : 1);
    struct ksyms_frame caller = walk->frame;
    struct ksyms_unwind_row row;
    bool is_interrupted = false;
    enum ksyms_status status;

    bool has_row = name_unwind_row(&row, looked_up);
    if (has_row && row.kind == KSYMS_UNWIND_END) {
        return false;
    }
    if (!find_stack(walk)) {
        return false;
    }
    struct ksyms_stack stack = {walk->stack.low, walk->stack.high};
    if (has_row) {
        status = ksyms_unwind_step(&row, &stack, &caller, &is_interrupted);
    } else {
        status = step_without_row(walk, &stack, &caller);
    }
    if (status != KSYMS_OK) {
        return end_with(walk, ksyms_status_text(status),
                        status == KSYMS_STACK_NO_ROW ? walk->frame.pc : caller.sp);
    }
    return enter_frame(walk, &caller, is_interrupted);
}

/* All of the current stack is searched if nothing tells where on it we are. */
static void begin_guess(struct stack_walk *walk)
{
    if (!stack_find(walk->frame.sp, &walk->stack)) {
        stack_of_current(&walk->stack);
        walk->frame.sp = walk->stack.low;
    } else if (walk->frame.sp < walk->stack.low) {
        walk->frame.sp = walk->stack.low;
    }
    walk->frame.sp = (walk->frame.sp + 7) & ~7ull;
    walk->is_guessing = true;
    walk->is_interrupted = false;
}

bool walk_guess(struct stack_walk *walk)
{
    if (!walk->is_guessing) {
        begin_guess(walk);
    }
    while (walk->frame.sp + 8 <= walk->stack.high) {
        uint64_t word = *(const uint64_t *)walk->frame.sp;
        walk->frame.sp += 8;
        if (is_return_address(word)) {
            walk->frame.pc = word;
            return true;
        }
    }
    return false;
}
