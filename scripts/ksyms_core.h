// SPDX-License-Identifier: MIT
/*
 * ksyms_core.h: a memory dump: the ELF core file that QEMU's dump-guest-memory writes, read by the
 * guest's virtual addresses.
 */
#ifndef KSYMS_CORE_H
#define KSYMS_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CORE_SEGMENTS_MAX 256

struct core_segment {
    uint64_t physical, size;
    const uint8_t *bytes;
};

struct core {
    const char *path;
    struct core_segment segments[CORE_SEGMENTS_MAX];
    size_t segment_count;
    uint64_t page_table; /* cr3 of the first CPU */
    uint64_t pc, sp, bp; /* and where it was */
};

/* Ends the program when the file is no such dump.  Its bytes are trusted in nothing. */
void core_open(struct core *core, const char *path);

/* `size` bytes at a virtual address.  False if one of them is not mapped, or not in the dump. */
bool core_read(const struct core *core, uint64_t address, void *buffer, size_t size);

#endif
