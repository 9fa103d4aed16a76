// SPDX-License-Identifier: MIT
/* words.c: see words.h. */
#include "shell/words.h"
#include "onoma/string.h"

/* Where the bytes of words go. */
struct writer {
    struct words *words;
    size_t used;
};

static bool put(struct writer *writer, char byte)
{
    if (writer->used == WORDS_CAPACITY) {
        return false;
    }
    writer->words->bytes[writer->used++] = byte;
    return true;
}

static bool ends_word(char byte)
{
    return byte == '\0' || byte == ' ' || byte == '\t' || byte == '\n' || byte == ';';
}

/* `*at` is behind the quote; afterwards behind the closing one. */
static enum words_status read_quoted(struct writer *writer, const char **at, char quote)
{
    for (; **at != quote; *at += 1) {
        if (quote == '"' && **at == '\\' && ((*at)[1] == '"' || (*at)[1] == '\\')) {
            *at += 1;
        }
        if (**at == '\0') {
            return quote == '"' ? WORDS_DOUBLE_QUOTE : WORDS_SINGLE_QUOTE;
        }
        if (!put(writer, **at)) {
            return WORDS_TOO_LONG;
        }
    }
    *at += 1;
    return WORDS_OK;
}

static enum words_status read_word(struct writer *writer, const char **at)
{
    while (!ends_word(**at)) {
        char byte = **at;
        *at += 1;
        if (byte == '\'' || byte == '"') {
            enum words_status status = read_quoted(writer, at, byte);
            if (status != WORDS_OK) {
                return status;
            }
            continue;
        }
        if (byte == '\\') {
            byte = **at;
            if (byte == '\0') {
                return WORDS_BACKSLASH;
            }
            *at += 1;
        }
        if (!put(writer, byte)) {
            return WORDS_TOO_LONG;
        }
    }
    return put(writer, '\0') ? WORDS_OK : WORDS_TOO_LONG;
}

/* To the next word of this command, or to what ends it. */
static void skip_blanks(const char **at)
{
    while (**at == ' ' || **at == '\t') {
        *at += 1;
    }
    if (**at == '#') {
        while (**at != '\0' && **at != '\n') {
            *at += 1;
        }
    }
}

enum words_status words_next(struct words *words, const char **rest)
{
    struct writer writer = {.words = words};
    words->count = 0;
    for (;;) {
        skip_blanks(rest);
        if (!ends_word(**rest)) {
            if (words->count == (int)WORDS_MAX) {
                return WORDS_TOO_MANY;
            }
            words->list[words->count++] = words->bytes + writer.used;
            enum words_status status = read_word(&writer, rest);
            if (status != WORDS_OK) {
                return status;
            }
            continue;
        }
        bool is_at_end = **rest == '\0';
        *rest += !is_at_end;
        if (words->count > 0) {
            words->list[words->count] = NULL;
            return WORDS_OK;
        }
        if (is_at_end) {
            return WORDS_END;
        }
    }
}

const char *words_status_text(enum words_status status)
{
    switch (status) {
    case WORDS_SINGLE_QUOTE:
        return "a single quote (') is not closed";
    case WORDS_DOUBLE_QUOTE:
        return "a double quote (\") is not closed";
    case WORDS_BACKSLASH:
        return "a backslash ends the line";
    case WORDS_TOO_MANY:
        return "a command has more than 32 words";
    case WORDS_TOO_LONG:
        return "a command is longer than 1023 bytes";
    case WORDS_OK:
    case WORDS_END:
        break;
    }
    return "no error";
}
