// SPDX-License-Identifier: MIT
/* framed.c: crashes in its init, three calls deep.  Compiled with frame pointers; traces.sh takes its
 * unwind rows away. */
#include <onoma/module.h>

#pragma GCC optimize("no-omit-frame-pointer", "no-shrink-wrap")

#define FRAME static __attribute__((noipa))

FRAME int framed_inner(const int *number)
{
    volatile int copies[2] = {0};

    copies[0] = *(volatile const int *)number;
    return copies[0] + copies[1];
}

FRAME int framed_middle(const int *number)
{
    return framed_inner(number) + 1;
}

FRAME int framed_outer(void)
{
    return framed_middle(0) + 1;
}

static int __init framed_init(void)
{
    return framed_outer() > 0 ? 0 : -EINVAL;
}

module_init(framed_init);
MODULE_LICENSE("MIT");
