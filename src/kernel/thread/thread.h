// SPDX-License-Identifier: MIT
/*
 * thread.h: the threads there are.  What starts, stops and puts them to sleep: onoma/kthread.h.
 *
 *   schedule.c  who runs next
 *   kthread.c   start and stop one
 *   stack.c     whose stack is at an address?
 *   leave.c     is one still in a module that goes?
 *
 * The first one, of PID 0, is there from the start, on the boot stack: it boots, and then is the
 * shell.
 */
#ifndef THREAD_THREAD_H
#define THREAD_THREAD_H

#include <stdbool.h>
#include <stdint.h>
#include "arch.h"
#include "memory/area.h"
#include "onoma/kthread.h"

#define TASK_NAME_MAX 32 /* bytes, NUL included */
#define NEVER         UINT64_MAX

/* As Linux's ps shows them. */
enum task_state {
    TASK_RUNNING = 'R',         /* it runs, or can */
    TASK_INTERRUPTIBLE = 'S',   /* sleeps, till it is woken or its time has come */
    TASK_UNINTERRUPTIBLE = 'D', /* sleeps, till its time has come, or what it waits for */
    TASK_DEAD = 'Z',            /* has returned; kthread_stop() takes it away */
};

struct task_struct {
    struct task_struct *next; /* the ring's, by PID; a trap may walk it at any moment */
    unsigned pid;             /* never given twice */
    char name[TASK_NAME_MAX];

    volatile enum task_state state; /* an interrupt may wake it */
    uint64_t wake_at;               /* tick at which it can run again; NEVER */
    uint64_t stack_pointer;         /* while it does not run: for arch_thread_switch() */

    struct area stack; /* none: the boot stack */
    int (*function)(void *data);
    void *data;
    int result; /* TASK_DEAD: what the function returned */
    bool should_stop;
    struct task_struct *stopper; /* who waits in kthread_stop() */
};

struct task_struct *task_first(void);
struct task_struct *task_current(void);
/* Behind the others, or out from among them. */
void task_add(struct task_struct *task);
void task_remove(struct task_struct *task);

/* Name the current one, for an Oops: "boot", "shell" or the command that runs. */
void task_set_name(const char *name);

/* It can run if it sleeps as TASK_INTERRUPTIBLE.  Interrupts may call it. */
void task_wake(struct task_struct *task);

/*
 * Sleep, as `state`, until task_wake() or the tick `wake_at`.  To wait for an interrupt without a
 * gap between the look and the sleep, set the state first:
 *
 *     task->state = TASK_INTERRUPTIBLE;
 *     while (!has_come()) {
 *         schedule();
 *         task->state = TASK_INTERRUPTIBLE;
 *     }
 *     task->state = TASK_RUNNING;
 */
void task_sleep(enum task_state state, uint64_t wake_at);

/* Where a thread goes on that does not run: a return address, for walk_start(). */
void task_frame(const struct task_struct *task, struct trap_frame *frame);

/* The stack that `address` is on, of a thread or one for traps; see arch_stack_find().  Any
 * context. */
bool stack_find(uint64_t address, struct stack_bounds *bounds);
/* That of the current thread. */
void stack_of_current(struct stack_bounds *bounds);

/* Pages that the stacks of all threads take. */
size_t stack_pages_used(void);

struct module;
/*
 * Behind a module's exit, or its failed init: the threads that it left are told to stop, and taken
 * away.  True when no thread has a function of the module to return to, nor will begin in it.  If
 * that is not so within a second, what is in the way is reported.
 */
bool threads_leave(const struct module *module);

#endif
