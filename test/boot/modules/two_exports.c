// SPDX-License-Identifier: MIT
/* two_exports.c: two exports, whose names FIRST and SECOND do not rise. */
#include <onoma/module.h>

int exported_value = 1;

/* module.lds sorts by the names of the sections, which are right: a, b. */
#define ENTRY(section, text)                                                                       \
    ".pushsection \"__ksymtab_strings\",\"a\"\n"                                                   \
    "name_" section ": .asciz \"" text "\"\n"                                                      \
    "\t.popsection\n"                                                                              \
    "\t.pushsection \"___ksymtab+" section "\",\"a\"\n"                                            \
    "\t.balign 4\n"                                                                                \
    "\t.long exported_value - .\n"                                                                 \
    "\t.long name_" section " - .\n"                                                               \
    "\t.long name_" section " + 1 - .\n"                                                           \
    "\t.popsection\n"

__asm__(ENTRY("a", STRINGIFY(FIRST)) ENTRY("b", STRINGIFY(SECOND)));

MODULE_LICENSE("MIT");
