// SPDX-License-Identifier: MIT
/*
 * fuzz_index.c: any bytes as an index file of modules: as a modules.dep, modules.alias and
 * modules.softdep at once.  What is read lies in the file, goes forward, and has the shape that it
 * is said to have.  The first line is the name that patterns are compared with.
 */
#include <string.h>
#include "fuzz.h"
#include "module/index_text.h"

static const char *low, *high; /* the file */

static void check_inside(struct text text)
{
    MUST(text.start >= low && text.start <= high && text.length <= (size_t)(high - text.start));
}

static void check_word(struct text word)
{
    check_inside(word);
    MUST(word.length > 0 && !memchr(word.start, ' ', word.length) &&
         !memchr(word.start, '\t', word.length));
}

/* As many words from the right as from the left, and the same. */
static void check_words(struct text line)
{
    struct text left = line, right = line, word;
    size_t count = 0, sum = 0;

    while (text_next_word(&left, &word)) {
        check_word(word);
        count++;
        sum += (size_t)(word.start - low) + word.length;
    }
    while (text_last_word(&right, &word)) {
        check_word(word);
        count--;
        sum -= (size_t)(word.start - low) + word.length;
    }
    MUST(count == 0 && sum == 0);
}

static void check_line(struct text line, const char *name)
{
    struct text first, second, module;
    enum text_soft side = TEXT_SOFT_NONE;
    char buffer[32];

    if (text_split_dependencies(line, &first, &second)) {
        check_inside(first);
        check_inside(second);
        MUST(first.length > 0 && first.length + second.length + 1 == line.length);
        if (text_module_of_path(first, &module)) {
            check_inside(module);
            MUST(module.length > 0 && !memchr(module.start, '/', module.length));
        }
    }
    if (text_split_alias(line, &first, &second)) {
        check_word(first);
        check_word(second);
        bool has_special = memchr(first.start, '*', first.length) ||
                           memchr(first.start, '?', first.length) ||
                           memchr(first.start, '[', first.length);
        bool matches = text_pattern_matches(first, name);
        MUST(has_special || !matches || first.length == strlen(name));
        MUST(!text_copy(second, buffer, sizeof(buffer)) || strlen(buffer) <= second.length);
    }
    if (text_split_soft(line, &first, &second)) {
        check_word(first);
        while (text_next_soft(&second, &side, &module)) {
            check_word(module);
            MUST(side != TEXT_SOFT_NONE);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text all = {(const char *)data, size}, rest = all, line;
    char name[64] = "";
    size_t damaged = text_damaged_line(all), number = 0;

    low = all.start;
    high = all.start + size;
    while (text_next_line(&rest, &line)) {
        check_inside(line);
        MUST(line.length > 0 && line.start[0] != '#' && !memchr(line.start, '\n', line.length));
        size_t now = text_line_number(all, line.start);
        MUST(now > number);
        number = now;
        if (name[0] == '\0') {
            text_copy(line, name, sizeof(name));
        }
        check_words(line);
        check_line(line, name);
    }
    MUST(damaged <= text_line_number(all, high));
    return 0;
}
