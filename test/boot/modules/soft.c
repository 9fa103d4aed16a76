// SPDX-License-Identifier: MIT
/* soft.c: wants one module before it and one after it, and others that there are not; and answers to
 * other names. */
#include <onoma/module.h>

MODULE_LICENSE("MIT");
MODULE_SOFTDEP("pre: soft_before nobody-has-this post: soft-after fail");
MODULE_SOFTDEP("post: soft_last");
MODULE_ALIAS("board:v1234p[0-3]?-*");
MODULE_ALIAS("soft-alias");
