// SPDX-License-Identifier: MIT
/*
 * test_frames.c: the page allocator over memory maps that firmware should not make, but does.
 *
 * frames.c runs over a piece of the host's memory (host_memory.h), 4 GiB of which next to nothing
 * is ever touched.  What may be handed out is said a second time here, frame by frame (is_usable):
 * each such frame must come, once, and no other.  Into each a mark is written, so that a frame that
 * holds the bitmap, or came twice, would show.
 *
 *     ONOMA_SEED  seed of the random maps and orders
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>
#include "host_memory.h"
/* The file itself: each map needs an allocator that knows of no other. */
#include "memory/frames.c"

#define MIB              (1ull << 20)
#define GIB              (1ull << 30)
#define FAKE_MEMORY_SIZE (4 * GIB)
#define FRAMES_MAXIMUM   (1u << 16) /* that a map of a test may have: 256 MiB */
#define INFORMATION      0x9000     /* where the boot information lies: below 1 MiB */

static uint8_t *fake_memory;
static uint64_t image_start, image_end;
static unsigned allocations_until_failure;

static jmp_buf stopped;
static bool may_stop;
static char stop_reason[256];

static uint64_t random_state;

/* --- The machine ------------------------------------------------------------------------------ */

const char __image_start[1], __ksyms_end[1];

void *direct_map(uint64_t physical)
{
    assert_true(physical < FAKE_MEMORY_SIZE);
    return fake_memory + physical;
}

uint64_t image_physical(const void *address)
{
    return address == (const void *)__image_start ? image_start : image_end;
}

bool fail_nth_is_due(void)
{
    return allocations_until_failure != 0 && --allocations_until_failure == 0;
}

static void stop(void)
{
    if (!may_stop) {
        fail_msg("%s", stop_reason);
    }
    may_stop = false;
    longjmp(stopped, 1);
}

void panic(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(stop_reason, sizeof(stop_reason), format, arguments);
    va_end(arguments);
    stop();
    abort();
}

void assertion_failed(const char *expression, const char *file, int line, const char *function)
{
    panic("%s:%d: %s: assertion failed: %s", file, line, function, expression);
}

/* --- Maps ------------------------------------------------------------------------------------- */

static uint64_t random_number(uint64_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (random_state >> 11) % limit;
}

/* What the allocator knows is forgotten, and memory is full of what no test writes. */
static void start_again(void)
{
    bitmap = NULL;
    frame_count = 0;
    lowest_free = 0;
    reserved_count = 0;
    statistics = (struct frame_statistics){0};
    image_start = MIB;
    image_end = MIB + 0x90000;
    allocations_until_failure = 0;
}

static struct boot_information *map_of(const struct memory_region *regions, unsigned count)
{
    static struct boot_information information;

    start_again();
    memset(&information, 0, sizeof(information));
    assert_true(count <= BOOT_REGIONS_MAX);
    if (count > 0) {
        memcpy(information.regions, regions, count * sizeof(*regions));
    }
    information.region_count = count;
    information.physical = INFORMATION;
    information.size_bytes = 4096;
    return &information;
}

static void add_module(struct boot_information *information, uint64_t start, uint64_t end)
{
    information->modules[information->module_count++] =
        (struct boot_module){.start = start, .end = end};
}

/* --- What may be handed out ------------------------------------------------------------------- */

static bool overlap(uint64_t low, uint64_t high, uint64_t start, uint64_t end)
{
    return start < end && start < high && low < end;
}

static bool is_held(const struct boot_information *information, uint64_t low, uint64_t high)
{
    const struct boot_symbols *symbols = &information->symbols;
    bool is = low < MIB || overlap(low, high, image_start, image_end) ||
              overlap(low, high, information->physical,
                      information->physical + information->size_bytes) ||
              overlap(low, high, symbols->symbols, symbols->symbols_end) ||
              overlap(low, high, symbols->strings, symbols->strings_end);
    for (unsigned i = 0; i < information->module_count; i++) {
        is |= overlap(low, high, information->modules[i].start, information->modules[i].end);
    }
    return is;
}

/* All of [low, high) in one available region, nothing of it in another region or held. */
static bool is_usable(const struct boot_information *information, uint64_t low, uint64_t high)
{
    bool is_available = false;

    for (unsigned i = 0; i < information->region_count; i++) {
        const struct memory_region *region = &information->regions[i];
        if (region->kind == MEMORY_AVAILABLE) {
            is_available |= region->start <= low && region->end >= high;
        } else if (overlap(low, high, region->start, region->end)) {
            return false;
        }
    }
    return is_available && !is_held(information, low, high);
}

static uint64_t bitmap_physical(void)
{
    return (uint64_t)((uint8_t *)bitmap - fake_memory);
}

static uint64_t bitmap_size(void)
{
    return (frame_count + 63) / 64 * 8;
}

static bool may_be_handed_out(const struct boot_information *information, uint64_t frame)
{
    return is_usable(information, frame, frame + PAGE_SIZE) &&
           !overlap(frame, frame + PAGE_SIZE, bitmap_physical(), bitmap_physical() + bitmap_size());
}

/* Counted without the allocator. */
static size_t count_usable(const struct boot_information *information, uint64_t end)
{
    size_t count = 0;

    for (uint64_t frame = 0; frame < end; frame += PAGE_SIZE) {
        count += may_be_handed_out(information, frame);
    }
    return count;
}

static uint64_t *mark_of(uint64_t frame)
{
    return (uint64_t *)direct_map(frame + PAGE_SIZE - sizeof(uint64_t));
}

/* Take all there is, frame by frame: each that may be had, once, upwards; then give all back. */
static void check_all_frames(const struct boot_information *information)
{
    static uint64_t taken[FRAMES_MAXIMUM];
    size_t count = 0, total = frame_statistics().total;
    uint64_t frame;

    assert_true(total <= FRAMES_MAXIMUM);
    while ((frame = frame_allocate(1)) != FRAME_NONE) {
        assert_true(count < total);
        assert_true(count == 0 || frame > taken[count - 1]);
        if (!may_be_handed_out(information, frame)) {
            fail_msg("frame 0x%lx was handed out, and is not usable", frame);
        }
        if (frame < FAKE_MEMORY_SIZE) {
            *mark_of(frame) = frame;
        }
        taken[count++] = frame;
    }
    assert_int_equal(count, total);
    assert_int_equal(frame_statistics().used, total);
    for (size_t i = 0; i < count; i++) {
        assert_true(taken[i] >= FAKE_MEMORY_SIZE || *mark_of(taken[i]) == taken[i]);
        frame_free(taken[i], 1);
    }
    assert_int_equal(frame_statistics().used, 0);
}

/* Behind frames_init: the bitmap lies in memory that may be used, and all of the rest is had. */
static void check_memory(const struct boot_information *information)
{
    assert_true(is_usable(information, bitmap_physical(), bitmap_physical() + bitmap_size()));
    assert_int_equal(frame_statistics().used, 0);
    assert_int_equal(frame_statistics().total, count_usable(information, frame_count * PAGE_SIZE));
    check_all_frames(information);
}

static void check_map(struct boot_information *information, uint64_t expected_reach)
{
    assert_int_equal(frames_init(information), expected_reach);
    check_memory(information);
}

/* frames_init; false when it panics for want of memory. */
static bool finds_memory(const struct boot_information *information)
{
    may_stop = true;
    if (setjmp(stopped) != 0) {
        assert_non_null(strstr(stop_reason, "no memory: the boot loader's map has no room"));
        return false;
    }
    frames_init(information);
    may_stop = false;
    return true;
}

#define CHECK_MAP(reach, ...)                                                                      \
    do {                                                                                           \
        static const struct memory_region regions[] = {__VA_ARGS__};                               \
        check_map(map_of(regions, sizeof(regions) / sizeof(regions[0])), reach);                   \
    } while (0)

#define CHECK_TOO_LITTLE(...)                                                                      \
    do {                                                                                           \
        static const struct memory_region regions[] = {__VA_ARGS__};                               \
        assert_false(finds_memory(map_of(regions, sizeof(regions) / sizeof(regions[0]))));         \
    } while (0)

/* --- Tests ------------------------------------------------------------------------------------ */

static void test_usual_map(void **state)
{
    (void)state;
    CHECK_MAP(64 * MIB, {0, 0x9f000, 1}, {0xf0000, MIB, 2}, {MIB, 63 * MIB, 1},
              {63 * MIB, 64 * MIB, 3}, {0xfffc0000, 4 * GIB, 2});
}

static void test_overlaps(void **state)
{
    (void)state;
    CHECK_MAP(80 * MIB, {MIB, 64 * MIB, 1}, {32 * MIB, 80 * MIB, 1}, {40 * MIB, 41 * MIB, 2});
    CHECK_MAP(16 * MIB, {MIB, 16 * MIB, 1}, {MIB, 16 * MIB, 1}, {2 * MIB, 3 * MIB, 1});
    /* what is not available wins, wherever it stands in the map, and of whatever kind */
    CHECK_MAP(64 * MIB, {MIB, 3 * MIB, 2}, {MIB, 64 * MIB, 1});
    CHECK_MAP(64 * MIB, {MIB, 64 * MIB, 1}, {MIB, 3 * MIB, 2});
    CHECK_MAP(64 * MIB, {MIB, 64 * MIB, 1}, {2 * MIB, 4 * MIB, 3}, {8 * MIB, 9 * MIB, 4},
              {10 * MIB, 11 * MIB, 5}, {12 * MIB, 13 * MIB, 0}, {14 * MIB, 15 * MIB, 99});
    /* two that touch: the frame that both have a half of is nobody's */
    CHECK_MAP(8 * MIB, {MIB, 4 * MIB + 0x800, 1}, {4 * MIB + 0x800, 8 * MIB, 1});
}

static void test_odd_bounds(void **state)
{
    (void)state;
    CHECK_MAP(64 * MIB + 77, {MIB + 5, 64 * MIB + 77, 1}, {10 * MIB + 1, 10 * MIB + 2, 2});
    CHECK_MAP(64 * MIB, {MIB, 64 * MIB, 1}, {64 * MIB - 1, 64 * MIB, 2});
    CHECK_MAP(64 * MIB, {MIB, 64 * MIB, 1}, {2 * MIB - 1, 2 * MIB + 1, 2});
    /* nothing at all */
    CHECK_MAP(64 * MIB, {MIB, MIB, 1}, {MIB, 64 * MIB, 1}, {5, 5, 2}, {0, 0, 1});
    /* too small to hold a frame */
    CHECK_MAP(4 * MIB, {MIB, 4 * MIB, 1}, {5 * MIB + 1, 5 * MIB + PAGE_SIZE, 2},
              {3 * MIB + 1, 3 * MIB + 2, 1});
}

static void test_far_away(void **state)
{
    (void)state;
    /* what starts out of reach counts for nothing, also not for the bitmap's size */
    CHECK_MAP(64 * MIB, {MIB, 64 * MIB, 1}, {1ull << 53, ~0ull, 1});
    CHECK_MAP(33 * MIB, {0xfffffffffffff001, ~0ull, 1}, {MIB, 2 * MIB, 1}, {32 * MIB, 33 * MIB, 1});
    CHECK_MAP(8 * MIB, {MIB, 8 * MIB, 1}, {512 * GIB, 513 * GIB, 1}, {600 * GIB, 601 * GIB, 3});
    CHECK_MAP(8 * MIB, {MIB, 8 * MIB, 1}, {300 * GIB, 300 * GIB, 1}, {~0ull, ~0ull, 1});
    CHECK_MAP(64 * MIB, {MIB, 64 * MIB, 1}, {40 * MIB, ~0ull, 2});
    CHECK_MAP(64 * MIB, {MIB, 64 * MIB, 1}, {~0ull - 1, ~0ull, 2});
    /* memory above 4 GiB is used; tables there must only be reachable */
    CHECK_MAP(4 * GIB + 8 * MIB, {MIB, 16 * MIB, 1}, {4 * GIB, 4 * GIB + 8 * MIB, 1},
              {4 * GIB + MIB, 4 * GIB + 2 * MIB, 2});
    CHECK_MAP(6 * GIB, {MIB, 16 * MIB, 1}, {5 * GIB, 6 * GIB, 4});
}

/* More memory than can be reached: as much as can be is used. */
static void test_too_much(void **state)
{
    static const struct memory_region regions[] = {{MIB, 1ull << 60, 1}, {2 * MIB, 3 * MIB, 2}};
    struct boot_information *information = map_of(regions, 2);
    uint64_t frame, last = 0;

    (void)state;
    assert_int_equal(frames_init(information), 512 * GIB);
    assert_true(is_usable(information, bitmap_physical(), bitmap_physical() + bitmap_size()));
    assert_int_equal(bitmap_size(), 16 * MIB);
    for (unsigned i = 0; i < 5000; i++, last = frame) {
        frame = frame_allocate(1);
        assert_true(frame > last && may_be_handed_out(information, frame));
    }
    /* 511 MiB below the first GiB, but for the hole, the image and the bitmap; all but those above
     */
    assert_int_equal(frame_statistics().total,
                     (512 * GIB - MIB - MIB - 0x90000 - 16 * MIB) / PAGE_SIZE);
}

static void test_too_little(void **state)
{
    (void)state;
    assert_false(finds_memory(map_of(NULL, 0)));
    CHECK_TOO_LITTLE({0, MIB, 1});
    CHECK_TOO_LITTLE({MIB, 64 * MIB, 2});
    CHECK_TOO_LITTLE({MIB, 64 * MIB, 1}, {0, 64 * MIB, 2});
    CHECK_TOO_LITTLE({MIB, 64 * MIB, 1}, {0, ~0ull, 2});
    CHECK_TOO_LITTLE({4 * GIB, 5 * GIB, 1});                      /* the bitmap must lie lower */
    CHECK_TOO_LITTLE({MIB, MIB + 0x90000, 1});                    /* the image has all of it */
    CHECK_TOO_LITTLE({MIB, 2 * MIB, 1}, {4 * GIB, 512 * GIB, 1}); /* the bitmap takes 16 MiB */
    CHECK_TOO_LITTLE({512 * GIB, 513 * GIB, 1});
    CHECK_TOO_LITTLE({0xfffffffffffff001, ~0ull, 1});
}

static void test_what_is_held(void **state)
{
    static const struct memory_region regions[] = {{0, 64 * MIB, 1}};
    struct boot_information *information = map_of(regions, 1);

    (void)state;
    for (unsigned i = 0; i < BOOT_MODULES_MAX; i++) { /* as many as there may be, at odd bounds */
        add_module(information, (4 + 3 * i) * MIB + i, (5 + 3 * i) * MIB + 7 * i);
    }
    information->physical = 40 * MIB + 8;
    information->size_bytes = 12345;
    information->symbols = (struct boot_symbols){42 * MIB, 43 * MIB, 44 * MIB + 1, 45 * MIB + 2};
    check_map(information, 64 * MIB);

    /* the bitmap must go around what is in its way: everything from the image on is held */
    information = map_of(regions, 1);
    add_module(information, MIB + 0x90000, 30 * MIB);
    add_module(information, 30 * MIB, 60 * MIB);
    add_module(information, 60 * MIB + 1, 64 * MIB - 2 * PAGE_SIZE);
    check_map(information, 64 * MIB);
    assert_true(bitmap_physical() >= 64 * MIB - 2 * PAGE_SIZE);
}

/* --- Random ----------------------------------------------------------------------------------- */

static uint64_t random_address(void)
{
    static const uint64_t odd[] = {0, 1, MIB - 1, MIB, 1ull << 52, 1ull << 53, ~0ull, ~0ull << 12};

    switch (random_number(8)) {
    case 0:
        return odd[random_number(sizeof(odd) / sizeof(odd[0]))];
    case 1:
        return random_number(24 * MIB); /* any byte */
    default:
        return random_number(24 * MIB / PAGE_SIZE) * PAGE_SIZE;
    }
}

static struct boot_information *random_map(void)
{
    struct memory_region regions[12];
    unsigned count = 1 + (unsigned)random_number(12);

    for (unsigned i = 0; i < count; i++) {
        uint64_t start = random_address(), end = random_address();
        regions[i] = (struct memory_region){start < end ? start : end, start < end ? end : start,
                                            i == 0 || random_number(2) ? 1 : 2};
        /* all of the address space would take the others' room away, or be test_too_much */
        if (regions[i].end - regions[i].start > 24 * MIB && regions[i].start < 512 * GIB) {
            regions[i].end = regions[i].start + random_number(MIB);
        }
    }
    struct boot_information *information = map_of(regions, count);
    for (uint64_t i = random_number(BOOT_MODULES_MAX + 1); i > 0; i--) {
        uint64_t start = random_number(24 * MIB);
        add_module(information, start, start + random_number(MIB));
    }
    image_start = MIB + random_number(16) * PAGE_SIZE;
    image_end = image_start + random_number(MIB);
    return information;
}

static void test_random_maps(void **state)
{
    unsigned good = 0;

    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        struct boot_information *information = random_map();
        if (finds_memory(information)) {
            check_memory(information);
            good++;
        } else {
            /* right only when no frame is usable: here the bitmap fits into one */
            bitmap = (uint64_t *)fake_memory; /* nowhere */
            assert_int_equal(count_usable(information, 26 * MIB), 0);
        }
    }
    assert_true(good > 500);
}

/* Where a run of `count` must come from: the lowest that is free in the model. */
static uint64_t lowest_run(const uint8_t *is_free, size_t frames, size_t count)
{
    size_t run = 0;

    for (size_t frame = 0; frame < frames; frame++) {
        run = is_free[frame] ? run + 1 : 0;
        if (count != 0 && run == count) {
            return (frame + 1 - count) * PAGE_SIZE;
        }
    }
    return FRAME_NONE;
}

/* Runs of any length come and go in random order, beside a model of one byte a frame. */
static void test_random_order(void **state)
{
    static const struct memory_region regions[] = {
        {MIB, 5 * MIB, 1}, {2 * MIB, 2 * MIB + 3 * PAGE_SIZE, 2}, {6 * MIB, 6 * MIB + 40960, 1}};
    enum { FRAMES = 7 * MIB / PAGE_SIZE, HELD = 400 };
    static uint8_t is_free[FRAMES];
    struct {
        uint64_t start;
        size_t count;
    } held[HELD];
    struct boot_information *information = map_of(regions, 3);
    size_t held_count = 0, used = 0, refused = 0;

    (void)state;
    frames_init(information);
    for (size_t frame = 0; frame < FRAMES; frame++) {
        is_free[frame] = may_be_handed_out(information, frame * PAGE_SIZE);
    }
    for (unsigned step = 0; step < 20000; step++) {
        if (held_count == HELD || (held_count > 0 && random_number(5) < (step / 2000) % 2 + 2)) {
            size_t at = random_number(held_count);
            frame_free(held[at].start, held[at].count);
            memset(&is_free[held[at].start / PAGE_SIZE], 1, held[at].count);
            used -= held[at].count;
            held[at] = held[--held_count];
        } else {
            size_t count = random_number(8) ? random_number(9) : random_number(300);
            uint64_t start = lowest_run(is_free, FRAMES, count);
            assert_int_equal(frame_allocate(count), start);
            if (start == FRAME_NONE) {
                refused++;
                continue;
            }
            memset(&is_free[start / PAGE_SIZE], 0, count);
            used += count;
            held[held_count].start = start;
            held[held_count++].count = count;
        }
        assert_int_equal(frame_statistics().used, used);
    }
    assert_true(refused > 100);
}

/* --- Wrong use -------------------------------------------------------------------------------- */

static void check_free_stops(uint64_t physical, size_t count)
{
    may_stop = true;
    if (setjmp(stopped) == 0) {
        frame_free(physical, count);
        fail_msg("frame_free(0x%lx, %zu) went through", physical, count);
    }
    assert_non_null(strstr(stop_reason, "assertion failed"));
}

static void test_wrong_use(void **state)
{
    static const struct memory_region regions[] = {{MIB, 8 * MIB, 1}};

    (void)state;
    frames_init(map_of(regions, 1));
    uint64_t frame = frame_allocate(4);
    size_t total = frame_statistics().total;
    assert_int_equal(frame_allocate(0), FRAME_NONE);
    assert_int_equal(frame_allocate(total), FRAME_NONE); /* four are taken */
    assert_int_equal(frame_allocate(SIZE_MAX), FRAME_NONE);
    check_free_stops(frame + 1, 1);
    check_free_stops(frame, 5); /* the fifth is free */
    check_free_stops(8 * MIB, 1);
    frame_free(frame, 4);
    check_free_stops(frame, 1);

    allocations_until_failure = 2;
    assert_int_equal(frame_allocate(1), frame);
    assert_int_equal(frame_allocate(1), FRAME_NONE);
    assert_int_equal(frame_statistics().used, 1);
    assert_int_equal(frame_allocate(1), frame + PAGE_SIZE);
}

static int open_memory(void **state)
{
    const char *seed = getenv("ONOMA_SEED");

    (void)state;
    random_state = 0x9e3779b97f4a7c15ull ^ (seed ? strtoull(seed, NULL, 0) << 1 : 0);
    fake_memory = mmap(NULL, FAKE_MEMORY_SIZE + PAGE_SIZE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return fake_memory == MAP_FAILED
               ? -1
               : mprotect(fake_memory + FAKE_MEMORY_SIZE, PAGE_SIZE, PROT_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usual_map),    cmocka_unit_test(test_overlaps),
        cmocka_unit_test(test_odd_bounds),   cmocka_unit_test(test_far_away),
        cmocka_unit_test(test_too_much),     cmocka_unit_test(test_too_little),
        cmocka_unit_test(test_what_is_held), cmocka_unit_test(test_random_maps),
        cmocka_unit_test(test_random_order), cmocka_unit_test(test_wrong_use),
    };
    return cmocka_run_group_tests(tests, open_memory, NULL);
}
