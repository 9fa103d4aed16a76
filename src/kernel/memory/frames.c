// SPDX-License-Identifier: MIT
/*
 * frames.c: one bit a frame, set while the frame is not free.
 *
 *  1. Bits start set; only what the memory map calls available, and nobody holds, is cleared.
 *  2. lowest_free never lies above a free frame: single frames come from there at once.
 *  3. The bitmap lies in memory that it describes, and has its own frames set.
 */
#include "memory/frames.h"
#include "arch.h"
#include "memory/fail_nth.h"
#include "onoma/bug.h"
#include "onoma/printk.h"
#include "onoma/string.h"

#define LOW_MEMORY_END (1ull << 20)   /* firmware data, and where UEFI puts boot modules */
#define MEMORY_MAX     (512ull << 30) /* one root entry of direct map */
#define BITMAP_REACH   (4ull << 30)   /* of the direct map that entry.nasm made */
#define BITS           64

static uint64_t *bitmap;
static size_t frame_count; /* bits in the bitmap */
static size_t lowest_free;
static struct frame_statistics statistics;

struct range {
    uint64_t start, end;
};

static struct range reserved[BOOT_MODULES_MAX + 6];
static unsigned reserved_count;

static void reserve(uint64_t start, uint64_t end)
{
    ASSERT(reserved_count < sizeof(reserved) / sizeof(reserved[0]));
    reserved[reserved_count++] =
        (struct range){start & ~(PAGE_SIZE - 1), (end + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1)};
}

static bool is_set(size_t frame)
{
    return bitmap[frame / BITS] >> frame % BITS & 1;
}

static void set_range(size_t first, size_t count)
{
    for (size_t frame = first; frame < first + count; frame++) {
        bitmap[frame / BITS] |= 1ull << frame % BITS;
    }
}

static void clear_range(size_t first, size_t count)
{
    for (size_t frame = first; frame < first + count; frame++) {
        bitmap[frame / BITS] &= ~(1ull << frame % BITS);
    }
}

/* The end of a reserved range that overlaps [start, end); 0 if there is none. */
static uint64_t reserved_overlap(uint64_t start, uint64_t end)
{
    for (unsigned i = 0; i < reserved_count; i++) {
        if (start < reserved[i].end && reserved[i].start < end) {
            return reserved[i].end;
        }
    }
    return 0;
}

/* The same, and of a region that is not available, whatever another one says. */
static uint64_t blocked_until(const struct boot_information *information, uint64_t start,
                              uint64_t end)
{
    uint64_t blocked = reserved_overlap(start, end);

    for (unsigned i = 0; i < information->region_count && !blocked; i++) {
        const struct memory_region *region = &information->regions[i];
        if (region->kind != MEMORY_AVAILABLE && start < region->end && region->start < end) {
            blocked = region->end;
        }
    }
    return blocked;
}

/* Room for `size` bytes in available memory that nobody holds; UINT64_MAX if there is none. */
static uint64_t find_room(const struct boot_information *information, uint64_t size)
{
    for (unsigned i = 0; i < information->region_count; i++) {
        const struct memory_region *region = &information->regions[i];
        uint64_t start = (region->start + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
        if (region->kind != MEMORY_AVAILABLE || region->start >= MEMORY_MAX) {
            continue;
        }
        while (start + size <= region->end && start + size <= BITMAP_REACH) {
            uint64_t blocked = blocked_until(information, start, start + size);
            if (!blocked) {
                return start;
            }
            if (blocked >= BITMAP_REACH) {
                break;
            }
            start = (blocked + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
        }
    }
    return UINT64_MAX;
}

static void release_available(const struct memory_region *region)
{
    if (region->start >= MEMORY_MAX) {
        return; /* and the sum below could wrap */
    }
    uint64_t first = (region->start + PAGE_SIZE - 1) / PAGE_SIZE;
    uint64_t end = region->end / PAGE_SIZE;

    end = end < frame_count ? end : frame_count;
    for (uint64_t frame = first; frame < end; frame++) {
        /* Regions may overlap: count a frame once. */
        if (is_set(frame) && !reserved_overlap(frame * PAGE_SIZE, (frame + 1) * PAGE_SIZE)) {
            clear_range(frame, 1);
            statistics.total++;
        }
    }
}

/* Frames that some region calls anything but available stay out, whatever another one says. */
static void withdraw_unavailable(const struct memory_region *region)
{
    uint64_t first = region->start / PAGE_SIZE;
    uint64_t end = region->end / PAGE_SIZE + (region->end % PAGE_SIZE != 0);

    end = end < frame_count ? end : frame_count;
    for (uint64_t frame = first; frame < end; frame++) {
        if (!is_set(frame)) {
            set_range(frame, 1);
            statistics.total--;
        }
    }
}

static void reserve_what_is_held(const struct boot_information *information)
{
    reserve(0, LOW_MEMORY_END);
    reserve(image_physical(__image_start), image_physical(__ksyms_end));
    reserve(information->physical, information->physical + information->size_bytes);
    reserve(information->symbols.symbols, information->symbols.symbols_end);
    reserve(information->symbols.strings, information->symbols.strings_end);
    for (unsigned i = 0; i < information->module_count; i++) {
        reserve(information->modules[i].start, information->modules[i].end);
    }
}

/* Of regions out of reach, or of nothing, the end tells nothing: it would make the bitmap large. */
static bool is_within_reach(const struct memory_region *region)
{
    return region->start < region->end && region->start < MEMORY_MAX;
}

/* Sets frame_count; returns the end of what must be reachable. */
static uint64_t measure(const struct boot_information *information)
{
    uint64_t available_end = 0, reach = 0;

    for (unsigned i = 0; i < information->region_count; i++) {
        const struct memory_region *region = &information->regions[i];
        bool is_memory = region->kind == MEMORY_AVAILABLE || region->kind == MEMORY_ACPI ||
                         region->kind == MEMORY_ACPI_NVS;
        uint64_t end = region->end < MEMORY_MAX ? region->end : MEMORY_MAX;
        if (!is_within_reach(region)) {
            continue;
        }
        if (region->kind == MEMORY_AVAILABLE && end > available_end) {
            available_end = end;
        }
        if (is_memory && end > reach) {
            reach = end;
        }
    }
    frame_count = available_end / PAGE_SIZE;
    return reach;
}

uint64_t frames_init(const struct boot_information *information)
{
    uint64_t reach = measure(information);
    size_t words = (frame_count + BITS - 1) / BITS;

    reserve_what_is_held(information);
    uint64_t place = find_room(information, words * sizeof(uint64_t));
    if (words == 0 || place == UINT64_MAX) {
        panic("no memory: the boot loader's map has no room for %zu bytes among %u regions",
              words * sizeof(uint64_t), information->region_count);
    }
    reserve(place, place + words * sizeof(uint64_t));
    bitmap = direct_map(place);
    memset(bitmap, 0xff, words * sizeof(uint64_t));
    for (unsigned i = 0; i < information->region_count; i++) {
        if (information->regions[i].kind == MEMORY_AVAILABLE) {
            release_available(&information->regions[i]);
        }
    }
    for (unsigned i = 0; i < information->region_count; i++) {
        if (information->regions[i].kind != MEMORY_AVAILABLE) {
            withdraw_unavailable(&information->regions[i]);
        }
    }
    return reach;
}

/* Is [first, first + count) free?  If not, *blocked is the last frame in the way. */
static bool is_free_run(size_t first, size_t count, size_t *blocked)
{
    for (size_t frame = first + count; frame-- > first;) {
        if (is_set(frame)) {
            *blocked = frame;
            return false;
        }
    }
    return true;
}

/* The first free frame from `frame` on, or the end. */
static size_t find_free(size_t frame)
{
    while (frame < frame_count && is_set(frame)) {
        bool is_word_full = frame % BITS == 0 && bitmap[frame / BITS] == UINT64_MAX;
        frame += is_word_full ? BITS : 1;
    }
    return frame;
}

uint64_t frame_allocate(size_t count)
{
    size_t blocked;

    lowest_free = find_free(lowest_free);
    if (count == 0 || count > frame_count || fail_nth_is_due()) {
        return FRAME_NONE;
    }
    for (size_t first = lowest_free; first <= frame_count - count; first = find_free(blocked + 1)) {
        if (is_free_run(first, count, &blocked)) {
            set_range(first, count);
            statistics.used += count;
            return first * PAGE_SIZE;
        }
    }
    return FRAME_NONE;
}

void frame_free(uint64_t physical, size_t count)
{
    size_t first = physical / PAGE_SIZE;

    ASSERT(physical % PAGE_SIZE == 0 && first + count <= frame_count);
    for (size_t frame = first; frame < first + count; frame++) {
        ASSERT(is_set(frame));
    }
    clear_range(first, count);
    statistics.used -= count;
    lowest_free = first < lowest_free ? first : lowest_free;
}

struct frame_statistics frame_statistics(void)
{
    return statistics;
}
