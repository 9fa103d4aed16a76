// SPDX-License-Identifier: MIT
/*
 * part.h: find a part of an open blob by its kind.  For the readers of parts that table.h does not
 * know, in the kit or outside it.
 *
 *     struct ksyms_part part;
 *     if (ksyms_table_part(&table, KSYMS_PART_LINES, &part)) { ... part.size_bytes ... }
 */
#ifndef KSYMS_PART_H
#define KSYMS_PART_H

#include <stdbool.h>
#include <stdint.h>
#include "ksyms/language.h"
#include "ksyms/table.h"

KSYMS_BEGIN_C

/* False if there is none; `part` borrows from the blob.  Any context. */
bool ksyms_table_part(const struct ksyms_table *table, uint32_t kind, struct ksyms_part *part);

KSYMS_END_C

#endif
