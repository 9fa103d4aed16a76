// SPDX-License-Identifier: MIT
/* clash.c: has a function of its own with the name of one that the kernel exports. */
#include <onoma/module.h>

void kfree(void *memory)
{
    pr_info("%p stays\n", memory);
}

MODULE_LICENSE("MIT");
