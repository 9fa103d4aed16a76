// SPDX-License-Identifier: MIT
/*
 * log.h: the log behind printk (onoma/printk.h): a ring of lines for `dmesg`, and what of it the
 * consoles show.
 *
 * Any context.  One CPU: interrupts are off while the ring changes.  A message that comes in the
 * middle of that all the same (an NMI) is laid aside and logged when the first one is done; after
 * log_panic_mode nothing is laid aside, as what was interrupted will never go on.
 *
 *     struct log_cursor cursor = {0};
 *     char line[LOG_LINE_CAPACITY];
 *     while (log_read(&cursor, line, sizeof(line), NULL)) {
 *         console_printf("%s\n", line);
 *     }
 */
#ifndef CONSOLE_LOG_H
#define CONSOLE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct console;

#define LOG_TEXT_CAPACITY 1024 /* bytes of one message, NUL included; longer ones end in "..." */
#define LOG_LINE_CAPACITY (LOG_TEXT_CAPACITY + 40) /* a line with its timestamp */

/* The consoles show levels below this one: 7, the default, shows all but debug messages. */
void log_set_console_level(unsigned level);
unsigned log_console_level(void);

/* From now on everything is shown, and nothing waits for anything. */
void log_panic_mode(void);

/*
 * For a line that is being edited at the prompt: `before` takes it off the consoles and returns
 * true, or returns false when there is none; then `after` is not called.  Null to end that.
 * Called with interrupts off, maybe from an interrupt; never in panic mode.
 */
void log_set_line_hook(bool (*before)(void), void (*after)(void));

/* Where a reader is.  All zero: at the oldest line. */
struct log_cursor {
    uint64_t position;
};

/*
 * The next line as "[    1.234567] text", without a newline, cut to capacity - 1 bytes; *level (may
 * be null) is its level.  False at the end of the log.  Lines that were dropped while the reader
 * was away are skipped.
 */
bool log_read(struct log_cursor *cursor, char *buffer, size_t capacity, unsigned *level);

/* Lines that are gone: pushed out by newer ones. */
uint64_t log_dropped(void);

/* Show what the log holds, as far as its levels are shown, on one console. */
void log_replay(struct console *console);

#endif
