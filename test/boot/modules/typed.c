// SPDX-License-Identifier: MIT
/* typed.c: uses a command and the heap, and what greet exports: built with headers that tests
 * change (CMakeLists.txt), so that it does not fit. */
#include <onoma/module.h>
#include "greet.h"

static int run_typed(int argc, char **argv)
{
    (void)argv;
    kfree(kmalloc(16));
    return argc > 1 ? (int)greet(argv[1]) : 0;
}

static struct command typed_command = {
    .name = "typed", .usage = "typed", .summary = "is there", .run = run_typed};

static int __init typed_init(void)
{
    return command_register(&typed_command);
}

static void __exit typed_exit(void)
{
    command_unregister(&typed_command);
}

module_init(typed_init);
module_exit(typed_exit);
MODULE_LICENSE("MIT");
