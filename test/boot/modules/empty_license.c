// SPDX-License-Identifier: MIT
/* empty_license.c: has the tag, and says nothing with it. */
#include <onoma/module.h>

MODULE_LICENSE("");
