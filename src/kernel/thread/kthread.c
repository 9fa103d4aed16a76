// SPDX-License-Identifier: MIT
/* kthread.c: threads begin and end.  Each has a stack of its own, with an unmapped page below. */
#include "onoma/bug.h"
#include "onoma/errno.h"
#include "onoma/export.h"
#include "onoma/memory.h"
#include "onoma/string.h"
#include "thread/thread.h"

#define STACK_SIZE 16384ul /* as Linux */

/* Where the first switch to a thread leads, with interrupts off.  Ends in a switch to another. */
static void kthread(void)
{
    struct task_struct *self = task_current();

    arch_interrupts_restore(true);
    self->result = self->should_stop ? -EINTR : self->function(self->data);
    if (self->stopper) {
        self->stopper->state = TASK_RUNNING;
    }
    task_sleep(TASK_DEAD, NEVER);
}

struct task_struct *kthread_run(int (*function)(void *data), void *data, const char *name, ...)
{
    static unsigned last_pid;
    struct task_struct *task = kzalloc(sizeof(*task));
    va_list arguments;

    if (!task || !area_allocate(&task->stack, STACK_SIZE)) {
        kfree(task);
        return NULL;
    }
    va_start(arguments, name);
    vsnprintf(task->name, sizeof(task->name), name, arguments);
    va_end(arguments);
    task->pid = ++last_pid;
    task->state = TASK_RUNNING;
    task->wake_at = NEVER;
    task->function = function;
    task->data = data;
    task->stack_pointer = arch_thread_prepare(task->stack.address + STACK_SIZE, kthread);
    task_add(task);
    return task;
}
EXPORT_SYMBOL(kthread_run);

int kthread_stop(struct task_struct *task)
{
    ASSERT(task != task_current() && task != task_first() && !task->stopper);
    task->stopper = task_current();
    task->should_stop = true;
    task_wake(task);
    while (task->state != TASK_DEAD) {
        task_sleep(TASK_UNINTERRUPTIBLE, NEVER);
    }
    int result = task->result;
    task_remove(task);
    area_free(&task->stack);
    kfree(task);
    return result;
}
EXPORT_SYMBOL(kthread_stop);

bool kthread_should_stop(void)
{
    return task_current()->should_stop;
}
EXPORT_SYMBOL(kthread_should_stop);
