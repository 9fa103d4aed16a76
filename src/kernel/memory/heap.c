// SPDX-License-Identifier: MIT
/*
 * heap.c: kmalloc.  Small objects share pages, one size class a page; larger ones get whole frames.
 *
 *   page ──► ┌────────────────────────┬────────┬────────┬─ ─ ─
 *            │ struct heap_page, 64 B │ object │ object │
 *            └────────────────────────┴────────┴────────┴─ ─ ─
 *
 *  1. An object's page header is found by rounding its address down to 4 KiB.
 *  2. Bit n of `used` is set while object n is handed out: freeing twice is seen.
 *  3. A class's list holds its pages with at least one free object; an empty page goes back.
 */
#include "memory/heap.h"
#include "arch.h"
#include "kernel.h"
#include "memory/fail_nth.h"
#include "memory/frames.h"
#include "onoma/bug.h"
#include "onoma/export.h"
#include "onoma/memory.h"
#include "onoma/string.h"

#define MAGIC_SMALL 0x6c6c616du
#define MAGIC_LARGE 0x6772616cu

struct heap_page {
    uint32_t magic;
    uint32_t class;                    /* small: index in class_sizes */
    uint64_t used[4];                  /* small: bit set = object handed out */
    struct heap_page *next, *previous; /* small: in the class's list */
    uint64_t frames;                   /* large: how many; small: objects handed out */
};

_Static_assert(sizeof(struct heap_page) == 64, "objects start 16-byte aligned behind it");

/* Multiples of 16 that divide the 4032 bytes of a page with little loss. */
static const uint16_t class_sizes[] = {16,  32,  48,  64,  96,   128,  192,
                                       256, 384, 512, 672, 1008, 1344, 2016};

static struct heap_page *partial[ARRAY_SIZE(class_sizes)];
static struct heap_statistics statistics;

static unsigned class_capacity(unsigned class)
{
    return (PAGE_SIZE - sizeof(struct heap_page)) / class_sizes[class];
}

static void list_add(struct heap_page *page)
{
    page->previous = NULL;
    page->next = partial[page->class];
    if (page->next) {
        page->next->previous = page;
    }
    partial[page->class] = page;
}

static void list_remove(struct heap_page *page)
{
    if (page->previous) {
        page->previous->next = page->next;
    } else {
        partial[page->class] = page->next;
    }
    if (page->next) {
        page->next->previous = page->previous;
    }
}

static struct heap_page *page_create(unsigned class)
{
    uint64_t frame = frame_allocate(1);
    if (frame == FRAME_NONE) {
        return NULL;
    }
    struct heap_page *page = direct_map(frame);
    *page = (struct heap_page){.magic = MAGIC_SMALL, .class = class};
    list_add(page);
    return page;
}

static void *allocate_small(unsigned class)
{
    struct heap_page *page = partial[class] ? partial[class] : page_create(class);
    unsigned word = 0;

    if (!page) {
        return NULL;
    }
    while (page->used[word] == UINT64_MAX) {
        word++; /* invariant 3: there is a free one */
    }
    unsigned index = 64 * word + (unsigned)__builtin_ctzll(~page->used[word]);
    page->used[word] |= 1ull << index % 64;
    page->frames++;
    if (page->frames == class_capacity(class)) {
        list_remove(page);
    }
    statistics.bytes += class_sizes[class];
    return (uint8_t *)(page + 1) + index * class_sizes[class];
}

static void *allocate_large(size_t size_bytes)
{
    size_t frames = (size_bytes + sizeof(struct heap_page) + PAGE_SIZE - 1) / PAGE_SIZE;
    uint64_t physical = frame_allocate(frames);

    if (physical == FRAME_NONE) {
        return NULL;
    }
    struct heap_page *page = direct_map(physical);
    *page = (struct heap_page){.magic = MAGIC_LARGE, .frames = frames};
    statistics.bytes += frames * PAGE_SIZE;
    return page + 1;
}

void *kmalloc(size_t size_bytes)
{
    void *memory = NULL;

    if (size_bytes > (1ull << 40) || fail_nth_is_due()) {
        return NULL;
    }
    bool interrupts = arch_interrupts_save();
    if (size_bytes > class_sizes[ARRAY_SIZE(class_sizes) - 1]) {
        memory = allocate_large(size_bytes);
    } else {
        unsigned class = 0;
        while (class_sizes[class] < size_bytes) {
            class ++;
        }
        memory = allocate_small(class);
    }
    statistics.objects += memory != NULL;
    arch_interrupts_restore(interrupts);
    return memory;
}
EXPORT_SYMBOL(kmalloc);

void *kzalloc(size_t size_bytes)
{
    void *memory = kmalloc(size_bytes);
    return memory ? memset(memory, 0, size_bytes) : NULL;
}
EXPORT_SYMBOL(kzalloc);

static void free_small(struct heap_page *page, uint64_t offset)
{
    unsigned size = class_sizes[page->class];
    uint64_t index = offset / size;

    ASSERT(offset % size == 0 && index < class_capacity(page->class));
    ASSERT(page->used[index / 64] >> index % 64 & 1); /* freed twice */
    page->used[index / 64] &= ~(1ull << index % 64);
    statistics.bytes -= size;
    if (page->frames == class_capacity(page->class)) {
        list_add(page);
    }
    page->frames--;
    if (page->frames == 0) {
        list_remove(page);
        page->magic = 0;
        frame_free((uint64_t)page - DIRECT_MAP_BASE, 1);
    }
}

void kfree(void *memory)
{
    struct heap_page *page = (struct heap_page *)((uint64_t)memory & ~(PAGE_SIZE - 1));

    if (!memory) {
        return;
    }
    bool interrupts = arch_interrupts_save();
    uint64_t offset = (uint64_t)memory - (uint64_t)(page + 1);
    if (page->magic == MAGIC_LARGE && offset == 0) {
        page->magic = 0;
        statistics.bytes -= page->frames * PAGE_SIZE;
        frame_free((uint64_t)page - DIRECT_MAP_BASE, page->frames);
    } else {
        ASSERT(page->magic == MAGIC_SMALL && page->class < ARRAY_SIZE(class_sizes));
        free_small(page, offset);
    }
    statistics.objects--;
    arch_interrupts_restore(interrupts);
}
EXPORT_SYMBOL(kfree);

struct heap_statistics heap_statistics(void)
{
    return statistics;
}
