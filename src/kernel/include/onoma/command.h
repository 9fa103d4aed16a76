// SPDX-License-Identifier: MIT
/*
 * command.h: a command of the shell.  The kernel's own and those of modules are the same thing.
 *
 *     static int run_date(int argc, char **argv) { ... return 0; }
 *     static struct command date = {
 *         .name = "date", .usage = "date", .summary = "tell the time", .run = run_date};
 *     command_register(&date);       in the module's init
 *     command_unregister(&date);     in its exit
 *
 * The caller owns struct command; it must stay until it is unregistered.
 */
#ifndef ONOMA_COMMAND_H
#define ONOMA_COMMAND_H

#include <stddef.h>
#include "onoma/compiler.h"

BEGIN_C

/* What the arguments of a command are, for tab completion. */
enum command_argument {
    ARGUMENT_NONE,
    ARGUMENT_COMMAND,          /* help */
    ARGUMENT_LOADED_MODULE,    /* rmmod */
    ARGUMENT_AVAILABLE_MODULE, /* modinfo: by name, from the initrd's module tree */
    ARGUMENT_MODULE_OR_ALIAS,  /* modprobe: that, or another name of one */
    ARGUMENT_FILE,             /* insmod: a path in the initrd */
    ARGUMENT_SYMBOL,           /* ksyms */
    ARGUMENT_WORD,             /* one of the words that the command gives */
    ARGUMENT_TRACE,            /* backtrace: a style, or a thread */
};

struct command {
    const char *name;
    const char *usage;   /* "rmmod MODULE" */
    const char *summary; /* one line for `help` */
    /* argv[0] is the name, argv[argc] null.  Returns 0, or a negative errno after it has said what
     * is wrong; -EINVAL makes the shell print the usage. */
    int (*run)(int argc, char **argv);
    enum command_argument argument;
    const char *const
        *words;           /* ARGUMENT_WORD: what it may be, null-ended; as long as the command */
    struct command *next; /* the registry's */
};

/* 0, or -EEXIST when there is a command of that name, -EINVAL without a name or run. */
int command_register(struct command *command);
void command_unregister(struct command *command);

/* Print to the console as a command's output: as printf, no log level, not kept in dmesg. */
void console_printf(const char *format, ...) __printf(1, 2);

END_C

#endif
