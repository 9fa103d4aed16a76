/* SPDX-License-Identifier: MIT */
/*
 * kernel.c: a kernel of a hundred lines that says where it crashed, by name, file and line.
 *
 * It catches one fault, the invalid instruction (vector 6), and makes it in a function that a few
 * others have called.
 */
#include "ksyms/trace.h"
#include "machine.h"

extern const char __ksyms_start[], __ksyms_end[]; /* kernel.lds */
extern const char stack_low[], stack_high[];      /* boot.S */

/* ---- What the kit needs of this kernel ---- */

static bool find_stack(void *context, uint64_t sp, struct ksyms_stack *stack)
{
    (void)context;
    *stack = (struct ksyms_stack){(uint64_t)stack_low, (uint64_t)stack_high};
    return sp >= stack->low && sp < stack->high;
}

static struct ksyms_host host = {
    .write = write_serial,
    .find_stack = find_stack,
    .rows = ksyms_trace_rows,   /* UNWIND */
    .lines = ksyms_trace_lines, /* LINES */
};

/* ---- Faults ---- */

/* What the processor pushes, and before it what fault_entry does. */
struct fault_frame {
    uint64_t rbp, rip, cs, rflags, rsp, ss;
};

void fault(const struct fault_frame *regs);

__attribute__((naked)) static void fault_entry(void)
{
    __asm__("push %rbp\n\t"
            "mov %rsp, %rdi\n\t"
            "cld\n\t"
            "call fault");
}

__attribute__((used)) void fault(const struct fault_frame *regs)
{
    struct ksyms_frame frame = {regs->rip, regs->rsp, regs->rbp};

    print("invalid instruction\n");
    ksyms_trace(&host, &frame, true);
    power_off();
}

struct gate {
    uint16_t low, selector, flags, middle;
    uint32_t high, zero;
};

static void catch_faults(void)
{
    static struct gate gates[32];
    static struct __attribute__((packed)) {
        uint16_t limit;
        const struct gate *base;
    } table = {sizeof(gates) - 1, gates};
    uint64_t entry = (uint64_t)fault_entry;

    gates[6] = (struct gate){
        .low = (uint16_t)entry,
        .selector = 8,
        .flags = 0x8e00, /* an interrupt gate, present */
        .middle = (uint16_t)(entry >> 16),
        .high = (uint32_t)(entry >> 32),
    };
    __asm__ volatile("lidt %0" : : "m"(table));
}

/* ---- What it does ---- */

__attribute__((noinline)) static void start_driver(int number)
{
    if (number == 3) {
        __asm__ volatile("ud2");
    }
    __asm__ volatile("" : : "r"(number)); /* so that the compiler keeps the calls */
}

static inline void start_bus(int first)
{
    for (int number = first; number < first + 2; number++) {
        start_driver(number);
    }
}

__attribute__((noinline)) static void start_drivers(void)
{
    for (int first = 0; first < 8; first += 2) {
        start_bus(first);
    }
}

void kernel_main(void);

void kernel_main(void)
{
    catch_faults();
    if (ksyms_host_start(&host, __ksyms_start, (size_t)(__ksyms_end - __ksyms_start)) != KSYMS_OK) {
        print("no names\n");
    }
    start_drivers();
    power_off();
}
