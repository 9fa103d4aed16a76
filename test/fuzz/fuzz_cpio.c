// SPDX-License-Identifier: MIT
/*
 * fuzz_cpio.c: any bytes as an initrd.  Every entry lies inside, in order, and can be found by its
 * path; the end is told once and for all.
 */
#include <string.h>
#include "boot/cpio.h"
#include "fuzz.h"

static size_t check_entry(const uint8_t *data, size_t size, const struct cpio_entry *entry)
{
    size_t name_size = strlen(entry->name) + 1;
    size_t name = (size_t)((const uint8_t *)entry->name - data);
    size_t contents = (size_t)(entry->data - data);

    MUST(name <= size && name_size <= size - name && name_size <= CPIO_NAME_CAPACITY);
    MUST(contents <= size && entry->size <= size - contents);
    MUST(entry->offset < name && entry->archive_offset <= entry->offset);
    return contents + entry->size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cpio_reader reader;
    struct cpio_entry entry;
    struct cpio_entry found;
    size_t end = 0;
    unsigned count = 0;

    cpio_open(&reader, data, size);
    while (cpio_next(&reader, &entry) == CPIO_OK) {
        MUST(entry.offset >= end);
        end = check_entry(data, size, &entry);
        MUST(++count <= size / 110);
        if (count <= 8) {
            MUST(cpio_find(&reader, cpio_path(entry.name), &found));
            MUST(found.offset >= entry.offset);
            check_entry(data, size, &found);
        }
    }
    enum cpio_status status = reader.status;
    MUST(status != CPIO_OK && reader.fault_offset <= size);
    MUST(cpio_next(&reader, &entry) == status && cpio_next(&reader, &entry) == status);
    MUST(strlen(cpio_status_text(status)) > 0);
    return 0;
}
