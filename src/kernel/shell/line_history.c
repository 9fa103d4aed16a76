// SPDX-License-Identifier: MIT
/*
 * line_history.c: old lines, and Ctrl-R, which looks for one.
 *
 * Lines lie in a ring; depth 1 is the newest.  Depth 0 is the line being written: it waits in
 * `draft` while an old one is shown.  An old line that is edited becomes a new one when it is
 * entered; the old one stays as it was.
 */
#include "shell/line_parts.h"
#include "onoma/string.h"

const char *line_editor_history(const struct line_editor *editor, unsigned depth)
{
    if (depth == 0 || depth > editor->history_count) {
        return NULL;
    }
    unsigned index = (editor->history_next + LINE_HISTORY_COUNT - depth) % LINE_HISTORY_COUNT;
    return editor->history[index];
}

static bool is_blank(const char *text)
{
    while (*text == ' ') {
        text++;
    }
    return *text == '\0';
}

/* The line just entered; not an empty one, nor the same one twice in a row. */
void line_history_add(struct line_editor *editor)
{
    const char *newest = line_editor_history(editor, 1);
    if (is_blank(editor->text) || (newest != NULL && strcmp(newest, editor->text) == 0)) {
        return;
    }
    memcpy(editor->history[editor->history_next], editor->text, editor->length + 1);
    editor->history_next = (editor->history_next + 1) % LINE_HISTORY_COUNT;
    if (editor->history_count < LINE_HISTORY_COUNT) {
        editor->history_count++;
    }
}

/* Show a line of a depth that exists. */
static void go_to(struct line_editor *editor, unsigned depth)
{
    if (editor->depth == 0) {
        memcpy(editor->draft, editor->text, editor->length + 1);
    }
    editor->depth = depth;
    line_set_text(editor, depth == 0 ? editor->draft : line_editor_history(editor, depth));
}

void line_history_move(struct line_editor *editor, bool is_older)
{
    if (is_older ? editor->depth >= editor->history_count : editor->depth == 0) {
        line_editor_bell(editor);
        return;
    }
    go_to(editor, is_older ? editor->depth + 1 : editor->depth - 1);
}

/* --------------------------------------------------------------------------------------- search */

/* Where the pattern lies in the text, null if it does not. */
static const char *find_pattern(const struct line_editor *editor, const char *text)
{
    size_t length = strlen(text);
    for (; length >= editor->pattern_length; text++, length--) {
        if (memcmp(text, editor->pattern, editor->pattern_length) == 0) {
            return text;
        }
    }
    return NULL;
}

/* Show the newest line at `depth` or older that has the pattern in it. */
static void search_from(struct line_editor *editor, unsigned depth)
{
    for (; depth <= editor->history_count; depth++) {
        const char *line = line_editor_history(editor, depth);
        const char *place = line != NULL ? find_pattern(editor, line) : NULL;
        if (place != NULL) {
            editor->has_failed = false;
            editor->search_depth = depth;
            string_copy(editor->text, line, sizeof(editor->text));
            editor->length = strlen(editor->text);
            editor->cursor = (size_t)(place - line);
            line_refresh(editor);
            return;
        }
    }
    editor->has_failed = true;
    line_refresh(editor);
    line_editor_bell(editor);
}

void line_search_start(struct line_editor *editor)
{
    if (editor->depth == 0) {
        memcpy(editor->draft, editor->text, editor->length + 1);
    }
    editor->is_searching = true;
    editor->has_failed = false;
    editor->pattern_length = 0;
    editor->search_depth = 0;
    line_refresh(editor);
}

void line_search_end(struct line_editor *editor, bool keeps_line)
{
    editor->is_searching = false;
    if (!keeps_line) {
        editor->depth = 0;
        line_set_text(editor, editor->draft);
        return;
    }
    if (editor->search_depth > 0) {
        editor->depth = editor->search_depth;
    }
    line_refresh(editor);
}

static void lengthen_pattern(struct line_editor *editor, char byte)
{
    if (editor->pattern_length == LINE_PATTERN_CAPACITY) {
        line_editor_bell(editor);
        return;
    }
    editor->pattern[editor->pattern_length++] = byte;
    search_from(editor, editor->search_depth > 0 ? editor->search_depth : 1);
}

static void shorten_pattern(struct line_editor *editor)
{
    if (editor->pattern_length == 0) {
        line_editor_bell(editor);
        return;
    }
    editor->pattern_length--;
    if (editor->pattern_length > 0) {
        search_from(editor, 1);
    } else {
        editor->has_failed = false;
        line_refresh(editor);
    }
}

bool line_search_key(struct line_editor *editor, int key)
{
    switch (key) {
    case CONTROL('R'):
        if (editor->pattern_length > 0) {
            search_from(editor, editor->search_depth + 1);
        }
        return true;
    case CONTROL('H'):
    case KEY_BACKSPACE:
        shorten_pattern(editor);
        return true;
    case CONTROL('G'):
        line_search_end(editor, false);
        return true;
    default:
        break;
    }
    if (key >= ' ' && key <= '~') {
        lengthen_pattern(editor, (char)key);
        return true;
    }
    /* Any other key takes the line as it is and then does its work on it. */
    line_search_end(editor, true);
    return false;
}
