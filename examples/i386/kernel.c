/* SPDX-License-Identifier: MIT */
/*
 * kernel.c: a 32-bit kernel with names, for a multiboot1 loader (QEMU's -kernel).
 *
 * Names work on 32 bits; lines, the stack walk and the loader are for x86-64.  The
 * walk that a 32-bit kernel does itself is six lines: print_trace().
 */
#include "ksyms/trace.h"
#include "machine.h"

#define MULTIBOOT1 0x1badb002

extern const char __ksyms_start[], __ksyms_end[]; /* kernel.lds */

__attribute__((section(".multiboot"), used)) static const uint32_t header[] = {
    MULTIBOOT1, 0, -(uint32_t)MULTIBOOT1};

static struct ksyms_host host = {.write = write_serial};
static char stack[16384] __attribute__((aligned(16), used));

struct frame {
    const struct frame *caller;
    uint32_t return_address;
};

__attribute__((noinline)) static void print_trace(void)
{
    const struct frame *frame = __builtin_frame_address(0);

    while ((const char *)frame >= stack && (const char *)(frame + 1) <= stack + sizeof(stack)) {
        ksyms_trace_address(&host, frame->return_address, true);
        frame = frame->caller;
    }
}

__attribute__((noinline)) static void read_clock(void)
{
    print_trace();
    __asm__ volatile("");
}

/* Of libgcc for 32 bits, which not every compiler for 64 brings along.  The kit needs no more of
 * it. */
int __ctzdi2(uint64_t value);

int __ctzdi2(uint64_t value)
{
    uint32_t low = (uint32_t)value;

    return low ? __builtin_ctz(low) : 32 + __builtin_ctz((uint32_t)(value >> 32));
}

void kernel_main(void);

void kernel_main(void)
{
    ksyms_host_start(&host, __ksyms_start, (size_t)(__ksyms_end - __ksyms_start));
    read_clock();
    power_off();
}

__asm__(".globl _start\n"
        ".type _start, @function\n"
        "_start: mov $stack + 16384, %esp\n"
        "        xor %ebp, %ebp\n"
        "        call kernel_main\n"
        "        .size _start, . - _start\n");
