// SPDX-License-Identifier: MIT
/* kernel_state.h: for tests that load and unload: is the kernel as it was? */
#ifndef SHELL_KERNEL_STATE_H
#define SHELL_KERNEL_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct module;

/* All that a load takes and an unload gives back.  Page tables stay: they do not count. */
struct kernel_state {
    size_t objects, bytes, frames, pages, exports, commands, modules, threads;
    uint64_t export_sum;         /* of their names and addresses */
    const struct module *newest; /* of the list */
};

struct kernel_state kernel_state_read(void);

/* Nothing is printed if both are the same.  Else what differs, behind `who: where number: `. */
bool kernel_state_same(const struct kernel_state *before, const char *who, uint64_t number);

#endif
