// SPDX-License-Identifier: MIT
/* heap.h: what the heap has handed out.  The allocator itself is in onoma/memory.h. */
#ifndef MEMORY_HEAP_H
#define MEMORY_HEAP_H

#include <stddef.h>

struct heap_statistics {
    size_t objects; /* handed out */
    size_t bytes;   /* in size classes and whole frames: what they really take */
};
struct heap_statistics heap_statistics(void);

#endif
