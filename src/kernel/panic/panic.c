// SPDX-License-Identifier: MIT
/*
 * panic.c: the Oops and the panic, in Linux's order and formats.
 *
 * The machine is broken when this runs: nothing here allocates or waits, and every address is
 * checked before it is followed.  Should printing fault nonetheless, the fault comes back to
 * oops(): then names are given up and the rest is printed as addresses; a third time the machine
 * stops at once.
 */
#include "panic/panic.h"
#include "arch.h"
#include "console/log.h"
#include "kernel.h"
#include "onoma/bug.h"
#include "onoma/export.h"
#include "onoma/printk.h"
#include "onoma/string.h"
#include "panic/names.h"
#include "panic/report.h"
#include "panic/trace.h"
#include "thread/thread.h"

#define VECTOR_INVALID_OPCODE 6
#define VECTOR_DOUBLE_FAULT   8
#define VECTOR_PAGE_FAULT     14

#define PAGE_FAULT_PRESENT 0x01
#define PAGE_FAULT_WRITE   0x02
#define PAGE_FAULT_USER    0x04
#define PAGE_FAULT_RSVD    0x08
#define PAGE_FAULT_FETCH   0x10

#define CODE_BYTES_BEFORE 42 /* as Linux */
#define CODE_BYTES        64

#define PANIC_EXIT_CODE 0x11 /* QEMU ends with 0x11 * 2 + 1 = 35 */

static struct {
    bool is_exit;
    int64_t reboot_seconds; /* negative: at once; 0: never */
} action;

bool panic_set_action(const char *text)
{
    int64_t seconds;

    if (strcmp(text, "exit") == 0) {
        action.is_exit = true;
    } else if (parse_signed(text, &seconds) && seconds <= UINT32_MAX) {
        action.is_exit = false;
        action.reboot_seconds = seconds;
    } else {
        return false;
    }
    return true;
}

static void __noreturn leave(void)
{
    if (action.is_exit) {
        arch_debug_exit(PANIC_EXIT_CODE);
    }
    if (action.reboot_seconds != 0) {
        uint64_t wait = action.reboot_seconds > 0 ? (uint64_t)action.reboot_seconds * 1000000 : 0;
        uint64_t start = arch_time_microseconds();
        if (wait) {
            printk(KERN_EMERG "Rebooting in %ld seconds..\n", action.reboot_seconds);
        }
        while (arch_time_microseconds() - start < wait) {
        }
        arch_reboot();
    }
    arch_halt();
}

/* "Code: 0f 1f … <8b> 07 …": the byte at rip in angle brackets, ?? where nothing is mapped. */
static void print_code(uint64_t rip)
{
    char line[CODE_BYTES * 5 + 1];
    size_t length = 0;

    if (!arch_is_readable(rip, 1)) {
        printk(KERN_EMERG "Code: Unable to access opcode bytes at 0x%lx.\n", rip);
        return;
    }
    for (uint64_t i = 0; i < CODE_BYTES; i++) {
        uint64_t address = rip - CODE_BYTES_BEFORE + i;
        const char *format = address == rip ? " <%02x>" : " %02x";
        if (arch_is_readable(address, 1)) {
            length += (size_t)snprintf(line + length, sizeof(line) - length, format,
                                       *(const uint8_t *)address);
        } else {
            length += (size_t)snprintf(line + length, sizeof(line) - length, " ??");
        }
    }
    printk(KERN_EMERG "Code:%s\n", line);
}

static void print_registers(const struct trap_frame *frame, const struct control_registers *control)
{
    printk(KERN_EMERG "RSP: %04lx:%016lx EFLAGS: %08lx\n", frame->ss, frame->rsp, frame->rflags);
    printk(KERN_EMERG "RAX: %016lx RBX: %016lx RCX: %016lx\n", frame->rax, frame->rbx, frame->rcx);
    printk(KERN_EMERG "RDX: %016lx RSI: %016lx RDI: %016lx\n", frame->rdx, frame->rsi, frame->rdi);
    printk(KERN_EMERG "RBP: %016lx R08: %016lx R09: %016lx\n", frame->rbp, frame->r8, frame->r9);
    printk(KERN_EMERG "R10: %016lx R11: %016lx R12: %016lx\n", frame->r10, frame->r11, frame->r12);
    printk(KERN_EMERG "R13: %016lx R14: %016lx R15: %016lx\n", frame->r13, frame->r14, frame->r15);
    printk(KERN_EMERG "CS:  %04lx CR0: %016lx CR4: %016lx\n", frame->cs, control->cr0,
           control->cr4);
    printk(KERN_EMERG "CR2: %016lx CR3: %016lx EFER: %08lx\n", control->cr2, control->cr3,
           control->efer);
}

static void print_page_fault(const struct trap_frame *frame, uint64_t address)
{
    uint64_t error = frame->error_code;
    const char *access = error & PAGE_FAULT_FETCH   ? "instruction fetch"
                         : error & PAGE_FAULT_WRITE ? "write access"
                                                    : "read access";
    const char *cause = error & PAGE_FAULT_RSVD      ? "reserved bit violation"
                        : error & PAGE_FAULT_PRESENT ? "permissions violation"
                                                     : "not-present page";

    if (address < PAGE_SIZE) {
        printk(KERN_EMERG "BUG: kernel NULL pointer dereference, address: %016lx\n", address);
    } else if (error & PAGE_FAULT_FETCH && error & PAGE_FAULT_PRESENT) {
        printk(KERN_EMERG
               "kernel tried to execute NX-protected page at %016lx - exploit attempt?\n",
               address);
        printk(KERN_EMERG "BUG: unable to handle page fault for address: %016lx\n", address);
    } else {
        printk(KERN_EMERG "BUG: unable to handle page fault for address: %016lx\n", address);
    }
    printk(KERN_EMERG "#PF: %s %s in kernel mode\n",
           error & PAGE_FAULT_USER ? "user" : "supervisor", access);
    printk(KERN_EMERG "#PF: error_code(0x%04lx) - %s\n", error, cause);
}

static bool is_trap_instruction(uint64_t rip)
{
    return arch_is_readable(rip, 2) && memcmp((const void *)rip, "\x0f\x0b", 2) == 0;
}

/* The reason, down to the line "Oops: …" that numbers it. */
static void print_reason(const struct trap_frame *frame, const struct control_registers *control)
{
    struct stack_bounds stack;

    if (frame->vector == VECTOR_PAGE_FAULT) {
        print_page_fault(frame, control->cr2);
        printk(KERN_EMERG "Oops: %04lx [#1]\n", frame->error_code);
        return;
    }
    if (frame->vector == VECTOR_DOUBLE_FAULT && stack_find(control->cr2, &stack) &&
        control->cr2 < stack.low) {
        printk(KERN_EMERG "BUG: %s stack guard page was hit at %016lx (stack overflow)\n",
               stack.name, control->cr2);
    }
    if (frame->vector == VECTOR_INVALID_OPCODE && is_trap_instruction(frame->rip)) {
        printk(KERN_EMERG "UBSAN or __builtin_trap: ud2 at %pS\n", (void *)frame->rip);
    }
    printk(KERN_EMERG "%s: %04lx [#1]\n", arch_exception_name(frame->vector), frame->error_code);
}

/* --- The report, which a second fault starts again -------------------------------------------- */

/* What happened first.  A panic has a reason, an Oops has not. */
static struct {
    const struct trap_frame *frame;
    const char *panic_reason;
    struct control_registers control; /* as they were then: cr2 is the next fault's to overwrite */
} first;

/* How deep we are in trouble: 1 the first Oops or panic, 2 a fault while that was printed.  3 since
 * console.c tries a console that faulted once more: what was interrupted there may be innocent. */
#define DEPTH_MAX 3
static unsigned depth;

static void print_oops(void)
{
    struct stack_walk walk;

    print_reason(first.frame, &first.control);
    report_context(KERN_EMERG);
    walk_start(&walk, first.frame, true);
    trace_print_rip(KERN_EMERG, &walk);
    print_code(first.frame->rip);
    print_registers(first.frame, &first.control);
    trace_print(KERN_EMERG, &walk, false);
    report_modules(KERN_EMERG);
    report_end(KERN_EMERG);
    printk(KERN_EMERG "Kernel panic - not syncing: Fatal exception\n");
}

static void print_panic(void)
{
    struct stack_walk walk;

    printk(KERN_EMERG "Kernel panic - not syncing: %s\n", first.panic_reason);
    report_context(KERN_EMERG);
    walk_start(&walk, first.frame, false);
    trace_print(KERN_EMERG, &walk, true);
    report_modules(KERN_EMERG);
}

static void __noreturn report(void)
{
    if (first.panic_reason) {
        print_panic();
    } else {
        print_oops();
    }
    printk(KERN_EMERG "---[ end Kernel panic - not syncing: %s ]---\n",
           first.panic_reason ? first.panic_reason : "Fatal exception");
    leave();
}

/*
 * Something went wrong while the first trouble was being printed.  Say so, and print all of the
 * first once more: without names if it was a name that was being looked up, and without the console
 * that was being written to (console.c sees to that).
 */
static void __noreturn report_again(const struct trap_frame *frame, const char *what)
{
    struct control_registers control;

    if (depth > DEPTH_MAX) {
        leave();
    }
    bool without_names = names_are_busy();
    if (without_names) {
        names_give_up();
    }
    arch_control_registers(&control);
    printk(KERN_EMERG "a second fault while printing, going on without %s: %s, RIP 0x%016lx, "
                      "error code %04lx, CR2 %016lx\n",
           without_names ? "names" : "what caused it", what, frame->rip, frame->error_code,
           control.cr2);
    report();
}

static void __noreturn begin_report(const struct trap_frame *frame, const char *panic_reason)
{
    arch_interrupts_save();
    log_panic_mode();
    if (++depth > 1) {
        report_again(frame, panic_reason ? panic_reason : arch_exception_name(frame->vector));
    }
    first.frame = frame;
    first.panic_reason = panic_reason;
    arch_control_registers(&first.control);
    report();
}

void oops(struct trap_frame *frame)
{
    begin_report(frame, NULL);
}

/* The text of a panic while another one is printed goes elsewhere: that one is still needed. */
static char reasons[2][512];

void panic(const char *format, ...)
{
    char *reason = reasons[depth > 0];
    struct trap_frame frame;
    va_list arguments;

    arch_interrupts_save();
    arch_capture_frame(&frame);
    va_start(arguments, format);
    vsnprintf(reason, sizeof(reasons[0]), format, arguments);
    va_end(arguments);
    begin_report(&frame, reason);
}
EXPORT_SYMBOL(panic);

void assertion_failed(const char *expression, const char *file, int line, const char *function)
{
    char *reason = reasons[depth > 0];
    struct trap_frame frame;

    arch_interrupts_save();
    arch_capture_frame(&frame);
    printk(KERN_EMERG "kernel BUG at %s:%d!\n", file, line);
    snprintf(reason, sizeof(reasons[0]), "assertion failed: %s, in %s", expression, function);
    begin_report(&frame, reason);
}
EXPORT_SYMBOL(assertion_failed);

void nmi(struct trap_frame *frame)
{
    struct trap_frame here;
    struct stack_walk walk;

    printk(KERN_EMERG "NMI received for unknown reason on CPU 0, at %pS\n", (void *)frame->rip);
    arch_capture_frame(&here);
    walk_start(&walk, &here, false);
    trace_print(KERN_EMERG, &walk, true);
}
