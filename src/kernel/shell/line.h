// SPDX-License-Identifier: MIT
/*
 * line.h: edit a line on a terminal, as a state machine: bytes of keys in, bytes for a terminal
 * out.
 *
 * The line always takes one row of the terminal.  A line that is longer shows the part around the
 * cursor, with '<' and '>' where more of it lies.  The last column stays free, since terminals
 * differ in what happens there.
 *
 *     static struct line_editor editor;
 *     line_editor_init(&editor, &client, "onoma> ", 80);
 *     line_editor_start(&editor);                                shows the prompt
 *     while ((event = line_editor_feed(&editor, next_byte())) == LINE_EDITING) {
 *     }
 *     if (event == LINE_COMPLETE) ... editor.text
 *
 * Keys: those of GNU readline's emacs mode: arrows Home End Delete, Ctrl-A B C D E F H K L N P R T
 * U W Y, Alt-B D F Backspace, Ctrl-Left Ctrl-Right, Tab.  Bytes of 0x80 and above are dropped.
 *
 * Ownership: the caller owns the editor, 70 KiB; nothing allocates.  One context at a time.
 */
#ifndef SHELL_LINE_H
#define SHELL_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINE_CAPACITY         1024u /* bytes of a line, NUL included */
#define LINE_HISTORY_COUNT    32u
#define LINE_PATTERN_CAPACITY 32u
#define LINE_OUTPUT_CAPACITY  256u

enum line_event {
    LINE_EDITING,     /* feed more */
    LINE_COMPLETE,    /* Enter: the line is in `text`, and in the history */
    LINE_INTERRUPTED, /* Ctrl-C: the line is gone */
    LINE_END_OF_FILE, /* Ctrl-D in an empty line */
};

struct line_editor;

struct line_client {
    /* Bytes for the terminal.  '\n' means a new line at its start. */
    void (*write)(void *context, const char *text, size_t length);
    /* Tab: complete what is before the cursor by line_editor_insert, list by line_editor_print, or
     * ring line_editor_bell.  `is_repeated` when the key before was Tab too.  May be null. */
    void (*complete)(void *context, struct line_editor *editor, bool is_repeated);
    void *context;
};

enum line_decoder {
    LINE_DECODE_TEXT,
    LINE_DECODE_ESCAPE,   /* behind ESC */
    LINE_DECODE_CONTROL,  /* behind ESC [ */
    LINE_DECODE_SHIFT,    /* behind ESC O */
    LINE_DECODE_SKIP_ONE, /* behind ESC [ [: the Linux console's function keys */
};

struct line_editor {
    struct line_client client;
    const char *prompt;
    unsigned columns; /* of the terminal */

    /* The line: NUL-ended, printable ASCII only. */
    char text[LINE_CAPACITY];
    size_t length;
    size_t cursor; /* 0 ... length */
    size_t scroll; /* the first byte on the screen */

    /* What Ctrl-Y brings back. */
    char killed[LINE_CAPACITY];
    size_t killed_length;
    bool is_killing;  /* this key killed text */
    bool was_killing; /* the one before did: kills in a row add up */

    /* A ring of old lines; `depth` 0 is the line being written, 1 the newest old one. */
    char history[LINE_HISTORY_COUNT][LINE_CAPACITY];
    unsigned history_next; /* where the next one goes */
    unsigned history_count;
    unsigned depth;
    char draft[LINE_CAPACITY]; /* the line being written, while an old one is shown */

    /* Ctrl-R. */
    bool is_searching;
    bool has_failed;
    char pattern[LINE_PATTERN_CAPACITY];
    size_t pattern_length;
    unsigned search_depth; /* where the line shown came from */

    /* Input. */
    enum line_decoder decoder;
    unsigned numbers[2]; /* of a control sequence */
    unsigned number_index;
    bool after_return; /* a \n that follows belongs to it */
    bool after_tab;

    /* Output of one key, written at once so that it does not flicker. */
    char output[LINE_OUTPUT_CAPACITY];
    size_t output_length;
    bool needs_refresh;
};

/* `prompt` is borrowed, printable ASCII, at most 40 bytes; `columns` is at least 64: the search
 * shows its pattern in place of the prompt. */
void line_editor_init(struct line_editor *editor, const struct line_client *client,
                      const char *prompt, unsigned columns);

/* Begin an empty line: show the prompt. */
void line_editor_start(struct line_editor *editor);

enum line_event line_editor_feed(struct line_editor *editor, uint8_t byte);

/* Take the line off the terminal, and show it again: for text that comes in between. */
void line_editor_hide(struct line_editor *editor);
void line_editor_show(struct line_editor *editor);

/* For `complete`: insert at the cursor; print below the line, which is shown again afterwards. */
void line_editor_insert(struct line_editor *editor, const char *text, size_t length);
void line_editor_print(struct line_editor *editor, const char *text, size_t length);
void line_editor_bell(struct line_editor *editor);

/* An old line, 1 the newest; null beyond the oldest. */
const char *line_editor_history(const struct line_editor *editor, unsigned depth);

#endif
