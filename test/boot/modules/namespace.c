// SPDX-License-Identifier: MIT
/* namespace.c: exports in a namespace, and one outside. */
#include <onoma/module.h>

int in_namespace(void);
int in_namespace(void)
{
    return 1;
}
EXPORT_SYMBOL_NS(in_namespace, ONOMA_TEST);

int weak_in_namespace(void);
int weak_in_namespace(void)
{
    return 2;
}
EXPORT_SYMBOL_NS(weak_in_namespace, ONOMA_TEST);

int in_no_namespace(void);
int in_no_namespace(void)
{
    return 3;
}
EXPORT_SYMBOL(in_no_namespace);

MODULE_LICENSE("MIT");
