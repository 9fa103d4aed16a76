// SPDX-License-Identifier: MIT
/* far.c: wants the address of a function in 32 bits, which no address of a kernel has room in. */
#include <onoma/module.h>

__asm__(".pushsection .rodata\n\t.long printk\n\t.popsection\n");

MODULE_LICENSE("MIT");
