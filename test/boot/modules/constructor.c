// SPDX-License-Identifier: MIT
/* constructor.c: has a function that would have to run before init. */
#include <onoma/module.h>

static int is_ready;

static __attribute__((constructor)) void get_ready(void)
{
    is_ready = 1;
}

static int __init constructor_init(void)
{
    pr_info("ready=%d\n", is_ready);
    return 0;
}

module_init(constructor_init);
MODULE_LICENSE("MIT");
