// SPDX-License-Identifier: MIT
/*
 * schedule.c: a ring of threads, of which each runs until it gives way.
 *
 *  1. One runs, `current`; all others are in arch_thread_switch(), or have not begun, which looks
 *     alike.
 *  2. Where none can run, the last one that did waits for interrupts, on its own stack: there is no
 *     thread that idles.
 *  3. Interrupts are off from the choice to the switch: what an interrupt wakes is not missed.
 */
#include "onoma/bug.h"
#include "onoma/export.h"
#include "onoma/string.h"
#include "thread/thread.h"

static struct task_struct first = {
    .next = &first, .name = "boot", .state = TASK_RUNNING, .wake_at = NEVER};
static struct task_struct *current = &first;

struct task_struct *task_first(void)
{
    return &first;
}

struct task_struct *task_current(void)
{
    return current;
}

static struct task_struct *find_before(const struct task_struct *task)
{
    struct task_struct *before = &first;

    while (before->next != task) {
        before = before->next;
    }
    return before;
}

void task_add(struct task_struct *task)
{
    task->next = &first;
    find_before(&first)->next = task;
}

void task_remove(struct task_struct *task)
{
    find_before(task)->next = task->next;
}

void task_set_name(const char *name)
{
    string_copy(current->name, name, sizeof(current->name));
}

static bool can_run(const struct task_struct *task)
{
    return task->state == TASK_RUNNING || arch_timer_ticks() >= task->wake_at;
}

/* The first one behind the current one, which is asked last.  Null if none can run. */
static struct task_struct *find_next(void)
{
    struct task_struct *task = current->next;

    while (task != current && !can_run(task)) {
        task = task->next;
    }
    return can_run(task) ? task : NULL;
}

void schedule(void)
{
    struct task_struct *previous = current;
    struct task_struct *next;

    if (!arch_interrupts_save()) {
        panic("scheduling while atomic: %s, PID %u", current->name, current->pid);
    }
    while ((next = find_next()) == NULL) {
        arch_wait_for_interrupt();
        arch_interrupts_save();
    }
    next->state = TASK_RUNNING;
    next->wake_at = NEVER;
    if (next != previous) {
        current = next;
        arch_thread_switch(&previous->stack_pointer, next->stack_pointer);
    }
    arch_interrupts_restore(true);
}
EXPORT_SYMBOL(schedule);

void task_wake(struct task_struct *task)
{
    if (task->state == TASK_INTERRUPTIBLE) {
        task->state = TASK_RUNNING;
    }
}

void task_sleep(enum task_state state, uint64_t wake_at)
{
    current->wake_at = wake_at;
    current->state = state;
    schedule();
}

uint64_t schedule_timeout_interruptible(uint64_t ticks)
{
    uint64_t start = arch_timer_ticks();

    if (!current->should_stop) {
        task_sleep(TASK_INTERRUPTIBLE, ticks < NEVER - start ? start + ticks : NEVER);
    }
    uint64_t slept = arch_timer_ticks() - start;
    return slept < ticks ? ticks - slept : 0;
}
EXPORT_SYMBOL(schedule_timeout_interruptible);

/* One tick more: the first of them has begun before. */
void msleep(unsigned milliseconds)
{
    uint64_t ticks = ((uint64_t)milliseconds * HZ + 999) / 1000 + 1;

    task_sleep(TASK_UNINTERRUPTIBLE, arch_timer_ticks() + ticks);
}
EXPORT_SYMBOL(msleep);
