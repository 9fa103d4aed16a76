// SPDX-License-Identifier: MIT
/*
 * host_memory.h: for tests of code that reaches physical memory: arch.h, with a direct map that
 * leads into a piece of the host's memory, and an image wherever the test says.
 *
 * To be included before anything that includes arch.h.  The test defines what is declared here.
 */
#ifndef HOST_MEMORY_H
#define HOST_MEMORY_H

#define direct_map     arch_direct_map
#define image_physical arch_image_physical
#include "arch.h"
#undef direct_map
#undef image_physical

/* The host's address of a physical one; ends the test when there is no memory there. */
void *direct_map(uint64_t physical);

/* Where __image_start and __ksyms_end lie, which are no addresses of the host. */
uint64_t image_physical(const void *address);

#endif
