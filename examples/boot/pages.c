/* SPDX-License-Identifier: MIT */
#include "pages.h"

#define PAGE  4096u
#define COUNT 64u

static uint8_t memory[COUNT][PAGE] __attribute__((aligned(4096)));
static bool is_used[COUNT];

static size_t page_count(size_t size_bytes)
{
    return (size_bytes + PAGE - 1) / PAGE;
}

/* The first run of free pages that is long enough. */
void *pages_allocate(void *context, size_t size_bytes)
{
    size_t wanted = page_count(size_bytes);
    size_t run = 0;
    (void)context;

    for (size_t page = 0; page < COUNT; page++) {
        run = is_used[page] ? 0 : run + 1;
        if (run == wanted) {
            for (size_t i = 0; i < wanted; i++) {
                is_used[page - i] = true;
            }
            return memory[page + 1 - wanted];
        }
    }
    return NULL;
}

void pages_release(void *context, void *first, size_t size_bytes)
{
    size_t page = (size_t)((uint8_t *)first - memory[0]) / PAGE;
    (void)context;

    for (size_t i = 0; i < page_count(size_bytes); i++) {
        is_used[page + i] = false;
    }
}

bool pages_map(void *context, struct ksyms_segment *segment, enum ksyms_segment_kind kind)
{
    (void)kind;
    segment->bytes = (uint8_t *)pages_allocate(context, segment->size_bytes);
    segment->address = (uint64_t)segment->bytes;
    return segment->bytes != NULL;
}

void pages_unmap(void *context, const struct ksyms_segment *segment, enum ksyms_segment_kind kind)
{
    (void)kind;
    pages_release(context, segment->bytes, segment->size_bytes);
}

unsigned pages_used(void)
{
    unsigned count = 0;

    for (size_t page = 0; page < COUNT; page++) {
        count += is_used[page];
    }
    return count;
}
