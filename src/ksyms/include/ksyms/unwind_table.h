// SPDX-License-Identifier: MIT
/*
 * unwind_table.h: from one stack frame to its caller's, at any instruction, by rows that the build
 * made of the compiler's call frame information and of hand-written rows for assembly: no frame
 * pointers are needed.  Read in place from the part UNWIND of a blob (scripts/gen_trace*.c).
 *
 *     struct ksyms_unwind_row row;
 *     struct ksyms_stack stack = {low, high};
 *     struct ksyms_frame frame = {pc, sp, bp};
 *     bool is_interrupted = true;                 // frame.pc is no return address
 *
 *     while (ksyms_unwind_find(&unwind, frame.pc - !is_interrupted, &row) &&
 *            ksyms_unwind_step(&row, &stack, &frame, &is_interrupted) == KSYMS_OK) {
 *         print_name(frame.pc);
 *     }
 *
 * CFA is the value of sp before the call that made the frame (DWARF 5, 6.4): the return address
 * lies at CFA - 8, the caller's sp is CFA.  A row of a trap frame instead says where the processor
 * saved pc, and 24 bytes on sp; behind such a step the stack may be another one.
 *
 * Nothing is read but 8-byte words that lie wholly in [stack.low, stack.high).  Any context; no
 * lock, heap, recursion.  Stack: at most 480 bytes.
 */
#ifndef KSYMS_UNWIND_TABLE_H
#define KSYMS_UNWIND_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include "ksyms/language.h"
#include "ksyms/status.h"
#include "ksyms/table.h"
#include "ksyms/trace_format.h"
#include "ksyms/unwind.h"

KSYMS_BEGIN_C

/* A checked view of a part.  Filled by ksyms_unwind_open; fields are for the kit's own use. */
struct ksyms_unwind {
    struct ksyms_trace_index index;
};

/* What `offset` is counted from.  The numbers are in the blob. */
enum ksyms_unwind_kind {
    KSYMS_UNWIND_UNKNOWN,     /* no row */
    KSYMS_UNWIND_SP,          /* CFA = sp + offset */
    KSYMS_UNWIND_BP,          /* CFA = bp + offset */
    KSYMS_UNWIND_BP_INDIRECT, /* CFA = *(bp + offset): a realigned stack */
    KSYMS_UNWIND_REGISTER, /* CFA = another register + offset: while a stack is being realigned */
    KSYMS_UNWIND_TRAP,     /* pc = *(sp + offset), sp = *(sp + offset + 24) */
    KSYMS_UNWIND_END,      /* the outermost frame: there is no caller */
    KSYMS_UNWIND_KINDS
};

/* Where the caller's bp is. */
enum ksyms_unwind_bp {
    KSYMS_UNWIND_BP_SAME,   /* still in bp */
    KSYMS_UNWIND_BP_AT_CFA, /* *(CFA + bp_offset) */
    KSYMS_UNWIND_BP_AT_BP,  /* *(bp + bp_offset) */
    KSYMS_UNWIND_BP_AT_SP,  /* *(sp + bp_offset) */
    KSYMS_UNWIND_BPS
};

struct ksyms_unwind_row {
    uint64_t start; /* first address that the row holds for ... */
    uint64_t end;   /* ... and the first that it does not */
    uint8_t kind;   /* enum ksyms_unwind_kind */
    uint8_t bp;     /* enum ksyms_unwind_bp */
    uint8_t reg;    /* DWARF number of the register of KSYMS_UNWIND_REGISTER, else 0 */
    int32_t offset;
    int32_t bp_offset;
};

/* Find and check the part.  KSYMS_BLOB_PART if there is none, KSYMS_BLOB_COUNT if its tables do not
 * fill it.  O(1); on failure `unwind` is left as it was. */
enum ksyms_status ksyms_unwind_open(struct ksyms_unwind *unwind, const struct ksyms_table *table);

/* The row for an address.  False if there is none: `row` then tells for which addresses, if
 * start < end, and is of kind KSYMS_UNWIND_UNKNOWN. */
bool ksyms_unwind_find(const struct ksyms_unwind *unwind, uint64_t address,
                       struct ksyms_unwind_row *row);

/*
 * Replace `frame` by its caller's.  *is_interrupted says then whether frame->pc was interrupted
 * (look it up as it is) or is a return address (look up the byte before it).
 * On any status but KSYMS_OK both are unchanged: KSYMS_STACK_END for the outermost,
 * KSYMS_STACK_NO_ROW, KSYMS_STACK_REGISTER (the row needs a register that a frame has not), and
 * ALIGNMENT, BOUNDS or ORDER where the stack is damaged.  sp rises with each step but one over a
 * trap frame, which the caller must bound.
 */
enum ksyms_status ksyms_unwind_step(const struct ksyms_unwind_row *row,
                                    const struct ksyms_stack *stack, struct ksyms_frame *frame,
                                    bool *is_interrupted);

/* ---- For the writer, which keeps the same state as the reader ---- */

/* The state in a block. */
struct ksyms_unwind_state {
    struct ksyms_unwind_row row;  /* without start and end */
    struct ksyms_unwind_row body; /* what KSYMS_UNWIND_BODY goes back to */
    bool is_ending;               /* in a run of POP, POP_BP, FREE, LEAVE */
};

/* The state changed by one step; `operand` is that of ALLOCATE and FREE.  Not for SET. */
void ksyms_unwind_apply(struct ksyms_unwind_state *state, uint32_t step, uint32_t operand);

KSYMS_END_C

#endif
