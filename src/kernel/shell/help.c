// SPDX-License-Identifier: MIT
/*
 * help.c: the command that lists the commands, laid out for 80 columns:
 *
 *     dmesg                    show the log
 *     insmod FILE [NAME=VALUE ...]
 *                              load a module from a file, with values for its
 *                              parameters
 */
#include "shell/shell.h"
#include "onoma/command.h"
#include "onoma/errno.h"
#include "onoma/string.h"
#include "shell/registry.h"

#define INDENT         2u
#define USAGE_WIDTH    24u
#define SUMMARY_COLUMN (INDENT + USAGE_WIDTH + 1)

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* Bytes of `text` that fit into a line of `width`: whole words if there is a blank to break at. */
static size_t line_length(const char *text, size_t width)
{
    size_t length = strlen(text);
    if (length <= width) {
        return length;
    }
    for (size_t at = width; at > 0; at--) {
        if (text[at] == ' ') {
            return at;
        }
    }
    return width;
}

/* The cursor is at `column`; further lines start there too. */
static void print_wrapped(const char *text, unsigned column)
{
    for (;;) {
        size_t length = line_length(text, SHELL_COLUMNS - 1 - column);
        console_printf("%.*s\n", (int)length, text);
        text += length;
        while (*text == ' ') {
            text++;
        }
        if (*text == '\0') {
            return;
        }
        console_printf("%*s", (int)column, "");
    }
}

static void print_entry(const struct command *command)
{
    const char *usage = or_empty(command->usage != NULL ? command->usage : command->name);
    if (strlen(usage) <= USAGE_WIDTH) {
        console_printf("%*s%-*s ", (int)INDENT, "", (int)USAGE_WIDTH, usage);
    } else {
        console_printf("%*s%s\n%*s", (int)INDENT, "", usage, (int)SUMMARY_COLUMN, "");
    }
    print_wrapped(or_empty(command->summary), SUMMARY_COLUMN);
}

static int print_one(const char *name)
{
    const struct command *command = command_find(name, strlen(name));
    if (command == NULL) {
        console_printf("help: %s: no such command\n", name);
        return -ENOENT;
    }
    console_printf("usage: %s\n%*s", or_empty(command->usage), (int)INDENT, "");
    print_wrapped(or_empty(command->summary), INDENT);
    return 0;
}

static int run_help(int argc, char **argv)
{
    if (argc > 2) {
        return -EINVAL;
    }
    if (argc == 2) {
        return print_one(argv[1]);
    }
    for (const struct command *command = command_first(); command != NULL;
         command = command->next) {
        print_entry(command);
    }
    return 0;
}

void shell_register_help(void)
{
    static struct command help = {
        .name = "help",
        .usage = "help [COMMAND]",
        .summary = "list the commands, or tell about one; Tab completes names",
        .run = run_help,
        .argument = ARGUMENT_COMMAND,
    };
    command_register(&help);
}
