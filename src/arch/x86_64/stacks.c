// SPDX-License-Identifier: MIT
/* stacks.c: which stack does an address belong to?  And does it follow a call? */
#include "cpu.h"

static const char *const stack_names[STACK_COUNT] = {
    [STACK_BOOT] = "boot",
    [STACK_DOUBLE_FAULT] = "#DF",
    [STACK_NMI] = "NMI",
    [STACK_MACHINE_CHECK] = "#MC",
};

static struct stack_bounds bounds_of(unsigned number)
{
    return (struct stack_bounds){stack_guards[number] + PAGE_SIZE, stack_tops[number], number,
                                 stack_names[number]};
}

void arch_stack_first(struct stack_bounds *bounds)
{
    *bounds = bounds_of(STACK_BOOT);
}

bool arch_stack_find(uint64_t address, struct stack_bounds *bounds)
{
    for (unsigned i = 0; i < STACK_COUNT; i++) {
        if (address >= stack_guards[i] && address < stack_tops[i]) {
            *bounds = bounds_of(i);
            return true;
        }
    }
    return false;
}

/*
 * E8 and a distance of 4 bytes, or FF /2 with its operand: 2 to 7 bytes by the addressing mode.
 * Source: Intel SDM volume 2, CALL; table 2-2.
 */
bool arch_follows_call(uint64_t address)
{
    const uint8_t *code = (const uint8_t *)address;

    if (!arch_is_readable(address - 7, 7)) {
        return false;
    }
    if (code[-5] == 0xe8) {
        return true;
    }
    for (int length = 2; length <= 7; length++) {
        if (code[-length] == 0xff && (code[1 - length] >> 3 & 7) == 2) {
            return true;
        }
    }
    return false;
}
