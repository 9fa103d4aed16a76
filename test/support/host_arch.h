// SPDX-License-Identifier: MIT
/* host_arch.h: the machine that host tests run kernel files on (host_arch.c), and its knobs. */
#ifndef HOST_ARCH_H
#define HOST_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What arch_time_microseconds says. */
extern uint64_t host_time_microseconds;

/* Interrupts: the tests check that every save was followed by its restore. */
extern bool host_interrupts_are_on;

/* What arch_wait_for_interrupt does, with interrupts on: the test's interrupt. */
extern void (*host_on_wait)(void);

/* What arch_serial_write was given. */
extern char host_serial[1 << 18];
extern size_t host_serial_length;

/* The last values written to ports. */
extern uint8_t host_ports[1 << 16];
/* Called for each byte written to a port, may be null. */
extern void (*host_on_outb)(uint16_t port, uint8_t value);

#endif
