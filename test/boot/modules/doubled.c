// SPDX-License-Identifier: MIT
/* doubled.c: says TAG, which the build says already, again. */
#include <onoma/module.h>

#define SAY(tag, value) MODULE_INFO(tag, value)

SAY(TAG, "again");
MODULE_LICENSE("MIT");
