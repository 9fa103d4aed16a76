// SPDX-License-Identifier: MIT
/* keeper.c: keeps a function of another module, and calls it by the command `kept`. */
#include <onoma/module.h>
#include "keeper.h"

void (*kept_function)(void);
EXPORT_SYMBOL(kept_function);

static int run_kept(int argc, char **argv)
{
    (void)argc, (void)argv;
    kept_function();
    console_printf("kept: back again\n");
    return 0;
}

static struct command kept = {
    .name = "kept", .usage = "kept", .summary = "call what was kept", .run = run_kept};

static int __init keeper_init(void)
{
    return command_register(&kept);
}

static void __exit keeper_exit(void)
{
    command_unregister(&kept);
}

module_init(keeper_init);
module_exit(keeper_exit);
MODULE_LICENSE("MIT");
