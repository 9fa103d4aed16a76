// SPDX-License-Identifier: MIT
/*
 * bug.h: ways to stop, and to warn.  Each prints the reason and a call trace with names; those that
 * stop then do what the command line's `panic=` says.
 */
#ifndef ONOMA_BUG_H
#define ONOMA_BUG_H

#include <stdbool.h>
#include "onoma/compiler.h"

BEGIN_C

/* Stop: `Kernel panic - not syncing: …`.  From any context. */
void panic(const char *format, ...) __printf(1, 2) __noreturn;

void assertion_failed(const char *expression, const char *file, int line,
                      const char *function) __noreturn;

/* The caller is wrong if this does not hold.  Always compiled in. */
#define ASSERT(expression)                                                                         \
    ((expression) ? (void)0 : assertion_failed(#expression, __FILE__, __LINE__, __func__))

/* Say where this is and who called, as an Oops does, and go on.  Any context. */
void warning(const char *file, int line, const char *format, ...) __printf(3, 4);

/* The caller, or a device, is wrong if this holds, but not so that the kernel could not go on.  True if
 * it holds:
 *
 *     if (WARN(length > limit, "%zu bytes, %zu allowed\n", length, limit)) {
 *         return -EINVAL;
 *     }
 */
#define WARN(condition, format, ...)                                                               \
    ({                                                                                             \
        bool is_warned_of = (condition);                                                           \
        if (is_warned_of) {                                                                        \
            warning(__FILE__, __LINE__, format, ##__VA_ARGS__);                                    \
        }                                                                                          \
        is_warned_of;                                                                              \
    })
#define WARN_ON(condition) WARN(condition, "%s\n", "WARN_ON(" #condition ")")

END_C

#endif
