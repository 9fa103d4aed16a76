// SPDX-License-Identifier: MIT
/*
 * subjects.h: the two symbol tables that are compared, each behind the same questions.
 *
 * Both are compiled with the same flags, both hold their tables in read-only data of this program.
 * An answer is folded into a number, so that no work can be left out.
 */
#ifndef BENCH_SUBJECTS_H
#define BENCH_SUBJECTS_H

#include <stddef.h>
#include <stdint.h>
#include "ksyms/table.h"

#define NAME_CAPACITY 512 /* Linux's KSYM_NAME_LEN */

struct subject {
    const char *name;
    const uint8_t *bytes; /* all that a look-up reads */
    size_t size_bytes;
    uint64_t (*name_address)(uint64_t address); /* the symbol's name and offset */
    uint64_t (*find_name)(const char *name);    /* the address of the first so called */
    /* All names and addresses, all names, and names and addresses in address order: Linux iterates
     * in address order, and has no way without the addresses. */
    uint64_t (*iterate)(void);
    uint64_t (*iterate_names)(void);
    uint64_t (*iterate_addresses)(void);
};

extern struct subject linux_subject;
extern struct subject ours_subject;
extern struct ksyms_table ours_table;

void subjects_open(void); /* exits if our blob does not verify */

/* Linux's own, from kernel/kallsyms.c. */
struct module;
extern const unsigned int kallsyms_num_syms;
extern const unsigned long kallsyms_relative_base;
unsigned long kallsyms_lookup_name(const char *name);
const char *kallsyms_lookup(unsigned long address, unsigned long *size, unsigned long *offset,
                            char **module_name, char *name);
int kallsyms_on_each_symbol(int (*visit)(void *, const char *, struct module *, unsigned long),
                            void *data);
int kallsyms_on_each_match_symbol(int (*visit)(void *, unsigned long), const char *name,
                                  void *data);

#endif
