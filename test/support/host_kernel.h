// SPDX-License-Identifier: MIT
/*
 * host_kernel.h: given to gcc by -include for each kernel file that is compiled for a host test.
 *
 * Names that libc has too get a prefix, so that both can be in one program; exports and port
 * instructions, which a host program cannot have, become nothing and calls (host_arch.c).
 */
#ifndef HOST_KERNEL_H
#define HOST_KERNEL_H

#include <stdint.h>

#define snprintf  kernel_snprintf
#define vsnprintf kernel_vsnprintf

#define ONOMA_EXPORT_H
#define EXPORT_SYMBOL(symbol) extern __typeof__(symbol) symbol

#define ONOMA_IO_H
void outb(uint16_t port, uint8_t value);
uint8_t inb(uint16_t port);

#endif
