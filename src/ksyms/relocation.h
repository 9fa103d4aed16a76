// SPDX-License-Identifier: MIT
/*
 * relocation.h: the relocation types as a table (psABI table 4.9).  Private to the kit.
 */
#ifndef KSYMS_RELOCATION_H
#define KSYMS_RELOCATION_H

#include <stdint.h>
#include "ksyms/elf.h"

#define KSYMS_RELOCATION_TYPE_COUNT (KSYMS_R_X86_64_REX_GOTPCRELX + 1)
#define KSYMS_RELOCATION_REFUSED    0xff

struct ksyms_relocation_type {
    char name[31];
    uint8_t width; /* bytes of the field; KSYMS_RELOCATION_REFUSED for a type not handled */
};

extern const struct ksyms_relocation_type ksyms_relocation_types[KSYMS_RELOCATION_TYPE_COUNT];

static inline uint8_t ksyms_relocation_width(uint32_t type)
{
    return type < KSYMS_RELOCATION_TYPE_COUNT ? ksyms_relocation_types[type].width
                                              : KSYMS_RELOCATION_REFUSED;
}

#endif
