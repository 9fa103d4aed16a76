/* SPDX-License-Identifier: MIT */
#include "kernel.h"

__attribute__((noinline)) static void greet(const char *whom)
{
    print("hello, ");
    print(whom);
    print("\n");
    print_trace();
}

int init_module(void);
void cleanup_module(void);

int init_module(void)
{
    greet("kernel");
    return 0;
}

void cleanup_module(void)
{
    print("goodbye\n");
}
