// SPDX-License-Identifier: MIT
/*
 * complete.h: tab completion: what can follow a prefix, and a list of it.
 *
 * Candidates come one by one from a source and are never stored: a kernel has 100,000 symbols and
 * this needs neither heap nor a buffer for them.  A source is read twice, once for the common
 * prefix and once for the list.
 *
 *     struct completion completion;
 *     completion_find(&completion, &source, "uart_");
 *     completion.count == 3, completion.common == "uart_in"
 *     completion_list(&source, "uart_", &completion, 80, print, context);
 */
#ifndef SHELL_COMPLETE_H
#define SHELL_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COMPLETION_CAPACITY   256u /* bytes of a candidate, NUL included; longer ones are cut */
#define COMPLETION_LIST_LIMIT 100u /* candidates that are listed */

/*
 * Where candidates come from: a provider fills it for a prefix (see providers.h).  Equal candidates
 * must follow each other; they count once.  Candidates that do not start with the prefix are
 * skipped here.  One that ends in '/' is a directory: it is not finished by a space.
 */
struct completion_source {
    void *context; /* for the three functions; the provider owns it */
    /* Back to the first candidate. */
    void (*rewind)(void *context);
    /* The next one as a string, cut to capacity - 1 bytes; false when there are no more. */
    bool (*next)(void *context, char *buffer, size_t capacity);
    /*
     * May be null.  For a sorted source that knows how many candidates it has, all of them with the
     * prefix: sets *count, which is > 0, and gives the last one; false if there are none.  Spares
     * reading them all: what the first and the last have in common, all have.
     */
    bool (*last)(void *context, size_t *count, char *buffer, size_t capacity);
};

struct completion {
    size_t count;                     /* different candidates, or what `last` said */
    char common[COMPLETION_CAPACITY]; /* what all start with */
    size_t common_length;
};

void completion_find(struct completion *completion, const struct completion_source *source,
                     const char *prefix);

/* Print the candidates in columns, sorted downwards, at most COMPLETION_LIST_LIMIT of them. */
void completion_list(const struct completion_source *source, const char *prefix,
                     const struct completion *completion, unsigned columns,
                     void (*print)(void *context, const char *text, size_t length), void *context);

/* Where in a line of commands the cursor stands. */
struct completion_place {
    size_t word; /* offset of the word that ends at the cursor */
    bool is_command;
    size_t command, command_end; /* otherwise: the first word of this command */
};

/* False where nothing can be completed: within quotes, behind a backslash, in a comment. */
bool completion_locate(const char *text, size_t cursor, struct completion_place *place);

#endif
