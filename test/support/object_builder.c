// SPDX-License-Identifier: MIT
/*
 * object_builder.c: see object_builder.h.  Written against <elf.h>, not against the kit.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "object_builder.h"

static uint32_t append_string(char *table, size_t *size, const char *string)
{
    size_t length = strlen(string) + 1;
    uint32_t offset = (uint32_t)*size;

    if (length == 1) {
        return 0;
    }
    assert(*size + length <= BUILDER_STRINGS_MAX);
    memcpy(table + *size, string, length);
    *size += length;
    return offset;
}

void object_builder_start(struct object_builder *builder)
{
    memset(builder, 0, sizeof(*builder));
    builder->section_count = 1;
    builder->symbol_count = 1;
    builder->names_size = 1;
    builder->strings_size = 1;
}

unsigned object_builder_section(struct object_builder *builder, const char *name, uint32_t type,
                                uint64_t flags, const void *contents, size_t size_bytes,
                                uint64_t alignment)
{
    unsigned index = builder->section_count++;

    assert(index < BUILDER_SECTIONS_MAX);
    builder->contents[index] = contents;
    builder->sections[index] = (Elf64_Shdr){
        .sh_name = append_string(builder->names, &builder->names_size, name),
        .sh_type = type,
        .sh_flags = flags,
        .sh_size = size_bytes,
        .sh_addralign = alignment,
    };
    return index;
}

unsigned object_builder_symbol(struct object_builder *builder, const char *name, unsigned binding,
                               unsigned type, unsigned section, uint64_t value)
{
    unsigned index = builder->symbol_count++;

    assert(index < BUILDER_SYMBOLS_MAX);
    builder->symbols[index] = (Elf64_Sym){
        .st_name = append_string(builder->strings, &builder->strings_size, name),
        .st_info = ELF64_ST_INFO(binding, type),
        .st_shndx = (uint16_t)section,
        .st_value = value,
    };
    return index;
}

void object_builder_relocation(struct object_builder *builder, unsigned section, uint64_t offset,
                               uint32_t type, unsigned symbol, int64_t addend)
{
    unsigned index = builder->relocation_count++;

    assert(index < BUILDER_RELOCATIONS_MAX);
    builder->relocation_sections[index] = section;
    builder->relocations[index] = (Elf64_Rela){
        .r_offset = offset,
        .r_info = ELF64_R_INFO((uint64_t)symbol, type),
        .r_addend = addend,
    };
}

/* Gather the relocations of each section into a table of its own. */
static void append_relocation_tables(struct object_builder *builder, unsigned symbol_table)
{
    unsigned content_sections = builder->section_count;
    unsigned sorted_count = 0;

    for (unsigned section = 1; section < content_sections; section++) {
        unsigned first = sorted_count;
        for (unsigned index = 0; index < builder->relocation_count; index++) {
            if (builder->relocation_sections[index] == section) {
                builder->sorted[sorted_count++] = builder->relocations[index];
            }
        }
        if (sorted_count == first) {
            continue;
        }
        char name[128] = ".rela";
        strncat(name, builder->names + builder->sections[section].sh_name, 100);
        unsigned table =
            object_builder_section(builder, name, SHT_RELA, SHF_INFO_LINK, builder->sorted + first,
                                   (sorted_count - first) * sizeof(Elf64_Rela), 8);
        builder->sections[table].sh_link = symbol_table;
        builder->sections[table].sh_info = section;
        builder->sections[table].sh_entsize = sizeof(Elf64_Rela);
    }
}

static unsigned count_relocated_sections(const struct object_builder *builder)
{
    unsigned count = 0;

    for (unsigned section = 1; section < builder->section_count; section++) {
        for (unsigned index = 0; index < builder->relocation_count; index++) {
            if (builder->relocation_sections[index] == section) {
                count++;
                break;
            }
        }
    }
    return count;
}

static void append_tables(struct object_builder *builder)
{
    unsigned symbol_table = builder->section_count + count_relocated_sections(builder);
    unsigned locals = 0;

    while (locals < builder->symbol_count &&
           ELF64_ST_BIND(builder->symbols[locals].st_info) == STB_LOCAL) {
        locals++;
    }
    append_relocation_tables(builder, symbol_table);
    unsigned index = object_builder_section(builder, ".symtab", SHT_SYMTAB, 0, builder->symbols,
                                            builder->symbol_count * sizeof(Elf64_Sym), 8);
    assert(index == symbol_table);
    builder->sections[index].sh_link = index + 1;
    builder->sections[index].sh_info = locals;
    builder->sections[index].sh_entsize = sizeof(Elf64_Sym);
    object_builder_section(builder, ".strtab", SHT_STRTAB, 0, builder->strings,
                           builder->strings_size, 1);
    index = object_builder_section(builder, ".shstrtab", SHT_STRTAB, 0, builder->names, 0, 1);
    builder->sections[index].sh_size = builder->names_size;
}

static size_t align_up(size_t value, size_t alignment)
{
    return (value + alignment - 1) / alignment * alignment;
}

uint8_t *object_builder_finish(struct object_builder *builder, size_t *size_bytes)
{
    append_tables(builder);

    size_t offset = sizeof(Elf64_Ehdr);
    for (unsigned index = 1; index < builder->section_count; index++) {
        Elf64_Shdr *section = &builder->sections[index];
        offset = align_up(offset, 8);
        section->sh_offset = offset;
        offset += section->sh_type == SHT_NOBITS ? 0 : section->sh_size;
    }
    size_t table = align_up(offset, 8);
    *size_bytes = table + builder->section_count * sizeof(Elf64_Shdr);

    uint8_t *file = calloc(1, *size_bytes);
    assert(file);
    *(Elf64_Ehdr *)file = (Elf64_Ehdr){
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_REL,
        .e_machine = EM_X86_64,
        .e_version = EV_CURRENT,
        .e_shoff = table,
        .e_ehsize = sizeof(Elf64_Ehdr),
        .e_shentsize = sizeof(Elf64_Shdr),
        .e_shnum = (uint16_t)builder->section_count,
        .e_shstrndx = (uint16_t)(builder->section_count - 1),
    };
    for (unsigned index = 1; index < builder->section_count; index++) {
        const Elf64_Shdr *section = &builder->sections[index];
        if (builder->contents[index] && section->sh_size != 0) {
            memcpy(file + section->sh_offset, builder->contents[index], section->sh_size);
        }
    }
    memcpy(file + table, builder->sections, builder->section_count * sizeof(Elf64_Shdr));
    return file;
}
