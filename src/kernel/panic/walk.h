// SPDX-License-Identifier: MIT
/*
 * walk.h: from frame to frame, outwards.  Any context; reads nothing but stacks and tables.
 *
 *     struct stack_walk walk;
 *
 *     walk_start(&walk, frame, true);
 *     do {
 *         print(walk.frame.pc, walk.is_interrupted);
 *     } while (walk_next(&walk));
 *     if (walk.problem) {
 *         while (walk_guess(&walk)) {
 *             print_doubtful(walk.frame.pc);
 *         }
 *     }
 *
 * Every walk ends: on one stack each frame lies above the one before, and no stack is entered
 * twice.
 */
#ifndef PANIC_WALK_H
#define PANIC_WALK_H

#include <stdbool.h>
#include <stdint.h>
#include "arch.h"
#include "ksyms/unwind.h"

struct stack_walk {
    struct ksyms_frame frame; /* where the walk is */
    bool is_interrupted;      /* frame.pc is no return address: a trap came there, or it faulted */
    struct stack_bounds stack;
    uint32_t stacks_entered; /* a bit for each stack's number */
    bool is_guessing;
    const char *problem; /* why walk_next ended before the outermost frame; null: it did not */
    uint64_t value;      /* of which `problem` speaks */
};

/* At the code that `frame` is of: interrupted there, or (captured) with a return address as rip. */
void walk_start(struct stack_walk *walk, const struct trap_frame *frame, bool is_interrupted);

/* On to the caller, or to what a trap interrupted.  False at the end: walk->problem tells which. */
bool walk_next(struct stack_walk *walk);

/* Behind a walk with a problem: on to the next word of the stack that may be a return address. */
bool walk_guess(struct stack_walk *walk);

#endif
