// SPDX-License-Identifier: MIT
/*
 * interrupts.c: the pair of 8259A interrupt controllers, lines 0-15 at vectors 0x20-0x2f.
 * Source: Intel 8259A data sheet.
 */
#include "cpu.h"
#include "onoma/io.h"

#define MASTER_COMMAND 0x20
#define MASTER_DATA    0x21
#define SLAVE_COMMAND  0xa0
#define SLAVE_DATA     0xa1

#define COMMAND_INIT     0x11 /* ICW1: edge, cascade, ICW4 follows */
#define COMMAND_READ_ISR 0x0b
#define COMMAND_END      0x20
#define LINE_CASCADE     2

void arch_interrupts_restore(bool were_on)
{
    if (were_on) {
        __asm__ volatile("sti" : : : "memory");
    }
}

void arch_wait_for_interrupt(void)
{
    __asm__ volatile("sti\n\thlt" : : : "memory");
}

void arch_halt(void)
{
    for (;;) {
        __asm__ volatile("cli\n\thlt" : : : "memory");
    }
}

static void set_mask(unsigned irq, bool is_masked)
{
    uint16_t port = irq < 8 ? MASTER_DATA : SLAVE_DATA;
    uint8_t bit = (uint8_t)(1u << (irq & 7));
    uint8_t mask = inb(port);
    outb(port, is_masked ? mask | bit : mask & (uint8_t)~bit);
}

void interrupt_enable(unsigned irq)
{
    set_mask(irq, false);
    if (irq >= 8) {
        set_mask(LINE_CASCADE, false);
    }
}

void arch_interrupts_init(void)
{
    outb(MASTER_COMMAND, COMMAND_INIT);
    outb(SLAVE_COMMAND, COMMAND_INIT);
    outb(MASTER_DATA, IRQ_VECTOR_BASE);
    outb(SLAVE_DATA, IRQ_VECTOR_BASE + 8);
    outb(MASTER_DATA, 1 << LINE_CASCADE);
    outb(SLAVE_DATA, LINE_CASCADE);
    outb(MASTER_DATA, 0x01); /* 8086 mode */
    outb(SLAVE_DATA, 0x01);
    outb(MASTER_DATA, 0xff); /* all masked until somebody asks */
    outb(SLAVE_DATA, 0xff);
    interrupt_enable(IRQ_TIMER);
    serial_enable_interrupt();
    __asm__ volatile("sti" : : : "memory");
}

/* Lines 7 and 15 also stand for "the request went away": then the in-service bit is not set. */
static bool is_spurious(unsigned irq)
{
    if ((irq & 7) != 7) {
        return false;
    }
    uint16_t port = irq < 8 ? MASTER_COMMAND : SLAVE_COMMAND;
    outb(port, COMMAND_READ_ISR);
    return !(inb(port) & 0x80);
}

void interrupt_dispatch(unsigned irq)
{
    bool spurious = is_spurious(irq);

    if (!spurious && irq == IRQ_TIMER) {
        timer_interrupt();
    } else if (!spurious && irq == IRQ_SERIAL) {
        serial_interrupt();
    }
    if (irq >= 8 && !spurious) {
        outb(SLAVE_COMMAND, COMMAND_END);
    }
    if (irq >= 8 || !spurious) {
        outb(MASTER_COMMAND, COMMAND_END);
    }
}
