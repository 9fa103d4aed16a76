// SPDX-License-Identifier: MIT
/* holder_user.c: uses an export of holder. */
#include <onoma/module.h>

void held_by_use(void);

static int __init holder_user_init(void)
{
    held_by_use();
    return 0;
}

static void __exit holder_user_exit(void)
{
}

module_init(holder_user_init);
module_exit(holder_user_exit);
MODULE_LICENSE("MIT");
