// SPDX-License-Identifier: MIT
/*
 * needs_more.c: uses symbols that nobody exports, each for another reason; all must be reported at
 * once.  A weak one may be missing.
 */
#include <onoma/module.h>

void missing_altogether(void); /* nobody has it */
void prink(const char *text);  /* a slip of printk */
void kernel_main(void);        /* the kernel has it, for itself */
void greet(const char *name);  /* the module greet has it */
void optional(void) __attribute__((weak));

static int __init needs_more_init(void)
{
    missing_altogether();
    prink("hello");
    kernel_main();
    greet("nobody");
    if (optional) {
        optional();
    }
    return 0;
}

module_init(needs_more_init);
MODULE_LICENSE("MIT");
