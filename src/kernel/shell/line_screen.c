// SPDX-License-Identifier: MIT
/*
 * line_screen.c: the editor's one row on the terminal.
 *
 *     |prompt> <text around the cursor>.|      columns - 1 cells are used, '.' stays free
 *              ^                      ^
 *              '<' if scroll > 0      '>' if there is more
 *
 *  1. While the whole line fits, scroll is 0.
 *  2. The cursor never stands on a mark.
 *  3. Where a key changes little (a letter at the end, a step to the side), only that is sent: over
 *     a slow serial line it shows.
 */
#include "shell/line_parts.h"
#include "onoma/string.h"

#define SEARCH_PROMPT_CAPACITY (LINE_PATTERN_CAPACITY + 24)

void line_flush(struct line_editor *editor)
{
    if (editor->output_length > 0) {
        editor->client.write(editor->client.context, editor->output, editor->output_length);
        editor->output_length = 0;
    }
}

void line_put(struct line_editor *editor, const char *text, size_t length)
{
    while (length > 0) {
        size_t room = LINE_OUTPUT_CAPACITY - editor->output_length;
        size_t part = length < room ? length : room;
        memcpy(editor->output + editor->output_length, text, part);
        editor->output_length += part;
        text += part;
        length -= part;
        if (editor->output_length == LINE_OUTPUT_CAPACITY) {
            line_flush(editor);
        }
    }
}

static void put_string(struct line_editor *editor, const char *text)
{
    line_put(editor, text, strlen(text));
}

/* The prompt, or what stands in its place during a search.  Returns its length. */
static size_t format_prompt(const struct line_editor *editor, char *buffer, size_t capacity)
{
    if (editor->is_searching) {
        snprintf(buffer, capacity, "(%ssearch `%.*s') ", editor->has_failed ? "failed " : "",
                 (int)editor->pattern_length, editor->pattern);
    } else {
        string_copy(buffer, editor->prompt, capacity);
    }
    return strlen(buffer);
}

/* Cells for text behind the prompt. */
static size_t text_width(const struct line_editor *editor)
{
    char prompt[SEARCH_PROMPT_CAPACITY];
    return editor->columns - 1 - format_prompt(editor, prompt, sizeof(prompt));
}

/* Invariant 2 for a cursor at `cursor`. */
static bool is_in_window(const struct line_editor *editor, size_t cursor, size_t width)
{
    size_t first = editor->scroll + (editor->scroll > 0 ? 1 : 0);
    if (cursor < first) {
        return false;
    }
    bool has_more = editor->length - editor->scroll > width;
    return cursor - editor->scroll <= (has_more ? width - 2 : width);
}

static void place_window(struct line_editor *editor, size_t width)
{
    if (editor->length <= width) {
        editor->scroll = 0;
    } else if (editor->scroll > editor->length || !is_in_window(editor, editor->cursor, width)) {
        /* Two thirds: most people write on at the end. */
        size_t offset = width * 2 / 3;
        editor->scroll = editor->cursor > offset ? editor->cursor - offset : 0;
    }
}

static void put_text(struct line_editor *editor, size_t width)
{
    size_t shown = editor->length - editor->scroll;
    bool has_more = shown > width;
    if (has_more) {
        shown = width - 1;
    }
    size_t skipped = editor->scroll > 0 ? 1 : 0;
    if (skipped) {
        line_put(editor, "<", 1);
    }
    if (shown > skipped) {
        line_put(editor, editor->text + editor->scroll + skipped, shown - skipped);
    }
    if (has_more) {
        line_put(editor, ">", 1);
    }
}

void line_refresh(struct line_editor *editor)
{
    char prompt[SEARCH_PROMPT_CAPACITY];
    char move[16];
    size_t prompt_length = format_prompt(editor, prompt, sizeof(prompt));
    size_t width = editor->columns - 1 - prompt_length;
    place_window(editor, width);
    put_string(editor, "\r");
    line_put(editor, prompt, prompt_length);
    put_text(editor, width);
    put_string(editor, "\033[K");
    if (editor->cursor < editor->length) {
        size_t column = prompt_length + editor->cursor - editor->scroll;
        /* A count of 0 would move by 1. */
        snprintf(move, sizeof(move), column > 0 ? "\r\033[%zuC" : "\r", column);
        put_string(editor, move);
    }
}

/* `count` bytes were added at the end, where the cursor was. */
void line_show_appended(struct line_editor *editor, size_t count)
{
    if (!editor->is_searching && editor->length - editor->scroll <= text_width(editor)) {
        line_put(editor, editor->text + editor->length - count, count);
    } else {
        line_refresh(editor);
    }
}

/* One byte was taken from the end, where the cursor was. */
void line_show_shortened(struct line_editor *editor)
{
    /* Without scroll the end, where the cursor is, can only be in sight if all of the line is. */
    if (editor->scroll == 0) {
        put_string(editor, "\b \b");
    } else {
        line_refresh(editor);
    }
}

void line_move_cursor(struct line_editor *editor, size_t cursor)
{
    size_t old = editor->cursor;
    editor->cursor = cursor;
    if (cursor == old) {
        return;
    }
    bool is_step = (cursor + 1 == old || cursor == old + 1) &&
                   is_in_window(editor, cursor, text_width(editor));
    if (!is_step) {
        line_refresh(editor);
    } else if (cursor < old) {
        put_string(editor, "\b");
    } else {
        line_put(editor, editor->text + old, 1);
    }
}

/* ---------------------------------------------------------------------- for text from elsewhere */

void line_editor_hide(struct line_editor *editor)
{
    put_string(editor, "\r\033[K");
    line_flush(editor);
}

void line_editor_show(struct line_editor *editor)
{
    line_refresh(editor);
    line_flush(editor);
}

void line_editor_print(struct line_editor *editor, const char *text, size_t length)
{
    if (!editor->needs_refresh) {
        editor->needs_refresh = true;
        put_string(editor, "\n");
    }
    line_put(editor, text, length);
}

void line_editor_bell(struct line_editor *editor)
{
    put_string(editor, "\a");
}
