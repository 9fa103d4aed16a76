// SPDX-License-Identifier: MIT
/* kernel_state.c: what a load takes and an unload gives back. */
#include "shell/kernel_state.h"
#include "arch.h"
#include "memory/area.h"
#include "memory/frames.h"
#include "memory/heap.h"
#include "module/exports.h"
#include "module/module.h"
#include "onoma/command.h"
#include "shell/registry.h"
#include "thread/thread.h"

/* In whatever order they come. */
static void add_export(const struct exported *export, void *sum)
{
    *(uint64_t *)sum += (export->address ^ export->key) * 0x9e3779b97f4a7c15ull;
}

struct kernel_state kernel_state_read(void)
{
    struct heap_statistics heap = heap_statistics();
    struct kernel_state state = {
        .objects = heap.objects,
        .bytes = heap.bytes,
        .frames = frame_statistics().used - arch_page_table_frames(),
        .pages = area_pages_used(),
        .exports = exports_count(),
        .newest = module_first(),
    };

    exports_for_each(add_export, &state.export_sum);
    for (const struct module *module = module_first(); module; module = module->next) {
        state.modules++;
    }
    for (const struct command *command = command_first(); command; command = command->next) {
        state.commands++;
    }
    for (const struct task_struct *task = task_first()->next; task != task_first();
         task = task->next) {
        state.threads++;
    }
    return state;
}

bool kernel_state_same(const struct kernel_state *before, const char *who, uint64_t number)
{
    struct kernel_state now = kernel_state_read();
    const struct {
        const char *name;
        uint64_t before, now;
    } parts[] = {
        {"heap objects", before->objects, now.objects},
        {"heap bytes", before->bytes, now.bytes},
        {"frames", before->frames, now.frames},
        {"module pages", before->pages, now.pages},
        {"exports", before->exports, now.exports},
        {"sum of the exports", before->export_sum, now.export_sum},
        {"commands", before->commands, now.commands},
        {"modules", before->modules, now.modules},
        {"threads", before->threads, now.threads},
        {"newest module", (uint64_t)before->newest, (uint64_t)now.newest},
    };
    bool is_same = true;

    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        if (parts[i].before != parts[i].now) {
            console_printf("%s %lu: %s 0x%lx -> 0x%lx\n", who, number, parts[i].name,
                           parts[i].before, parts[i].now);
            is_same = false;
        }
    }
    return is_same;
}
