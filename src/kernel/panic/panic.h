// SPDX-License-Identifier: MIT
/* panic.h: how the kernel stops.  panic() itself is in onoma/bug.h. */
#ifndef PANIC_PANIC_H
#define PANIC_PANIC_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What to do after a panic: "0" wait for ever, "N" reboot after N seconds, "-1" reboot at once,
 * "exit" end QEMU with status 35.  False, and nothing changed, for any other text.
 */
bool panic_set_action(const char *text);

#endif
