// SPDX-License-Identifier: MIT
/* complete.c: see complete.h.  The list is printed row by row, and for each row the source is read
 * again from its start: at most 100 candidates, and nothing to store. */
#include "shell/complete.h"
#include "onoma/string.h"

#define COLUMN_GAP 2u

/* ----------------------------------------------------------------------------------- candidates */

/* A walk over the different candidates that have the prefix. */
struct walk {
    const struct completion_source *source;
    const char *prefix;
    size_t prefix_length;
    bool has_previous;
    char candidate[COMPLETION_CAPACITY];
    char previous[COMPLETION_CAPACITY];
};

static void walk_start(struct walk *walk, const struct completion_source *source,
                       const char *prefix)
{
    walk->source = source;
    walk->prefix = prefix;
    walk->prefix_length = strlen(prefix);
    walk->has_previous = false;
    source->rewind(source->context);
}

static bool walk_next(struct walk *walk)
{
    while (walk->source->next(walk->source->context, walk->candidate, sizeof(walk->candidate))) {
        if (strncmp(walk->candidate, walk->prefix, walk->prefix_length) != 0) {
            continue;
        }
        if (walk->has_previous && strcmp(walk->candidate, walk->previous) == 0) {
            continue;
        }
        string_copy(walk->previous, walk->candidate, sizeof(walk->previous));
        walk->has_previous = true;
        return true;
    }
    return false;
}

static size_t common_length(const char *a, const char *b)
{
    size_t length = 0;
    while (a[length] != '\0' && a[length] == b[length]) {
        length++;
    }
    return length;
}

static void narrow(struct completion *completion, const char *candidate)
{
    completion->common_length = common_length(completion->common, candidate);
    completion->common[completion->common_length] = '\0';
}

/* By the first and the last candidate of a sorted source. */
static void find_by_ends(struct completion *completion, struct walk *walk)
{
    const struct completion_source *source = walk->source;
    size_t count;
    if (!source->last(source->context, &count, walk->candidate, sizeof(walk->candidate))) {
        completion->count = 0;
        return;
    }
    bool is_one_name = strcmp(completion->common, walk->candidate) == 0;
    completion->count = is_one_name ? 1 : count;
    narrow(completion, walk->candidate);
}

void completion_find(struct completion *completion, const struct completion_source *source,
                     const char *prefix)
{
    struct walk walk;
    walk_start(&walk, source, prefix);
    completion->count = 0;
    completion->common[0] = '\0';
    completion->common_length = 0;
    if (!walk_next(&walk)) {
        return;
    }
    completion->count = 1;
    string_copy(completion->common, walk.candidate, sizeof(completion->common));
    completion->common_length = strlen(completion->common);
    if (source->last != NULL) {
        find_by_ends(completion, &walk);
        return;
    }
    while (walk_next(&walk)) {
        completion->count++;
        narrow(completion, walk.candidate);
    }
}

/* ----------------------------------------------------------------------------------------- list */

struct table {
    unsigned rows;
    unsigned width; /* of a column, gap included */
    void (*print)(void *context, const char *text, size_t length);
    void *context;
};

static void print_string(const struct table *table, const char *text)
{
    table->print(table->context, text, strlen(text));
}

/* Sizes of the table for the first candidates.  Returns how many there are, up to the limit. */
static size_t measure(struct table *table, struct walk *walk, unsigned columns)
{
    size_t count = 0;
    size_t width = 0;
    while (count < COMPLETION_LIST_LIMIT && walk_next(walk)) {
        size_t length = strlen(walk->candidate);
        width = length > width ? length : width;
        count++;
    }
    table->width = (unsigned)width + COLUMN_GAP;
    /* The gap behind the last column may lie outside. */
    size_t across = (columns + COLUMN_GAP - 1) / table->width;
    across = across > 0 ? across : 1;
    table->rows = (unsigned)((count + across - 1) / across);
    return count;
}

/* Candidates row, row + rows, row + 2 * rows ... of the first `count`. */
static void print_row(const struct table *table, struct walk *walk, unsigned row, size_t count)
{
    char cell[COMPLETION_CAPACITY + COLUMN_GAP];
    for (size_t index = 0; index < count && walk_next(walk); index++) {
        if (index % table->rows != row) {
            continue;
        }
        bool is_last = index + table->rows >= count;
        snprintf(cell, sizeof(cell), "%-*s", is_last ? 0 : (int)table->width, walk->candidate);
        print_string(table, cell);
    }
    print_string(table, "\n");
}

void completion_list(const struct completion_source *source, const char *prefix,
                     const struct completion *completion, unsigned columns,
                     void (*print)(void *context, const char *text, size_t length), void *context)
{
    struct walk walk;
    struct table table = {.print = print, .context = context};
    walk_start(&walk, source, prefix);
    size_t count = measure(&table, &walk, columns);
    for (unsigned row = 0; row < table.rows; row++) {
        walk_start(&walk, source, prefix);
        print_row(&table, &walk, row, count);
    }
    if (completion->count > count) {
        char more[80];
        snprintf(more, sizeof(more), "(the first %zu of %zu: type more of the name)\n", count,
                 completion->count);
        print_string(&table, more);
    }
}

/* ---------------------------------------------------------------------------------------- place */

/* Go over one byte of a word.  False if it begins or leaves open what hides the cursor. */
static bool skip_quoted(const char *text, size_t cursor, size_t *at)
{
    if (text[*at] == '\\') {
        *at += 2;
        return *at <= cursor;
    }
    char quote = text[*at];
    for (*at += 1; *at < cursor && text[*at] != quote; *at += 1) {
        if (quote == '"' && text[*at] == '\\') {
            *at += 1;
        }
    }
    *at += 1;
    return *at <= cursor;
}

bool completion_locate(const char *text, size_t cursor, struct completion_place *place)
{
    size_t words = 0;
    bool in_word = false;
    *place = (struct completion_place){0};
    for (size_t at = 0; at < cursor;) {
        char byte = text[at];
        if (byte == ' ' || byte == '\t' || byte == ';') {
            if (in_word && words == 1) {
                place->command_end = at;
            }
            words = byte == ';' ? 0 : words;
            in_word = false;
            at++;
            continue;
        }
        if (!in_word) {
            if (byte == '#') {
                return false;
            }
            in_word = true;
            words++;
            place->word = at;
            if (words == 1) {
                place->command = at;
            }
        }
        if (byte != '\\' && byte != '\'' && byte != '"') {
            at++;
        } else if (!skip_quoted(text, cursor, &at)) {
            return false;
        }
    }
    if (!in_word) {
        place->word = cursor;
    }
    place->is_command = words == 0 || (words == 1 && in_word);
    return true;
}
