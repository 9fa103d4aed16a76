// SPDX-License-Identifier: MIT
/* late_exit.c: its exit lies among the init code, which is gone when it would be called. */
#include <onoma/module.h>

static int __init late_exit_init(void)
{
    return 0;
}

static void __init late_exit_exit(void)
{
    pr_info("never printed\n");
}

module_init(late_exit_init);
module_exit(late_exit_exit);
MODULE_LICENSE("MIT");
