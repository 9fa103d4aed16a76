// SPDX-License-Identifier: MIT
/* screen.h: the video console on whatever the boot loader left us. */
#ifndef CONSOLE_SCREEN_H
#define CONSOLE_SCREEN_H

#include "boot/multiboot2.h"

/* Needs the heap and device mappings.  Without a usable screen, the serial line is all there is. */
void screen_init(const struct boot_framebuffer *framebuffer);

#endif
