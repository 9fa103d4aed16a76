/* SPDX-License-Identifier: MIT */
/*
 * pages.h: memory for modules, as struct ksyms_host asks for it: 256 KiB in whole pages of 4 KiB.
 * They can be written and not executed, but for what pages_protect says of them.
 */
#ifndef PAGES_H
#define PAGES_H

#include "ksyms/host.h"

KSYMS_BEGIN_C

void *pages_allocate(void *context, size_t size_bytes);
void pages_release(void *context, void *memory, size_t size_bytes);
bool pages_map(void *context, struct ksyms_segment *segment, enum ksyms_segment_kind kind);
void pages_unmap(void *context, const struct ksyms_segment *segment, enum ksyms_segment_kind kind);

bool pages_protect(void *context, const struct ksyms_segment *segment, enum ksyms_segment_kind kind,
                   enum ksyms_access access);

/* Give these 256 KiB a page table of their own; before the first module. */
void pages_start(void);

/* How many are in use. */
unsigned pages_used(void);

/* Can any of them be written and executed? */
bool pages_are_safe(void);

KSYMS_END_C

#endif
