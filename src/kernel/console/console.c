// SPDX-License-Identifier: MIT
/*
 * console.c: the list of consoles and who may write when.
 *
 * Interrupts are off while a piece of text is on its way to the consoles, so that a message of an
 * interrupt handler falls between pieces and not into one.  A piece ends with a line, or after 256
 * bytes: long enough for any escape sequence, short enough for a serial line.
 *
 * A panic may come out of a console's own write function.  Then that console is tried once more,
 * since it may have been an innocent place, and left alone if it faults again (see `depth`).
 */
#include "console/console.h"
#include "console/log.h"
#include "arch.h"
#include "onoma/command.h"
#include "onoma/export.h"
#include "onoma/string.h"

#define PIECE_MAX   256u
#define PRINTF_SIZE 1024u
#define DEPTH_MAX   2u

static const struct {
    const char *name;
    const char *alias; /* Linux's name */
} known_consoles[] = {{"serial", "ttyS0"}, {"video", "tty0"}};

static struct console *consoles;
static unsigned selected; /* bit i: known_consoles[i]; 0: nobody has selected, all are on */

/* The end of what was written last: says whether the cursor stands at the start of a line. */
static bool is_at_line_start = true;
static bool has_open_log_line;

/* ------------------------------------------------------------------------------ list and choice */

/* Index in known_consoles by either name, up to a comma; -1 if it is none. */
static int find_known(const char *name)
{
    const char *comma = strchr(name, ',');
    size_t length = comma != NULL ? (size_t)(comma - name) : strlen(name);
    for (unsigned i = 0; i < ARRAY_SIZE(known_consoles); i++) {
        const char *names[] = {known_consoles[i].name, known_consoles[i].alias};
        for (unsigned n = 0; n < 2; n++) {
            if (strlen(names[n]) == length && memcmp(names[n], name, length) == 0) {
                return (int)i;
            }
        }
    }
    return -1;
}

static bool is_selected(const struct console *console)
{
    if (selected == 0) {
        return true;
    }
    int known = find_known(console->name);
    return known >= 0 && (selected & 1u << known) != 0;
}

bool console_select(const char *name)
{
    int known = find_known(name);
    if (known < 0) {
        return false;
    }
    selected |= 1u << known;
    for (struct console *console = consoles; console != NULL; console = console->next) {
        console->enabled = is_selected(console);
    }
    return true;
}

void console_register(struct console *console)
{
    bool were_on = arch_interrupts_save();
    struct console **link = &consoles;
    while (*link != NULL && *link != console) {
        link = &(*link)->next;
    }
    bool is_new = *link == NULL;
    console->enabled = is_selected(console);
    if (console->enabled) {
        log_replay(console);
    }
    /* Linked only now: what is logged during the replay would come twice. */
    if (is_new) {
        console->next = NULL;
        *link = console;
    }
    arch_interrupts_restore(were_on);
}

/* -------------------------------------------------------------------------------------- writing */

void console_write_one(struct console *console, const char *text, size_t length)
{
    if (console->depth >= DEPTH_MAX) {
        return;
    }
    console->depth++;
    console->write(text, length);
    console->depth--;
}

/* After these bytes the cursor stands in an empty line. */
static bool leaves_line_start(const char *text, size_t length)
{
    static const char *const endings[] = {"\n", "\r\033[K", "\033[H\033[J"};
    for (unsigned i = 0; i < ARRAY_SIZE(endings); i++) {
        size_t tail = strlen(endings[i]);
        if (length >= tail && memcmp(text + length - tail, endings[i], tail) == 0) {
            return true;
        }
    }
    return false;
}

static void write_all(const char *text, size_t length)
{
    if (length == 0) {
        return;
    }
    /* A message that comes in the middle, an NMI or a panic, must not trust the cursor. */
    is_at_line_start = false;
    for (struct console *console = consoles; console != NULL; console = console->next) {
        if (console->enabled) {
            console_write_one(console, text, length);
        }
    }
    is_at_line_start = leaves_line_start(text, length);
}

void console_write_log(const char *text, size_t length)
{
    if (length == 0) {
        return;
    }
    write_all(text, length);
    has_open_log_line = !is_at_line_start;
}

bool console_has_open_log_line(void)
{
    return has_open_log_line;
}

bool console_is_at_line_start(void)
{
    return is_at_line_start;
}

static size_t piece_length(const char *text, size_t length)
{
    if (length > PIECE_MAX) {
        length = PIECE_MAX;
    }
    const char *newline = memchr(text, '\n', length);
    return newline != NULL ? (size_t)(newline - text) + 1 : length;
}

void console_write(const char *text, size_t length)
{
    while (length > 0) {
        size_t piece = piece_length(text, length);
        bool were_on = arch_interrupts_save();
        if (has_open_log_line) {
            has_open_log_line = false;
            write_all("\n", 1);
        }
        write_all(text, piece);
        arch_interrupts_restore(were_on);
        text += piece;
        length -= piece;
    }
}

/* Names and texts from files reach commands and the log: their control bytes must not reach a
 * terminal. */
void console_make_printable(char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if ((byte < ' ' && byte != '\n' && byte != '\t') || byte == 0x7f) {
            text[i] = '?';
        }
    }
}

size_t console_format(char *text, size_t capacity, const char *format, va_list arguments)
{
    size_t length = (size_t)vsnprintf(text, capacity, format, arguments);

    if (length >= capacity) {
        length = capacity - 1;
        memcpy(text + length - 4, "...\n", 4);
    }
    return length;
}

void console_printf(const char *format, ...)
{
    char text[PRINTF_SIZE];
    va_list arguments;
    va_start(arguments, format);
    size_t length = console_format(text, sizeof(text), format, arguments);
    va_end(arguments);
    console_make_printable(text, length);
    console_write(text, length);
}
EXPORT_SYMBOL(console_printf);

/* --------------------------------------------------------------------------------------- serial */

/* A terminal at the other end wants "\r\n". */
static void write_serial(const char *text, size_t length)
{
    while (length > 0) {
        const char *newline = memchr(text, '\n', length);
        size_t run = newline != NULL ? (size_t)(newline - text) : length;
        if (run > 0) {
            arch_serial_write(text, run);
        }
        if (newline != NULL) {
            arch_serial_write("\r\n", 2);
            run++;
        }
        text += run;
        length -= run;
    }
}

void console_register_serial(void)
{
    static struct console serial = {.name = "serial", .write = write_serial};
    console_register(&serial);
}
