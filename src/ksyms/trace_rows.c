// SPDX-License-Identifier: MIT
/* trace_rows.c: one step of a trace by the rows of a table. */
#include "ksyms/trace.h"
#include "ksyms/unwind_table.h"

enum ksyms_status ksyms_trace_rows(const struct ksyms_location *location,
                                   const struct ksyms_stack *stack, struct ksyms_frame *frame,
                                   bool *is_interrupted)
{
    struct ksyms_unwind unwind;
    struct ksyms_unwind_row row;

    if (!location->table || ksyms_unwind_open(&unwind, location->table) != KSYMS_OK ||
        !ksyms_unwind_find(&unwind, location->table_address, &row)) {
        return KSYMS_STACK_NO_ROW;
    }
    return ksyms_unwind_step(&row, stack, frame, is_interrupted);
}
