// SPDX-License-Identifier: MIT
/*
 * greet_user.c: a module that needs another.  `greet` and `greet_count` are undefined in the file;
 * the kernel binds them to the exports of greet.ko, and will not unload greet before this module.
 * `modprobe greet_user` loads both.
 */
#include <onoma/module.h>
#include "../greet/greet.h"

static charp name = "user";
module_param(name, charp, 0444);
MODULE_PARM_DESC(name, "who is greeted");

static int run_greet(int argc, char **argv)
{
    if (argc < 2) {
        return -EINVAL;
    }
    for (int i = 1; i < argc; i++) {
        greet(argv[i]);
    }
    console_printf("%u greeted so far\n", greet_count);
    return 0;
}

static struct command greet_command = {
    .name = "greet",
    .usage = "greet NAME...",
    .summary = "greet by the module greet",
    .run = run_greet,
};

static int __init greet_user_init(void)
{
    greet(name);
    return command_register(&greet_command);
}

static void __exit greet_user_exit(void)
{
    command_unregister(&greet_command);
}

module_init(greet_user_init);
module_exit(greet_user_exit);
MODULE_LICENSE("MIT");
MODULE_AUTHOR("The Onoma authors");
MODULE_DESCRIPTION("Uses what the module greet exports");
MODULE_VERSION("1.0");
