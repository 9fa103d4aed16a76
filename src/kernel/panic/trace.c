// SPDX-License-Identifier: MIT
/*
 * trace.c: a stack walk as text, in Linux's form, which its users' tools read.
 *
 *     Call Trace:
 *      read_age+0x0/0x4 [crash]
 *          at modules/crash/crash.c:56 (inlined age_of)    the innermost inlined call first
 *          at modules/crash/crash.c:61
 *     RIP: 0010:…                                          what a trap interrupted
 *      (the walk ends: …)
 *      ? name+0x…/0x…                                      a word of the stack, maybe from long ago
 */
#include "panic/trace.h"
#include "ksyms/table.h"
#include "module/module.h"
#include "onoma/printk.h"
#include "onoma/string.h"
#include "panic/names.h"
#include "version.h"

/* A runaway recursion of several functions: the innermost lines tell which, the outermost how it
 * began. */
#define LINES_SHOWN_FIRST   32
#define GUESSES_SHOWN_FIRST 64
#define LINES_SHOWN_LAST    16

#define DEMANGLED_SHOWN 256 /* bytes of the source's form of a name of C++ */

#define SELECTOR 0x10 /* the only code segment there is */

static enum { STYLE_FULL, STYLE_NAMES, STYLE_RAW, STYLE_MARKUP, STYLES } style;
const char *const trace_styles[STYLES + 1] = {"full", "names", "raw", "markup"};

bool trace_set_style(const char *text)
{
    for (unsigned i = 0; i < STYLES; i++) {
        if (strcmp(text, trace_styles[i]) == 0) {
            style = i;
            return true;
        }
    }
    return false;
}

/* On to the next frame, over all that follow it with the same pc: a recursion is one line. */
static bool next_line(struct stack_walk *walk, unsigned *frame_count)
{
    struct stack_walk ahead;

    *frame_count = 1;
    if (!walk_next(walk)) {
        return false;
    }
    for (ahead = *walk;
         walk_next(&ahead) && ahead.frame.pc == walk->frame.pc && !ahead.is_interrupted;
         *walk = ahead) {
        ++*frame_count;
    }
    return true;
}

/*
 *     at src/kernel/panic/trace.c:12 (inlined walk_start)
 *     at src/kernel/panic/trace.c:140
 */
static void print_places(const char *level, uint64_t address, bool is_return_address)
{
    struct named_places places;
    struct ksyms_place place;
    char name[DEMANGLED_SHOWN];

    if (style <= STYLE_NAMES &&
        name_find_demangled(name, sizeof(name), address, is_return_address)) {
        printk("%s     %s\n", level, name);
    }
    if (style != STYLE_FULL || !name_places_find(&places, address, is_return_address)) {
        return;
    }
    while (name_places_next(&places, &place)) {
        printk("%s     at %s%s%s:%u%s%s%s\n", level, place.directory, place.directory[0] ? "/" : "",
               place.file, place.line, place.function ? " (inlined " : "",
               place.function ? name_demangled(place.function, name, sizeof(name)) : "",
               place.function ? ")" : "");
    }
}

/* An address as the style has it; %pS for an exact one, %pB for a return address. */
static void print_address(const char *level, const char *prefix, uint64_t pc,
                          bool is_return_address)
{
    if (style == STYLE_RAW) {
        printk("%s%s0x%016lx\n", level, prefix, pc);
    } else if (is_return_address) {
        printk("%s%s%pB\n", level, prefix, (void *)pc);
    } else {
        printk("%s%s%pS\n", level, prefix, (void *)pc);
    }
    print_places(level, pc, is_return_address);
}

void trace_print_rip(const char *level, const struct stack_walk *walk)
{
    char prefix[16];

    snprintf(prefix, sizeof(prefix), "RIP: %04x:", SELECTOR);
    print_address(level, prefix, walk->frame.pc, !walk->is_interrupted);
}

static void print_frame(const char *level, const struct stack_walk *walk, unsigned number)
{
    if (style == STYLE_MARKUP) {
        printk("%s{{{bt:%u:0x%016lx:%s}}}\n", level, number, walk->frame.pc,
               walk->is_interrupted ? "pc" : "ra");
    } else if (walk->is_interrupted) {
        trace_print_rip(level, walk);
    } else {
        print_address(level, " ", walk->frame.pc, true);
    }
}

/* --- For llvm-symbolizer ---------------------------------------------------------------------- */

/* One file, and where its code is: at `address` what is at `in_file` there. */
static void print_element(const char *level, unsigned number, const char *name,
                          const char *build_id, const struct ksyms_module_section *code,
                          uint64_t in_file)
{
    printk("%s{{{module:%u:%s:elf:%s}}}\n", level, number, name, build_id);
    printk("%s{{{mmap:0x%lx:0x%lx:load:%u:rx:0x%lx}}}\n", level, code->address, code->size, number,
           in_file);
}

/*
 * What the addresses of the frames mean: of which file, at which address there.  All sections of a
 * module's file begin at 0, so only one can be told: .text.
 */
static void print_elements(const char *level)
{
    struct ksyms_module_section text = {(uint64_t)__text_start,
                                        (uint64_t)(__text_end - __text_start)};
    char build_id[2 * KSYMS_BUILD_ID_MAX + 1];
    unsigned number = 0;

    printk("%s{{{reset}}}\n", level);
    print_element(level, number, "kernel.elf", kernel_build_id(), &text, text.address);
    for (const struct module *module = module_first(); module; module = module->next) {
        text = module_text(module);
        if (text.size) {
            name_build_id_format(module, build_id, sizeof(build_id));
            print_element(level, ++number, module->name, build_id, &text, 0);
        }
    }
}

/* --- Only so many lines ----------------------------------------------------------------------- */

struct cut {
    unsigned first;     /* so many lines are shown from the beginning ... */
    unsigned last_from; /* ... and all from this one on */
};

static struct cut cut_of(unsigned lines, unsigned first)
{
    return (struct cut){first, lines > LINES_SHOWN_LAST ? lines - LINES_SHOWN_LAST : 0};
}

/* Is this line shown?  Says so where some are not. */
static bool is_shown(const char *level, const struct cut *cut, unsigned line)
{
    if (line < cut->first || line >= cut->last_from) {
        return true;
    }
    if (line == cut->first) {
        printk("%s ... %u lines not shown ...\n", level, cut->last_from - cut->first);
    }
    return false;
}

/* --- The whole -------------------------------------------------------------------------------- */

/* The walk is at its end then. */
static void print_frames(const char *level, struct stack_walk *walk)
{
    struct stack_walk count = *walk;
    unsigned lines = 0, frame_count;

    while (next_line(&count, &frame_count)) {
        lines++;
    }
    struct cut cut = cut_of(lines, LINES_SHOWN_FIRST);
    for (unsigned line = 0; next_line(walk, &frame_count); line++) {
        if (is_shown(level, &cut, line)) {
            print_frame(level, walk, line + 1);
            if (frame_count > 1) {
                printk("%s ... the same frame %u more times ...\n", level, frame_count - 1);
            }
        }
    }
}

static void print_guess(const char *level, uint64_t pc)
{
    if (style == STYLE_RAW) {
        printk("%s ? 0x%016lx\n", level, pc);
    } else {
        printk("%s ? %pB\n", level, (void *)pc);
    }
}

/* Where a walk cannot go on: what may be return addresses.  Some are from calls that are long over.
 */
static void print_guesses(const char *level, struct stack_walk *walk)
{
    struct stack_walk count = *walk;
    unsigned lines = 0;

    printk("%s (the walk ends: %s: %pS)\n", level, walk->problem, (void *)walk->value);
    printk("%s (what follows is a guess: words on the stack)\n", level);
    while (walk_guess(&count)) {
        lines++;
    }
    struct cut cut = cut_of(lines, GUESSES_SHOWN_FIRST);
    for (unsigned line = 0; walk_guess(walk); line++) {
        if (is_shown(level, &cut, line)) {
            print_guess(level, walk->frame.pc);
        }
    }
}

void trace_print(const char *level, const struct stack_walk *start, bool is_first_shown)
{
    struct stack_walk walk = *start;

    printk("%sCall Trace:\n", level);
    if (style == STYLE_MARKUP) {
        print_elements(level);
    }
    if (is_first_shown || style == STYLE_MARKUP) {
        print_frame(level, &walk, 0);
    }
    print_frames(level, &walk);
    if (walk.problem) {
        print_guesses(level, &walk);
    }
}
