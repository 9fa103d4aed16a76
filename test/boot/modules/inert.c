// SPDX-License-Identifier: MIT
/*
 * inert.c: something of everything that a loader reads, and no code that ever runs: whatever a
 * damaged copy of it says, loading it may not harm the kernel (mutations.sh).
 */
#include <onoma/module.h>

static int number = 4;
module_param(number, int, 0444);
static char *text = "x";
module_param(text, charp, 0444);
static int list[5];
static unsigned list_count;
module_param_array(list, int, &list_count, 0444);
static char name[16];
module_param_string(name, name, sizeof(name), 0444);

int inert_call(int value);

/* R_X86_64_PLT32 to the kernel, PC32 and 32S to its own data, 64 below. */
int inert_call(int value)
{
    printk("%d %s %s %d\n", value + number, text, name, list[value]);
    return list_count != 0;
}
EXPORT_SYMBOL(inert_call);

int (*inert_table[])(int) = {inert_call, NULL, inert_call};
EXPORT_SYMBOL(inert_table);

int inert_value = 5;
EXPORT_SYMBOL(inert_value);

int __initdata inert_start_value = 6;

static int __init __used inert_start(int value)
{
    return inert_call(value + inert_start_value);
}

/* R_X86_64_32, which no address of the kernel fits but one that is missing; R_X86_64_PC64. */
__asm__(".weak optional\n"
        ".pushsection .data\n"
        "\t.long optional\n"
        "\t.balign 8\n"
        "\t.quad inert_call - .\n"
        "\t.popsection\n");

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Does nothing at all");
