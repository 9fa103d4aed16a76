// SPDX-License-Identifier: MIT
/*
 * link_run.h: takes an object through the kit's linker on the host, with every piece of memory a
 * malloc of its own and of exactly the size asked for: under ASan a byte too far is a failure.
 */
#ifndef TEST_SUPPORT_LINK_RUN_H
#define TEST_SUPPORT_LINK_RUN_H

#include <stddef.h>
#include <stdint.h>
#include "ksyms/link.h"

struct link_run {
    struct ksyms_object object;
    struct ksyms_link link;
    struct ksyms_fault fault;
    const char *stage; /* "check", "plan", "bind" or "relocate": the last one tried */
};

/* Where to put the segments: random places at or above `base`, from *state; packed if it is null.
 */
struct link_layout {
    uint64_t base;
    uint64_t *state;
    bool keeps_init;
};

/*
 * check, plan, place, bind, relocate; stops at the first failure.  End it with link_run_end in
 * every case.  The linker's memory is filled with junk first.
 */
enum ksyms_status link_run_start(struct link_run *run, const uint8_t *file, size_t size_bytes,
                                 struct link_layout layout, ksyms_resolve_function *resolve,
                                 void *context);
void link_run_end(struct link_run *run);

#endif
