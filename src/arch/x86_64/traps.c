// SPDX-License-Identifier: MIT
/* traps.c: what happens on each vector: exceptions become an Oops, the others are interrupts. */
#include "cpu.h"
#include "kernel.h"
#include "onoma/export.h"
#include "onoma/interrupt.h"
#include "onoma/printk.h"

#define VECTOR_DEBUG 1
#define VECTOR_NMI   2
#define VECTOR_CALL  0xf0 /* no device has it */

static const char *const exception_names[32] = {
    [0] = "divide error",
    [1] = "debug",
    [2] = "NMI",
    [3] = "int3",
    [4] = "overflow",
    [5] = "bounds",
    [6] = "invalid opcode",
    [7] = "device not available",
    [8] = "double fault",
    [9] = "coprocessor segment overrun",
    [10] = "invalid TSS",
    [11] = "segment not present",
    [12] = "stack segment",
    [13] = "general protection fault",
    [14] = "page fault",
    [16] = "x87 FPU error",
    [17] = "alignment check",
    [18] = "machine check",
    [19] = "SIMD error",
    [20] = "virtualization exception",
    [21] = "control protection fault",
    [28] = "hypervisor injection",
    [29] = "VMM communication",
    [30] = "security exception",
};

const char *arch_exception_name(uint64_t vector)
{
    if (vector >= ARRAY_SIZE(exception_names) || !exception_names[vector]) {
        return "unknown exception";
    }
    return exception_names[vector];
}

static void (*called)(void);

void call_in_interrupt(void (*function)(void))
{
    called = function;
    __asm__ volatile("int %0" : : "i"(VECTOR_CALL) : "memory");
}
EXPORT_SYMBOL(call_in_interrupt);

static void call_function(void)
{
    void (*function)(void) = called;

    called = NULL;
    if (function) {
        function();
    }
}

/* A test asked for it. */
static bool is_sample(struct trap_frame *frame)
{
    return (frame->vector == VECTOR_NMI || frame->vector == VECTOR_DEBUG) &&
           sampling_trap(frame, frame->vector == VECTOR_DEBUG);
}

void trap_dispatch(struct trap_frame *frame)
{
    if (is_sample(frame)) {
        return;
    }
    if (frame->vector >= IRQ_VECTOR_BASE && frame->vector < IRQ_VECTOR_BASE + IRQ_COUNT) {
        interrupt_dispatch((unsigned)(frame->vector - IRQ_VECTOR_BASE));
    } else if (frame->vector == VECTOR_CALL) {
        call_function();
    } else if (frame->vector == VECTOR_NMI) {
        nmi(frame);
    } else if (frame->vector < 32) {
        oops(frame);
    } else {
        printk(KERN_WARNING "spurious interrupt, vector %lu\n", frame->vector);
    }
}
