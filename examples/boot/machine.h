/* SPDX-License-Identifier: MIT */
/*
 * machine.h: the little that these kernels know of the machine: a serial line to write to, the file
 * that the loader brought, the end of QEMU, and the five functions that compilers and the kit ask
 * for. Your kernel has its own.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

static inline void out_byte(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

/* QEMU's isa-debug-exit; status 33. */
static inline void power_off(void)
{
    out_byte(0xf4, 0x10);
    for (;;) {
        __asm__ volatile("hlt");
    }
}

void write_serial(void *context, const char *text, size_t length);
void print(const char *text);

/* The first file that a multiboot2 loader (`module2`) brought; null if there is none. */
const void *loaded_file(const void *information, size_t *size_bytes, const char **name);

#ifdef __cplusplus
}
#endif

#endif
