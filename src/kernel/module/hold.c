// SPDX-License-Identifier: MIT
/*
 * hold.c: references to a module that are no symbols: somebody uses it for a while, as one who has
 * opened what it offers.  The call that took the last one is kept, so that a refused rmmod can name
 * it.
 */
#include "module/module.h"
#include "onoma/export.h"
#include "onoma/module.h"
#include "onoma/printk.h"

bool module_add_reference(struct module *module)
{
    if (module->reference_count == MODULE_REFERENCES_MAX) {
        return false;
    }
    module->reference_count++;
    return true;
}

struct module *module_at(const void *address)
{
    return (struct module *)module_of_address((uint64_t)address);
}
EXPORT_SYMBOL(module_at);

bool try_module_get(struct module *module)
{
    if (!module) {
        return true; /* the kernel stays */
    }
    if (module->state == MODULE_GOING || !module_add_reference(module)) {
        return false;
    }
    module->hold_count++;
    module->holder = (uint64_t)__builtin_return_address(0);
    return true;
}
EXPORT_SYMBOL(try_module_get);

void module_put(struct module *module)
{
    if (!module) {
        return;
    }
    if (module->hold_count == 0) {
        pr_err("%s: module_put without try_module_get, by %pS\n", module->name,
               __builtin_return_address(0));
        return;
    }
    module->hold_count--;
    module->reference_count--;
}
EXPORT_SYMBOL(module_put);
