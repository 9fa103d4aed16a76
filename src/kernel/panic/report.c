// SPDX-License-Identifier: MIT
/* report.c: the lines around a trace: which kernel, which modules. */
#include "panic/names.h"
#include "panic/report.h"
#include "ksyms/table.h"
#include "module/module.h"
#include "module/unloaded.h"
#include "onoma/printk.h"
#include "onoma/string.h"
#include "thread/thread.h"
#include "version.h"

void report_context(const char *level)
{
    const struct task_struct *task = task_current();

    printk("%sCPU: 0 PID: %u Comm: %s Onoma %s BuildID: %s\n", level, task->pid, task->name,
           ONOMA_VERSION, kernel_build_id());
}

void report_modules(const char *level)
{
    char line[1024], build_id[2 * KSYMS_BUILD_ID_MAX + 1];
    const char *last = unloaded_last();

    module_list_format(line, sizeof(line));
    printk("%sModules linked in:%s%s%s%s\n", level, line, last ? " [last unloaded: " : "",
           last ? last : "", last ? "]" : "");
    for (const struct module *module = module_first(); module; module = module->next) {
        name_build_id_format(module, build_id, sizeof(build_id));
        printk("%s %s: 0x%016lx BuildID: %s\n", level, module->name,
               module->areas[KSYMS_SEGMENT_TEXT].address, build_id);
    }
}

void report_end(const char *level)
{
    printk("%s---[ end trace %016lx ]---\n", level, 0ul);
}
