// SPDX-License-Identifier: MIT
/* escape.c: its description would turn the terminal red and clear it. */
#include <onoma/module.h>

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("red \033[31m and gone \033[2J");
