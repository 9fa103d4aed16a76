// SPDX-License-Identifier: MIT
/*
 * kthread.h: threads of the kernel and of modules, in Linux's words.
 *
 *     static struct task_struct *task;
 *
 *     static int keep_looking(void *data)
 *     {
 *         while (!kthread_should_stop()) {
 *             look();
 *             schedule_timeout_interruptible(5 * HZ);
 *         }
 *         return 0;
 *     }
 *
 *     task = kthread_run(keep_looking, data, "looker");     in the module's init
 *     kthread_stop(task);                                    in its exit
 *
 * They are cooperative: a thread runs until it sleeps or calls schedule(), and so does a command of
 * the shell, in which nobody else runs.  What two threads share needs no lock, unless one of them
 * sleeps in the middle.  Nothing here may be called from an interrupt, or with interrupts off.
 */
#ifndef ONOMA_KTHREAD_H
#define ONOMA_KTHREAD_H

#include <stdbool.h>
#include <stdint.h>
#include "onoma/compiler.h"

BEGIN_C

#define HZ 100 /* ticks of the clock in a second */

struct task_struct;

/*
 * A new thread, which calls function(data) when others sleep next.  Its name, which traces and `ps`
 * tell, is cut to 31 bytes.  Null when there is no memory.  Who starts a thread stops it, also if
 * it has returned by itself: till then it takes memory.
 */
struct task_struct *kthread_run(int (*function)(void *data), void *data, const char *name, ...)
    __printf(3, 4);

/*
 * Make kthread_should_stop() true for a thread, wake it from schedule_timeout_interruptible(), and
 * wait until its function returns.  The result is what that returned, or -EINTR if it never ran.
 */
int kthread_stop(struct task_struct *task);

/* Asked by a thread: is it time to return? */
bool kthread_should_stop(void);

/* Let the other threads run that can. */
void schedule(void);

/* Sleep so many ticks, or until kthread_stop(); not at all if that was called.  Returns how many
 * ticks were left. */
uint64_t schedule_timeout_interruptible(uint64_t ticks);

/* Sleep at least so long, whatever happens. */
void msleep(unsigned milliseconds);

END_C

#endif
