// SPDX-License-Identifier: MIT
/* weak.c: asks whether a function is there that is not, which is no error. */
#include <onoma/module.h>

void optional(void) __attribute__((weak));

static int __init weak_init(void)
{
    pr_info("optional is %s\n", optional ? "there" : "not there");
    return 0;
}

static void __exit weak_exit(void)
{
}

module_init(weak_init);
module_exit(weak_exit);
MODULE_LICENSE("MIT");
