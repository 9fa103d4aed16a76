// SPDX-License-Identifier: MIT
/*
 * test_unwind.c: the frame walk on stacks made by hand, by gcc, and by a random generator.
 *
 * Stacks are mallocs of their exact size: a read outside is caught by ASan.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../support/files.h"
#include "ksyms/unwind.h"

#define WORDS 64

struct fixture {
    uint64_t *words;
    struct ksyms_stack stack;
};

static struct fixture make_stack(void)
{
    struct fixture fixture = {.words = calloc(WORDS, sizeof(uint64_t))};
    assert_non_null(fixture.words);
    fixture.stack.low = (uint64_t)(uintptr_t)fixture.words;
    fixture.stack.high = fixture.stack.low + WORDS * sizeof(uint64_t);
    return fixture;
}

static uint64_t word_at(const struct fixture *fixture, unsigned word)
{
    return fixture->stack.low + 8 * word;
}

/* A frame whose bp is at `word`. */
static void put_frame(struct fixture *fixture, unsigned word, uint64_t caller_bp, uint64_t pc)
{
    fixture->words[word] = caller_bp;
    fixture->words[word + 1] = pc;
}

static void assert_status(const struct ksyms_stack *stack, struct ksyms_frame frame,
                          enum ksyms_status expected)
{
    struct ksyms_frame after = frame;

    enum ksyms_status status = ksyms_frame_unwind(stack, &after);
    if (status != expected) {
        fail_msg("expected \"%s\", found \"%s\"", ksyms_status_text(expected),
                 ksyms_status_text(status));
    }
    assert_memory_equal(&after, &frame, sizeof(frame)); /* no failure changes the frame */
}

static void test_whole_chain(void **state)
{
    struct fixture fixture = make_stack();
    /* The second frame has no locals: its bp is right behind the first frame. */
    static const unsigned words[] = {3, 5, 20, WORDS - 2};
    struct ksyms_frame frame = {0x1000, word_at(&fixture, 1), word_at(&fixture, 3)};
    (void)state;

    for (unsigned index = 0; index < 4; index++) {
        put_frame(&fixture, words[index], index == 3 ? 0 : word_at(&fixture, words[index + 1]),
                  0x2000 + index);
    }
    for (unsigned index = 0; index < 4; index++) {
        assert_int_equal(ksyms_frame_unwind(&fixture.stack, &frame), KSYMS_OK);
        assert_true(frame.pc == 0x2000 + index);
        assert_true(frame.sp == word_at(&fixture, words[index] + 2));
        assert_true(frame.bp == (index == 3 ? 0 : word_at(&fixture, words[index + 1])));
    }
    assert_status(&fixture.stack, frame, KSYMS_STACK_END);
    free(fixture.words);
}

static void test_damaged_chains(void **state)
{
    struct fixture fixture = make_stack();
    const struct ksyms_stack *stack = &fixture.stack;
    uint64_t sp = word_at(&fixture, 10);
    (void)state;

    assert_status(stack, (struct ksyms_frame){1, sp, 0}, KSYMS_STACK_END);
    for (unsigned offset = 1; offset < 8; offset++) {
        assert_status(stack, (struct ksyms_frame){1, sp, word_at(&fixture, 12) + offset},
                      KSYMS_STACK_ALIGNMENT);
    }
    const uint64_t outside[] = {8,
                                stack->low - 8,
                                stack->high - 8, /* only half of the frame is inside */
                                stack->high,
                                stack->high + 8,
                                0x7ffffffffffffff8,
                                0x8000000000000000,
                                0xfffffffffffffff0,
                                0xfffffffffffffff8};
    for (size_t index = 0; index < sizeof(outside) / sizeof(outside[0]); index++) {
        assert_status(stack, (struct ksyms_frame){1, sp, outside[index]}, KSYMS_STACK_BOUNDS);
    }
    assert_status(stack, (struct ksyms_frame){1, sp, sp - 8}, KSYMS_STACK_ORDER);
    assert_status(stack, (struct ksyms_frame){1, sp, stack->low}, KSYMS_STACK_ORDER);
    assert_status(stack, (struct ksyms_frame){1, UINT64_MAX, sp}, KSYMS_STACK_ORDER);

    /* A frame that is its own caller, and two that are each other's. */
    struct ksyms_frame frame = {1, sp, sp};
    put_frame(&fixture, 10, sp, 2);
    assert_int_equal(ksyms_frame_unwind(stack, &frame), KSYMS_OK);
    assert_status(stack, frame, KSYMS_STACK_ORDER);
    put_frame(&fixture, 10, word_at(&fixture, 20), 2);
    put_frame(&fixture, 20, word_at(&fixture, 10), 3);
    frame = (struct ksyms_frame){1, sp, sp};
    assert_int_equal(ksyms_frame_unwind(stack, &frame), KSYMS_OK);
    assert_int_equal(ksyms_frame_unwind(stack, &frame), KSYMS_OK);
    assert_status(stack, frame, KSYMS_STACK_ORDER);
    free(fixture.words);
}

static void test_odd_stacks(void **state)
{
    struct fixture fixture = make_stack();
    uint64_t low = fixture.stack.low;
    (void)state;

    const struct ksyms_stack empty = {low, low};
    const struct ksyms_stack half = {low, low + 8};
    const struct ksyms_stack reversed = {low + 64, low};
    const struct ksyms_stack exact = {low, low + 16};
    struct ksyms_frame frame = {1, low, low};

    assert_status(&empty, frame, KSYMS_STACK_BOUNDS);
    assert_status(&half, frame, KSYMS_STACK_BOUNDS);
    assert_status(&reversed, (struct ksyms_frame){1, low, low + 8}, KSYMS_STACK_BOUNDS);
    put_frame(&fixture, 0, 0, 77);
    assert_int_equal(ksyms_frame_unwind(&exact, &frame), KSYMS_OK);
    assert_true(frame.pc == 77 && frame.bp == 0);
    free(fixture.words);
}

/* Stacks full of likely pointers: every walk ends in time, and sp always rises. */
static void test_random_stacks(void **state)
{
    uint64_t random = environment_number("ONOMA_SEED", 0x6f6e6f6d61) | 1;
    struct fixture fixture = make_stack();
    unsigned ends[KSYMS_STATUS_COUNT] = {0};
    unsigned steps = 0;
    (void)state;

    for (unsigned round = 0; round < 50000; round++) {
        for (unsigned word = 0; word < WORDS; word++) {
            uint64_t choice = random_next(&random);
            uint64_t ahead = word + 1 + random_next(&random) % 6;
            fixture.words[word] = choice % 16 == 0   ? 0
                                  : choice % 16 == 1 ? random_next(&random)
                                  : choice % 16 == 2
                                      ? word_at(&fixture, random_next(&random) % WORDS)
                                  : choice % 16 == 3 ? word_at(&fixture, word) + 4
                                                     : fixture.stack.low + 8 * ahead;
        }
        struct ksyms_frame frame = {1, fixture.stack.low,
                                    word_at(&fixture, random_next(&random) % 8)};
        enum ksyms_status status;
        unsigned length = 0;
        uint64_t sp = frame.sp;
        while ((status = ksyms_frame_unwind(&fixture.stack, &frame)) == KSYMS_OK) {
            assert_true(frame.sp > sp);
            sp = frame.sp;
            length++;
        }
        assert_true(length <= WORDS / 2);
        steps += length;
        ends[status]++;
    }
    printf("50000 random stacks, %u steps; ends: outermost %u, alignment %u, bounds %u, order %u\n",
           steps, ends[KSYMS_STACK_END], ends[KSYMS_STACK_ALIGNMENT], ends[KSYMS_STACK_BOUNDS],
           ends[KSYMS_STACK_ORDER]);
    assert_true(ends[KSYMS_STACK_END] && ends[KSYMS_STACK_ALIGNMENT] && ends[KSYMS_STACK_BOUNDS] &&
                ends[KSYMS_STACK_ORDER]);
    free(fixture.words);
}

/* This program's own stack against gcc's idea of the callers. */
#define FRAMED __attribute__((noinline, optimize("no-omit-frame-pointer")))

struct own_walk {
    const void *expected[3];
    unsigned matched;
};

FRAMED static void walk_here(struct own_walk *walk)
{
    uint64_t bp = (uint64_t)(uintptr_t)__builtin_frame_address(0);
    struct ksyms_stack stack = {bp, bp + 65536};
    struct ksyms_frame frame = {0, bp, bp};

    walk->expected[0] = __builtin_return_address(0);
    for (unsigned index = 0; index < 3; index++) {
        if (ksyms_frame_unwind(&stack, &frame) == KSYMS_OK &&
            frame.pc == (uint64_t)(uintptr_t)walk->expected[index]) {
            walk->matched++;
        }
    }
}

FRAMED static void call_inner(struct own_walk *walk)
{
    walk->expected[1] = __builtin_return_address(0);
    walk_here(walk);
    __asm__ volatile("" ::: "memory"); /* no tail call */
}

FRAMED static void call_outer(struct own_walk *walk)
{
    walk->expected[2] = __builtin_return_address(0);
    call_inner(walk);
    __asm__ volatile("" ::: "memory");
}

static void test_own_stack(void **state)
{
    struct own_walk walk = {{0}, 0};
    (void)state;

    call_outer(&walk);
    assert_int_equal(walk.matched, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_chain), cmocka_unit_test(test_damaged_chains),
        cmocka_unit_test(test_odd_stacks),  cmocka_unit_test(test_random_stacks),
        cmocka_unit_test(test_own_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
