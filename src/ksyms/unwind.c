// SPDX-License-Identifier: MIT
/*
 * unwind.c: one step up a chain of frame pointers.
 *
 * Invariants:
 *  1. nothing is read but the 16 bytes of a frame that lies wholly in the stack;
 *  2. the stack pointer of each frame is above that of the frame before, so every walk ends after
 *     at most (high - low) / 16 steps, whatever the stack holds.
 */
#include "bytes.h"
#include "ksyms/unwind.h"

#define FRAME_SIZE 16u /* caller's bp and the return address, psABI figure 3.3 */

/* The kit runs where its addresses are pointers; a host test makes its stacks out of its own. */
static const uint8_t *pointer_to(uint64_t address)
{
    return (const uint8_t *)(uintptr_t)address;
}

enum ksyms_status ksyms_frame_unwind(const struct ksyms_stack *stack, struct ksyms_frame *frame)
{
    if (frame->bp == 0) {
        return KSYMS_STACK_END;
    }
    if (frame->bp % 8 != 0) {
        return KSYMS_STACK_ALIGNMENT;
    }
    /* Not `bp + 16 > high`: that sum can wrap. */
    if (frame->bp < stack->low || frame->bp >= stack->high ||
        stack->high - frame->bp < FRAME_SIZE) {
        return KSYMS_STACK_BOUNDS;
    }
    if (frame->bp < frame->sp) {
        return KSYMS_STACK_ORDER;
    }

    const uint8_t *saved = pointer_to(frame->bp);
    *frame = (struct ksyms_frame){
        .pc = read_u64(saved + 8),
        .sp = frame->bp + FRAME_SIZE,
        .bp = read_u64(saved),
    };
    return KSYMS_OK;
}
