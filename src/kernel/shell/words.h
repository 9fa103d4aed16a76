// SPDX-License-Identifier: MIT
/*
 * words.h: a line of text into the words of its commands.
 *
 *     insmod "/my modules/a.ko" count=5; lsmod    # and a comment
 *
 * Blanks separate words, ';' commands; '#' at the start of a word begins a comment.  'single'
 * quotes keep all, "double" quotes let \" and \\ through as " and \, outside quotes a backslash
 * makes the next byte an ordinary one.
 *
 *     const char *rest = line;
 *     while ((status = words_next(&words, &rest)) == WORDS_OK) { words.count, words.list ... }
 */
#ifndef SHELL_WORDS_H
#define SHELL_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#define WORDS_MAX      32u
#define WORDS_CAPACITY 1024u /* bytes of all words, a NUL for each included */

enum words_status {
    WORDS_OK,
    WORDS_END, /* no more commands */
    WORDS_SINGLE_QUOTE,
    WORDS_DOUBLE_QUOTE,
    WORDS_BACKSLASH,
    WORDS_TOO_MANY,
    WORDS_TOO_LONG,
};

struct words {
    int count;
    char *list[WORDS_MAX + 1]; /* into `bytes`; list[count] is null */
    char bytes[WORDS_CAPACITY];
};

/* The words of the next command that has any; *rest goes behind it. */
enum words_status words_next(struct words *words, const char **rest);

/* One line for a status that is an error, without a full stop. */
const char *words_status_text(enum words_status status);

#endif
