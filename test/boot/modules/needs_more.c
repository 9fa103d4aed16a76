// SPDX-License-Identifier: MIT
/* needs_more.c: uses three symbols that nobody exports: all three must be reported at once. */
#include <onoma/module.h>

void missing_first(void);
void missing_second(void);
extern int missing_number;

static int __init needs_more_init(void)
{
    missing_first();
    missing_second();
    return missing_number;
}

module_init(needs_more_init);
MODULE_LICENSE("MIT");
