// SPDX-License-Identifier: MIT
/*
 * shell.h: the prompt, and running a line of commands.
 *
 * The shell runs in the kernel's one thread, after boot.  Commands come from everywhere by
 * command_register (onoma/command.h); words.h says how a line is split.
 */
#ifndef SHELL_SHELL_H
#define SHELL_SHELL_H

#include <stdint.h>
#include "onoma/compiler.h"

/* Register help, echo, history and clear. */
void shell_init(void);

/*
 * Run the commands of a line, separated by ';', one after the other; Ctrl-C keeps the rest from
 * running.  Nothing runs if the line cannot be split into words.  Returns the last command's
 * result, or a negative errno: -ENOENT for an unknown command, -EINVAL for a malformed line.
 */
int shell_execute(const char *line);

/* Run one command; argv[argc] is null.  What shell_execute does for each of a line. */
int shell_run_command(int argc, char **argv);

/* Read lines and run them, for ever. */
void shell_run(void) __noreturn;

/* An old line of the prompt, 1 the newest; null beyond the oldest. */
const char *shell_history(unsigned depth);

/* Columns of the terminal that all output is laid out for. */
#define SHELL_COLUMNS 80u

/* --- help.c, builtin.c ------------------------------------------------------------------------ */
void shell_register_help(void);
void shell_register_builtins(void);

#endif
