// SPDX-License-Identifier: MIT
/*
 * warning.c: WARN: what an Oops tells of a place in the code, and then the kernel goes on.  No
 * handler of an interrupt prints, and no thread is made to wait: the lines stay together.
 */
#include "onoma/bug.h"
#include "arch.h"
#include "onoma/export.h"
#include "onoma/printk.h"
#include "onoma/string.h"
#include "panic/report.h"
#include "panic/trace.h"
#include "thread/thread.h"

void warning(const char *file, int line, const char *format, ...)
{
    struct trap_frame frame;
    struct stack_walk walk;
    char text[256];
    va_list arguments;

    arch_capture_frame(&frame);
    walk_start(&walk, &frame, false);
    walk_next(&walk); /* who has called us */

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);

    printk(KERN_WARNING "------------[ cut here ]------------\n");
    printk(KERN_WARNING "%s%s", text, text[0] && text[strlen(text) - 1] == '\n' ? "" : "\n");
    printk(KERN_WARNING "WARNING: CPU: 0 PID: %u at %s:%d %pB\n", task_current()->pid, file, line,
           (void *)walk.frame.pc);
    report_context(KERN_WARNING);
    trace_print_rip(KERN_WARNING, &walk);
    trace_print(KERN_WARNING, &walk, false);
    report_modules(KERN_WARNING);
    report_end(KERN_WARNING);
}
EXPORT_SYMBOL(warning);
