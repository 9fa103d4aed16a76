// SPDX-License-Identifier: MIT
/* index_text.c: reading the index files, whatever is in them. */
#include "module/index_text.h"
#include "module/name.h"
#include "onoma/string.h"

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

/* Take `length` bytes off the front, and `skipped` more. */
static struct text cut(struct text *rest, size_t length, size_t skipped)
{
    struct text front = {rest->start, length};

    rest->start += length + skipped;
    rest->length -= length + skipped;
    return front;
}

bool text_next_line(struct text *rest, struct text *line)
{
    while (rest->length > 0) {
        const char *end = memchr(rest->start, '\n', rest->length);
        size_t length = end ? (size_t)(end - rest->start) : rest->length;
        *line = cut(rest, length, end != NULL);
        if (line->length > 0 && line->start[0] != '#') {
            return true;
        }
    }
    return false;
}

bool text_next_word(struct text *rest, struct text *word)
{
    size_t blanks = 0, length = 0;

    while (blanks < rest->length && is_blank(rest->start[blanks])) {
        blanks++;
    }
    cut(rest, blanks, 0);
    while (length < rest->length && !is_blank(rest->start[length])) {
        length++;
    }
    *word = cut(rest, length, 0);
    return length > 0;
}

bool text_last_word(struct text *rest, struct text *word)
{
    while (rest->length > 0 && is_blank(rest->start[rest->length - 1])) {
        rest->length--;
    }
    size_t end = rest->length;
    while (rest->length > 0 && !is_blank(rest->start[rest->length - 1])) {
        rest->length--;
    }
    *word = (struct text){rest->start + rest->length, end - rest->length};
    return word->length > 0;
}

bool text_is(struct text text, const char *string)
{
    return text.length == strlen(string) && memcmp(text.start, string, text.length) == 0;
}

size_t text_damaged_line(struct text text)
{
    size_t number = 1;

    for (size_t i = 0; i < text.length; i++) {
        char byte = text.start[i];
        if (byte == '\n') {
            number++;
        } else if (byte != '\t' && (byte < ' ' || byte > '~')) {
            return number;
        }
    }
    return 0;
}

size_t text_line_number(struct text all, const char *place)
{
    size_t number = 1;

    for (const char *at = all.start; at < place; at++) {
        number += *at == '\n';
    }
    return number;
}

bool text_copy(struct text text, char *buffer, size_t capacity)
{
    if (text.length == 0 || text.length >= capacity) {
        return false;
    }
    memcpy(buffer, text.start, text.length);
    buffer[text.length] = '\0';
    return true;
}

bool text_module_of_path(struct text path, struct text *name)
{
    size_t base = path.length;

    while (base > 0 && path.start[base - 1] != '/') {
        base--;
    }
    size_t length = path.length - base;
    if (length <= 3 || memcmp(path.start + path.length - 3, ".ko", 3) != 0) {
        return false;
    }
    *name = (struct text){path.start + base, length - 3};
    return true;
}

bool text_split_dependencies(struct text line, struct text *path, struct text *dependencies)
{
    const char *colon = memchr(line.start, ':', line.length);

    if (!colon) {
        return false;
    }
    *path = cut(&line, (size_t)(colon - line.start), 1);
    *dependencies = line;
    return path->length > 0 && !is_blank(path->start[0]);
}

bool text_split_alias(struct text line, struct text *pattern, struct text *module)
{
    struct text word;

    return text_next_word(&line, &word) && text_is(word, "alias") &&
           text_next_word(&line, pattern) && text_next_word(&line, module) &&
           !text_next_word(&line, &word);
}

bool text_split_soft(struct text line, struct text *module, struct text *soft)
{
    struct text word;

    if (!text_next_word(&line, &word) || !text_is(word, "softdep") ||
        !text_next_word(&line, module)) {
        return false;
    }
    *soft = line;
    return true;
}

bool text_next_soft(struct text *rest, enum text_soft *side, struct text *module)
{
    while (text_next_word(rest, module)) {
        if (text_is(*module, "pre:")) {
            *side = TEXT_SOFT_PRE;
        } else if (text_is(*module, "post:")) {
            *side = TEXT_SOFT_POST;
        } else if (*side != TEXT_SOFT_NONE) {
            return true;
        }
    }
    return false;
}

/* --- Patterns --------------------------------------------------------------------------------- */

/* Where the bracket that opens at `pattern` closes; 0 if nowhere.  A `]` right behind `[` or `[!`
 * is one of the bytes. */
static size_t bracket_end(struct text pattern)
{
    size_t at = pattern.length > 1 && pattern.start[1] == '!' ? 3 : 2;

    while (at < pattern.length && pattern.start[at] != ']') {
        at++;
    }
    return at < pattern.length ? at : 0;
}

/* Is the byte one of those between the brackets, which close at `end`? */
static bool bracket_has(struct text pattern, size_t end, char byte)
{
    bool is_inverted = pattern.start[1] == '!';
    bool is_found = false;

    for (size_t at = is_inverted ? 2 : 1; at < end; at++) {
        char low = pattern.start[at], high = low;
        if (at + 2 < end && pattern.start[at + 1] == '-') {
            high = pattern.start[at + 2];
            at += 2;
        }
        is_found |= (uint8_t)low <= (uint8_t)byte && (uint8_t)byte <= (uint8_t)high;
    }
    return is_found != is_inverted;
}

/* Does the first element of the pattern, not a `*`, match the byte?  Its length, or 0. */
static size_t match_element(struct text pattern, char byte)
{
    size_t end;

    if (pattern.start[0] == '?') {
        return 1;
    }
    if (pattern.start[0] == '[' && (end = bracket_end(pattern)) != 0) {
        return bracket_has(pattern, end, byte) ? end + 1 : 0;
    }
    return module_name_byte(pattern.start[0]) == module_name_byte(byte);
}

/* A `*` first stands for nothing.  Where that fails, the last one takes a byte more: that an
 * earlier one should have taken it can make no difference. */
bool text_pattern_matches(struct text pattern, const char *name)
{
    struct text star = {NULL, 0}; /* the pattern behind the last `*` */
    const char *star_name = NULL; /* and what of the name that has to match */

    for (;;) {
        size_t length = 0;
        if (pattern.length > 0 && pattern.start[0] == '*') {
            cut(&pattern, 1, 0);
            star = pattern;
            star_name = name;
            continue;
        }
        if (*name == '\0' && pattern.length == 0) {
            return true;
        }
        if (*name != '\0' && pattern.length > 0) {
            length = match_element(pattern, *name);
        }
        if (length > 0) {
            cut(&pattern, length, 0);
            name++;
        } else if (star_name && *star_name != '\0') {
            pattern = star;
            name = ++star_name;
        } else {
            return false;
        }
    }
}
