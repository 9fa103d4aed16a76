// SPDX-License-Identifier: MIT
/* constructor.c: functions that run before init and after exit, in the order of their priorities. */
#include <onoma/module.h>

static char order[8];
static unsigned count;

static __attribute__((constructor(200))) void second(void)
{
    order[count++] = '2';
}

static __attribute__((constructor(101))) void first(void)
{
    order[count++] = '1';
}

static __attribute__((destructor)) void last(void)
{
    pr_info("destructor after %s\n", order);
}

static int __init constructor_init(void)
{
    order[count++] = 'i';
    return 0;
}

static void __exit constructor_exit(void)
{
    order[count++] = 'x';
}

module_init(constructor_init);
module_exit(constructor_exit);
MODULE_LICENSE("MIT");
