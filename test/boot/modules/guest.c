// SPDX-License-Identifier: MIT
/* guest.c: has a function of its own called by the thread of another module, and goes. */
#include <onoma/kthread.h>
#include <onoma/module.h>
#include "threads.h"

static void sleep_as_guest(const volatile bool *may_go)
{
    while (!*may_go) {
        msleep(20);
    }
}

static int __init guest_init(void)
{
    guest_function = sleep_as_guest;
    return 0;
}

static void __exit guest_exit(void)
{
    guest_function = 0;
}

module_init(guest_init);
module_exit(guest_exit);
MODULE_LICENSE("MIT");
