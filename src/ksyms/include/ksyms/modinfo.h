// SPDX-License-Identifier: MIT
/*
 * modinfo.h: what a module says of itself: its section .modinfo, in Linux's form.
 *
 *     license=MIT\0author=...\0\0\0parm=count:how many\0parmtype=count:uint\0
 *
 * Entries `tag=value`, each ended by NUL; zero bytes between entries are padding.  Values may be
 * empty, of any length, and hold newlines or further `=`.  A tag may occur many times (`parm`,
 * `alias`): whether one must be unique or present is for the caller to say, with
 * ksyms_modinfo_count.
 *
 * Ownership: the view borrows the bytes, and so do the strings it gives out.  They need no
 * alignment and must not change.  Nothing allocates or keeps state; any context; every function is
 * bounded by the size of the section.
 *
 *     struct ksyms_modinfo modinfo;
 *     if (ksyms_modinfo_open(&modinfo, bytes, size_bytes, &fault) == KSYMS_OK) {
 *         const char *license = ksyms_modinfo_find(&modinfo, "license", 0);
 *     }
 */
#ifndef KSYMS_MODINFO_H
#define KSYMS_MODINFO_H

#include <stdbool.h>
#include <stddef.h>
#include "ksyms/status.h"
#include "ksyms/language.h"

KSYMS_BEGIN_C

/* A checked section: by open; private. */
struct ksyms_modinfo {
    const char *bytes;
    size_t size_bytes;
};

struct ksyms_modinfo_entry {
    const char *tag; /* not NUL-ended: `=` follows */
    size_t tag_length;
    const char *value; /* NUL-ended */
    size_t value_length;
};

/*
 * Check a section and fill `modinfo`.  Fails with one of the KSYMS_MODINFO_* statuses; fault.offset
 * is where the refused entry starts (fault may be null).  On failure `modinfo` is as it was.  A
 * section of 0 bytes has no entries.
 */
enum ksyms_status ksyms_modinfo_open(struct ksyms_modinfo *modinfo, const void *bytes,
                                     size_t size_bytes, struct ksyms_fault *fault);

/*
 * Iterate: *position is 0 at first and then belongs to this function.  False past the last entry,
 * with `entry` as it was.
 */
bool ksyms_modinfo_next(const struct ksyms_modinfo *modinfo, size_t *position,
                        struct ksyms_modinfo_entry *entry);

/* The value of the entry number `rank` (from 0) of those with this tag; null if there are fewer. */
const char *ksyms_modinfo_find(const struct ksyms_modinfo *modinfo, const char *tag, size_t rank);

/* How many entries have this tag. */
size_t ksyms_modinfo_count(const struct ksyms_modinfo *modinfo, const char *tag);

KSYMS_END_C

#endif
