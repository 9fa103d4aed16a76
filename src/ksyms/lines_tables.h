// SPDX-License-Identifier: MIT
/* lines_tables.h: callees, files and folders of LINES.  Private to the kit. */
#ifndef KSYMS_LINES_TABLES_H
#define KSYMS_LINES_TABLES_H

#include <stdbool.h>
#include "ksyms/lines.h"
#include "trace_parts.h"

/* All are for numbers that may be wrong: then nothing is known, or something else. */

/* The callees of a file are numbered from this one on. */
uint32_t ksyms_lines_first_callee(const struct ksyms_lines *lines, uint32_t file);
uint32_t ksyms_lines_frequent_callee(const struct ksyms_lines *lines, uint32_t rank);

/* Where a callee is declared. */
struct ksyms_lines_declaration {
    uint32_t file;
    uint32_t line;
};

/* False if there is no such callee. */
bool ksyms_lines_declaration(const struct ksyms_lines *lines, uint32_t callee,
                             struct ksyms_lines_declaration *declaration);

/* What is inlined into a callee by the call of a number, and on which line that is.  False if there
 * is no such call. */
bool ksyms_lines_call(const struct ksyms_lines *lines, uint32_t caller, uint32_t number,
                      uint32_t *callee, uint32_t *line);

/* Texts, cut at the capacity. */
void ksyms_lines_callee_name(const struct ksyms_lines *lines, uint32_t callee, char *text,
                             size_t capacity);
void ksyms_lines_directory_name(const struct ksyms_lines *lines, uint32_t directory, char *text,
                                size_t capacity);
/* The name without its folder, whose number is returned. */
uint32_t ksyms_lines_file_name(const struct ksyms_lines *lines, uint32_t file, char *text,
                               size_t capacity);

bool ksyms_lines_tables_open(struct ksyms_lines *lines, const struct ksyms_part *tables);

#endif
