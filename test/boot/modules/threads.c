// SPDX-License-Identifier: MIT
/* threads.c: starts a thread that does as it is told, and maybe does not stop it. */
#include <onoma/interrupt.h>
#include <onoma/kthread.h>
#include <onoma/module.h>
#include "threads.h"

static charp kind = "sleep";
module_param(kind, charp, 0444);
static bool leaves;
module_param(leaves, bool, 0444);
static bool fails;
module_param(fails, bool, 0444);
static uint count = 1;
module_param(count, uint, 0444);

/* A frame of its own; its faults reach the processor, also where the sanitizer is on. */
#define FRAME static __attribute__((noipa, no_sanitize_undefined))

static struct task_struct *tasks[8];
static volatile bool may_go; /* set by the command let_go */
void (*guest_function)(const volatile bool *may_go);
EXPORT_SYMBOL(guest_function);

FRAME void nap(void)
{
    msleep(20);
}

static int sleep_often(void *data)
{
    (void)data;
    while (!kthread_should_stop()) {
        nap();
    }
    return 7;
}

/* Does not look whether it is to stop. */
static int sleep_on(void *data)
{
    (void)data;
    while (!may_go) {
        nap();
    }
    return 8;
}

static int give_way(void *data)
{
    (void)data;
    while (!kthread_should_stop()) {
        for (int i = 0; i < 1000; i++) {
            schedule();
        }
        msleep(1);
    }
    return 0;
}

static int warn_once(void *data)
{
    WARN(data == 0, "no data\n");
    return 9;
}

FRAME int go_deep(volatile const char *above, unsigned depth)
{
    volatile char room[100];

    room[0] = *above;
    if (depth == 1u << 31) {
        return 0;
    }
    return go_deep(room, depth + 1) + room[0];
}

static int overflow(void *data)
{
    char start = 1;
    (void)data;
    return go_deep(&start, 0);
}

FRAME void write_to_null(volatile int *pointer)
{
    *pointer = 1;
}

static int fault(void *data)
{
    write_to_null(data);
    return 0;
}

static int sleep_in_interrupt(void *data)
{
    (void)data;
    call_in_interrupt(nap);
    return 0;
}

static int call_guest(void *data)
{
    (void)data;
    while (!kthread_should_stop()) {
        if (guest_function) {
            guest_function(&may_go);
        }
        nap();
    }
    return 0;
}

static const struct {
    const char *name;
    int (*function)(void *data);
} kinds[] = {
    {"sleep", sleep_often}, {"stubborn", sleep_on},         {"switch", give_way},
    {"warn", warn_once},    {"overflow", overflow},         {"fault", fault},
    {"host", call_guest},   {"atomic", sleep_in_interrupt},
};

static int run_let_go(int argc, char **argv)
{
    (void)argc, (void)argv;
    may_go = true;
    return 0;
}

static struct command let_go = {
    .name = "let_go", .usage = "let_go", .summary = "end", .run = run_let_go};

static int __init threads_init(void)
{
    command_register(&let_go);
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        for (unsigned n = 0; strcmp(kinds[i].name, kind) == 0 && n < count; n++) {
            tasks[n] = kthread_run(kinds[i].function, 0, count > 1 ? "%s/%u" : "%s", kind, n);
            if (!tasks[n]) {
                return -ENOMEM;
            }
        }
    }
    if (fails) {
        msleep(50); /* they have begun */
        return -EIO;
    }
    return 0;
}

static void __exit threads_exit(void)
{
    if (!leaves) {
        command_unregister(&let_go);
    }
    for (unsigned n = 0; !leaves && n < count; n++) {
        pr_info("%s returned %d\n", kind, kthread_stop(tasks[n]));
    }
}

module_init(threads_init);
module_exit(threads_exit);
MODULE_LICENSE("MIT");
