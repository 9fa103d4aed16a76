// SPDX-License-Identifier: MIT
/* unlicensed.c: says nothing of its licence. */
#include <onoma/module.h>

static int __init unlicensed_init(void)
{
    return 0;
}

module_init(unlicensed_init);
