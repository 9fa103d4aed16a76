// SPDX-License-Identifier: MIT
/*
 * leave.c: no code goes from under a thread.
 *
 * A thread is in a module if its function is the module's, or if a walk of its stack meets the
 * module: then a function of it has called something that sleeps, maybe for a thread of somebody
 * else.  Walks are exact at a switch.  Where one cannot go on, through code without rows, each word
 * of the stack that may be a return address counts.
 */
#include "module/module.h"
#include "onoma/printk.h"
#include "panic/walk.h"
#include "thread/thread.h"

#define PATIENCE HZ

static bool is_own(const struct task_struct *task, const struct module *module)
{
    return module_of_address((uint64_t)task->function) == module;
}

/* On to the caller; without a row, to the next word that may be a return address. */
static bool next_return(struct stack_walk *walk)
{
    return (!walk->problem && walk_next(walk)) || (walk->problem && walk_guess(walk));
}

/* The return address into the module, 0 if there is none. */
static uint64_t find_return(const struct task_struct *task, const struct module *module)
{
    struct trap_frame frame;
    struct stack_walk walk;

    task_frame(task, &frame);
    walk_start(&walk, &frame, false);
    do {
        if (module_is_code(module, walk.frame.pc - 1)) {
            return walk.frame.pc;
        }
    } while (next_return(&walk));
    return 0;
}

static struct task_struct *find_in(const struct module *module)
{
    for (struct task_struct *task = task_first()->next; task != task_first(); task = task->next) {
        if (task != task_current() && (is_own(task, module) || find_return(task, module))) {
            return task;
        }
    }
    return NULL;
}

bool threads_leave(const struct module *module)
{
    uint64_t deadline = arch_timer_ticks() + PATIENCE;
    struct task_struct *task;

    while ((task = find_in(module)) != NULL) {
        if (task->state == TASK_DEAD && !task->stopper) {
            pr_warn("%s: left thread %s (PID %u): stopped\n", module->name, task->name, task->pid);
            kthread_stop(task);
            continue;
        }
        if (arch_timer_ticks() >= deadline) {
            pr_err(
                "%s: thread %s (PID %u) is still in it, at %pB: it stays; rmmod takes it out when "
                "the thread has left\n",
                module->name, task->name, task->pid, (void *)find_return(task, module));
            return false;
        }
        if (is_own(task, module)) {
            task->should_stop = true;
            task_wake(task);
        }
        task_sleep(TASK_UNINTERRUPTIBLE, arch_timer_ticks() + 1);
    }
    return true;
}
