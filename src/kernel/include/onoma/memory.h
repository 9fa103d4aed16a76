// SPDX-License-Identifier: MIT
/*
 * memory.h: the kernel's heap.  Not from an interrupt or a panic.
 *
 * kmalloc returns memory aligned to 16 bytes, or null when there is none (never for size 0, which
 * gives a unique pointer).  kzalloc clears it.  kfree(null) does nothing; freeing what is not
 * allocated is a bug that panics.
 */
#ifndef ONOMA_MEMORY_H
#define ONOMA_MEMORY_H

#include <stddef.h>
#include "onoma/compiler.h"

BEGIN_C

void *kmalloc(size_t size_bytes) __attribute__((malloc));
void *kzalloc(size_t size_bytes) __attribute__((malloc));
void kfree(void *memory);

END_C

#endif
