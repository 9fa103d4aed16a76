// SPDX-License-Identifier: MIT
/* fragile.c: exports a function that reads through its argument, in a function that is inlined. */
#include <onoma/module.h>
#include "fragile.h"

static inline __attribute__((always_inline)) int read_age(const struct fragile_person *person)
{
    return *(volatile const int *)&person->age;
}

int fragile_age(const struct fragile_person *person)
{
    return read_age(person) + 1;
}
EXPORT_SYMBOL(fragile_age);

MODULE_LICENSE("MIT");
