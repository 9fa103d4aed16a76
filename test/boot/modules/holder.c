// SPDX-License-Identifier: MIT
/* holder.c: holds itself as often as it is told; gives back once too often if it is told; fails in its
 * init while it holds itself. */
#include <onoma/module.h>

static bool fails;
module_param(fails, bool, 0444);

static int run_hold(int argc, char **argv)
{
    uint64_t wanted = 1, count = 0;

    if (argc > 2 || (argc == 2 && !parse_unsigned(argv[1], &wanted))) {
        return -EINVAL;
    }
    while (count < wanted && try_module_get(THIS_MODULE)) {
        count++;
    }
    console_printf("held %lu times more\n", count);
    return 0;
}

static int run_release(int argc, char **argv)
{
    uint64_t count = 1;

    if (argc > 2 || (argc == 2 && !parse_unsigned(argv[1], &count))) {
        return -EINVAL;
    }
    while (count-- > 0) {
        module_put(THIS_MODULE);
    }
    return 0;
}

static struct command commands[] = {
    {.name = "hold", .usage = "hold [N]", .summary = "hold this module", .run = run_hold},
    {.name = "release", .usage = "release [N]", .summary = "let it go", .run = run_release},
};

static int __init holder_init(void)
{
    if (fails) {
        try_module_get(THIS_MODULE);
        return -EIO;
    }
    command_register(&commands[0]);
    command_register(&commands[1]);
    return 0;
}

static void __exit holder_exit(void)
{
    pr_info("going: %s\n", try_module_get(THIS_MODULE) ? "could be held" : "cannot be held");
    command_unregister(&commands[0]);
    command_unregister(&commands[1]);
}

module_init(holder_init);
module_exit(holder_exit);
MODULE_LICENSE("MIT");

void held_by_use(void);
void held_by_use(void)
{
}
EXPORT_SYMBOL(held_by_use);
