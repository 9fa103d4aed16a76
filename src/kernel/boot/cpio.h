// SPDX-License-Identifier: MIT
/*
 * cpio.h: read the files out of an initrd: cpio archives in memory, format "newc" (magic 070701)
 * or "crc" (070702), one or several after each other with zeros between, as Linux's initramfs.
 *
 * Pure: no allocation, no printing, nothing is copied.  Names and data point into the archive,
 * which the caller keeps.  After damage the entries before it remain good.
 *
 *     struct cpio_reader reader;
 *     struct cpio_entry entry;
 *     cpio_open(&reader, bytes, size);
 *     while (cpio_next(&reader, &entry) == CPIO_OK) {
 *         ... entry.name, entry.data, entry.size ...
 *     }
 *     if (reader.status != CPIO_END) {
 *         pr_err("initrd: byte %zu: %s\n", reader.fault_offset, cpio_status_text(reader.status));
 *     }
 *
 * The format pads to 4 bytes and no more: `data` is aligned to 4 if the archive is.  Who needs 8,
 * as an ELF file's headers do, copies first.
 */
#ifndef BOOT_CPIO_H
#define BOOT_CPIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest name, NUL included: Linux's PATH_MAX. */
#define CPIO_NAME_CAPACITY 4096

enum cpio_status {
    CPIO_OK = 0,
    CPIO_END, /* all archives were read to their trailers: no damage */

    CPIO_EMPTY,           /* no archive at all: no bytes, or only zeros */
    CPIO_MAGIC,           /* no newc or crc header where one must be */
    CPIO_HEADER_CUT,      /* the bytes end within a header */
    CPIO_DIGIT,           /* a header field holds a byte that is no hexadecimal digit */
    CPIO_NAME_SIZE,       /* a name of no characters, or over CPIO_NAME_CAPACITY */
    CPIO_NAME_CUT,        /* the bytes end within a name */
    CPIO_NAME_END,        /* a name without NUL at its end, or with more than NULs behind one */
    CPIO_DATA_CUT,        /* the bytes end within a file's data */
    CPIO_CHECKSUM,        /* a file of a crc archive whose bytes do not add up to what it says */
    CPIO_TRAILER_DATA,    /* a trailer that claims to have data */
    CPIO_TRAILER_MISSING, /* the bytes end behind an entry, without a trailer */
    CPIO_JUNK,            /* bytes behind a trailer that are neither zeros nor an archive */

    CPIO_STATUS_COUNT
};

struct cpio_reader {
    const uint8_t *bytes;    /* all archives; the caller's */
    size_t size;             /* in bytes */
    size_t offset;           /* of the next header; never above size */
    size_t archive_offset;   /* of the first header of the archive that is being read */
    bool is_inside;          /* entries were read since the last trailer: another must follow */
    enum cpio_status status; /* of the last cpio_next; stays once it is not CPIO_OK */
    size_t fault_offset;     /* of the byte, field, name or data that is at fault */
};

struct cpio_entry {
    const char *name;    /* NUL-ended, as in the archive: see cpio_path */
    const uint8_t *data; /* never null, also for size 0 */
    size_t size;         /* of the data in bytes; the target's length for a symbolic link */
    uint32_t mode;       /* type and permissions, as stat(2) */
    uint32_t inode;      /* with the device: equal for hard links */
    uint32_t link_count; /* above 1: the data may be with another of the links; cpio_find knows */
    uint32_t device_major;
    uint32_t device_minor;
    size_t offset;         /* of the header, from the first byte given to cpio_open */
    size_t archive_offset; /* of the first header of its archive: inodes count within it */
};

/* Begin to read.  Looks at nothing yet. */
void cpio_open(struct cpio_reader *reader, const void *bytes, size_t size);

/*
 * The next entry; trailers are not given.  Any result but CPIO_OK leaves *entry unchanged and comes
 * again at each further call.  The sum is checked for regular files of a crc archive.
 */
enum cpio_status cpio_next(struct cpio_reader *reader, struct cpio_entry *entry);

/*
 * The entry of that path, wherever `reader` stands, which is not moved.  Of several the last, as in
 * Linux, where a later archive overlays the earlier ones.  A hard link without data gets `data` and
 * `size` of the link that has them.  Damage hides only what lies behind it.
 */
bool cpio_find(const struct cpio_reader *reader, const char *path, struct cpio_entry *entry);

/* The part of a name behind all leading "/" and "./": how paths are compared.  "" for "." and "/".
 */
const char *cpio_path(const char *name);

/* What the mode says. */
bool cpio_is_file(const struct cpio_entry *entry);
bool cpio_is_directory(const struct cpio_entry *entry);

/* One line of text, without a full stop.  Never null, any value may be given. */
const char *cpio_status_text(enum cpio_status status);

#endif
