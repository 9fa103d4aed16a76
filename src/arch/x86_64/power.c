// SPDX-License-Identifier: MIT
/* power.c: ways to leave. */
#include "acpi.h"
#include "cpu.h"
#include "onoma/io.h"
#include "onoma/printk.h"

#define RESET_CONTROL    0xcf9 /* of the chipset: Intel ICH9 data sheet 13.7.5 */
#define KEYBOARD_COMMAND 0x64
#define KEYBOARD_PULSE   0xfe /* pulse the reset line */
#define DEBUG_EXIT_PORT  0xf4 /* QEMU's isa-debug-exit as scripts/qemu.sh sets it up */

void arch_reboot(void)
{
    outb(RESET_CONTROL, 0x02);
    outb(RESET_CONTROL, 0x06);
    for (unsigned i = 0; i < 100000 && (inb(KEYBOARD_COMMAND) & 0x02); i++) {
    }
    outb(KEYBOARD_COMMAND, KEYBOARD_PULSE);
    arch_halt();
}

void arch_poweroff(void)
{
    acpi_power_off();
    printk(KERN_EMERG "the machine cannot be switched off by software: do it by hand\n");
    arch_halt();
}

void arch_debug_exit(uint8_t code)
{
    outb(DEBUG_EXIT_PORT, code);
}
