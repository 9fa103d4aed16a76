// SPDX-License-Identifier: MIT
/*
 * greet.c: a module that others build upon.  It exports a function and a variable; greet_user uses
 * both.  A module without init only offers what it exports.
 */
#include <onoma/module.h>
#include "greet.h"

unsigned greet_count;
EXPORT_SYMBOL(greet_count);

unsigned greet(const char *name)
{
    greet_count++;
    pr_info("greetings, %s (number %u)\n", name, greet_count);
    return greet_count;
}
EXPORT_SYMBOL(greet);

static void __exit greet_exit(void)
{
    pr_info("greeted %u in all\n", greet_count);
}

module_exit(greet_exit);
MODULE_LICENSE("MIT");
MODULE_AUTHOR("The Onoma authors");
MODULE_DESCRIPTION("Exports a greeting to other modules");
MODULE_VERSION("1.0");
