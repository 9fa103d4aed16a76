// SPDX-License-Identifier: MIT
/*
 * trace.h: a trace as text, with what the tables of the kernel and its modules know: names, and, if
 * they were made with LINES, file, line and the calls that were inlined.
 *
 *     Call Trace:
 *      inner+0x1/0x16 [hello]
 *          at hello.c:12
 *      kernel_main+0xe/0x1f
 *
 * A fault handler prints it so:
 *
 *     struct ksyms_frame frame = {regs->rip, regs->rsp, regs->rbp};
 *     ksyms_trace(&host, &frame, true);
 *
 * and a function that wants to know who called it:
 *
 *     struct ksyms_frame frame;
 *     ksyms_frame_here(&frame);
 *     ksyms_trace(&host, &frame, true);
 *
 * Frames are found by frame pointers: -fno-omit-frame-pointer, and 0 in rbp before the first call
 * of the entry code.  With host.rows = ksyms_trace_rows they are found by the rows of the table
 * where it has one for the place; with host.lines = ksyms_trace_lines there are lines as above.
 *
 * Any context.  Stack: at most 5120 bytes, 3584 without `demangle`.  At most KSYMS_TRACE_FRAMES
 * frames; a damaged stack ends the trace, with a line that says so.
 */
#ifndef KSYMS_TRACE_H
#define KSYMS_TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include "ksyms/host.h"
#include "ksyms/language.h"
#include "ksyms/unwind.h"

KSYMS_BEGIN_C

#define KSYMS_TRACE_FRAMES 64u

/* Print the frame and its callers.  `is_interrupted`: frame->pc is an instruction that is running,
 * not one that a call will return to. */
void ksyms_trace(const struct ksyms_host *host, const struct ksyms_frame *frame,
                 bool is_interrupted);

/* Print one address: " name+0x1/0x16 [module]" and a line end, then lines.  Nobody's: " 0x1234". */
void ksyms_trace_address(const struct ksyms_host *host, uint64_t address, bool is_return_address);

/* For host.rows and host.lines (host.h). */
enum ksyms_status ksyms_trace_rows(const struct ksyms_location *location,
                                   const struct ksyms_stack *stack, struct ksyms_frame *frame,
                                   bool *is_interrupted);
void ksyms_trace_lines(const struct ksyms_host *host, const struct ksyms_location *location);

/* The frame of the function that this stands in.  A macro, so that its line is the caller's. */
#define ksyms_frame_here(frame)                                                                    \
    __asm__ volatile("lea 0(%%rip), %0\n\tmov %%rsp, %1\n\tmov %%rbp, %2"                          \
                     : "=&r"((frame)->pc), "=&r"((frame)->sp), "=&r"((frame)->bp))

KSYMS_END_C

#endif
