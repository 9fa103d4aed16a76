// SPDX-License-Identifier: MIT
/*
 * descriptors.c: GDT, TSS with interrupt stacks, IDT.
 *
 * Double fault, NMI and machine check run on stacks of their own (IST): they must work when rsp is
 * bad.  Every vector of the IDT is present, so that no fault can become a triple fault for want of
 * a handler.  Source: Intel SDM volume 3, 3.4.5, 6.14 and 7.7.
 */
#include "cpu.h"

struct task_state {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_map_offset;
} __attribute__((packed));

struct interrupt_gate {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t ist;
    uint8_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};

struct descriptor_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

_Static_assert(sizeof(struct task_state) == 104, "SDM volume 3, figure 7-11");
_Static_assert(sizeof(struct interrupt_gate) == 16, "SDM volume 3, figure 6-8");

#define GATE_INTERRUPT 0x8e /* present, ring 0, interrupt gate: comes in with interrupts off */
#define TRAP_STUB_SIZE 16   /* trap_entry.nasm */
#define VECTOR_COUNT   256

extern const char trap_stubs[];

/* processor.nasm: from now on these descriptors hold. */
void load_segments(const struct descriptor_pointer *gdt, uint64_t code, uint64_t data,
                   uint64_t tss);

static struct task_state task_state;
static uint64_t segments[6];
static struct interrupt_gate gates[VECTOR_COUNT];

static void make_segments(void)
{
    uint64_t base = (uint64_t)&task_state;
    uint64_t limit = sizeof(task_state) - 1;

    segments[SELECTOR_CODE / 8] = 0x00209a0000000000ull;
    segments[SELECTOR_DATA / 8] = 0x0000920000000000ull;
    segments[SELECTOR_TSS / 8] =
        limit | (base & 0xffffff) << 16 | 0x89ull << 40 | (base >> 24 & 0xff) << 56;
    segments[SELECTOR_TSS / 8 + 1] = base >> 32;

    struct descriptor_pointer pointer = {sizeof(segments) - 1, (uint64_t)segments};
    load_segments(&pointer, SELECTOR_CODE, SELECTOR_DATA, SELECTOR_TSS);
}

static uint8_t ist_of(unsigned vector)
{
    switch (vector) {
    case 8:
        return STACK_DOUBLE_FAULT;
    case 2:
        return STACK_NMI;
    case 18:
        return STACK_MACHINE_CHECK;
    default:
        return 0; /* the stack that is in use */
    }
}

static void load_gates(void)
{
    for (unsigned vector = 0; vector < VECTOR_COUNT; vector++) {
        uint64_t stub = (uint64_t)trap_stubs + vector * TRAP_STUB_SIZE;
        gates[vector] = (struct interrupt_gate){
            .offset_low = (uint16_t)stub,
            .offset_middle = (uint16_t)(stub >> 16),
            .offset_high = (uint32_t)(stub >> 32),
            .selector = SELECTOR_CODE,
            .ist = ist_of(vector),
            .type = GATE_INTERRUPT,
        };
    }
    struct descriptor_pointer pointer = {sizeof(gates) - 1, (uint64_t)gates};
    __asm__ volatile("lidt %0" : : "m"(pointer));
}

void arch_traps_init(void)
{
    for (unsigned i = STACK_DOUBLE_FAULT; i < STACK_COUNT; i++) {
        task_state.ist[i - 1] = stack_tops[i];
    }
    task_state.io_map_offset = sizeof(task_state);
    make_segments();
    load_gates();
}
