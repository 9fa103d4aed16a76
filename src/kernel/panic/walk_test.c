// SPDX-License-Identifier: MIT
/*
 * walk_test.c: the stack walk, tried wherever the kernel happens to be.
 *
 * A non-maskable interrupt comes some thousand times a second.  From there on the kernel is stepped
 * through, instruction by instruction, for a while; at each the stack is walked.  A walk is good if
 *
 *   - it ends at the outermost frame, and
 *   - each return address on the way belongs to a call of the function that the frame below is in.
 *
 * The second is what a wrong row would most likely break, and is looked at in one walk of some.
 */
#include "panic/walk_test.h"
#include "arch.h"
#include "onoma/compiler.h"
#include "onoma/memory.h"
#include "onoma/printk.h"
#include "onoma/string.h"
#include "panic/names.h"
#include "panic/walk.h"

#define SAMPLES_PER_SECOND 2000
#define STEPS_PER_SAMPLE   512
#define WALKS_FROM_EACH    16 /* instruction; more only now and then */
#define STEPS_WITHOUT_WALK 64
#define CALLS_CHECKED_EACH 16 /* walks */

static struct {
    uint64_t wanted;
    uint64_t walks, steps, frames;
    uint64_t good, without_end, wrong_calls;
    uint64_t through_traps[4]; /* walks with so many trap frames, the last: or more */
    uint64_t places;           /* instructions of the kernel where a walk began */
    uint64_t module_places;    /* walks that began in modules */
    unsigned steps_left;
    unsigned steps_without_walk;
    bool is_busy; /* a sample came while another was taken */
    struct {
        uint64_t start, pc, value;
        const char *problem;
    } first_failure;
} test;

/* How often a walk began at each byte of the kernel's code. */
static uint8_t *walks_from;

/* Is a walk from here worth its time? */
static bool is_wanted(uint64_t pc)
{
    uint64_t offset = pc - (uint64_t)__text_start;

    if (offset >= (uint64_t)(__text_end - __text_start)) {
        test.module_places += name_is_code(pc);
        return true;
    }
    if (walks_from[offset] < WALKS_FROM_EACH) {
        test.places += walks_from[offset]++ == 0;
        return true;
    }
    return ++test.steps_without_walk % STEPS_WITHOUT_WALK == 0;
}

/* A part of a function that lies elsewhere is NAME.cold. */
static bool is_part_of(const struct named_address *part, const struct named_address *whole)
{
    char part_name[128], whole_name[128];
    size_t length = ksyms_symbol_name(whole->table, &whole->symbol, whole_name, sizeof(whole_name));

    ksyms_symbol_name(part->table, &part->symbol, part_name, sizeof(part_name));
    return length < sizeof(whole_name) - 1 && strncmp(part_name, whole_name, length) == 0 &&
           strncmp(part_name + length, ".cold", 5) == 0;
}

/* Does a call, if it names its target, lead to the function around `pc`? */
static bool is_call_of(uint64_t return_address, uint64_t pc)
{
    struct named_address called, around;
    int32_t distance;

    if (!arch_follows_call(return_address)) {
        return false;
    }
    if (*(const uint8_t *)(return_address - 5) != 0xe8) {
        return true;
    }
    memcpy(&distance, (const void *)(return_address - 4), sizeof(distance));
    return name_find(&called, return_address + (uint64_t)(int64_t)distance) &&
           name_find(&around, pc) &&
           (called.symbol.address == around.symbol.address || is_part_of(&around, &called));
}

static void fail(const struct trap_frame *frame, const char *problem, uint64_t pc, uint64_t value)
{
    if (!test.first_failure.problem) {
        test.first_failure.start = frame->rip;
        test.first_failure.problem = problem;
        test.first_failure.pc = pc;
        test.first_failure.value = value;
    }
}

static void try_walk(const struct trap_frame *frame)
{
    bool checks_calls = test.walks % CALLS_CHECKED_EACH == 0;
    struct stack_walk walk;
    unsigned traps = 0;
    uint64_t wrong_call = 0;

    walk_start(&walk, frame, true);
    for (;;) {
        uint64_t below = walk.frame.pc - (walk.is_interrupted ? 0 : 1);
        if (!walk_next(&walk)) {
            break;
        }
        test.frames++;
        traps += walk.is_interrupted;
        if (checks_calls && !walk.is_interrupted && !is_call_of(walk.frame.pc, below)) {
            wrong_call = below;
        }
    }
    test.walks++;
    test.through_traps[traps < 3 ? traps : 3]++;
    if (walk.problem) {
        test.without_end++;
        fail(frame, walk.problem, walk.frame.pc, walk.value);
    } else if (wrong_call) {
        test.wrong_calls++;
        fail(frame, "a return address behind a call of another function", walk.frame.pc,
             wrong_call);
    } else {
        test.good++;
    }
}

static void report(void)
{
    printk("%strace test: %lu walks, %lu frames: %lu end at the outermost frame, %lu elsewhere, "
           "%lu are wrong on the way\n",
           test.good == test.walks ? KERN_INFO : KERN_ERR, test.walks, test.frames, test.good,
           test.without_end, test.wrong_calls);
    pr_info(
        "trace test: from %lu instructions of the kernel and %lu times from modules; %lu steps; "
        "through 0, 1, 2, more traps: %lu, %lu, %lu, %lu\n",
        test.places, test.module_places, test.steps, test.through_traps[0], test.through_traps[1],
        test.through_traps[2], test.through_traps[3]);
    if (test.first_failure.problem) {
        pr_err("trace test: the first that failed, from %pS: at %pS: %s: 0x%016lx\n",
               (void *)test.first_failure.start, (void *)test.first_failure.pc,
               test.first_failure.problem, test.first_failure.value);
    }
}

static bool take_sample(const struct trap_frame *frame, bool is_step)
{
    if (test.walks >= test.wanted) {
        return false;
    }
    /* In the middle of a sample: one more walk, but no steps, or it would be stepped through. */
    bool is_nested = test.is_busy;
    test.is_busy = true;
    if (!is_step || is_wanted(frame->rip)) {
        try_walk(frame);
    }
    if (test.walks >= test.wanted) {
        arch_sampling_stop(report);
        test.steps_left = 0;
    } else if (is_step) {
        test.steps++;
        test.steps_left -= test.steps_left > 0;
    } else if (!is_nested) {
        test.steps_left = STEPS_PER_SAMPLE;
    }
    test.is_busy = is_nested;
    return !is_nested && test.steps_left > 0;
}

void walk_test_start(uint64_t count)
{
    if (count == 0) {
        return;
    }
    test.wanted = count;
    walks_from = kzalloc((size_t)(__text_end - __text_start));
    if (!walks_from || !arch_sampling_start(SAMPLES_PER_SECOND, take_sample)) {
        pr_err("trace test: no memory, or no I/O APIC: no walks\n");
    }
}
