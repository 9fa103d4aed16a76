// SPDX-License-Identifier: MIT
/*
 * trace.c: walks a stack and prints it, in Linux's format.
 *
 * The kit's unwinder goes from frame to frame and checks each read.  Two things are ours: the stack
 * that a frame pointer lies on (a trap may have switched it), and trap frames, which the entry code
 * marks by an odd frame pointer: there the walk goes on with the interrupted registers.
 */
#include "panic/trace.h"
#include "ksyms/unwind.h"
#include "onoma/printk.h"

/* A runaway recursion has thousands of frames: the innermost tell which, the outermost how it
 * began. */
#define FRAMES_SHOWN_FIRST 32
#define FRAMES_SHOWN_LAST  16
#define FRAMES_MAX         4096

struct walk {
    struct ksyms_frame frame;
    const struct trap_frame *interrupted; /* set while frame is one that a trap interrupted */
    enum ksyms_status status;             /* why the walk ended */
    unsigned trap_count;                  /* nested traps are bounded too */
};

static void walk_start(struct walk *walk, const struct trap_frame *frame)
{
    *walk = (struct walk){.frame = {frame->rip, frame->rsp, frame->rbp}, .interrupted = frame};
}

static bool walk_enter_trap_frame(struct walk *walk, const struct trap_frame *trap)
{
    struct stack_bounds stack;
    uint64_t end = (uint64_t)trap + sizeof(*trap);

    if (!arch_stack_find((uint64_t)trap, &stack) || end > stack.high || ++walk->trap_count > 8) {
        walk->status = KSYMS_STACK_BOUNDS;
        return false;
    }
    walk->frame = (struct ksyms_frame){trap->rip, trap->rsp, trap->rbp};
    walk->interrupted = trap;
    return true;
}

/* On to the caller.  False at the end: walk->status says which end. */
static bool walk_next(struct walk *walk)
{
    struct stack_bounds stack;
    const struct trap_frame *trap = trap_frame_of(walk->frame.bp);

    walk->interrupted = NULL;
    if (trap) {
        return walk_enter_trap_frame(walk, trap);
    }
    if (walk->frame.bp == 0) {
        walk->status = KSYMS_STACK_END;
        return false;
    }
    if (!arch_stack_find(walk->frame.bp, &stack)) {
        walk->status = KSYMS_STACK_BOUNDS;
        return false;
    }
    struct ksyms_stack bounds = {stack.low, stack.high};
    if (walk->frame.sp < stack.low || walk->frame.sp >= stack.high) {
        walk->frame.sp = stack.low; /* the trap switched stacks, or sp is what went wrong */
    }
    walk->status = ksyms_frame_unwind(&bounds, &walk->frame);
    return walk->status == KSYMS_OK;
}

static unsigned count_frames(const struct trap_frame *frame)
{
    struct walk walk;
    unsigned count = 1;

    walk_start(&walk, frame);
    while (count < FRAMES_MAX && walk_next(&walk)) {
        count++;
    }
    return count;
}

static void print_frame(const struct walk *walk)
{
    if (walk->interrupted) {
        printk(KERN_EMERG " RIP: %04lx:%pS\n", walk->interrupted->cs, (void *)walk->frame.pc);
    } else {
        printk(KERN_EMERG " %pB\n", (void *)walk->frame.pc);
    }
}

void trace_print(const struct trap_frame *frame, bool is_first_shown)
{
    unsigned total = count_frames(frame);
    unsigned last_from = total > FRAMES_SHOWN_LAST ? total - FRAMES_SHOWN_LAST : 0;
    struct walk walk;

    printk(KERN_EMERG "Call Trace:\n");
    walk_start(&walk, frame);
    if (is_first_shown) {
        printk(KERN_EMERG " %pB\n", (void *)walk.frame.pc);
    }
    for (unsigned index = 1; index < FRAMES_MAX && walk_next(&walk); index++) {
        if (index < FRAMES_SHOWN_FIRST || index >= last_from) {
            print_frame(&walk);
        } else if (index == FRAMES_SHOWN_FIRST) {
            printk(KERN_EMERG " ... %u frames not shown ...\n", last_from - FRAMES_SHOWN_FIRST);
        }
    }
    if (walk.status != KSYMS_OK && walk.status != KSYMS_STACK_END) {
        printk(KERN_EMERG " (the walk ends here: %s; frame pointer 0x%016lx)\n",
               ksyms_status_text(walk.status), walk.frame.bp);
    }
}
