// SPDX-License-Identifier: MIT
/*
 * frames.h: the allocator of physical memory, in frames of 4 KiB, from a bitmap.
 *
 * Not from an interrupt.  frame_allocate is declared in kernel.h, since the machine's code uses it
 * for page tables.
 */
#ifndef MEMORY_FRAMES_H
#define MEMORY_FRAMES_H

#include <stddef.h>
#include <stdint.h>
#include "boot/multiboot2.h"
#include "kernel.h"

/* Take over all available memory but for the first MiB, the kernel's image, the boot information
 * and the boot modules.  Returns the end of all memory that must be reachable (ACPI's included);
 * panics when there is too little to go on. */
uint64_t frames_init(const struct boot_information *information);

/* `count` frames that follow each other, from the lowest address that fits.  Contents undefined. */
uint64_t frame_allocate(size_t count);
void frame_free(uint64_t physical, size_t count);

struct frame_statistics {
    size_t total, used; /* frames under management; of these handed out */
};
struct frame_statistics frame_statistics(void);

#endif
