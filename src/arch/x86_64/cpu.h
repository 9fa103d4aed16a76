// SPDX-License-Identifier: MIT
/* cpu.h: instructions that C has no words for, and what the machine's files share.  Private to
 * src/arch/x86_64. */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <stdbool.h>
#include <stdint.h>
#include "arch.h"

#define CR4_MCE  (1ull << 6)
#define CR4_UMIP (1ull << 11)
#define CR4_SMEP (1ull << 20)
#define CR4_SMAP (1ull << 21)

#define MSR_EFER 0xc0000080u

static inline uint64_t read_cr0(void)
{
    uint64_t value;
    __asm__ volatile("mov %%cr0, %0" : "=r"(value));
    return value;
}

static inline uint64_t read_cr2(void)
{
    uint64_t value;
    __asm__ volatile("mov %%cr2, %0" : "=r"(value));
    return value;
}

static inline uint64_t read_cr3(void)
{
    uint64_t value;
    __asm__ volatile("mov %%cr3, %0" : "=r"(value));
    return value;
}

static inline void write_cr3(uint64_t value)
{
    __asm__ volatile("mov %0, %%cr3" : : "r"(value) : "memory");
}

static inline uint64_t read_cr4(void)
{
    uint64_t value;
    __asm__ volatile("mov %%cr4, %0" : "=r"(value));
    return value;
}

static inline void write_cr4(uint64_t value)
{
    __asm__ volatile("mov %0, %%cr4" : : "r"(value) : "memory");
}

static inline uint64_t read_msr(uint32_t number)
{
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
    return (uint64_t)high << 32 | low;
}

static inline uint64_t read_tsc(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static inline void invalidate_page(uint64_t address)
{
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

struct cpuid_registers {
    uint32_t eax, ebx, ecx, edx;
};

static inline struct cpuid_registers cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid_registers r;
    __asm__ volatile("cpuid"
                     : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
                     : "a"(leaf), "c"(subleaf));
    return r;
}

/* Selectors and interrupt stacks, in descriptors.c. */
#define SELECTOR_CODE 0x10 /* Linux's: traces read `RIP: 0010:` */
#define SELECTOR_DATA 0x18
#define SELECTOR_TSS  0x20

enum stack_index {
    STACK_BOOT,
    STACK_DOUBLE_FAULT,  /* IST 1 */
    STACK_NMI,           /* IST 2 */
    STACK_MACHINE_CHECK, /* IST 3 */
    STACK_COUNT,
};

extern const uint64_t stack_guards[STACK_COUNT]; /* the unmapped page below each (entry.nasm) */
extern const uint64_t stack_tops[STACK_COUNT];

#define IRQ_VECTOR_BASE 0x20
#define IRQ_TIMER       0
#define IRQ_SERIAL      4
#define IRQ_COUNT       16

/* Called by the entry code for every vector. */
void trap_dispatch(struct trap_frame *frame);

/* interrupts.c */
void interrupt_dispatch(unsigned irq);
void interrupt_enable(unsigned irq);

/* sampling.c.  For vectors 1 and 2; false: it was none of its own. */
bool sampling_trap(struct trap_frame *frame, bool is_step);
void sampling_timer(void);

/* processor.nasm: sets the trap flag.  The next return from an interrupt clears it. */
void processor_step(void);

/* timer.c, serial.c */
#define TICK_HZ 100
void timer_set_rate(unsigned hertz); /* of interrupts; ticks stay TICK_HZ */
void timer_interrupt(void);
void serial_interrupt(void);
void serial_enable_interrupt(void);

#endif
