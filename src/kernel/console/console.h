// SPDX-License-Identifier: MIT
/*
 * console.h: the places where text appears: the serial line, the screen.
 *
 * Text goes to all enabled consoles alike.  Two sorts of writers share them: commands and the
 * prompt (console_write, console_printf of onoma/command.h), and the log.  A line that the log has
 * left open (KERN_CONT may follow) is ended before a command's output, so the two never mix in a
 * line.
 *
 * Ownership: the caller owns struct console, for good: consoles are never taken out.
 *
 *     static struct console video = {.name = "video", .write = write_text};
 *     console_register(&video);
 */
#ifndef CONSOLE_CONSOLE_H
#define CONSOLE_CONSOLE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct console {
    const char *name; /* "serial" or "video": what console= selects */
    /* Show bytes; '\n' starts a new line.  Interrupts are off. */
    void (*write)(const char *text, size_t length);
    struct console *next; /* the list's */
    bool enabled;         /* by registration and console= */
    unsigned depth;       /* calls of `write` that have not returned: faults within it show here */
};

/* Add a console, or tell that its screen was started anew.  What the log holds so far is shown on
 * it if it is enabled. */
void console_register(struct console *console);

/* The machine's serial line as console "serial". */
void console_register_serial(void);

/*
 * `console=NAME` of the command line: "serial" or "ttyS0", "video" or "tty0", each with options
 * after a comma that are ignored.  The first call switches off all other consoles, further calls
 * add theirs; consoles that are registered later obey too.  False for an unknown name.
 */
bool console_select(const char *name);

/* Output of commands and of the prompt.  Any context. */
void console_write(const char *text, size_t length);

/* vsnprintf for what goes to a console: a text that is too long ends in "...\n".  Returns what is
 * there. */
size_t console_format(char *text, size_t capacity, const char *format, va_list arguments);

/* Put ? in place of control bytes, but for newline and tab.  console_printf and printk do it. */
void console_make_printable(char *text, size_t length);

/* For the log only: interrupts are off. */
void console_write_log(const char *text, size_t length);
void console_write_one(struct console *console, const char *text, size_t length);
/* Does the log's last line still wait for its end, with nothing written behind it? */
bool console_has_open_log_line(void);
/* Would text written now start a line? */
bool console_is_at_line_start(void);

#endif
