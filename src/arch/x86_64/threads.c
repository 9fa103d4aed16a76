// SPDX-License-Identifier: MIT
/* threads.c: what is on the stack of a thread that does not run (switch.nasm). */
#include "cpu.h"

struct switched {
    uint64_t r15, r14, r13, r12, rbx, rbp;
    uint64_t return_address;
};

extern const uint64_t thread_begin; /* switch.nasm: calls rbx */

uint64_t arch_thread_prepare(uint64_t stack_high, void (*function)(void))
{
    /* 16 bytes above: rsp is a multiple of 16 where rbx is called (psABI 3.2.2). */
    struct switched *top = (struct switched *)(stack_high - 16) - 1;

    *top = (struct switched){.rbx = (uint64_t)function, .return_address = thread_begin};
    return (uint64_t)top;
}

void arch_thread_frame(struct trap_frame *frame, uint64_t stack_pointer)
{
    const struct switched *top = (const struct switched *)stack_pointer;

    *frame = (struct trap_frame){
        .rip = top->return_address,
        .rsp = stack_pointer + sizeof(*top),
        .rbp = top->rbp,
    };
}
