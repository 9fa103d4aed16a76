// SPDX-License-Identifier: MIT
/* entry_outside.c: ENTRY, init_module or cleanup_module, is no function of its own but an address.
 */
#include <onoma/module.h>

__asm__(".globl " STRINGIFY(ENTRY) "\n"
                                   ".set " STRINGIFY(ENTRY) ", 0x1000\n");

MODULE_LICENSE("MIT");
