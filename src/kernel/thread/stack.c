// SPDX-License-Identifier: MIT
/* stack.c: whose stack is it?  Any context. */
#include "thread/thread.h"

/* One for all: a walk is on the stack of one thread.  The machine's own have lower numbers. */
#define STACK_NUMBER 31

static struct stack_bounds bounds_of(const struct task_struct *task)
{
    uint64_t low = task->stack.address;

    return (struct stack_bounds){low, low + task->stack.page_count * PAGE_SIZE, STACK_NUMBER,
                                 task->name};
}

bool stack_find(uint64_t address, struct stack_bounds *bounds)
{
    for (const struct task_struct *task = task_first()->next; task != task_first();
         task = task->next) {
        struct stack_bounds stack = bounds_of(task);
        if (address >= stack.low - PAGE_SIZE && address < stack.high) {
            *bounds = stack;
            return true;
        }
    }
    return arch_stack_find(address, bounds);
}

void stack_of_current(struct stack_bounds *bounds)
{
    if (task_current() == task_first()) {
        arch_stack_first(bounds);
    } else {
        *bounds = bounds_of(task_current());
    }
}

size_t stack_pages_used(void)
{
    size_t count = 0;

    for (const struct task_struct *task = task_first()->next; task != task_first();
         task = task->next) {
        count += task->stack.page_count;
    }
    return count;
}

void task_frame(const struct task_struct *task, struct trap_frame *frame)
{
    arch_thread_frame(frame, task->stack_pointer);
}
