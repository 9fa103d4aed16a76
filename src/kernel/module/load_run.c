// SPDX-License-Identifier: MIT
/* load_run.c: the last pass: init runs, and what only it needed goes. */
#include "module/load.h"
#include "onoma/errno.h"
#include "onoma/printk.h"
#include "thread/thread.h"

int run_init(struct load *load)
{
    struct module *module = load->module;
    int result;

    for (size_t i = 0; i < module->constructors.count; i++) {
        module->constructors.functions[i]();
    }
    result = module->init ? module->init() : 0;

    if (result != 0) {
        pr_err("%s: init of module %s failed: %d (%s); it is taken out again\n", load->file_name,
               module->name, result, errno_name(result));
        if (!threads_leave(module)) {
            module->state = MODULE_GOING;
            return result < 0 ? result : -EINVAL;
        }
        module_run_destructors(module);
        if (module->hold_count > 0) {
            pr_warn("%s: %u reference%s not given back\n", module->name, module->hold_count,
                    module->hold_count == 1 ? " was" : "s were");
        }
        module_withdraw(module);
        return result < 0 ? result : -EINVAL;
    }
    module->can_unload = module->exit || !module->init;
    module_protect_after_init(module);
    forget_init(module);
    module->state = MODULE_LIVE;
    return 0;
}
