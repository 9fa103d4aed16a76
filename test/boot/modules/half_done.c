// SPDX-License-Identifier: MIT
/* half_done.c: its init fails, and does not take back the command that it had registered. */
#include <onoma/module.h>

static int run_half(int argc, char **argv)
{
    console_printf("%s with %d words\n", argv[0], argc);
    return 0;
}

static struct command command = {
    .name = "half", .usage = "half", .summary = "is left behind", .run = run_half};

static int __init half_done_init(void)
{
    command_register(&command);
    return -EIO;
}

module_init(half_done_init);
MODULE_LICENSE("MIT");
