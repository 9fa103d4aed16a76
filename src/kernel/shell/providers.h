// SPDX-License-Identifier: MIT
/*
 * providers.h: where tab completion gets names from that the shell does not know itself: modules,
 * files, symbols.  The shell calls, the rest of the kernel implements.
 */
#ifndef SHELL_PROVIDERS_H
#define SHELL_PROVIDERS_H

#include <stdbool.h>
#include "onoma/command.h"
#include "shell/complete.h"

/*
 * Fill `source` with the candidates for an argument of that kind which start with `prefix` (a
 * source may give others too, they are skipped).  False when there are none for this kind, always
 * so for ARGUMENT_NONE; ARGUMENT_COMMAND is never asked.  One source is in use at a time: the next
 * call may reuse the memory behind source->context.  `prefix` is borrowed for as long.
 *
 * ARGUMENT_FILE: paths, directories with a '/' at their end; only the next level, so that Tab walks
 * down the tree.
 */
bool completion_source_open(enum command_argument argument, const char *prefix,
                            struct completion_source *source);

#endif
