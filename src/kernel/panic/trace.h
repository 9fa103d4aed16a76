// SPDX-License-Identifier: MIT
/* trace.h: stack traces.  Any context. */
#ifndef PANIC_TRACE_H
#define PANIC_TRACE_H

#include "arch.h"

/*
 * Print "Call Trace:" and a line for each frame from the caller of `frame`'s function outwards,
 * through interrupt frames.  With is_first_shown the function of frame->rip is a line too (for
 * panic() and `backtrace`; an Oops has it in its RIP line already).
 */
void trace_print(const struct trap_frame *frame, bool is_first_shown);

/*
 * Print where in the source an address is, if the tables say, a line for each call that was inlined
 * there and one for the function:
 *
 *     at src/kernel/panic/trace.c:12 (inlined walk_start)
 *     at src/kernel/panic/trace.c:140
 */
void trace_print_places(uint64_t address, bool is_return_address);

#endif
