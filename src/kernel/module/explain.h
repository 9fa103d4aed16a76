// SPDX-License-Identifier: MIT
/* explain.h: why a symbol could not be resolved, and a way out. */
#ifndef MODULE_EXPLAIN_H
#define MODULE_EXPLAIN_H

/*
 * Report that nobody exports `name`, with what is known about it: that it exists but is not
 * exported, that a module of the initrd exports it, or the exported names most like it.
 */
void explain_unknown_symbol(const char *file_name, const char *name);

#endif
