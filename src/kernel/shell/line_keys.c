// SPDX-License-Identifier: MIT
/*
 * line_keys.c: bytes to keys, keys to actions.
 *
 * Terminals send special keys as sequences: ESC [ A or ESC O A is Up, ESC [ 3 ~ Delete,
 * ESC [ 1 ; 5 C Ctrl-Right.  What is not known is swallowed to its end, so that no tail of it gets
 * into the line.  A control byte ends any sequence and counts for itself.
 * Sources: ECMA-48 5.4 for the shape; xterm's ctlseqs document for the keys.
 */
#include "shell/line_parts.h"
#include "onoma/compiler.h"
#include "onoma/string.h"

#define NUMBER_LIMIT  999u
#define MODIFIER_CTRL 5u

/* -------------------------------------------------------------------------------- bytes to keys */

static int escape_key(struct line_editor *editor, uint8_t byte)
{
    editor->decoder = LINE_DECODE_TEXT;
    switch (byte) {
    case '[':
        editor->decoder = LINE_DECODE_CONTROL;
        editor->numbers[0] = 0;
        editor->numbers[1] = 0;
        editor->number_index = 0;
        return KEY_NONE;
    case 'O':
        editor->decoder = LINE_DECODE_SHIFT;
        return KEY_NONE;
    case 'b':
    case 'B':
        return KEY_WORD_LEFT;
    case 'f':
    case 'F':
        return KEY_WORD_RIGHT;
    case 'd':
    case 'D':
        return KEY_WORD_DELETE;
    case KEY_BACKSPACE:
    case '\b':
        return KEY_WORD_BACKSPACE;
    default:
        return KEY_NONE;
    }
}

/* The letter that ends ESC [ or ESC O. */
static int letter_key(uint8_t letter, bool has_ctrl)
{
    switch (letter) {
    case 'A':
        return KEY_UP;
    case 'B':
        return KEY_DOWN;
    case 'C':
        return has_ctrl ? KEY_WORD_RIGHT : KEY_RIGHT;
    case 'D':
        return has_ctrl ? KEY_WORD_LEFT : KEY_LEFT;
    case 'H':
        return KEY_HOME;
    case 'F':
        return KEY_END;
    case 'c':
        return KEY_WORD_RIGHT; /* rxvt: ESC O c */
    case 'd':
        return KEY_WORD_LEFT;
    default:
        return KEY_NONE;
    }
}

/* ESC [ number ~ */
static int number_key(unsigned number, bool has_ctrl)
{
    switch (number) {
    case 1:
    case 7:
        return KEY_HOME;
    case 4:
    case 8:
        return KEY_END;
    case 3:
        return has_ctrl ? KEY_WORD_DELETE : KEY_DELETE;
    default:
        return KEY_NONE;
    }
}

static int control_key(struct line_editor *editor, uint8_t byte)
{
    unsigned *number = &editor->numbers[editor->number_index];
    if (byte >= '0' && byte <= '9') {
        if (*number <= NUMBER_LIMIT) {
            *number = *number * 10 + (unsigned)(byte - '0');
        }
        return KEY_NONE;
    }
    if (byte == ';') {
        editor->number_index = 1;
        return KEY_NONE;
    }
    if (byte == '[') {
        editor->decoder = LINE_DECODE_SKIP_ONE;
        return KEY_NONE;
    }
    if (byte < '@') {
        return KEY_NONE;
    }
    editor->decoder = LINE_DECODE_TEXT;
    bool has_ctrl = editor->numbers[editor->number_index] == MODIFIER_CTRL;
    if (byte == '~') {
        return number_key(editor->numbers[0], editor->number_index == 1 && has_ctrl);
    }
    return byte == 'c' || byte == 'd' ? KEY_NONE : letter_key(byte, has_ctrl);
}

/* The key that the byte completes, KEY_NONE while there is none. */
static int decode(struct line_editor *editor, uint8_t byte)
{
    if (byte == '\033') {
        editor->decoder = LINE_DECODE_ESCAPE;
        return KEY_NONE;
    }
    if (byte < ' ' && !(editor->decoder == LINE_DECODE_ESCAPE && byte == '\b')) {
        editor->decoder = LINE_DECODE_TEXT;
        return byte;
    }
    switch (editor->decoder) {
    case LINE_DECODE_ESCAPE:
        return escape_key(editor, byte);
    case LINE_DECODE_CONTROL:
        return control_key(editor, byte);
    case LINE_DECODE_SHIFT:
        editor->decoder = LINE_DECODE_TEXT;
        return letter_key(byte, false);
    case LINE_DECODE_SKIP_ONE:
        editor->decoder = LINE_DECODE_TEXT;
        return KEY_NONE;
    default:
        return byte < 0x80 ? byte : KEY_NONE;
    }
}

/* ------------------------------------------------------------------------------ keys to actions */

/* Keys that move the cursor.  False for any other key. */
static bool run_move(struct line_editor *editor, int key)
{
    switch (key) {
    case CONTROL('A'):
    case KEY_HOME:
        line_move_cursor(editor, 0);
        return true;
    case CONTROL('E'):
    case KEY_END:
        line_move_cursor(editor, editor->length);
        return true;
    case CONTROL('B'):
    case KEY_LEFT:
        line_move_cursor(editor, editor->cursor > 0 ? editor->cursor - 1 : 0);
        return true;
    case CONTROL('F'):
    case KEY_RIGHT:
        line_move_cursor(editor,
                         editor->cursor < editor->length ? editor->cursor + 1 : editor->length);
        return true;
    case KEY_WORD_LEFT:
        line_move_cursor(editor, line_word_start(editor));
        return true;
    case KEY_WORD_RIGHT:
        line_move_cursor(editor, line_word_end(editor));
        return true;
    case CONTROL('P'):
    case KEY_UP:
    case CONTROL('N'):
    case KEY_DOWN:
        line_history_move(editor, key == KEY_UP || key == CONTROL('P'));
        return true;
    default:
        return false;
    }
}

/* Keys that take text away or bring it back.  False for any other key. */
static bool run_deletion(struct line_editor *editor, int key)
{
    size_t cursor = editor->cursor;
    switch (key) {
    case CONTROL('H'):
    case KEY_BACKSPACE:
        line_delete(editor, cursor > 0 ? cursor - 1 : 0, cursor);
        return true;
    case CONTROL('D'):
    case KEY_DELETE:
        line_delete(editor, cursor, cursor < editor->length ? cursor + 1 : cursor);
        return true;
    case CONTROL('K'):
        line_kill(editor, cursor, editor->length);
        return true;
    case CONTROL('U'):
        line_kill(editor, 0, cursor);
        return true;
    case CONTROL('W'):
        line_kill(editor, line_blank_word_start(editor), cursor);
        return true;
    case KEY_WORD_BACKSPACE:
        line_kill(editor, line_word_start(editor), cursor);
        return true;
    case KEY_WORD_DELETE:
        line_kill(editor, cursor, line_word_end(editor));
        return true;
    case CONTROL('Y'):
        line_editor_insert(editor, editor->killed, editor->killed_length);
        return true;
    case CONTROL('T'):
        line_transpose(editor);
        return true;
    default:
        return false;
    }
}

static void complete(struct line_editor *editor, bool is_repeated)
{
    editor->after_tab = true;
    if (editor->client.complete != NULL) {
        editor->client.complete(editor->client.context, editor, is_repeated);
    } else {
        line_editor_bell(editor);
    }
}

static void run_key(struct line_editor *editor, int key, bool after_tab)
{
    if (key >= ' ' && key <= '~') {
        char byte = (char)key;
        line_editor_insert(editor, &byte, 1);
    } else if (key == '\t') {
        complete(editor, after_tab);
    } else if (key == CONTROL('R')) {
        line_search_start(editor);
    } else if (key == CONTROL('L')) {
        line_put(editor, "\033[H\033[J", 6);
        line_refresh(editor);
    } else if (!run_move(editor, key)) {
        run_deletion(editor, key);
    }
}

/* Keys that end the line.  LINE_EDITING for any other key. */
static enum line_event run_end(struct line_editor *editor, int key)
{
    if (key == '\r' || key == '\n') {
        line_put(editor, "\n", 1);
        line_history_add(editor);
        return LINE_COMPLETE;
    }
    if (key == CONTROL('C')) {
        line_move_cursor(editor, editor->length);
        line_put(editor, "^C\n", 3);
        return LINE_INTERRUPTED;
    }
    if (key == CONTROL('D') && editor->length == 0) {
        line_put(editor, "\n", 1);
        return LINE_END_OF_FILE;
    }
    return LINE_EDITING;
}

static enum line_event feed_key(struct line_editor *editor, int key)
{
    bool after_tab = editor->after_tab;
    editor->after_tab = false;
    editor->is_killing = false;
    if (editor->is_searching && line_search_key(editor, key)) {
        return LINE_EDITING;
    }
    enum line_event event = run_end(editor, key);
    if (event == LINE_EDITING) {
        run_key(editor, key, after_tab);
        editor->was_killing = editor->is_killing;
    }
    return event;
}

enum line_event line_editor_feed(struct line_editor *editor, uint8_t byte)
{
    enum line_event event = LINE_EDITING;
    bool is_second_half = byte == '\n' && editor->after_return;
    editor->after_return = byte == '\r';
    int key = is_second_half ? KEY_NONE : decode(editor, byte);
    if (key != KEY_NONE) {
        event = feed_key(editor, key);
    }
    if (editor->needs_refresh) {
        editor->needs_refresh = false;
        line_refresh(editor);
    }
    line_flush(editor);
    return event;
}

/* ---------------------------------------------------------------------------------------- begin */

void line_editor_init(struct line_editor *editor, const struct line_client *client,
                      const char *prompt, unsigned columns)
{
    memset(editor, 0, sizeof(*editor));
    editor->client = *client;
    editor->prompt = prompt;
    editor->columns = columns;
}

void line_editor_start(struct line_editor *editor)
{
    editor->text[0] = '\0';
    editor->length = 0;
    editor->cursor = 0;
    editor->scroll = 0;
    editor->depth = 0;
    editor->is_searching = false;
    editor->was_killing = false;
    editor->after_tab = false;
    line_refresh(editor);
    line_flush(editor);
}
