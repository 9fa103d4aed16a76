// SPDX-License-Identifier: MIT
/* fragile_user.c: its init makes another module read through a null pointer. */
#include <onoma/module.h>
#include "fragile.h"

static int __init fragile_user_init(void)
{
    const struct fragile_person *nobody = 0;

    __asm__("" : "+r"(nobody));
    return fragile_age(nobody) > 0 ? 0 : -EINVAL;
}

module_init(fragile_user_init);
MODULE_LICENSE("MIT");
