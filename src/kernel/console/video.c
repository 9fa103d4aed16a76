// SPDX-License-Identifier: MIT
/*
 * video.c: the terminal's state machine; see video.h.
 *
 *  1. column < columns and row < rows at all times, also in the middle of a function: a panic may
 *     interrupt any of them and print through the same terminal.
 *  2. `cells` differs from `shown` only in rows dirty_first ... dirty_end - 1, and where the cursor
 *     is drawn.
 */
#include "console/video.h"
#include "console/console.h"
#include "onoma/string.h"

#define TAB_WIDTH       8u
#define PARAMETER_LIMIT 9999u
#define REPLACEMENT     0xfffdu

static struct video_cell *cell_at(const struct video_terminal *terminal, unsigned column,
                                  unsigned row)
{
    return &terminal->cells[row * terminal->columns + column];
}

static void mark_dirty(struct video_terminal *terminal, unsigned first, unsigned end)
{
    if (first < terminal->dirty_first) {
        terminal->dirty_first = first;
    }
    if (end > terminal->dirty_end) {
        terminal->dirty_end = end;
    }
}

/* -------------------------------------------------------------------------------------- drawing */

static bool is_same(struct video_cell a, struct video_cell b)
{
    return a.character == b.character && a.foreground == b.foreground &&
           a.background == b.background;
}

static struct video_cell under_cursor(struct video_cell cell)
{
    uint8_t foreground = cell.foreground;
    cell.foreground = cell.background;
    cell.background = foreground & 7;
    return cell;
}

static void draw_row(struct video_terminal *terminal, unsigned row)
{
    bool draws_cursor = terminal->operations->move_cursor == NULL && row == terminal->row;
    for (unsigned column = 0; column < terminal->columns; column++) {
        struct video_cell wanted = *cell_at(terminal, column, row);
        struct video_cell *shown = &terminal->shown[row * terminal->columns + column];
        if (draws_cursor && column == terminal->column) {
            wanted = under_cursor(wanted);
        }
        if (!is_same(wanted, *shown)) {
            *shown = wanted;
            terminal->operations->draw(column, row, wanted);
        }
    }
}

static void draw_changes(struct video_terminal *terminal)
{
    if (terminal->operations->move_cursor != NULL) {
        terminal->operations->move_cursor(terminal->column, terminal->row);
    } else {
        mark_dirty(terminal, terminal->drawn_row, terminal->drawn_row + 1);
        mark_dirty(terminal, terminal->row, terminal->row + 1);
        terminal->drawn_row = terminal->row;
    }
    for (unsigned row = terminal->dirty_first; row < terminal->dirty_end; row++) {
        draw_row(terminal, row);
    }
    terminal->dirty_first = terminal->rows;
    terminal->dirty_end = 0;
}

/* -------------------------------------------------------------------------------------- editing */

static struct video_cell blank(const struct video_terminal *terminal)
{
    return (struct video_cell){' ', VIDEO_FOREGROUND,
                               terminal->is_reverse ? VIDEO_BACKGROUND : terminal->background};
}

/* Blank the cells from one place up to, not including, another: places count through the rows. */
static void erase(struct video_terminal *terminal, unsigned first, unsigned end)
{
    for (unsigned place = first; place < end; place++) {
        terminal->cells[place] = blank(terminal);
    }
    mark_dirty(terminal, first / terminal->columns,
               (end + terminal->columns - 1) / terminal->columns);
}

static void scroll(struct video_terminal *terminal)
{
    unsigned kept = (terminal->rows - 1) * terminal->columns;
    memmove(terminal->cells, terminal->cells + terminal->columns, kept * sizeof(struct video_cell));
    erase(terminal, kept, kept + terminal->columns);
    mark_dirty(terminal, 0, terminal->rows);
}

static void start_line(struct video_terminal *terminal)
{
    terminal->column = 0;
    terminal->wraps_next = false;
    if (terminal->row + 1 < terminal->rows) {
        terminal->row++;
    } else {
        scroll(terminal);
    }
}

static void put_character(struct video_terminal *terminal, uint32_t character)
{
    if (terminal->wraps_next) {
        start_line(terminal);
    }
    uint8_t foreground = terminal->foreground;
    if (terminal->is_bold) {
        foreground |= 8;
    }
    struct video_cell cell = {character <= UINT16_MAX ? (uint16_t)character : REPLACEMENT,
                              foreground, terminal->background};
    if (terminal->is_reverse) {
        cell.foreground = terminal->background;
        cell.background = terminal->foreground & 7;
    }
    *cell_at(terminal, terminal->column, terminal->row) = cell;
    mark_dirty(terminal, terminal->row, terminal->row + 1);
    if (terminal->column + 1 < terminal->columns) {
        terminal->column++;
    } else {
        terminal->wraps_next = true;
    }
}

static void put_control(struct video_terminal *terminal, char control)
{
    switch (control) {
    case '\n':
        start_line(terminal);
        break;
    case '\r':
        terminal->column = 0;
        terminal->wraps_next = false;
        break;
    case '\b':
        terminal->column -= terminal->column > 0;
        terminal->wraps_next = false;
        break;
    case '\t': {
        unsigned next = (terminal->column / TAB_WIDTH + 1) * TAB_WIDTH;
        terminal->column = next < terminal->columns ? next : terminal->columns - 1;
        break;
    }
    case '\033':
        terminal->state = VIDEO_ESCAPE;
        break;
    default:
        break;
    }
}

/* ----------------------------------------------------------------------------- escape sequences */

/* A parameter that counts: absent and 0 mean 1. */
static unsigned count_parameter(const struct video_terminal *terminal, unsigned index)
{
    if (index >= terminal->parameter_count || terminal->parameters[index] == 0) {
        return 1;
    }
    return terminal->parameters[index];
}

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* ED and EL: 0 from the cursor on, 1 up to and with the cursor, 2 all of first ... end - 1. */
static void erase_part(struct video_terminal *terminal, unsigned first, unsigned end)
{
    unsigned cursor = terminal->row * terminal->columns + terminal->column;
    switch (terminal->parameters[0]) {
    case 0:
        erase(terminal, cursor, end);
        break;
    case 1:
        erase(terminal, first, cursor + 1);
        break;
    default:
        erase(terminal, first, end);
        break;
    }
}

static void set_rendition(struct video_terminal *terminal, unsigned code)
{
    if (code == 0) {
        terminal->foreground = VIDEO_FOREGROUND;
        terminal->background = VIDEO_BACKGROUND;
        terminal->is_bold = false;
        terminal->is_reverse = false;
    } else if (code == 1 || code == 22) {
        terminal->is_bold = code == 1;
    } else if (code == 7 || code == 27) {
        terminal->is_reverse = code == 7;
    } else if (code >= 30 && code <= 37) {
        terminal->foreground = (uint8_t)(code - 30);
    } else if (code == 39) {
        terminal->foreground = VIDEO_FOREGROUND;
    } else if (code >= 40 && code <= 47) {
        terminal->background = (uint8_t)(code - 40);
    } else if (code == 49) {
        terminal->background = VIDEO_BACKGROUND;
    } else if (code >= 90 && code <= 97) {
        terminal->foreground = (uint8_t)(code - 90 + 8);
    }
}

static void set_renditions(struct video_terminal *terminal)
{
    for (unsigned i = 0; i < terminal->parameter_count; i++) {
        /* 38 and 48 take parameters of their own, colours that this screen does not have. */
        if (terminal->parameters[i] == 38 || terminal->parameters[i] == 48) {
            return;
        }
        set_rendition(terminal, terminal->parameters[i]);
    }
}

static void move_to(struct video_terminal *terminal, unsigned column, unsigned row)
{
    terminal->column = smaller(column, terminal->columns - 1);
    terminal->row = smaller(row, terminal->rows - 1);
    terminal->wraps_next = false;
}

/* The last byte of ESC [ parameters.  Source: ECMA-48, 8.3. */
static void run_control_sequence(struct video_terminal *terminal, char final)
{
    unsigned column = terminal->column;
    unsigned row = terminal->row;
    unsigned count = count_parameter(terminal, 0);
    switch (final) {
    case 'A':
        move_to(terminal, column, row - smaller(row, count));
        break;
    case 'B':
        move_to(terminal, column, row + count);
        break;
    case 'C':
        move_to(terminal, column + count, row);
        break;
    case 'D':
        move_to(terminal, column - smaller(column, count), row);
        break;
    case 'G':
        move_to(terminal, count - 1, row);
        break;
    case 'H':
    case 'f':
        move_to(terminal, count_parameter(terminal, 1) - 1, count - 1);
        break;
    case 'J':
        erase_part(terminal, 0, terminal->rows * terminal->columns);
        break;
    case 'K':
        erase_part(terminal, row * terminal->columns, (row + 1) * terminal->columns);
        break;
    case 'm':
        set_renditions(terminal);
        break;
    default:
        break;
    }
}

static void read_parameter(struct video_terminal *terminal, char byte)
{
    unsigned *parameter = &terminal->parameters[terminal->parameter_count - 1];
    if (byte >= '0' && byte <= '9') {
        *parameter = smaller(*parameter * 10 + (unsigned)(byte - '0'), PARAMETER_LIMIT);
    } else if (byte == ';' && terminal->parameter_count < VIDEO_PARAMETERS_MAX) {
        terminal->parameter_count++;
    } else {
        /* A private sequence ("?25l"), or more parameters than any that is known has. */
        terminal->state = VIDEO_IGNORE;
    }
}

static void feed_escape(struct video_terminal *terminal, char byte)
{
    if (byte == '[') {
        terminal->state = VIDEO_CONTROL;
        memset(terminal->parameters, 0, sizeof(terminal->parameters));
        terminal->parameter_count = 1;
    } else if (byte >= ' ' && byte <= '/') {
        terminal->state = VIDEO_ESCAPE_SKIP; /* "ESC ( B": one more byte belongs to it */
    } else {
        terminal->state = VIDEO_TEXT;
    }
}

/* A byte of an escape sequence that is not a control byte. */
static void feed_sequence(struct video_terminal *terminal, char byte)
{
    bool is_final = byte >= '@' && byte <= '~';
    switch (terminal->state) {
    case VIDEO_ESCAPE:
        feed_escape(terminal, byte);
        break;
    case VIDEO_CONTROL:
        if (!is_final) {
            read_parameter(terminal, byte);
            break;
        }
        terminal->state = VIDEO_TEXT;
        run_control_sequence(terminal, byte);
        break;
    case VIDEO_IGNORE:
        if (is_final) {
            terminal->state = VIDEO_TEXT;
        }
        break;
    default:
        terminal->state = VIDEO_TEXT;
        break;
    }
}

/* ----------------------------------------------------------------------------------------- text */

/* A byte of 0x80 and above.  What is not UTF-8 becomes a replacement character. */
static void feed_utf8(struct video_terminal *terminal, uint8_t byte)
{
    if ((byte & 0xc0) == 0x80) {
        if (terminal->code_point_left == 0) {
            put_character(terminal, REPLACEMENT);
            return;
        }
        terminal->code_point = terminal->code_point << 6 | (byte & 0x3f);
        if (--terminal->code_point_left == 0) {
            put_character(terminal, terminal->code_point);
        }
        return;
    }
    if (terminal->code_point_left > 0) {
        put_character(terminal, REPLACEMENT);
    }
    unsigned extra = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    terminal->code_point = byte & (0x3fu >> extra);
    terminal->code_point_left = extra;
}

static void feed(struct video_terminal *terminal, char byte)
{
    uint8_t value = (uint8_t)byte;
    if (value >= 0x80 && terminal->state == VIDEO_TEXT) {
        feed_utf8(terminal, value);
        return;
    }
    if (terminal->code_point_left > 0) {
        terminal->code_point_left = 0;
        put_character(terminal, REPLACEMENT);
    }
    if (value < ' ' || value == 0x7f) {
        put_control(terminal, byte);
    } else if (terminal->state != VIDEO_TEXT) {
        feed_sequence(terminal, byte);
    } else {
        put_character(terminal, value);
    }
}

void video_terminal_write(struct video_terminal *terminal, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        feed(terminal, text[i]);
    }
    draw_changes(terminal);
}

void video_terminal_init(struct video_terminal *terminal, unsigned columns, unsigned rows,
                         struct video_cell *cells, struct video_cell *shown,
                         const struct video_operations *operations)
{
    *terminal = (struct video_terminal){
        .columns = columns,
        .rows = rows,
        .cells = cells,
        .shown = shown,
        .operations = operations,
        .foreground = VIDEO_FOREGROUND,
        .background = VIDEO_BACKGROUND,
    };
    erase(terminal, 0, columns * rows);
    memcpy(shown, cells, (size_t)columns * rows * sizeof(*cells));
    draw_changes(terminal);
}

/* -------------------------------------------------------------------------- the kernel's screen */

static struct video_terminal screen;
static struct video_cell screen_cells[VIDEO_COLUMNS_MAX * VIDEO_ROWS_MAX];
static struct video_cell screen_shown[VIDEO_COLUMNS_MAX * VIDEO_ROWS_MAX];

static void write_screen(const char *text, size_t length)
{
    video_terminal_write(&screen, text, length);
}

void video_start(unsigned columns, unsigned rows, const struct video_operations *operations)
{
    static struct console video = {.name = "video", .write = write_screen};
    video_terminal_init(&screen, smaller(columns, VIDEO_COLUMNS_MAX), smaller(rows, VIDEO_ROWS_MAX),
                        screen_cells, screen_shown, operations);
    console_register(&video);
}
