// SPDX-License-Identifier: MIT
/*
 * host_arch.c: src/arch/x86_64/arch.h for host tests, as far as the text side of the kernel needs
 * it.  Wrong use, such as a restore without a save, ends the test.
 */
#include "host_arch.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "arch.h"
#include "onoma/bug.h"

uint64_t host_time_microseconds;
bool host_interrupts_are_on = true;
void (*host_on_wait)(void);
char host_serial[1 << 18];
size_t host_serial_length;
uint8_t host_ports[1 << 16];
void (*host_on_outb)(uint16_t port, uint8_t value);

void outb(uint16_t port, uint8_t value);
uint8_t inb(uint16_t port);

bool arch_interrupts_save(void)
{
    bool were_on = host_interrupts_are_on;
    host_interrupts_are_on = false;
    return were_on;
}

void arch_interrupts_restore(bool were_on)
{
    if (host_interrupts_are_on) {
        panic("interrupts restored that were not saved");
    }
    host_interrupts_are_on = were_on;
}

void arch_wait_for_interrupt(void)
{
    host_interrupts_are_on = true;
    if (host_on_wait == NULL) {
        panic("waiting for an interrupt that never comes");
    }
    host_on_wait();
    /* The caller's restore must find what its save left. */
    host_interrupts_are_on = false;
}

uint64_t arch_time_microseconds(void)
{
    return host_time_microseconds;
}

void arch_serial_write(const char *text, size_t length)
{
    if (length > sizeof(host_serial) - host_serial_length) {
        panic("host_serial is full");
    }
    memcpy(host_serial + host_serial_length, text, length);
    host_serial_length += length;
}

void outb(uint16_t port, uint8_t value)
{
    host_ports[port] = value;
    if (host_on_outb != NULL) {
        host_on_outb(port, value);
    }
}

uint8_t inb(uint16_t port)
{
    return host_ports[port];
}

void panic(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("panic: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    abort();
}

void assertion_failed(const char *expression, const char *file, int line, const char *function)
{
    panic("%s:%d: %s: assertion failed: %s", file, line, function, expression);
}

uint64_t arch_timer_ticks(void)
{
    return host_time_microseconds / 10000;
}

void arch_thread_switch(uint64_t *stack_pointer, uint64_t next_stack_pointer)
{
    panic("from %p to the stack of a thread at 0x%lx: a host test has one thread",
          (void *)stack_pointer, next_stack_pointer);
}
