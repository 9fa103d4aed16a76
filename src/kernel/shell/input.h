// SPDX-License-Identifier: MIT
/* input.h: bytes from the keyboard side of the console, on their way from the interrupt
 * (console_input in kernel.h) to the shell. */
#ifndef SHELL_INPUT_H
#define SHELL_INPUT_H

#include <stdbool.h>
#include <stdint.h>

/* The next byte if there is one.  One reader. */
bool input_read(uint8_t *byte);

/* The next byte; sleeps until there is one, while other threads run. */
uint8_t input_wait(void);

/* Has Ctrl-C come since input_clear_interrupt?  For commands that run long: stop then. */
bool input_is_interrupted(void);
void input_clear_interrupt(void);

/* Bytes that came when the ring was full. */
uint64_t input_lost(void);

#endif
