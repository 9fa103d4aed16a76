// SPDX-License-Identifier: MIT
/*
 * fail.c: an init that fails half-way, as one does whose device is not there.  It undoes what it
 * did, in reverse order, and returns a negative errno; then the kernel takes the module out again:
 * no command, no symbol, no memory of it is left.
 *
 *     insmod fail.ko             ENODEV
 *     insmod fail.ko error=12    ENOMEM
 *     insmod fail.ko error=0     does not fail, and stays
 */
#include <onoma/module.h>

static int error = ENODEV;
module_param(error, int, 0444);
MODULE_PARM_DESC(error, "errno that init returns, 0 to succeed");

static char *buffer;

static int run_fail(int argc, char **argv)
{
    (void)argc;
    console_printf("%s: did not fail\n", argv[0]);
    return 0;
}

static struct command fail_command = {
    .name = "fail",
    .usage = "fail",
    .summary = "there only if the module fail did not",
    .run = run_fail,
};

static int __init fail_init(void)
{
    int result;
    if (error < 0 || error > 4095) {
        pr_err("error=%d: 0 to 4095 is allowed\n", error);
        return -EINVAL;
    }
    buffer = kmalloc(100);
    if (buffer == 0) {
        return -ENOMEM;
    }
    result = command_register(&fail_command);
    if (result != 0) {
        goto free_buffer;
    }
    if (error == 0) {
        return 0;
    }
    pr_info("failing as asked, with errno %d\n", error);
    result = -error;

    command_unregister(&fail_command);
free_buffer:
    kfree(buffer);
    return result;
}

static void __exit fail_exit(void)
{
    command_unregister(&fail_command);
    kfree(buffer);
}

module_init(fail_init);
module_exit(fail_exit);
MODULE_LICENSE("MIT");
MODULE_AUTHOR("The Onoma authors");
MODULE_DESCRIPTION("Fails to initialise, and leaves nothing behind");
