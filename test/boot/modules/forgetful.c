// SPDX-License-Identifier: MIT
/* forgetful.c: registers a command and does not take it back. */
#include <onoma/module.h>

static int run_forgotten(int argc, char **argv)
{
    console_printf("%s with %d words\n", argv[0], argc);
    return 0;
}

static struct command command = {
    .name = "forgotten", .usage = "forgotten", .summary = "is left behind", .run = run_forgotten};

static int __init forgetful_init(void)
{
    return command_register(&command);
}

static void __exit forgetful_exit(void)
{
}

module_init(forgetful_init);
module_exit(forgetful_exit);
MODULE_LICENSE("MIT");
