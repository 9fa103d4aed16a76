// SPDX-License-Identifier: MIT
/*
 * relocation.h: the relocation types as a table (psABI table 4.9).  Private to the kit.
 */
#ifndef KSYMS_RELOCATION_H
#define KSYMS_RELOCATION_H

#include <stdbool.h>
#include <stdint.h>
#include "ksyms/elf.h"

#define KSYMS_RELOCATION_TYPE_COUNT (KSYMS_R_X86_64_REX_GOTPCRELX + 1)
#define KSYMS_RELOCATION_REFUSED    0xff

/* Types as members of a set: those of 64 and above alias, so look at the number itself too. */
#define KSYMS_RELOCATION_BIT(type) (1ull << ((type)&63))

/* S is not wanted itself, but a slot of the GOT that holds it. */
#define KSYMS_RELOCATIONS_GOT                                                                      \
    (KSYMS_RELOCATION_BIT(KSYMS_R_X86_64_GOTPCREL) |                                               \
     KSYMS_RELOCATION_BIT(KSYMS_R_X86_64_GOTPCRELX) |                                              \
     KSYMS_RELOCATION_BIT(KSYMS_R_X86_64_REX_GOTPCRELX))

/* All that have a width in the table: test_reject.c asks for each type that both agree. */
#define KSYMS_RELOCATIONS_HANDLED                                                                  \
    (KSYMS_RELOCATION_BIT(KSYMS_R_X86_64_NONE) | KSYMS_RELOCATION_BIT(KSYMS_R_X86_64_64) |         \
     KSYMS_RELOCATION_BIT(KSYMS_R_X86_64_PC64) | KSYMS_RELOCATION_BIT(KSYMS_R_X86_64_32) |         \
     KSYMS_RELOCATION_BIT(KSYMS_R_X86_64_32S) | KSYMS_RELOCATION_BIT(KSYMS_R_X86_64_PC32) |        \
     KSYMS_RELOCATION_BIT(KSYMS_R_X86_64_PLT32) | KSYMS_RELOCATIONS_GOT)

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

static inline bool ksyms_relocation_needs_got(uint32_t type)
{
    return type < KSYMS_RELOCATION_TYPE_COUNT &&
           (KSYMS_RELOCATION_BIT(type) & KSYMS_RELOCATIONS_GOT) != 0;
}

#endif
