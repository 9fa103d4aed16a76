// SPDX-License-Identifier: MIT
/* namespace_user.c: uses exports of a namespace, one of them weakly; imports what it is told to. */
#include <onoma/module.h>

#define IMPORT(name) MODULE_IMPORT_NS(name) /* NAMESPACE is a macro: expand it first */

int in_namespace(void);
int in_no_namespace(void);
int weak_in_namespace(void) __attribute__((weak));

static int __init namespace_user_init(void)
{
    int sum = in_namespace() + in_no_namespace() + (weak_in_namespace ? weak_in_namespace() : 0);
    return sum == 6 ? 0 : -EIO;
}

static void __exit namespace_user_exit(void)
{
}

module_init(namespace_user_init);
module_exit(namespace_user_exit);
IMPORT(NAMESPACE);
MODULE_LICENSE("MIT");
