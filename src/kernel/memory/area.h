// SPDX-License-Identifier: MIT
/*
 * area.h: memory for modules, and for the stacks of threads: pages of the module area, which lies
 * within a signed 32-bit reach of the kernel's image.
 *
 * An area is writable after area_allocate, and whatever area_protect says from then on, in the
 * direct map as well: it is never writable and executable at once through any address.  Each area
 * is followed by an unmapped page, and so has one below it as well.  Not from an interrupt.
 */
#ifndef MEMORY_AREA_H
#define MEMORY_AREA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "arch.h"

struct area {
    uint64_t address; /* 0: no area */
    size_t page_count;
    enum page_access access;
};

/* Do `size` bytes at `address` lie within the area?  The sum may wrap.  Any context. */
static inline bool is_in_area(const struct area *area, uint64_t address, uint64_t size)
{
    uint64_t area_size = area->page_count * PAGE_SIZE;
    uint64_t offset = address - area->address;

    return offset < area_size && size <= area_size - offset;
}

/* Room for size_bytes, in whole pages, writable; what was there before is still there.  False, and
 * *area unchanged, when there is none. */
bool area_allocate(struct area *area, size_t size_bytes);

/* False when there is no memory for the page tables; the area may then be half changed, and is
 * good only for area_free. */
bool area_protect(struct area *area, enum page_access access);

/* How many of its pages, or of their aliases in the direct map, do not have exactly that access. */
size_t area_pages_unprotected(const struct area *area, enum page_access access);

/* Give it back; does nothing for an area that was never allocated.  *area is cleared. */
void area_free(struct area *area);

/* From now on take the lowest place that fits, for the same addresses at each boot.  The default is
 * a random one. */
void area_place_in_order(void);

/* Pages handed out, over all areas. */
size_t area_pages_used(void);

#endif
