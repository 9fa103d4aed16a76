// SPDX-License-Identifier: MIT
/* leaver.c: leaves a function behind with the module keeper, of its init code or not, and its init
 * may fail. */
#include <onoma/module.h>
#include "keeper.h"

static bool early;
module_param(early, bool, 0444);
static bool fails;
module_param(fails, bool, 0444);

static __attribute__((noipa)) void leaver_function(void)
{
    pr_info("still here\n");
}

static __attribute__((noipa)) void __init leaver_early_function(void)
{
    pr_info("still in init\n");
}

static int __init leaver_init(void)
{
    kept_function = early ? leaver_early_function : leaver_function;
    return fails ? -EIO : 0;
}

static void __exit leaver_exit(void)
{
}

module_init(leaver_init);
module_exit(leaver_exit);
MODULE_LICENSE("MIT");
