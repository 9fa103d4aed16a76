// SPDX-License-Identifier: MIT
/* holder.c: holds itself as often as it is told; gives back once too often if it is told; fails in
 * its init while it holds itself. */
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

/* The same from another place: the one who came last is to be named. */
static int run_hold_once(int argc, char **argv)
{
    (void)argv;
    return argc > 1 ? -EINVAL : try_module_get(THIS_MODULE) ? 0 : -EBUSY;
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
    {.name = "hold_once",
     .usage = "hold_once",
     .summary = "hold it from elsewhere",
     .run = run_hold_once},
    {.name = "release", .usage = "release [N]", .summary = "let it go", .run = run_release},
};

static int __init holder_init(void)
{
    if (fails) {
        try_module_get(THIS_MODULE);
        return -EIO;
    }
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        command_register(&commands[i]);
    }
    return 0;
}

static void __exit holder_exit(void)
{
    pr_info("going: %s\n", try_module_get(THIS_MODULE) ? "could be held" : "cannot be held");
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        command_unregister(&commands[i]);
    }
}

module_init(holder_init);
module_exit(holder_exit);
MODULE_LICENSE("MIT");

void held_by_use(void);
void held_by_use(void)
{
}
EXPORT_SYMBOL(held_by_use);
