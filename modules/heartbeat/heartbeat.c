// SPDX-License-Identifier: MIT
/*
 * heartbeat.c: a thread that tells the log what time it is, now and then.
 *
 * The log counts seconds from the boot.  Who finds the log of a machine that died wants to know the
 * time of day, and until when it lived: syslogd writes "-- MARK --" for that.
 *
 *     modprobe heartbeat seconds=60     then `ps`, and `backtrace heartbeat` while it sleeps
 */
#include <onoma/kthread.h>
#include <onoma/module.h>
#include "../rtc/rtc.h"

static uint seconds = 60;
module_param(seconds, uint, 0444);
MODULE_PARM_DESC(seconds, "between two beats, 1 to 86400");

static struct task_struct *task;

static void beat(void)
{
    struct rtc_time time;
    if (rtc_read(&time) != 0) {
        pr_warn("the clock does not answer\n");
        return;
    }
    pr_info("%04u-%02u-%02u %02u:%02u:%02u UTC\n", time.year, time.month, time.day, time.hour,
            time.minute, time.second);
}

static int beat_until_stopped(void *data)
{
    (void)data;
    while (!kthread_should_stop()) {
        beat();
        schedule_timeout_interruptible((uint64_t)seconds * HZ);
    }
    return 0;
}

static int __init heartbeat_init(void)
{
    if (seconds < 1 || seconds > 86400) {
        pr_err("seconds=%u: 1 to 86400 is allowed\n", seconds);
        return -EINVAL;
    }
    task = kthread_run(beat_until_stopped, 0, "heartbeat");
    return task ? 0 : -ENOMEM;
}

static void __exit heartbeat_exit(void)
{
    kthread_stop(task);
}

module_init(heartbeat_init);
module_exit(heartbeat_exit);
MODULE_LICENSE("MIT");
MODULE_AUTHOR("The Onoma authors");
MODULE_DESCRIPTION("A thread that tells the log the time of day");
MODULE_VERSION("1.0");
