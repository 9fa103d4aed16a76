// SPDX-License-Identifier: MIT
/* owner.c: what a kernel does with device.h: it exports. */
#include "device.h"

#define EXPORT(name) const char __ksymtab_##name = 0

struct device *devices[7];
int (*hook)(void);
int use(struct device *device, const int count)
{
    return device->at.first + count;
}
anonymous_type *find(const volatile char *__restrict name, enum color color, ...)
{
    static anonymous_type one;
    one.id = *name + (int)color;
    return &one;
}
int ask(struct untouched *untouched)
{
    return untouched->nobody;
}
EXPORT(use);
EXPORT(find);
EXPORT(ask);
EXPORT(devices);
EXPORT(hook);
