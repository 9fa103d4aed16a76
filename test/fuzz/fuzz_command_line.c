// SPDX-License-Identifier: MIT
/*
 * fuzz_command_line.c: any bytes as the kernel's command line, in two pieces, with the kernel's own
 * options.  Strings are bounded and printable, numbers within their maximum, lists within theirs.
 */
#include <string.h>
#include "boot/command_line.h"
#include "boot/options.h"
#include "fuzz.h"

static void check_string(const char *text)
{
    size_t length = strlen(text);

    MUST(length < COMMAND_LINE_CAPACITY);
    for (size_t index = 0; index < length; index++) {
        MUST((unsigned char)text[index] >= ' ');
    }
}

static void check_list(const struct option_list *list)
{
    MUST(list->count <= OPTION_LIST_CAPACITY);
    for (size_t index = 0; index < list->count; index++) {
        check_string(list->items[index]);
    }
}

static void check_option(const struct option *option)
{
    switch (option->kind) {
    case OPTION_FLAG:
        break;
    case OPTION_UNSIGNED:
        MUST(option->maximum == 0 || *(const uint64_t *)option->value <= option->maximum);
        break;
    case OPTION_STRING:
        check_string(*(const char *const *)option->value);
        break;
    case OPTION_WORDS:
    case OPTION_STRINGS:
        check_list(option->value);
        break;
    }
}

static void report(const struct command_line_fact *fact, void *context)
{
    unsigned *count = context;

    MUST(fact->problem < COMMAND_LINE_PROBLEM_COUNT);
    MUST(strlen(command_line_problem_text(fact->problem)) > 0);
    if (fact->name) {
        check_string(fact->name);
    }
    if (fact->value) {
        check_string(fact->value);
    }
    (*count)++;
}

static void use_parameter(const char *argument, void *context)
{
    unsigned *count = context;

    check_string(argument);
    MUST(++*count <= COMMAND_LINE_PARAMETERS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct command_line line;
    static const struct kernel_options *const now = &kernel_options;
    struct kernel_options defaults = *now;
    const char *text = (const char *)data;
    unsigned problems = 0;
    unsigned parameters = 0;

    command_line_init(&line, kernel_option_table, kernel_option_count, report, &problems);
    command_line_add(&line, text, size / 2);
    command_line_add(&line, text + size / 2, size - size / 2);
    MUST(line.text_length < COMMAND_LINE_CAPACITY && strlen(line.text) == line.text_length);
    MUST(problems <= size + 2);
    for (size_t index = 0; index < kernel_option_count; index++) {
        check_option(&kernel_option_table[index]);
    }
    command_line_module_parameters(&line, "hello", use_parameter, &parameters);
    kernel_options = defaults;
    return 0;
}
