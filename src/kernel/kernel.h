// SPDX-License-Identifier: MIT
/*
 * kernel.h: what the machine's code (src/arch) calls upwards.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "onoma/compiler.h"

struct trap_frame;

/* The first C function, called once by the entry code: paging on, W^X in force, interrupts off.
 * Physical address of the multiboot2 information. */
void kernel_main(uint32_t multiboot_magic, uint64_t multiboot_information) __noreturn;

/* Physical memory, from the page allocator (memory/frames.h); FRAME_NONE when there is none. */
#define FRAME_NONE UINT64_MAX
uint64_t frame_allocate(size_t count);

/* A trap that the machine's code could not handle: print an Oops, then panic. */
void oops(struct trap_frame *frame) __noreturn;

/* A non-maskable interrupt: somebody pressed the button, or `nmi` in QEMU's monitor.  Prints the
 * call trace, through the interrupted code, and goes on.  On a stack of its own. */
void nmi(struct trap_frame *frame);

/* A byte came in on the serial line.  Interrupt context. */
void console_input(uint8_t byte);

#endif
