// SPDX-License-Identifier: MIT
/*
 * bug.h: ways to stop.  Each prints the reason, the registers and a call trace with names, then
 * does what the command line's `panic=` says.
 */
#ifndef ONOMA_BUG_H
#define ONOMA_BUG_H

#include "onoma/compiler.h"

BEGIN_C

/* Stop: `Kernel panic - not syncing: …`.  From any context. */
void panic(const char *format, ...) __printf(1, 2) __noreturn;

void assertion_failed(const char *expression, const char *file, int line,
                      const char *function) __noreturn;

/* The caller is wrong if this does not hold.  Always compiled in. */
#define ASSERT(expression)                                                                         \
    ((expression) ? (void)0 : assertion_failed(#expression, __FILE__, __LINE__, __func__))

END_C

#endif
