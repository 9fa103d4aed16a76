// SPDX-License-Identifier: MIT
/* table_part.c: a part of an open blob by its kind.  Every offset is checked again: it is cheap,
 * and the blob may have been damaged since it was opened. */
#include "bytes.h"
#include "ksyms/blob.h"
#include "ksyms/part.h"

bool ksyms_table_part(const struct ksyms_table *table, uint32_t kind, struct ksyms_part *part)
{
    for (uint32_t i = 0; i < table->part_count; i++) {
        struct ksyms_blob_part entry;
        memcpy(&entry, table->blob + sizeof(struct ksyms_blob_header) + i * sizeof(entry),
               sizeof(entry));
        if (entry.kind == kind) {
            *part = (struct ksyms_part){table->blob + entry.offset, entry.size_bytes};
            return entry.offset <= table->blob_size &&
                   entry.size_bytes <= table->blob_size - entry.offset;
        }
    }
    return false;
}
