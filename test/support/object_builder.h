// SPDX-License-Identifier: MIT
/*
 * object_builder.h: makes small ELF objects in memory, right by default and easy to spoil.
 *
 *     struct object_builder builder;
 *     object_builder_start(&builder);
 *     unsigned text = object_builder_section(&builder, ".text", SHT_PROGBITS, AX, zeros, 64, 16);
 *     unsigned far = object_builder_symbol(&builder, "far", STB_GLOBAL, STT_NOTYPE, SHN_UNDEF, 0);
 *     object_builder_relocation(&builder, text, 8, R_X86_64_PC32, far, -4);
 *     uint8_t *file = object_builder_finish(&builder, &size);
 *
 * Local symbols must come before all others, as in the file.  finish appends one table .rela<name>
 * for each section with relocations, then .symtab, .strtab and .shstrtab, in this order.
 */
#ifndef TEST_SUPPORT_OBJECT_BUILDER_H
#define TEST_SUPPORT_OBJECT_BUILDER_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#define BUILDER_SECTIONS_MAX    64
#define BUILDER_SYMBOLS_MAX     256
#define BUILDER_RELOCATIONS_MAX 512
#define BUILDER_STRINGS_MAX     16384

struct object_builder {
    Elf64_Shdr sections[BUILDER_SECTIONS_MAX];
    const void *contents[BUILDER_SECTIONS_MAX];
    unsigned section_count;
    Elf64_Sym symbols[BUILDER_SYMBOLS_MAX];
    unsigned symbol_count;
    Elf64_Rela relocations[BUILDER_RELOCATIONS_MAX];
    unsigned relocation_sections[BUILDER_RELOCATIONS_MAX];
    unsigned relocation_count;
    char names[BUILDER_STRINGS_MAX];
    size_t names_size;
    char strings[BUILDER_STRINGS_MAX];
    size_t strings_size;
    Elf64_Rela sorted[BUILDER_RELOCATIONS_MAX];
};

void object_builder_start(struct object_builder *builder);

/* `contents` must live until finish; null for SHT_NOBITS.  Returns the section's index. */
unsigned object_builder_section(struct object_builder *builder, const char *name, uint32_t type,
                                uint64_t flags, const void *contents, size_t size_bytes,
                                uint64_t alignment);

/* Returns the symbol's index. */
unsigned object_builder_symbol(struct object_builder *builder, const char *name, unsigned binding,
                               unsigned type, unsigned section, uint64_t value);

void object_builder_relocation(struct object_builder *builder, unsigned section, uint64_t offset,
                               uint32_t type, unsigned symbol, int64_t addend);

/* The file, in a malloc of exactly its size. */
uint8_t *object_builder_finish(struct object_builder *builder, size_t *size_bytes);

#endif
