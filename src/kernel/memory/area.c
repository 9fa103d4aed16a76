// SPDX-License-Identifier: MIT
/*
 * area.c: one bit a page of the module area.  A run that is handed out has one page more than it
 * maps: the guard behind it.
 */
#include "memory/area.h"
#include "memory/frames.h"
#include "onoma/bug.h"
#include "onoma/string.h"

#define AREA_PAGES (MODULE_AREA_SIZE / PAGE_SIZE)

static uint64_t bitmap[AREA_PAGES / 64];
static size_t pages_used;
static bool is_random = true;

void area_place_in_order(void)
{
    is_random = false;
}

static bool is_taken(size_t page)
{
    return bitmap[page / 64] >> page % 64 & 1;
}

static void mark(size_t first, size_t count, bool is_used)
{
    for (size_t page = first; page < first + count; page++) {
        uint64_t bit = 1ull << page % 64;
        bitmap[page / 64] = is_used ? bitmap[page / 64] | bit : bitmap[page / 64] & ~bit;
    }
}

/* A free run in [first, end); AREA_PAGES when there is none of that length. */
static size_t find_run_in(size_t first, size_t end, size_t count)
{
    size_t run = 0;

    for (size_t page = first; page < end; page++) {
        while (page % 64 == 0 && page < end && bitmap[page / 64] == UINT64_MAX) {
            page += 64; /* many modules: all taken */
            run = 0;
        }
        if (page >= end) {
            break;
        }
        run = is_taken(page) ? 0 : run + 1;
        if (run == count) {
            return page + 1 - count;
        }
    }
    return AREA_PAGES;
}

/* First fit from a random page on, so that nobody can know where a module lies; then from the
 * start. */
static size_t find_run(size_t count)
{
    size_t start = is_random ? arch_random() % AREA_PAGES : 0;
    size_t found = find_run_in(start, AREA_PAGES, count);

    return found != AREA_PAGES ? found : find_run_in(0, AREA_PAGES, count);
}

/* Unmap the first `mapped` pages and give their frames back, read-write in the direct map. */
static void release_pages(uint64_t address, size_t mapped)
{
    for (size_t i = 0; i < mapped; i++) {
        uint64_t page = address + i * PAGE_SIZE;
        uint64_t physical = arch_page_physical(page);
        arch_page_unmap(page, 1);
        /* The direct map's entry was split when it was restricted, so this needs no memory. */
        ASSERT(arch_direct_map_protect(physical, 1, PAGE_READ_WRITE));
        frame_free(physical, 1);
    }
}

static bool map_page(uint64_t address)
{
    uint64_t frame = frame_allocate(1);

    if (frame == FRAME_NONE) {
        return false;
    }
    /* Split the direct map now: later, when memory is short, giving back must not need any. */
    if (!arch_direct_map_protect(frame, 1, PAGE_READ_WRITE) ||
        !arch_page_map(address, frame, 1, PAGE_READ_WRITE)) {
        frame_free(frame, 1);
        return false;
    }
    return true;
}

bool area_allocate(struct area *area, size_t size_bytes)
{
    if (size_bytes == 0 || size_bytes > MODULE_AREA_SIZE) {
        return false;
    }
    size_t count = (size_bytes + PAGE_SIZE - 1) / PAGE_SIZE;
    size_t first = find_run(count + 1);
    if (first == AREA_PAGES) {
        return false;
    }
    uint64_t address = MODULE_AREA_BASE + first * PAGE_SIZE;
    for (size_t i = 0; i < count; i++) {
        if (!map_page(address + i * PAGE_SIZE)) {
            release_pages(address, i);
            return false;
        }
    }
    mark(first, count + 1, true);
    pages_used += count;
    *area = (struct area){address, count, PAGE_READ_WRITE};
    return true;
}

bool area_protect(struct area *area, enum page_access access)
{
    if (area->access == access) {
        return true;
    }
    area->access = access;
    return arch_page_protect(area->address, area->page_count, access);
}

/* What the direct map may do with such a page. */
static enum page_access alias_access(enum page_access access)
{
    return access == PAGE_READ_WRITE ? PAGE_READ_WRITE : PAGE_READ;
}

size_t area_pages_unprotected(const struct area *area, enum page_access access)
{
    size_t count = 0;

    for (size_t i = 0; i < area->page_count; i++) {
        uint64_t page = area->address + i * PAGE_SIZE;
        uint64_t physical = arch_page_physical(page);
        count += physical == UINT64_MAX || !arch_page_has_access(page, access) ||
                 !arch_page_has_access(DIRECT_MAP_BASE + physical, alias_access(access));
    }
    return count;
}

void area_free(struct area *area)
{
    if (area->page_count == 0) {
        return;
    }
    release_pages(area->address, area->page_count);
    mark((area->address - MODULE_AREA_BASE) / PAGE_SIZE, area->page_count + 1, false);
    pages_used -= area->page_count;
    *area = (struct area){0};
}

size_t area_pages_used(void)
{
    return pages_used;
}
