// SPDX-License-Identifier: MIT
/*
 * arch.h: all that the kernel asks of the machine.  The only header of src/arch that kernel files
 * include.
 */
#ifndef ARCH_H
#define ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "onoma/compiler.h"

#define PAGE_SIZE 4096ul

/* --- Interrupts and time --------------------------------------------------------------------- */

/* Switch interrupts off, and say whether they were on; give that back to _restore. */
bool arch_interrupts_save(void);
void arch_interrupts_restore(bool were_on);
/* Sleep until the next interrupt, interrupts on. */
void arch_wait_for_interrupt(void);
/* For good, interrupts off. */
void arch_halt(void) __noreturn;

/* Time since boot, by the time stamp counter.  Any context; 0 before timer set-up. */
uint64_t arch_time_microseconds(void);
uint64_t arch_time_nanoseconds(void);
/* Timer interrupts since boot, 100 a second. */
uint64_t arch_timer_ticks(void);

/* --- Set-up, in the order in which kernel_main calls it --------------------------------------- */

void arch_serial_init(void); /* COM1, polled output works from here on */
void arch_traps_init(void);  /* GDT, TSS with IST stacks, IDT: a fault is an Oops from here on */
void arch_cpu_init(void);    /* SMEP, SMAP, UMIP where there are; reports what it switched on */
void arch_timer_init(void);  /* calibrates the TSC, starts the tick */
void arch_interrupts_init(void); /* interrupt controller; interrupts on */

/* The firmware's root pointer (a copy, from the boot loader): finds out about CPUs and power. */
void arch_acpi_init(const void *rsdp, size_t size_bytes);

/* --- Serial line ------------------------------------------------------------------------------ */

void arch_serial_write(const char *text, size_t length);

/* --- Address spaces --------------------------------------------------------------------------- */

/*
 *  0xffff888000000000  direct map of all RAM (RW, no execute; kernel text and rodata in it are RO)
 *  0xffffc90000000000  device memory, mapped uncached on request
 *  0xffffffff80000000  the kernel's image
 *  0xffffffffc0000000  modules: 512 MiB, within a signed 32-bit reach of the kernel
 */
#define DIRECT_MAP_BASE  0xffff888000000000ull
#define DEVICE_MAP_BASE  0xffffc90000000000ull
#define KERNEL_BASE      0xffffffff80000000ull
#define MODULE_AREA_BASE 0xffffffffc0000000ull
#define MODULE_AREA_SIZE (512ull << 20)

enum page_access {
    PAGE_READ,         /* R--: constants */
    PAGE_READ_WRITE,   /* RW-: data */
    PAGE_READ_EXECUTE, /* R-X: code */
};

/* Build the final page tables: direct map up to `ram_end` (physical).  Takes frames from the page
 * allocator; false when that has none. */
bool arch_paging_init(uint64_t ram_end);

/* Map `count` pages at `address` to the frames from `physical` on, which follow each other.
 * False when there is no memory for page tables (then nothing stays mapped). */
bool arch_page_map(uint64_t address, uint64_t physical, size_t count, enum page_access access);
void arch_page_unmap(uint64_t address, size_t count);

/* Change what `count` mapped pages of RAM allow, and the direct map for their frames: that never
 * allows more than reading and writing, and no writing of what is executed or constant.  False when
 * there is no memory to split a large page of the direct map. */
bool arch_page_protect(uint64_t address, size_t count, enum page_access access);

/* Do the tables allow exactly that at this address? */
bool arch_page_has_access(uint64_t address, enum page_access access);

/* Frames that page tables took since boot.  They stay: a later mapping uses them again. */
size_t arch_page_table_frames(void);

/* Physical address behind a mapped kernel address; UINT64_MAX if nothing is mapped there. */
uint64_t arch_page_physical(uint64_t address);

/* What the direct map allows for these frames: READ_WRITE, or READ for frames that some other
 * mapping executes or must keep constant.  False when there is no memory to split a large page. */
bool arch_direct_map_protect(uint64_t physical, size_t count, enum page_access access);

/* Device memory: uncached, writable, never executable.  Null when there is no room. */
void *arch_device_map(uint64_t physical, size_t size_bytes);

/* Is every byte mapped and readable?  For code that follows doubtful pointers (panic). */
bool arch_is_readable(uint64_t address, size_t size_bytes);

/* Walks all page tables: counts pages both writable and executable, and frames that are executable
 * through one mapping and writable in the direct map, the only other mapping that frames of RAM
 * have. Both must be 0.  Returns pages visited. */
uint64_t arch_paging_audit(uint64_t *writable_executable, uint64_t *aliased_executable);

static inline void *direct_map(uint64_t physical)
{
    return (void *)(DIRECT_MAP_BASE + physical);
}

/* --- The image, from the linker script -------------------------------------------------------- */

extern const char __image_start[]; /* of all that GRUB loaded; the image ends with __ksyms_end */
extern const char __text_start[], __text_end[];
extern const char __rodata_start[], __rodata_end[];
extern const char __ksyms_start[], __ksyms_end[];

static inline uint64_t image_physical(const void *address)
{
    return (uint64_t)address - KERNEL_BASE;
}

/* --- Frames and stacks, for traces ------------------------------------------------------------ */

/* Registers at a trap, as the entry code pushes them; also made on the spot by panic(). */
struct trap_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rdi, rsi, rbp, rbx, rdx, rcx, rax;
    uint64_t vector, error_code;
    uint64_t rip, cs, rflags, rsp, ss;
};

/* A stack: its bounds, its number (from 0, below 31) and name ("boot", "#DF", "NMI", "#MC"). */
struct stack_bounds {
    uint64_t low, high;
    unsigned number;
    const char *name;
};
/* The stack that `address` is on; the guard page below it counts as its own, as a stack pointer is
 * there after an overflow.  False if it is on none. */
bool arch_stack_find(uint64_t address, struct stack_bounds *bounds);
/* The stack on which the kernel starts. */
void arch_stack_first(struct stack_bounds *bounds);

/* Does `address` stand behind an instruction that calls?  It must be readable code. */
bool arch_follows_call(uint64_t address);

/* The caller's registers, enough to start a trace: rip, rsp, rbp, rflags, cs, ss. */
void arch_capture_frame(struct trap_frame *frame);

/* Control registers for an Oops. */
struct control_registers {
    uint64_t cr0, cr2, cr3, cr4, efer;
};
void arch_control_registers(struct control_registers *registers);

/* Name of an exception vector: "divide error"; never null. */
const char *arch_exception_name(uint64_t vector);

/* --- Threads ---------------------------------------------------------------------------------- */

/* Leave this stack, and go on with another one, where that was left.  *stack_pointer is where this one
 * is.  With interrupts off. */
void arch_thread_switch(uint64_t *stack_pointer, uint64_t next_stack_pointer);

/* The stack pointer for the first switch to a stack, of which `stack_high` is the end: it calls the
 * function, which must not return. */
uint64_t arch_thread_prepare(uint64_t stack_high, void (*function)(void));

/* Where a switch to that stack pointer returns to: rip, rsp, rbp.  For traces. */
void arch_thread_frame(struct trap_frame *frame, uint64_t stack_pointer);

/* --- Sampling, for tests ---------------------------------------------------------------------- */

/* Called with the registers of whatever was interrupted, anywhere, the handler of a sample
 * included. True: call it again after the next instruction. */
typedef bool arch_sampler(const struct trap_frame *frame, bool is_step);

/* Take samples so many times a second.  False when the machine cannot (it has no I/O APIC). */
bool arch_sampling_start(unsigned hertz, arch_sampler *sample);
/* No more of them.  `stopped` is called from the next interrupt of the timer: where a sample is
 * taken even the console may be in the middle of something. */
void arch_sampling_stop(void (*stopped)(void));

/* --- Leaving ---------------------------------------------------------------------------------- */

void arch_reboot(void) __noreturn;
void arch_poweroff(void) __noreturn;
/* End QEMU through isa-debug-exit: status code * 2 + 1.  Returns if there is no such device. */
void arch_debug_exit(uint8_t code);

/* The CPU's random number, or the time stamp counter where there is none. */
uint64_t arch_random(void);

/* Text appended to the command line by QEMU's -fw_cfg name=opt/onoma/cmdline; 0 if there is none.
 * Returns its whole length: a result >= capacity says that it was cut.  Always NUL-ended. */
size_t arch_firmware_command_line(char *buffer, size_t capacity);

/* CPUs the machine says it has, of which the kernel uses one. */
unsigned arch_cpu_count(void);

#endif
