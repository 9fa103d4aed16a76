// SPDX-License-Identifier: MIT
/*
 * gen_ksyms_filter.c: which symbols a kernel wants in its table, beyond what is always left out.
 *
 * A filter is a text file of one rule a line:
 *
 *     # what the tracer makes
 *     __event_*            leave out what fits this shell pattern, or has exactly this name
 *     !__event_syscall_*   keep what fits this one, even what gen_ksyms leaves out by itself
 *
 * The last rule that fits decides.  Empty lines and those that begin with # say nothing.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include "gen_ksyms.h"

void filter_read(struct map_filter *filter, const char *path)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;

    if (file == NULL) {
        fail("%s: %s", path, strerror(errno));
    }
    for (size_t number = 1; (length = getline(&line, &capacity, file)) >= 0; number++) {
        struct filter_rule rule = {.keeps = line[0] == '!'};
        if (length > 0 && line[length - 1] == '\n') {
            line[--length] = '\0';
        }
        if (length == 0 || line[0] == '#') {
            continue;
        }
        if (line[rule.keeps] == '\0' || line[length - 1] == '\r') {
            fail("%s:%zu: %s", path, number,
                 line[length - 1] == '\r' ? "the line ends in CR LF: convert the filter to LF"
                                          : "no pattern behind the !");
        }
        rule.pattern = strdup(line + rule.keeps);
        rule.is_exact = strpbrk(rule.pattern, "*?[\\") == NULL;
        filter->rules = make_room(filter->rules, filter->rule_count, &filter->rule_capacity,
                                  sizeof(*filter->rules));
        filter->rules[filter->rule_count++] = rule;
    }
    if (ferror(file)) {
        fail("%s: %s", path, strerror(errno));
    }
    free(line);
    fclose(file);
}

static bool fits(const struct filter_rule *rule, const char *name)
{
    return rule->is_exact ? strcmp(rule->pattern, name) == 0 : fnmatch(rule->pattern, name, 0) == 0;
}

enum filter_answer filter_ask(const struct map_filter *filter, const char *name)
{
    for (size_t i = filter->rule_count; i-- > 0;) {
        if (fits(&filter->rules[i], name)) {
            return filter->rules[i].keeps ? FILTER_KEEP : FILTER_LEAVE_OUT;
        }
    }
    return FILTER_SAYS_NOTHING;
}

void filter_free(struct map_filter *filter)
{
    for (size_t i = 0; i < filter->rule_count; i++) {
        free(filter->rules[i].pattern);
    }
    free(filter->rules);
}
