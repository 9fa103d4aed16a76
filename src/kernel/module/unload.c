// SPDX-License-Identifier: MIT
/* unload.c: taking a module out, in the reverse order of what loading did. */
#include "module/exports.h"
#include "module/index.h"
#include "module/module.h"
#include "module/unloaded.h"
#include "onoma/errno.h"
#include "onoma/printk.h"
#include "onoma/string.h"
#include "shell/registry.h"
#include "thread/thread.h"

/* A command that the module did not take back would be called after its code is gone. */
static void drop_commands(const struct module *module)
{
    size_t dropped = 0;

    for (unsigned i = 0; i < KSYMS_SEGMENT_COUNT; i++) {
        const struct area *area = &module->areas[i];
        dropped +=
            command_unregister_range(area->address, area->address + area->page_count * PAGE_SIZE);
    }
    if (dropped) {
        pr_warn("%s: left %zu shell command%s registered: taken back\n", module->name, dropped,
                dropped == 1 ? "" : "s");
    }
}

void module_withdraw(struct module *module)
{
    drop_commands(module);
    exports_remove(module->exports, module->export_count);
    module_list_remove(module);
    unloaded_remember(module);
}

void module_run_destructors(const struct module *module)
{
    for (size_t i = module->destructors.count; i-- > 0;) {
        module->destructors.functions[i]();
    }
}

/* By whom: those that are linked to it, and who said so last of those that hold it otherwise. */
static void report_use(const struct module *module)
{
    char users[256];
    char holds[160] = "";

    module_users_format(module, users, sizeof(users));
    if (module->hold_count > 0) {
        snprintf(holds, sizeof(holds), "%s held %u time%s, the last by %pS",
                 users[0] ? ", and" : ":", module->hold_count, module->hold_count == 1 ? "" : "s",
                 (void *)module->holder);
    }
    pr_err("rmmod: %s: in use%s%s%s\n", module->name, users[0] ? " by " : "", users, holds);
}

int module_unload(const char *name)
{
    struct module *module = module_find(name);

    if (!module) {
        pr_err("rmmod: %s: not loaded\n", name);
        return -ENOENT;
    }
    if (module->reference_count > 0) {
        report_use(module);
        return -EBUSY;
    }
    if (module->state == MODULE_COMING || (module->state == MODULE_LIVE && !module->can_unload)) {
        pr_err("rmmod: %s: %s\n", module->name,
               module->can_unload ? "is being loaded" : "has no exit function");
        return -EBUSY;
    }
    /* Else it has gone before, but for a thread. */
    bool was_live = module->state == MODULE_LIVE;
    module->state = MODULE_GOING;
    if (was_live && module->exit) {
        module->exit();
    }
    if (!threads_leave(module)) {
        return -EBUSY;
    }
    module_run_destructors(module);
    module_withdraw(module);
    module_destroy(module);
    return 0;
}

static struct module *find_unneeded(void)
{
    for (struct module *module = module_first(); module; module = module->next) {
        if (module->was_needed && module->reference_count == 0) {
            return module;
        }
    }
    return NULL;
}

static void mark_dependencies(struct module *module, bool was_needed)
{
    for (unsigned i = 0; i < module->dependency_count; i++) {
        module->dependencies[i]->was_needed = was_needed;
    }
}

/* A loaded module, and then all that only it needed. */
static int unload_with_dependencies(const char *name)
{
    struct module *module = module_find(name);

    mark_dependencies(module, true);
    int error = module_unload(name);
    /* Each round takes one mark away, so that this ends.  What cannot go was reported, and stays.
     */
    while (!error && (module = find_unneeded()) != NULL) {
        mark_dependencies(module, true);
        module->was_needed = false;
        module_unload(module->name);
    }
    for (module = module_first(); module; module = module->next) {
        module->was_needed = false;
    }
    return error;
}

int module_unload_all(const char *name)
{
    char found[MODULE_NAME_MAX];
    struct text module;
    size_t position = 0;
    int result = -ENOENT;

    if (module_find(name)) {
        return unload_with_dependencies(name);
    }
    while (module_alias_next(name, &position, &module)) {
        if (text_copy(module, found, sizeof(found)) && module_find(found)) {
            int error = unload_with_dependencies(found);
            result = result == -ENOENT || error ? error : result;
        }
    }
    if (result == -ENOENT) {
        pr_err("rmmod: %s: not loaded\n", name);
    }
    return result;
}
