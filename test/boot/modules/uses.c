// SPDX-License-Identifier: MIT
/* uses.c: uses used_1 to used_COUNT, each of a module of its own (used.c). */
#include <onoma/module.h>

__asm__(".altmacro\n"
        ".macro use number\n"
        "\t.quad used_\\number\n"
        ".endm\n"
        ".pushsection .data\n"
        ".set number, 0\n"
        ".rept " STRINGIFY(COUNT) "\n"
                                  ".set number, number + 1\n"
                                  "\tuse %number\n"
                                  ".endr\n"
                                  ".popsection\n");

MODULE_LICENSE("MIT");
