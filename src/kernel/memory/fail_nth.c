// SPDX-License-Identifier: MIT
/* fail_nth.c: a countdown; 0 while it is off. */
#include "memory/fail_nth.h"

static uint64_t allocations_left;
static bool was_reached;

void fail_nth_start(uint64_t nth)
{
    allocations_left = nth;
    was_reached = false;
}

bool fail_nth_stop(void)
{
    allocations_left = 0;
    return was_reached;
}

bool fail_nth_is_due(void)
{
    if (allocations_left == 0 || --allocations_left > 0) {
        return false;
    }
    was_reached = true;
    return true;
}
