// SPDX-License-Identifier: MIT
/*
 * line_edit.c: the text of the line, and the text that was cut out of it.
 *
 * Invariant: text[length] is NUL, cursor <= length < LINE_CAPACITY, and all bytes are printable.
 */
#include "shell/line_parts.h"
#include "onoma/string.h"

static bool is_printable(char byte)
{
    return byte >= ' ' && byte <= '~';
}

static bool is_word_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_';
}

void line_set_text(struct line_editor *editor, const char *text)
{
    string_copy(editor->text, text, sizeof(editor->text));
    editor->length = strlen(editor->text);
    editor->cursor = editor->length;
    line_refresh(editor);
}

/* Bytes of `text` that may stand in a line: all up to the first that is not printable. */
static size_t printable_length(const char *text, size_t length)
{
    size_t good = 0;
    while (good < length && is_printable(text[good])) {
        good++;
    }
    return good;
}

void line_editor_insert(struct line_editor *editor, const char *text, size_t length)
{
    length = printable_length(text, length);
    if (length >= LINE_CAPACITY - editor->length) {
        line_editor_bell(editor);
        return;
    }
    bool is_at_end = editor->cursor == editor->length;
    char *at = editor->text + editor->cursor;
    memmove(at + length, at, editor->length - editor->cursor + 1);
    memcpy(at, text, length);
    editor->length += length;
    editor->cursor += length;
    if (is_at_end && !editor->needs_refresh) {
        line_show_appended(editor, length);
    } else {
        editor->needs_refresh = true;
    }
}

void line_delete(struct line_editor *editor, size_t first, size_t end)
{
    if (first >= end) {
        line_editor_bell(editor);
        return;
    }
    bool is_last_byte = end == editor->length && editor->cursor == end && end - first == 1;
    memmove(editor->text + first, editor->text + end, editor->length - end + 1);
    editor->length -= end - first;
    editor->cursor = first;
    if (is_last_byte) {
        line_show_shortened(editor);
    } else {
        line_refresh(editor);
    }
}

/* Keep what is cut: behind what the key before has cut, or in front of it if it lay there. */
static void keep_killed(struct line_editor *editor, size_t first, size_t length)
{
    if (!editor->was_killing) {
        editor->killed_length = 0;
    }
    if (editor->killed_length + length > LINE_CAPACITY) {
        editor->killed_length = 0;
    }
    char *at = editor->killed;
    if (first < editor->cursor) {
        memmove(at + length, at, editor->killed_length);
    } else {
        at += editor->killed_length;
    }
    memcpy(at, editor->text + first, length);
    editor->killed_length += length;
}

void line_kill(struct line_editor *editor, size_t first, size_t end)
{
    if (first < end) {
        keep_killed(editor, first, end - first);
        editor->is_killing = true;
    }
    line_delete(editor, first, end);
}

void line_transpose(struct line_editor *editor)
{
    if (editor->length < 2 || editor->cursor == 0) {
        line_editor_bell(editor);
        return;
    }
    size_t right = editor->cursor == editor->length ? editor->length - 1 : editor->cursor;
    char byte = editor->text[right];
    editor->text[right] = editor->text[right - 1];
    editor->text[right - 1] = byte;
    editor->cursor = right + 1;
    line_refresh(editor);
}

/* ---------------------------------------------------------------------------------------- words */

size_t line_word_start(const struct line_editor *editor)
{
    size_t at = editor->cursor;
    while (at > 0 && !is_word_byte(editor->text[at - 1])) {
        at--;
    }
    while (at > 0 && is_word_byte(editor->text[at - 1])) {
        at--;
    }
    return at;
}

size_t line_word_end(const struct line_editor *editor)
{
    size_t at = editor->cursor;
    while (at < editor->length && !is_word_byte(editor->text[at])) {
        at++;
    }
    while (at < editor->length && is_word_byte(editor->text[at])) {
        at++;
    }
    return at;
}

size_t line_blank_word_start(const struct line_editor *editor)
{
    size_t at = editor->cursor;
    while (at > 0 && editor->text[at - 1] == ' ') {
        at--;
    }
    while (at > 0 && editor->text[at - 1] != ' ') {
        at--;
    }
    return at;
}
