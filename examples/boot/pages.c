/* SPDX-License-Identifier: MIT */
#include "pages.h"

#define PAGE  4096u
#define COUNT 64u

#define PRESENT    1u
#define WRITABLE   2u
#define NO_EXECUTE (1ull << 63)

static uint8_t memory[COUNT][PAGE]
    __attribute__((aligned(COUNT * PAGE))); /* in one page of 2 MiB */
static bool is_used[COUNT];
static uint64_t table[512] __attribute__((aligned(4096)));

static uint64_t *entry_of(uint64_t address)
{
    return &table[address / PAGE % 512];
}

static void set_page(uint64_t address, uint64_t flags)
{
    *entry_of(address) = address | flags;
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

/* Instead of the page of 2 MiB in which they lie, and much of the kernel too, 512 small ones. */
void pages_start(void)
{
    uint64_t first = (uint64_t)memory[0];
    uint64_t address = first & ~0x1fffffull;
    uint64_t *entry;

    __asm__ volatile("mov %%cr3, %0" : "=r"(entry));
    entry = (uint64_t *)(entry[0] & ~0xfffull); /* boot.S: the first 512 GiB, the first 1 GiB */
    entry = (uint64_t *)(entry[0] & ~0xfffull) + address / 0x200000;
    for (unsigned i = 0; i < 512; i++) {
        table[i] = (address + i * PAGE) | PRESENT | WRITABLE;
    }
    for (unsigned i = 0; i < COUNT; i++) {
        *entry_of(first + i * PAGE) |= NO_EXECUTE;
    }
    *entry = (uint64_t)table | PRESENT | WRITABLE;
    __asm__ volatile("mov %%cr3, %%rax\n\tmov %%rax, %%cr3" : : : "rax", "memory");
}

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
        set_page((uint64_t)memory[page + i], PRESENT | WRITABLE | NO_EXECUTE);
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

bool pages_protect(void *context, const struct ksyms_segment *segment, enum ksyms_segment_kind kind,
                   enum ksyms_access access)
{
    static const uint64_t flags[] = {
        [KSYMS_ACCESS_READ] = PRESENT | NO_EXECUTE,
        [KSYMS_ACCESS_READ_WRITE] = PRESENT | WRITABLE | NO_EXECUTE,
        [KSYMS_ACCESS_READ_EXECUTE] = PRESENT,
    };
    (void)context;
    (void)kind;

    for (uint64_t offset = 0; offset < segment->size_bytes; offset += PAGE) {
        set_page(segment->address + offset, flags[access]);
    }
    return true;
}

bool pages_are_safe(void)
{
    for (unsigned i = 0; i < COUNT; i++) {
        uint64_t entry = *entry_of((uint64_t)memory[i]);
        if ((entry & WRITABLE) && !(entry & NO_EXECUTE)) {
            return false;
        }
    }
    return true;
}

unsigned pages_used(void)
{
    unsigned count = 0;

    for (size_t page = 0; page < COUNT; page++) {
        count += is_used[page];
    }
    return count;
}
