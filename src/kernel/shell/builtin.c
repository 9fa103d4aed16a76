// SPDX-License-Identifier: MIT
/* builtin.c: the commands that are about the shell itself. */
#include "shell/shell.h"
#include "console/console.h"
#include "onoma/command.h"
#include "onoma/errno.h"
#include "onoma/string.h"
#include "shell/line.h"

static int run_echo(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        console_printf(i > 1 ? " %s" : "%s", argv[i]);
    }
    console_printf("\n");
    return 0;
}

/* Oldest first: what was typed last stands next to the prompt. */
static int run_history(int argc, char **argv)
{
    (void)argv;
    if (argc != 1) {
        return -EINVAL;
    }
    for (unsigned depth = LINE_HISTORY_COUNT; depth > 0; depth--) {
        const char *line = shell_history(depth);
        if (line != NULL) {
            console_printf("%4u  %s\n", depth, line);
        }
    }
    return 0;
}

static int run_clear(int argc, char **argv)
{
    (void)argv;
    if (argc != 1) {
        return -EINVAL;
    }
    console_write("\033[H\033[J", 6);
    return 0;
}

static struct command builtins[] = {
    {.name = "echo", .usage = "echo [WORD ...]", .summary = "print the words", .run = run_echo},
    {.name = "history",
     .usage = "history",
     .summary = "list the lines typed before",
     .run = run_history},
    {.name = "clear", .usage = "clear", .summary = "clear the screen", .run = run_clear},
};

void shell_register_builtins(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(builtins); i++) {
        command_register(&builtins[i]);
    }
}
