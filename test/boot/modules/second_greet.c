// SPDX-License-Identifier: MIT
/* second_greet.c: exports a name that the module greet exports as well. */
#include <onoma/module.h>

void greet(const char *name);

void greet(const char *name)
{
    pr_info("another greeting, %s\n", name);
}
EXPORT_SYMBOL(greet);

MODULE_LICENSE("MIT");
