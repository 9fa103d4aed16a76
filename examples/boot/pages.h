/* SPDX-License-Identifier: MIT */
/*
 * pages.h: memory for modules, as struct ksyms_host asks for it: 256 KiB in whole pages.  These
 * kernels map everything writable and executable, in pages of 2 MiB, so they have nothing to
 * protect with; a kernel with page tables of 4 KiB says so in host.protect.
 */
#ifndef PAGES_H
#define PAGES_H

#include "ksyms/host.h"

KSYMS_BEGIN_C

void *pages_allocate(void *context, size_t size_bytes);
void pages_release(void *context, void *memory, size_t size_bytes);
bool pages_map(void *context, struct ksyms_segment *segment, enum ksyms_segment_kind kind);
void pages_unmap(void *context, const struct ksyms_segment *segment, enum ksyms_segment_kind kind);

/* How many are in use. */
unsigned pages_used(void);

KSYMS_END_C

#endif
