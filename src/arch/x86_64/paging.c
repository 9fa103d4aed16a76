// SPDX-License-Identifier: MIT
/*
 * paging.c: the page tables after entry.nasm made the first ones.
 *
 *  1. Only leaf entries restrict: every table entry above is writable and executable.
 *  2. No leaf is ever both writable and executable (there is no page_access for that).
 *  3. A frame that some mapping executes, or must keep constant, is read-only in the direct map
 *     too.  arch_paging_audit() checks 2 and 3 by walking everything.
 *
 * Tables are reached through the direct map.  Source: Intel SDM volume 3, 4.5.
 */
#include "cpu.h"
#include "kernel.h"
#include "onoma/string.h"

#define ENTRY_PRESENT 0x001ull
#define ENTRY_WRITE   0x002ull
#define ENTRY_PWT     0x008ull
#define ENTRY_PCD     0x010ull
#define ENTRY_LARGE   0x080ull
#define ENTRY_NX      (1ull << 63)
#define ENTRY_ADDRESS 0x000ffffffffff000ull

#define LARGE_PAGE_SIZE (2ull << 20)
#define ENTRY_COUNT     512
#define BOOT_DIRECT_END (4ull << 30) /* what entry.nasm mapped */

extern uint64_t page_root[ENTRY_COUNT]; /* entry.nasm */

static size_t table_frames;
static uint64_t device_map_next = DEVICE_MAP_BASE;

static uint64_t *table_of(uint64_t entry)
{
    return direct_map(entry & ENTRY_ADDRESS);
}

static unsigned index_at(uint64_t address, unsigned level)
{
    return address >> (12 + 9 * (level - 1)) & (ENTRY_COUNT - 1);
}

static uint64_t protection_bits(enum page_access access)
{
    switch (access) {
    case PAGE_READ_WRITE:
        return ENTRY_PRESENT | ENTRY_WRITE | ENTRY_NX;
    case PAGE_READ_EXECUTE:
        return ENTRY_PRESENT;
    case PAGE_READ:
        break;
    }
    return ENTRY_PRESENT | ENTRY_NX;
}

/* A fresh, empty table as the target of *entry.  False when there is no memory. */
static bool table_create(uint64_t *entry)
{
    uint64_t frame = frame_allocate(1);
    if (frame == FRAME_NONE) {
        return false;
    }
    memset(direct_map(frame), 0, PAGE_SIZE);
    table_frames++;
    *entry = frame | ENTRY_PRESENT | ENTRY_WRITE;
    return true;
}

/* Replace a large page by a table of small ones that say the same. */
static bool large_page_split(uint64_t *entry, uint64_t address)
{
    uint64_t large = *entry;
    uint64_t table_entry;

    if (!table_create(&table_entry)) {
        return false;
    }
    uint64_t *table = table_of(table_entry);
    uint64_t bits = large & ~(ENTRY_ADDRESS | ENTRY_LARGE);
    for (unsigned i = 0; i < ENTRY_COUNT; i++) {
        table[i] = (large & ENTRY_ADDRESS) + i * PAGE_SIZE + bits;
    }
    *entry = table_entry;
    invalidate_page(address);
    return true;
}

/* The leaf entry for address, with its level in *level; null if a table is missing. */
static uint64_t *leaf_find(uint64_t address, unsigned *level)
{
    uint64_t *table = page_root;

#pragma GCC unroll 3
    for (*level = 4; *level > 1; (*level)--) {
        uint64_t *entry = &table[index_at(address, *level)];
        if (!(*entry & ENTRY_PRESENT) || (*entry & ENTRY_LARGE)) {
            return entry;
        }
        table = table_of(*entry);
    }
    return &table[index_at(address, 1)];
}

/* The entry of the 4 KiB page at address, making tables and splitting large pages on the way. */
static uint64_t *small_leaf(uint64_t address)
{
    uint64_t *table = page_root;

#pragma GCC unroll 3 /* levels become constants */
    for (unsigned level = 4; level > 1; level--) {
        uint64_t *entry = &table[index_at(address, level)];
        if (!(*entry & ENTRY_PRESENT)) {
            if (!table_create(entry)) {
                return NULL;
            }
        } else if (*entry & ENTRY_LARGE) {
            if (!large_page_split(entry, address)) {
                return NULL;
            }
        }
        table = table_of(*entry);
    }
    return &table[index_at(address, 1)];
}

bool arch_page_map(uint64_t address, uint64_t physical, size_t count, enum page_access access)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t *entry = small_leaf(address + i * PAGE_SIZE);
        if (!entry) {
            arch_page_unmap(address, i);
            return false;
        }
        *entry = (physical + i * PAGE_SIZE) | protection_bits(access);
        invalidate_page(address + i * PAGE_SIZE);
    }
    return true;
}

bool arch_page_protect(uint64_t address, size_t count, enum page_access access)
{
    enum page_access alias_access = access == PAGE_READ_WRITE ? PAGE_READ_WRITE : PAGE_READ;

    for (uint64_t page = address; page < address + count * PAGE_SIZE; page += PAGE_SIZE) {
        uint64_t *entry = small_leaf(page);
        uint64_t physical = *entry & ENTRY_ADDRESS;
        uint64_t *alias = small_leaf(DIRECT_MAP_BASE + physical);
        if (!alias) {
            return false;
        }
        /* The alias first: the page must not become executable while it can be written. */
        *alias = physical | protection_bits(alias_access);
        invalidate_page(DIRECT_MAP_BASE + physical);
        *entry = physical | protection_bits(access);
        invalidate_page(page);
    }
    return true;
}

void arch_page_unmap(uint64_t address, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        unsigned level;
        uint64_t *entry = leaf_find(address + i * PAGE_SIZE, &level);
        if (level == 1) {
            *entry = 0;
            invalidate_page(address + i * PAGE_SIZE);
        }
    }
}

uint64_t arch_page_physical(uint64_t address)
{
    unsigned level;
    uint64_t *entry = leaf_find(address, &level);

    /* Non-canonical addresses have no page, though their index bits lead to one. */
    if ((int64_t)(address << 16) >> 16 != (int64_t)address || !(*entry & ENTRY_PRESENT)) {
        return UINT64_MAX;
    }
    uint64_t page_size = 1ull << (12 + 9 * (level - 1));
    return (*entry & ENTRY_ADDRESS & ~(page_size - 1)) | (address & (page_size - 1));
}

bool arch_page_has_access(uint64_t address, enum page_access access)
{
    unsigned level;
    uint64_t entry = *leaf_find(address, &level);

    return (entry & (ENTRY_PRESENT | ENTRY_WRITE | ENTRY_NX)) == protection_bits(access);
}

bool arch_is_readable(uint64_t address, size_t size_bytes)
{
    if (address + size_bytes < address) {
        return false;
    }
    for (uint64_t page = address & ~(PAGE_SIZE - 1); page < address + size_bytes;
         page += PAGE_SIZE) {
        if (arch_page_physical(page) == UINT64_MAX) {
            return false;
        }
    }
    return true;
}

bool arch_direct_map_protect(uint64_t physical, size_t count, enum page_access access)
{
    return arch_page_map(DIRECT_MAP_BASE + physical, physical, count, access);
}

void *arch_device_map(uint64_t physical, size_t size_bytes)
{
    uint64_t offset = physical & (PAGE_SIZE - 1);
    size_t count = (offset + size_bytes + PAGE_SIZE - 1) / PAGE_SIZE;
    uint64_t address = device_map_next;

    if (!arch_page_map(address, physical - offset, count, PAGE_READ_WRITE)) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        *small_leaf(address + i * PAGE_SIZE) |= ENTRY_PCD | ENTRY_PWT;
        invalidate_page(address + i * PAGE_SIZE);
    }
    device_map_next += (count + 1) * PAGE_SIZE; /* one page stays unmapped in between */
    return (void *)(address + offset);
}

/* What entry.nasm mapped beyond the end of RAM is no memory: unmap it. */
static void direct_map_trim(uint64_t ram_end)
{
    for (uint64_t physical = (ram_end + LARGE_PAGE_SIZE - 1) & ~(LARGE_PAGE_SIZE - 1);
         physical < BOOT_DIRECT_END; physical += LARGE_PAGE_SIZE) {
        unsigned level;
        uint64_t *entry = leaf_find(DIRECT_MAP_BASE + physical, &level);
        if (level == 2) {
            *entry = 0;
        }
    }
}

static bool direct_map_extend(uint64_t ram_end)
{
    for (uint64_t physical = BOOT_DIRECT_END; physical < ram_end; physical += LARGE_PAGE_SIZE) {
        uint64_t address = DIRECT_MAP_BASE + physical;
        uint64_t *pointers = table_of(page_root[index_at(address, 4)]);
        uint64_t *pointer = &pointers[index_at(address, 3)];
        if (!(*pointer & ENTRY_PRESENT) && !table_create(pointer)) {
            return false;
        }
        table_of(*pointer)[index_at(address, 2)] =
            physical | ENTRY_LARGE | protection_bits(PAGE_READ_WRITE);
    }
    return true;
}

static bool image_alias_protect(const char *start, const char *end)
{
    uint64_t physical = image_physical(start);
    size_t count = ((size_t)(end - start) + PAGE_SIZE - 1) / PAGE_SIZE;
    return arch_direct_map_protect(physical, count, PAGE_READ);
}

bool arch_paging_init(uint64_t ram_end)
{
    direct_map_trim(ram_end);
    bool is_complete = direct_map_extend(ram_end) &&
                       image_alias_protect(__text_start, __rodata_end) &&
                       image_alias_protect(__ksyms_start, __ksyms_end);
    write_cr3(read_cr3());
    return is_complete;
}

size_t arch_page_table_frames(void)
{
    return table_frames;
}

/* What a walk of all tables has seen. */
struct audit {
    uint64_t pages;
    uint64_t writable_executable;
    uint64_t aliased_executable;
};

static bool is_writable_in_direct_map(uint64_t physical)
{
    unsigned level;
    uint64_t *entry = leaf_find(DIRECT_MAP_BASE + physical, &level);
    return (*entry & (ENTRY_PRESENT | ENTRY_WRITE)) == (ENTRY_PRESENT | ENTRY_WRITE);
}

static void audit_leaf(struct audit *audit, uint64_t entry, unsigned level)
{
    uint64_t frames = 1ull << 9 * (level - 1);

    audit->pages++;
    if (entry & ENTRY_NX) {
        return;
    }
    audit->writable_executable += (entry & ENTRY_WRITE) != 0;
    for (uint64_t i = 0; i < frames; i++) {
        uint64_t physical = (entry & ENTRY_ADDRESS & ~(frames * PAGE_SIZE - 1)) + i * PAGE_SIZE;
        audit->aliased_executable += is_writable_in_direct_map(physical);
    }
}

/* Recursion is bounded by the four levels. */
static void audit_table(struct audit *audit, const uint64_t *table, unsigned level)
{
    for (unsigned i = 0; i < ENTRY_COUNT; i++) {
        if (!(table[i] & ENTRY_PRESENT)) {
            continue;
        }
        if (level == 1 || (table[i] & ENTRY_LARGE)) {
            audit_leaf(audit, table[i], level);
        } else {
            audit_table(audit, table_of(table[i]), level - 1);
        }
    }
}

uint64_t arch_paging_audit(uint64_t *writable_executable, uint64_t *aliased_executable)
{
    struct audit audit = {0};

    audit_table(&audit, page_root, 4);
    *writable_executable = audit.writable_executable;
    *aliased_executable = audit.aliased_executable;
    return audit.pages;
}
