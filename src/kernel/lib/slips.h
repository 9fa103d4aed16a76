// SPDX-License-Identifier: MIT
/* slips.h: how alike two names are, to answer a mistyped one with the one that was meant. */
#ifndef LIB_SLIPS_H
#define LIB_SLIPS_H

/*
 * Slips of the finger between two names: letters that are missing, too many, wrong, or swapped with
 * the next.  Looks at the first 64 bytes of each.
 */
unsigned count_slips(const char *left, const char *right);

/* From how many slips on a name is no longer like this one: of a short name, two leave too little.
 */
unsigned slips_limit(const char *name);

#endif
