// SPDX-License-Identifier: MIT
/*
 * serial.c: COM1, a 16550 UART at 115200 baud, 8 bits, no parity.
 *
 * Output is polled, so that it works in any context; input comes by interrupt.  Where there is no
 * UART, output goes nowhere.  Source: the 16550D data sheet.
 */
#include "cpu.h"
#include "kernel.h"
#include "onoma/io.h"

#define COM1                 0x3f8
#define REGISTER_DATA        (COM1 + 0)
#define REGISTER_INTERRUPTS  (COM1 + 1)
#define REGISTER_FIFO        (COM1 + 2)
#define REGISTER_LINE        (COM1 + 3)
#define REGISTER_MODEM       (COM1 + 4)
#define REGISTER_LINE_STATUS (COM1 + 5)
#define REGISTER_SCRATCH     (COM1 + 7)

#define LINE_STATUS_RECEIVED 0x01
#define LINE_STATUS_EMPTY    0x20

/* A UART that never gets ready must not hang a panic. */
#define WAIT_LIMIT 1000000

static bool is_present;

void arch_serial_init(void)
{
    outb(REGISTER_SCRATCH, 0x5a);
    is_present = inb(REGISTER_SCRATCH) == 0x5a;
    if (!is_present) {
        return;
    }
    outb(REGISTER_INTERRUPTS, 0);
    outb(REGISTER_LINE, 0x80); /* divisor latch */
    outb(REGISTER_DATA, 1);    /* 115200 baud */
    outb(REGISTER_INTERRUPTS, 0);
    outb(REGISTER_LINE, 0x03);  /* 8N1 */
    outb(REGISTER_FIFO, 0xc7);  /* FIFOs on and clear */
    outb(REGISTER_MODEM, 0x0b); /* DTR, RTS, OUT2 (interrupt line) */
}

void serial_enable_interrupt(void)
{
    if (is_present) {
        outb(REGISTER_INTERRUPTS, 0x01); /* received data */
        interrupt_enable(IRQ_SERIAL);
    }
}

static void write_byte(uint8_t byte)
{
    for (unsigned waited = 0; waited < WAIT_LIMIT; waited++) {
        if (inb(REGISTER_LINE_STATUS) & LINE_STATUS_EMPTY) {
            break;
        }
    }
    outb(REGISTER_DATA, byte);
}

void arch_serial_write(const char *text, size_t length)
{
    for (size_t i = 0; is_present && i < length; i++) {
        write_byte((uint8_t)text[i]);
    }
}

void serial_interrupt(void)
{
    while (inb(REGISTER_LINE_STATUS) & LINE_STATUS_RECEIVED) {
        console_input(inb(REGISTER_DATA));
    }
}
