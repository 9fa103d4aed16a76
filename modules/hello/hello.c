// SPDX-License-Identifier: MIT
/*
 * hello.c: the first module to read, and a parameter of every type.
 *
 *     insmod hello.ko name=Ada count=2 loud numbers=1,2,3
 *
 * The kernel sets the variables before it calls hello_init.  `modinfo hello.ko`, on any Linux
 * machine, lists them.
 */
#include <onoma/module.h>

static charp name = "world";
static int count = 1;
static bool loud;
static uint width = 0;
static long offset = 0;
static ulong mask = 0xff;
static char title[16] = "";
static int numbers[8];
static unsigned numbers_given;

module_param(name, charp, 0444);
MODULE_PARM_DESC(name, "who is greeted");
module_param(count, int, 0444);
MODULE_PARM_DESC(count, "how often, 0 to 1000");
module_param(loud, bool, 0444);
MODULE_PARM_DESC(loud, "with an exclamation mark");
module_param(width, uint, 0444);
MODULE_PARM_DESC(width, "numbers are printed in this many columns");
module_param(offset, long, 0444);
MODULE_PARM_DESC(offset, "added to each number");
module_param(mask, ulong, 0444);
MODULE_PARM_DESC(mask, "only these bits of each number are printed");
module_param_string(title, title, sizeof(title), 0444);
MODULE_PARM_DESC(title, "stands before the name");
module_param_array(numbers, int, &numbers_given, 0444);
MODULE_PARM_DESC(numbers, "up to 8 numbers to print");

static void print_greetings(void)
{
    for (int i = 0; i < count; i++) {
        pr_info("hello, %s%s%s%s\n", title, title[0] != '\0' ? " " : "", name, loud ? "!" : "");
    }
}

static void print_numbers(void)
{
    /* Room for a number and blanks around it: wider ones are no use on a console. */
    int columns = width < 20 ? (int)width : 20;
    for (unsigned i = 0; i < numbers_given; i++) {
        unsigned long number = ((unsigned long)numbers[i] + (unsigned long)offset) & mask;
        pr_info("number %u of %u: %*lu\n", i + 1, numbers_given, columns, number);
    }
}

static int __init hello_init(void)
{
    if (count < 0 || count > 1000) {
        pr_err("count=%d: 0 to 1000 is allowed\n", count);
        return -EINVAL;
    }
    print_greetings();
    print_numbers();
    return 0;
}

static void __exit hello_exit(void)
{
    pr_info("goodbye, %s\n", name);
}

module_init(hello_init);
module_exit(hello_exit);
MODULE_LICENSE("MIT");
MODULE_AUTHOR("The Onoma authors");
MODULE_DESCRIPTION("Says hello, with a parameter of every type");
MODULE_VERSION("1.0");
