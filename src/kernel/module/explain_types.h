// SPDX-License-Identifier: MIT
/* explain_types.h: which member of which type differs. */
#ifndef MODULE_EXPLAIN_TYPES_H
#define MODULE_EXPLAIN_TYPES_H

#include "ksyms/types.h"

struct module;

/* Of a name or type so many bytes are shown: for `%.*s`. */
#define SHOWN_MAX    100
#define SHOWN(words) (int)((words).length < SHOWN_MAX ? (words).length : SHOWN_MAX), (words).text

/*
 * The hashes of what a module was built with and of what `owner` (null: the kernel) offers differ.
 * Compare the texts, and report each difference: -ENOEXEC.  0 if there is none after all; -ENOMEM.
 * `carried` is the blob that the module's file carries.
 */
int explain_types(const char *file_name, const struct ksyms_table *carried,
                  const struct module *owner, const struct ksyms_type_hashes *offered);

/* Print one difference as one line (report_types.c). */
void module_report_type(const char *file_name, const struct ksyms_type_difference *difference);

#endif
