// SPDX-License-Identifier: MIT
/* soft_ring.c: two modules of which each wants the other one first. */
#include <onoma/module.h>

MODULE_LICENSE("MIT");
MODULE_SOFTDEP("pre: " OTHER);
MODULE_ALIAS("soft-alias");
