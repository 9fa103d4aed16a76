/* SPDX-License-Identifier: MIT */
/*
 * kernel.c: a kernel that links a module into itself: the file that the boot loader brought.
 *
 * Modules may use every function of this kernel that is not static: no list of exports is needed.
 */
#include "kernel.h"
#include "ksyms/module.h"
#include "ksyms/trace.h"
#include "machine.h"
#include "pages.h"

extern const char __ksyms_start[], __ksyms_end[]; /* kernel.lds */
extern const char stack_low[], stack_high[];      /* boot.S */

static bool find_stack(void *context, uint64_t sp, struct ksyms_stack *stack)
{
    (void)context;
    *stack = (struct ksyms_stack){(uint64_t)stack_low, (uint64_t)stack_high};
    return sp >= stack->low && sp < stack->high;
}

static struct ksyms_host host = {
    .write = write_serial,
    .find_stack = find_stack,
    .lines = ksyms_trace_lines,
    .allocate = pages_allocate,
    .release = pages_release,
    .map = pages_map,
    .unmap = pages_unmap,
    .protect = pages_protect,
};

void print_trace(void)
{
    struct ksyms_frame frame;

    ksyms_frame_here(&frame);
    ksyms_trace(&host, &frame, true);
}

void kernel_main(uint32_t magic, const void *information);

void kernel_main(uint32_t magic, const void *information)
{
    static struct ksyms_module module;
    const char *name;
    size_t size;
    const void *file = loaded_file(information, &size, &name);

    (void)magic;
    pages_start();
    ksyms_host_start(&host, __ksyms_start, (size_t)(__ksyms_end - __ksyms_start));
    if (!file) {
        print("the loader brought no module\n");
    } else if (ksyms_module_load(&host, &module, name, file, size, NULL) == KSYMS_OK) {
        print(pages_are_safe() ? "loaded\n" : "loaded, but its code can be written\n");
        ksyms_module_unload(&host, &module, NULL);
        print(pages_used() == 0 ? "unloaded\n" : "unloaded, but memory is gone\n");
    }
    power_off();
}
