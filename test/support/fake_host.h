// SPDX-License-Identifier: MIT
/*
 * fake_host.h: a kernel for the kit's loader (ksyms/host.h) that holds it to the contract.
 *
 * Memory of segments is real: pages below 2 GiB, full of junk at first, that the processor protects
 * as the kit asks, so that modules run in the test.  What breaks the contract (memory given back
 * twice, in the wrong order or with another size, an access that does not fit the segment, code
 * that runs before it is protected) aborts the test with a line that says what.
 */
#ifndef TEST_SUPPORT_FAKE_HOST_H
#define TEST_SUPPORT_FAKE_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include "ksyms/host.h"

#define FAKE_PIECES 64u

struct fake_segment {
    struct ksyms_segment segment;
    enum ksyms_segment_kind kind;
    unsigned protect_count;
};

struct fake_host {
    struct ksyms_host host;

    struct {
        void *memory;
        size_t size_bytes;
    } pieces[FAKE_PIECES];
    unsigned piece_count;
    struct fake_segment segments[FAKE_PIECES];
    unsigned segment_count;

    unsigned calls;   /* of allocate, map and protect */
    unsigned fail_at; /* the call of this number fails; 0: none */
    struct ksyms_stack stack;
    char log[16384];
    size_t log_length;
};

void fake_host_start(struct fake_host *fake);

/* Nothing of it is in use: memory, segments, modules. */
bool fake_host_is_clean(const struct fake_host *fake);

/* May the code at this address run now, and not be written? */
bool fake_host_is_executable(const struct fake_host *fake, uint64_t address);

/* Forget what was written. */
void fake_host_clear_log(struct fake_host *fake);

#endif
