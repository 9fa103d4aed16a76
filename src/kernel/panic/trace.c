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
#include "onoma/string.h"
#include "panic/names.h"

/* A runaway recursion of several functions: the innermost lines tell which, the outermost how it
 * began. */
#define LINES_SHOWN_FIRST 32
#define LINES_SHOWN_LAST  16

#define DEMANGLED_SHOWN 256 /* bytes of the source's form of a name of C++ */

#define VECTOR_PAGE_FAULT 14
#define PAGE_FAULT_FETCH  0x10
#define OPCODE_RET        0xc3

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

/*
 * A trap may come when the interrupted function has no frame: before its `push %rbp; mov %rsp,%rbp`
 * or at its `ret`; in a function that needs no stack and never makes a frame (GCC leaves it out
 * there, whatever it is told); or where a call led to no code at all.  Then the return address is
 * still at the top of the stack and rbp is the caller's.  Where is it?  0 if there is a frame.
 */
static uint64_t bare_return_address(const struct trap_frame *trap)
{
    static const uint8_t prologue[] = {0x55, 0x48, 0x89, 0xe5}; /* push %rbp; mov %rsp,%rbp */
    struct named_address named;
    bool is_fetch = trap->vector == VECTOR_PAGE_FAULT && trap->error_code & PAGE_FAULT_FETCH;

    if (is_fetch || !arch_is_readable(trap->rip, 1)) {
        return trap->rsp;
    }
    if (!name_find(&named, trap->rip)) {
        return 0;
    }
    const uint8_t *code = (const uint8_t *)trap->rip;
    const uint8_t *start = code - named.offset;
    if (!arch_is_readable((uint64_t)start, sizeof(prologue)) ||
        memcmp(start, prologue, sizeof(prologue)) != 0 || code == start || code[0] == OPCODE_RET) {
        return trap->rsp;
    }
    return code == start + 1 ? trap->rsp + 8 : 0;
}

/* On to the caller of an interrupted function that has no frame.  False if it has one. */
static bool walk_leave_bare_function(struct walk *walk)
{
    uint64_t place = bare_return_address(walk->interrupted);
    struct stack_bounds stack;
    struct named_address named;

    if (place == 0 || place % 8 != 0 || !arch_stack_find(place, &stack) || place + 8 > stack.high) {
        return false;
    }
    uint64_t return_address = *(const uint64_t *)place;
    if (!name_find(&named, return_address - 1)) {
        return false;
    }
    walk->frame.pc = return_address;
    walk->frame.sp = place + 8;
    return true;
}

/* On to the caller.  False at the end: walk->status says which end. */
static bool walk_next(struct walk *walk)
{
    struct stack_bounds stack;
    const struct trap_frame *trap;

    if (walk->interrupted && walk_leave_bare_function(walk)) {
        walk->interrupted = NULL;
        return true;
    }
    trap = trap_frame_of(walk->frame.bp);

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

/* On to the next frame, over all that follow it with the same pc: a recursion is one line.  Ends,
 * since each frame lies above the one before. */
static bool walk_next_line(struct walk *walk, unsigned *frame_count)
{
    struct walk ahead;

    *frame_count = 1;
    if (!walk_next(walk)) {
        return false;
    }
    for (ahead = *walk; walk_next(&ahead) && ahead.frame.pc == walk->frame.pc && !ahead.interrupted;
         *walk = ahead) {
        ++*frame_count;
    }
    return true;
}

static unsigned count_lines(const struct trap_frame *frame)
{
    struct walk walk;
    unsigned lines = 0, frame_count;

    walk_start(&walk, frame);
    while (walk_next_line(&walk, &frame_count)) {
        lines++;
    }
    return lines;
}

void trace_print_places(uint64_t address, bool is_return_address)
{
    struct named_places places;
    struct ksyms_place place;
    char name[DEMANGLED_SHOWN];

    if (name_find_demangled(name, sizeof(name), address, is_return_address)) {
        printk(KERN_EMERG "     %s\n", name);
    }
    if (!name_places_find(&places, address, is_return_address)) {
        return;
    }
    while (name_places_next(&places, &place)) {
        printk(KERN_EMERG "     at %s%s%s:%u%s%s%s\n", place.directory,
               place.directory[0] ? "/" : "", place.file, place.line,
               place.function ? " (inlined " : "",
               place.function ? name_demangled(place.function, name, sizeof(name)) : "",
               place.function ? ")" : "");
    }
}

static void print_line(const struct walk *walk, unsigned frame_count)
{
    if (walk->interrupted) {
        printk(KERN_EMERG " RIP: %04lx:%pS\n", walk->interrupted->cs, (void *)walk->frame.pc);
    } else {
        printk(KERN_EMERG " %pB\n", (void *)walk->frame.pc);
    }
    trace_print_places(walk->frame.pc, !walk->interrupted);
    if (frame_count > 1) {
        printk(KERN_EMERG " ... the same frame %u more times ...\n", frame_count - 1);
    }
}

void trace_print(const struct trap_frame *frame, bool is_first_shown)
{
    unsigned lines = count_lines(frame);
    unsigned last_from = lines > LINES_SHOWN_LAST ? lines - LINES_SHOWN_LAST : 0;
    unsigned frame_count;
    struct walk walk;

    printk(KERN_EMERG "Call Trace:\n");
    walk_start(&walk, frame);
    if (is_first_shown) {
        printk(KERN_EMERG " %pB\n", (void *)walk.frame.pc);
        trace_print_places(walk.frame.pc, true);
    }
    for (unsigned line = 0; walk_next_line(&walk, &frame_count); line++) {
        if (line < LINES_SHOWN_FIRST || line >= last_from) {
            print_line(&walk, frame_count);
        } else if (line == LINES_SHOWN_FIRST) {
            printk(KERN_EMERG " ... %u lines not shown ...\n", last_from - LINES_SHOWN_FIRST);
        }
    }
    if (walk.status != KSYMS_OK && walk.status != KSYMS_STACK_END) {
        printk(KERN_EMERG " (the walk ends here: %s; frame pointer 0x%016lx)\n",
               ksyms_status_text(walk.status), walk.frame.bp);
    }
}
