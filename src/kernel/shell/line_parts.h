// SPDX-License-Identifier: MIT
/*
 * line_parts.h: what the files of the line editor share:
 *
 *     line_keys.c      bytes to keys, keys to actions
 *     line_edit.c      the text: insert, delete, kill
 *     line_history.c   old lines and the search in them
 *     line_screen.c    the row on the terminal
 */
#ifndef SHELL_LINE_PARTS_H
#define SHELL_LINE_PARTS_H

#include "shell/line.h"

/* Keys above the bytes; Ctrl-A is 1 and so on. */
enum line_key {
    KEY_NONE = 0,
    KEY_BACKSPACE = 0x7f,
    KEY_UP = 0x100,
    KEY_DOWN,
    KEY_LEFT,
    KEY_RIGHT,
    KEY_HOME,
    KEY_END,
    KEY_DELETE,
    KEY_WORD_LEFT,
    KEY_WORD_RIGHT,
    KEY_WORD_DELETE,
    KEY_WORD_BACKSPACE,
};

#define CONTROL(letter) ((letter)&0x1f)

/* line_screen.c */
void line_put(struct line_editor *editor, const char *text, size_t length);
void line_flush(struct line_editor *editor);
void line_refresh(struct line_editor *editor); /* draw the row anew */
void line_show_appended(struct line_editor *editor, size_t count);
void line_show_shortened(struct line_editor *editor);
void line_move_cursor(struct line_editor *editor, size_t cursor);

/* line_edit.c */
void line_set_text(struct line_editor *editor, const char *text);
size_t line_word_start(const struct line_editor *editor);       /* of the word before the cursor */
size_t line_word_end(const struct line_editor *editor);         /* of the word behind it */
size_t line_blank_word_start(const struct line_editor *editor); /* words between blanks */
void line_delete(struct line_editor *editor, size_t first, size_t end);
void line_kill(struct line_editor *editor, size_t first, size_t end);
void line_transpose(struct line_editor *editor);

/* line_history.c */
void line_history_add(struct line_editor *editor);
void line_history_move(struct line_editor *editor, bool is_older);
void line_search_start(struct line_editor *editor);
void line_search_end(struct line_editor *editor, bool keeps_line);
/* True if the key belonged to the search. */
bool line_search_key(struct line_editor *editor, int key);

#endif
