// SPDX-License-Identifier: MIT
/* forgetful_heap.c: as forgetful.c, but the forgotten struct lies in the heap: only its function
 * tells whose it is. */
#include <onoma/module.h>

static int run_forgotten(int argc, char **argv)
{
    console_printf("%s with %d words\n", argv[0], argc);
    return 0;
}

static int __init forgetful_heap_init(void)
{
    struct command *command = kzalloc(sizeof(*command));

    if (!command) {
        return -ENOMEM;
    }
    *command = (struct command){
        .name = "heaped", .usage = "heaped", .summary = "is left behind", .run = run_forgotten};
    return command_register(command);
}

static void __exit forgetful_heap_exit(void)
{
}

module_init(forgetful_heap_init);
module_exit(forgetful_heap_exit);
MODULE_LICENSE("MIT");
