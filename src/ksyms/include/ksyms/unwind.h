// SPDX-License-Identifier: MIT
/*
 * unwind.h: from one stack frame to its caller's, by frame pointers (x86-64 psABI 3.2.2).
 *
 *     bp ──► ┌───────────────────┐  low
 *            │ caller's bp       │  bp + 0
 *            │ return address    │  bp + 8
 *            └───────────────────┘  high
 *
 * Before each read the walk checks that bp is aligned, lies inside the stack with 16 bytes to
 * spare, and is not below the stack pointer, which is the end of the frame before: so it reads
 * nothing but the stack and always ends.  Any context; reads only [stack.low, stack.high).
 *
 *     struct ksyms_stack stack = {low, high};
 *     struct ksyms_frame frame = {pc, sp, bp};
 *     do {
 *         print_name(frame.pc);
 *     } while (ksyms_frame_unwind(&stack, &frame) == KSYMS_OK);
 *
 * The outermost frame has a bp of 0, which the entry code puts there before its first call (psABI
 * 3.4.1): KSYMS_STACK_END.  It has been handed out then, since it has a pc: the entry code itself.
 */
#ifndef KSYMS_UNWIND_H
#define KSYMS_UNWIND_H

#include <stdint.h>
#include "ksyms/status.h"
#include "ksyms/language.h"

KSYMS_BEGIN_C

struct ksyms_stack {
    uint64_t low;  /* first readable address */
    uint64_t high; /* first address past the stack */
};

struct ksyms_frame {
    uint64_t pc; /* a return address, or the faulting address in an interrupted frame */
    uint64_t sp; /* stack pointer in that frame */
    uint64_t bp; /* frame pointer in that frame */
};

/*
 * Replace `frame` by its caller's.  On any status but KSYMS_OK the frame is unchanged: END for the
 * outermost, ALIGNMENT, BOUNDS or ORDER (bp is below sp) where the chain is damaged.
 */
enum ksyms_status ksyms_frame_unwind(const struct ksyms_stack *stack, struct ksyms_frame *frame);

KSYMS_END_C

#endif
