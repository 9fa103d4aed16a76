// SPDX-License-Identifier: MIT
/* permanent.c: has an init and no exit: it stays. */
#include <onoma/module.h>

static int __init permanent_init(void)
{
    return 0;
}

module_init(permanent_init);
MODULE_LICENSE("MIT");
