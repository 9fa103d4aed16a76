// SPDX-License-Identifier: MIT
/*
 * video.h: a text terminal, and the screens it can draw on.
 *
 * struct video_terminal turns a stream of bytes into a grid of cells.  It knows \n (which starts a
 * line, as for C programs) \r \b \t, UTF-8, and of ECMA-48 the cursor moves CUU CUD CUF CUB CUP,
 * the erasures ED EL and the colours of SGR; other sequences are swallowed.  Like a VT100 it wraps
 * late: after the last column the cursor waits there for the next character.
 *
 * It never reads the screen: `cells` is what shall be seen, `shown` what has been drawn, and at the
 * end of each write the differences are drawn.  Scrolling moves cells in RAM, so a line that looks
 * like the one above it costs nothing.
 *
 * A screen is a struct of two functions:
 *
 *     static const struct video_operations operations = {.draw = draw, .move_cursor = NULL};
 *     video_terminal_init(&terminal, 80, 25, cells, shown, &operations);
 *     video_terminal_write(&terminal, "hello\n", 6);
 *
 * Ownership: the caller owns the terminal and both arrays of columns * rows cells.  Any context,
 * but one writer at a time (console.c switches interrupts off).
 */
#ifndef CONSOLE_VIDEO_H
#define CONSOLE_VIDEO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Colours in the order of SGR: black red green yellow blue magenta cyan white, then bright. */
#define VIDEO_FOREGROUND 7u
#define VIDEO_BACKGROUND 0u

struct video_cell {
    uint16_t character; /* Unicode; U+FFFD for what lies beyond 16 bits */
    uint8_t foreground; /* 0 ... 15 */
    uint8_t background; /* 0 ... 7 */
};

struct video_operations {
    /* Draw a cell.  Column and row are within the grid. */
    void (*draw)(unsigned column, unsigned row, struct video_cell cell);
    /* Move the screen's own cursor; null: it has none, the cell gets its colours swapped. */
    void (*move_cursor)(unsigned column, unsigned row);
};

enum video_state { VIDEO_TEXT, VIDEO_ESCAPE, VIDEO_ESCAPE_SKIP, VIDEO_CONTROL, VIDEO_IGNORE };

#define VIDEO_PARAMETERS_MAX 8u

struct video_terminal {
    unsigned columns, rows;
    struct video_cell *cells; /* what shall be seen */
    struct video_cell *shown; /* what was drawn */
    const struct video_operations *operations;

    unsigned column, row; /* the cursor, always within the grid */
    bool wraps_next;      /* the last column was written: the next character starts a line */
    unsigned drawn_row;   /* where a cursor of swapped colours was drawn */
    unsigned dirty_first; /* rows that may differ from `shown`: dirty_first <= row < dirty_end */
    unsigned dirty_end;

    uint8_t foreground, background;
    bool is_bold;
    bool is_reverse;

    enum video_state state;
    unsigned parameters[VIDEO_PARAMETERS_MAX];
    unsigned parameter_count; /* the last one is being read */
    uint32_t code_point;      /* UTF-8 read so far */
    unsigned code_point_left; /* bytes it still needs */
};

/* The screen must be blank (black) already. */
void video_terminal_init(struct video_terminal *terminal, unsigned columns, unsigned rows,
                         struct video_cell *cells, struct video_cell *shown,
                         const struct video_operations *operations);
void video_terminal_write(struct video_terminal *terminal, const char *text, size_t length);

/* The kernel's one screen: a terminal of the largest grid there is room for, as console "video". */
#define VIDEO_COLUMNS_MAX 256u
#define VIDEO_ROWS_MAX    96u
void video_start(unsigned columns, unsigned rows, const struct video_operations *operations);

/* --- Screens ---------------------------------------------------------------------------------- */

/* A linear framebuffer, mapped and writable.  Each colour field has 8 bits. */
struct framebuffer_mode {
    void *pixels;
    uint32_t width, height;                              /* pixels */
    uint32_t pitch;                                      /* bytes from one line to the next */
    uint8_t bits_per_pixel;                              /* 24 or 32 */
    uint8_t red_position, green_position, blue_position; /* lowest bit of each field */
};

/* Clear the screen and start the console with the linked-in font (console_font_start ... _end, a
 * PSF file).  False, and the reason in the log, if mode or font cannot be used; then the screen was
 * not touched. */
bool framebuffer_init(const struct framebuffer_mode *mode);

/* EGA text memory, 80x25, mapped: direct_map(0xb8000). */
void ega_init(void *text_memory);

#endif
