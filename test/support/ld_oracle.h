// SPDX-License-Identifier: MIT
/*
 * ld_oracle.h: what GNU ld makes of the same object at the same addresses.
 *
 * The object is copied with its loaded sections renamed to .s<index> and their merge flags cleared,
 * so that ld neither merges nor drops nor reorders anything; a linker script puts each at the
 * address that our linker gave it, and defines each undefined and common symbol.  Then ld links,
 * and address, size and every byte of each section must be ours.  ld makes a GOT of its own, at the
 * address and of the size of ours; its slots may come in another order.
 */
#ifndef TEST_SUPPORT_LD_ORACLE_H
#define TEST_SUPPORT_LD_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "ksyms/link.h"

struct ld_counts {
    unsigned links;
    unsigned sections;
    uint64_t bytes;
    uint64_t relocations[64]; /* by type, of loaded sections */
    unsigned slots_followed;  /* fields that lead to a slot of the GOT, compared by what it holds */
    unsigned differences;
};

/*
 * Link with ld at the addresses of `link`.  Returns false if ld refuses, with its messages in the
 * scratch file ld.log.  `link` must be placed and bound.
 */
bool ld_oracle_link(const struct ksyms_link *link);

/* After a link that ld accepted: compare with the bytes of a relocated `link`.  Prints and counts
 * differences, and adds what was compared to `counts`. */
void ld_oracle_compare(const struct ksyms_link *link, const char *name, struct ld_counts *counts);

#endif
