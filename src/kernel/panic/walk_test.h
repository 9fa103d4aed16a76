// SPDX-License-Identifier: MIT
/* walk_test.h: does every walk end at the outermost frame?  For the option trace_test=N. */
#ifndef PANIC_WALK_TEST_H
#define PANIC_WALK_TEST_H

#include <stdint.h>

/* Walk the stack at `count` places that are as good as random, while the kernel goes on; then say
 * in the log how it went. */
void walk_test_start(uint64_t count);

#endif
