// SPDX-License-Identifier: MIT
/* selftest.h: the kernel's table of symbols against the .symtab that the boot loader brought. */
#ifndef SHELL_SELFTEST_H
#define SHELL_SELFTEST_H

#include "boot/multiboot2.h"

/* Where .symtab is; its memory must stay reserved. */
void selftest_init(const struct boot_symbols *symbols);

/* Compare every entry, both ways, and print the result; 0 if all agree. */
int selftest_run(void);

#endif
