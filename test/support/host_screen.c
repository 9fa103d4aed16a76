// SPDX-License-Identifier: MIT
/* host_screen.c: see host_screen.h. */
#include "host_screen.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

struct video_cell host_drawn[HOST_SCREEN_CELLS];
unsigned long host_draw_count;
unsigned host_bell_count;

static unsigned drawn_columns, drawn_rows;

static void draw(unsigned column, unsigned row, struct video_cell cell)
{
    assert_true(column < drawn_columns && row < drawn_rows);
    host_drawn[row * drawn_columns + column] = cell;
    host_draw_count++;
}

static void move_cursor(unsigned column, unsigned row)
{
    assert_true(column < drawn_columns && row < drawn_rows);
}

void host_screen_open(struct host_screen *screen, unsigned columns, unsigned rows)
{
    static const struct video_operations operations = {.draw = draw, .move_cursor = move_cursor};
    assert_true(columns * rows <= HOST_SCREEN_CELLS && columns <= 300);
    drawn_columns = columns;
    drawn_rows = rows;
    host_bell_count = 0;
    for (unsigned i = 0; i < columns * rows; i++) {
        host_drawn[i] = (struct video_cell){' ', VIDEO_FOREGROUND, VIDEO_BACKGROUND};
    }
    video_terminal_init(&screen->terminal, columns, rows, screen->cells, screen->shown,
                        &operations);
}

void host_screen_write(struct host_screen *screen, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        host_bell_count += text[i] == '\a';
    }
    video_terminal_write(&screen->terminal, text, length);
}

const char *host_screen_row(const struct host_screen *screen, unsigned row)
{
    static char rows[4][301];
    static unsigned next;
    char *text = rows[next++ % 4];
    unsigned columns = screen->terminal.columns;
    unsigned length = 0;
    for (unsigned column = 0; column < columns; column++) {
        uint16_t character = host_drawn[row * columns + column].character;
        text[column] = character < 0x7f ? (char)character : '?';
        if (character != ' ') {
            length = column + 1;
        }
    }
    text[length] = '\0';
    return text;
}

void host_screen_expect(const struct host_screen *screen, const char *rows[])
{
    bool is_named = true;
    for (unsigned row = 0; row < screen->terminal.rows; row++) {
        is_named = is_named && rows[row] != NULL;
        const char *expected = is_named ? rows[row] : "";
        const char *actual = host_screen_row(screen, row);
        if (strcmp(actual, expected) != 0) {
            fail_msg("row %u is \"%s\" and not \"%s\"", row, actual, expected);
        }
    }
}
