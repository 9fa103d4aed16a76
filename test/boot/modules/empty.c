// SPDX-License-Identifier: MIT
/* empty.c: nothing but a licence; what the build says of its dependencies is the point. */
#include <onoma/module.h>

MODULE_LICENSE("MIT");
