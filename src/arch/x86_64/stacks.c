// SPDX-License-Identifier: MIT
/* stacks.c: which stack, or which guard page, does an address belong to? */
#include "cpu.h"

static const char *const stack_names[STACK_COUNT] = {
    [STACK_BOOT] = "boot",
    [STACK_DOUBLE_FAULT] = "#DF",
    [STACK_NMI] = "NMI",
    [STACK_MACHINE_CHECK] = "#MC",
};

bool arch_stack_find(uint64_t address, struct stack_bounds *bounds)
{
    for (int i = 0; i < STACK_COUNT; i++) {
        uint64_t low = stack_guards[i] + PAGE_SIZE;
        if (address >= low && address < stack_tops[i]) {
            *bounds = (struct stack_bounds){low, stack_tops[i], stack_names[i]};
            return true;
        }
    }
    return false;
}

const char *arch_guard_page_owner(uint64_t address)
{
    for (int i = 0; i < STACK_COUNT; i++) {
        if (address >= stack_guards[i] && address < stack_guards[i] + PAGE_SIZE) {
            return stack_names[i];
        }
    }
    return NULL;
}
