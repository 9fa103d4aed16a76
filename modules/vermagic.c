// SPDX-License-Identifier: MIT
/* vermagic.c: part of every module: the kernel that it was built for. */
#include <onoma/module.h>
#include <onoma/vermagic.h>

MODULE_INFO(vermagic, ONOMA_VERMAGIC);
