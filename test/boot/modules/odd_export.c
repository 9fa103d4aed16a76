// SPDX-License-Identifier: MIT
/*
 * odd_export.c: an export as EXPORT_SYMBOL does not make it: its words point to VALUE and NAME, the
 * table lies SHIFT bytes off a boundary of 4 and has TAIL bytes more than its entry.
 */
#include <onoma/module.h>

int odd_value = 1;
int __initdata odd_init_value = 2;
char odd_writable[] = "odd";

__asm__(
    ".pushsection .rodata\n"
    "odd_name: .ascii \"odd\"\n"
    "odd_empty: .byte 0\n"
    "odd_long: .fill 4096, 1, 'x'\n\t.byte 0\n"
    "odd_longer: .fill 4097, 1, 'x'\n\t.byte 0\n"
    "\t.balign 4\n"
    "\t.fill " STRINGIFY(SHIFT) "\n"
                                "\t.popsection\n"
                                "\t.pushsection \"___ksymtab+odd\",\"a\"\n"
                                "\t.long " STRINGIFY(VALUE) " - .\n"
                                                            "\t.long " STRINGIFY(
                                                                NAME) " - .\n"
                                                                      "\t.long odd_empty - .\n"
                                                                      "\t.fill " STRINGIFY(
                                                                          TAIL) "\n"
                                                                                "\t.popsection\n");

MODULE_LICENSE("MIT");
