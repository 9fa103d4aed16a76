// SPDX-License-Identifier: MIT
/*
 * export.h: EXPORT_SYMBOL makes a function or object of the kernel, or of a module, available to
 * modules; EXPORT_SYMBOL_NS only to those that say MODULE_IMPORT_NS of its namespace.
 *
 * It adds an entry of three 32-bit words to a section of its own, `___ksymtab+NAME`, each relative
 * to its own address, so that the table needs no relocation when the whole moves:
 *
 *      0        4        8        12
 *      ┌────────┬────────┬────────┐
 *      │ value  │ name   │ namespace (an empty string: none)
 *      └────────┴────────┴────────┘
 *
 * The linker scripts sort these sections by name into one `__ksymtab`.  Format: Linux's (since
 * 4.19, CONFIG_HAVE_ARCH_PREL32_RELOCATIONS), so that depmod and modprobe read our modules.
 */
#ifndef ONOMA_EXPORT_H
#define ONOMA_EXPORT_H

#include <stdint.h>
#include "onoma/compiler.h"

struct kernel_symbol {
    int32_t value_offset;
    int32_t name_offset;
    int32_t namespace_offset;
};

_Static_assert(sizeof(struct kernel_symbol) == 12, "an export is three 32-bit words");

/* The labels start with .L: the assembler keeps them to itself. */
/* clang-format off */
#define EXPORT_SYMBOL(symbol) EXPORT_SYMBOL_IN(symbol, "")
#define EXPORT_SYMBOL_NS(symbol, name) EXPORT_SYMBOL_IN(symbol, #name)

#define EXPORT_SYMBOL_IN(symbol, namespace)                                     \
    extern __typeof__(symbol) symbol;                                           \
    __asm__(".pushsection \"__ksymtab_strings\",\"a\"\n"                        \
            ".Lkstrtab_" #symbol ":\n\t.asciz \"" #symbol "\"\n"                \
            ".Lkstrtabns_" #symbol ":\n\t.asciz \"" namespace "\"\n"            \
            "\t.popsection\n"                                                   \
            "\t.pushsection \"___ksymtab+" #symbol "\",\"a\"\n"                 \
            "\t.balign 4\n"                                                     \
            "__ksymtab_" #symbol ":\n"                                          \
            "\t.long " #symbol " - .\n"                                         \
            "\t.long .Lkstrtab_" #symbol " - .\n"                               \
            "\t.long .Lkstrtabns_" #symbol " - .\n"                             \
            "\t.popsection\n")
/* clang-format on */

#endif
