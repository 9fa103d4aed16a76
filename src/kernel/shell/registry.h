// SPDX-License-Identifier: MIT
/*
 * registry.h: the commands there are, sorted by name (onoma/command.h registers them).
 *
 * Commands come and go with modules, in the one context that runs commands and loads modules; no
 * interrupt handler reads the list.
 */
#ifndef SHELL_REGISTRY_H
#define SHELL_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "onoma/command.h"
#include "shell/complete.h"

/* The first command; the others follow by ->next.  Null if there are none. */
const struct command *command_first(void);

/* The command of that name[0 ... length), null if there is none. */
struct command *command_find(const char *name, size_t length);

/* The command whose name is most like `name`, at most two slips of the finger away; null if none
 * is. */
const struct command *command_nearest(const char *name);

/* Drop the commands whose struct or function lies in [low, high): for a module that forgot them.
 * Returns how many there were. */
size_t command_unregister_range(uint64_t low, uint64_t high);

/* Names of all commands as candidates. */
void command_completion_source(struct completion_source *source);

/* The words that this command takes (ARGUMENT_WORD) as candidates. */
void command_word_source(const struct command *command, struct completion_source *source);

#endif
