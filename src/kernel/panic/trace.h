// SPDX-License-Identifier: MIT
/* trace.h: stack traces.  Any context. */
#ifndef PANIC_TRACE_H
#define PANIC_TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include "panic/walk.h"

/*
 * Print "Call Trace:" and a line for each frame from the caller of the walk's frame outwards,
 * through interrupted code, each line at the level (KERN_EMERG).  With is_first_shown the frame
 * where the walk stands is a line too (for panic() and `backtrace`; an Oops has it in its RIP
 * line).
 */
void trace_print(const char *level, const struct stack_walk *walk, bool is_first_shown);

/* "RIP: 0010:name+0x…/0x… [module]", and where in the source that is. */
void trace_print_rip(const char *level, const struct stack_walk *walk);

/* How frames are shown: "full", "names" without files and lines, "raw" addresses, or "markup" for
 * `llvm-symbolizer --filter-markup`.  False, and nothing changed, for any other text. */
bool trace_set_style(const char *text);
extern const char *const trace_styles[]; /* null-ended */

#endif
