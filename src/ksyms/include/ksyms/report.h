// SPDX-License-Identifier: MIT
/*
 * report.h: the facts of a refused file as one line of text, for kernels that do not word their
 * own.
 *
 *     hello.ko: .rela.text[17] at .text+0x1c: R_X86_64_PC32 against "print" does not fit:
 *     0x180000000 (allowed: 0x7fffffff)
 */
#ifndef KSYMS_REPORT_H
#define KSYMS_REPORT_H

#include <stddef.h>
#include "ksyms/language.h"
#include "ksyms/object.h"
#include "ksyms/status.h"

KSYMS_BEGIN_C

#define KSYMS_REPORT_MAX 512u /* bytes that every line fits into, with a file name of 100 */

/*
 * Write the line, without a line end, cut to capacity - 1 bytes and NUL-ended (capacity 0 writes
 * nothing).  `object` may be of ksyms_object_check or of ksyms_object_view.  Names from the file
 * are cut, and bytes of them that a terminal would obey become '?'.  Any context.
 */
void ksyms_fault_format(char *buffer, size_t capacity, const char *file_name,
                        const struct ksyms_object *object, const struct ksyms_fault *fault);

KSYMS_END_C

#endif
