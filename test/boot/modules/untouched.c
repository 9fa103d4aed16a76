// SPDX-License-Identifier: MIT
/* untouched.c: its header has another struct command, which it never uses. */
#include <onoma/module.h>

static int __init untouched_init(void)
{
    pr_info("never met a command\n");
    return 0;
}

static void __exit untouched_exit(void)
{
}

module_init(untouched_init);
module_exit(untouched_exit);
MODULE_LICENSE("MIT");
