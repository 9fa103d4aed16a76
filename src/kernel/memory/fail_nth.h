// SPDX-License-Identifier: MIT
/*
 * fail_nth.h: make one allocation fail, on purpose, to see that its caller copes.  Counted are the
 * calls of kmalloc and of frame_allocate, which kmalloc uses as well.
 *
 *     fail_nth_start(3);
 *     ...                          the third allocation from here on fails, the others do not
 *     bool was_reached = fail_nth_stop();
 */
#ifndef MEMORY_FAIL_NTH_H
#define MEMORY_FAIL_NTH_H

#include <stdbool.h>
#include <stdint.h>

void fail_nth_start(uint64_t nth);

/* Ends it; false if there were fewer allocations. */
bool fail_nth_stop(void);

/* For the allocators: must this call fail? */
bool fail_nth_is_due(void);

#endif
