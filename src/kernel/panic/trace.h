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

#endif
