// SPDX-License-Identifier: MIT
/*
 * link_fault.h: what the passes of the linker share.  Private to the kit.
 */
#ifndef KSYMS_LINK_FAULT_H
#define KSYMS_LINK_FAULT_H

#include "ksyms/link.h"

/* The GOT: addresses of symbols, each in a slot of its own. */
#define KSYMS_GOT_SLOT_SIZE 8u
#define KSYMS_GOT_NO_SLOT   0xffffffffu

/* Hand the facts to a caller that wants them, and return the status. */
static inline enum ksyms_status ksyms_link_refuse(struct ksyms_fault *fault,
                                                  struct ksyms_fault facts)
{
    if (fault) {
        *fault = facts;
    }
    return facts.status;
}

/* What check needs memory for (link_distinct.c): sections that share bytes or a relocation table.
 * Uses link->places as scratch. */
enum ksyms_status ksyms_link_check_distinct(struct ksyms_link *link, struct ksyms_fault *fault);

#endif
