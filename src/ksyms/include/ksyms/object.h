// SPDX-License-Identifier: MIT
/*
 * object.h: a relocatable ELF object (ET_REL, x86-64), checked once.
 *
 * ksyms_object_check reads every header, section and symbol of the file, and type and symbol of
 * every relocation, and refuses what the linker (link.h) does not do or a loader must not trust.
 * After it has returned KSYMS_OK the accessors below need no further checks: offsets, indices,
 * alignments, string ends and links are known to be right, for as long as the bytes do not change.
 * So copy first, check then: never check bytes that somebody else can still write.
 *
 * The rest is refused by the linker, where it costs nothing: sections that share bytes and two
 * relocation tables for one section (ksyms_link_plan, which has the caller's arrays); fields
 * outside their section, not zero, or sharing bytes (ksyms_link_relocate, which reads each entry
 * anyway).
 *
 * Sections that are not allocated (debug information, comments) only have to lie inside the file:
 * nobody loads them, and their relocations are neither read nor applied.
 *
 * Ownership: the object borrows the file's bytes (8-byte aligned, any number).  Nothing allocates,
 * prints or keeps state; any context.  Time is linear in the number of sections, symbols and
 * relocations.
 *
 *     struct ksyms_object object;
 *     struct ksyms_fault fault;
 *     if (ksyms_object_check(&object, file, file_size, &fault) != KSYMS_OK) {
 *         print("%s: section %u: %s", file_name, fault.section, ksyms_status_text(fault.status));
 *     }
 *
 * Sources: System V ABI chapter 4 (ELF header, sections, string and symbol tables), x86-64 psABI 4.
 */
#ifndef KSYMS_OBJECT_H
#define KSYMS_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "ksyms/elf.h"
#include "ksyms/status.h"
#include "ksyms/language.h"

KSYMS_BEGIN_C

/* Caps: beyond them a file is refused, so that no sum of sizes can wrap and no loop runs away. */
#define KSYMS_OBJECT_FILE_MAX      (256u << 20)
#define KSYMS_OBJECT_SECTIONS_MAX  16384u
#define KSYMS_OBJECT_ALIGNMENT_MAX 4096u
#define KSYMS_OBJECT_NAME_MAX      4096u          /* letters in a name */
#define KSYMS_OBJECT_LOADED_MAX    (256ull << 20) /* all allocated sections and commons together */

/* Zero bytes that may follow the last section: NASM pads files to 16 bytes. */
#define KSYMS_OBJECT_PADDING_MAX 15u

#define KSYMS_OBJECT_UNIQUE 9u /* names of sections that a loader looks for */

struct ksyms_object {
    const uint8_t *bytes;
    size_t size_bytes;
    const struct ksyms_elf_section *sections; /* section_count entries, the first one null */
    uint32_t section_count;
    const char *section_names;              /* .shstrtab */
    const struct ksyms_elf_symbol *symbols; /* symbol_count entries, the first one null */
    uint32_t symbol_count;
    uint32_t symbol_section;  /* index of .symtab */
    const char *symbol_names; /* its string table */
    bool needs_got;           /* has relocations against entries of a global offset table */
    uint32_t unique_sections[KSYMS_OBJECT_UNIQUE]; /* for ksyms_object_find_section; 0: none */
};

/*
 * Check a file and fill `object`.  `fault` (may be null) tells what was refused and where; it is
 * written on failure only.  On failure `object` is left as it was.
 */
enum ksyms_status ksyms_object_check(struct ksyms_object *object, const void *bytes,
                                     size_t size_bytes, struct ksyms_fault *fault);

/*
 * For the message about a refused file: as much of it as can be trusted.  The accessors below then
 * give the names of sections if header and sections are right, and of symbols if those are; "" for
 * the rest.  Good for nothing but names.
 */
void ksyms_object_view(struct ksyms_object *object, const void *bytes, size_t size_bytes);

/* Name of a section / of a symbol (an STT_SECTION symbol without a name has its section's).
 * A NUL-ended string inside the file; "" for an index out of range. */
const char *ksyms_object_section_name(const struct ksyms_object *object, uint32_t section);
const char *ksyms_object_symbol_name(const struct ksyms_object *object, uint32_t symbol);

/* Index of the first section of that name, 0 if there is none. */
uint32_t ksyms_object_find_section(const struct ksyms_object *object, const char *name);

/* Index of the defined symbol (global before local) of that name, 0 if there is none. */
uint32_t ksyms_object_find_symbol(const struct ksyms_object *object, const char *name);

/* Bytes of a section in the file; null for SHT_NOBITS.  `*size_bytes` is sh_size in both cases.
 * Null and 0 for an index out of range. */
const uint8_t *ksyms_object_section_bytes(const struct ksyms_object *object, uint32_t section,
                                          size_t *size_bytes);

KSYMS_END_C

#endif
