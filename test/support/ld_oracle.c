// SPDX-License-Identifier: MIT
/*
 * ld_oracle.c: see ld_oracle.h.  Reads both files with <elf.h> only; of the kit it uses the result.
 */
#include <assert.h>
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "files.h"
#include "ld_oracle.h"

#define NAME_SIZE 16 /* ".s" and a number */

/* The copy that ld reads: the file, 8-byte aligned, then a new table of section names. */
struct copy {
    uint8_t *bytes;
    size_t size_bytes;
    Elf64_Ehdr *header;
    Elf64_Shdr *sections;
};

static bool is_loaded(const Elf64_Shdr *section)
{
    return (section->sh_flags & SHF_ALLOC) != 0;
}

static void rename_sections(struct copy *copy, size_t names_offset)
{
    char *names = (char *)copy->bytes + names_offset;
    size_t names_size = 1;

    for (unsigned index = 1; index < copy->header->e_shnum; index++) {
        Elf64_Shdr *section = &copy->sections[index];
        section->sh_name = (uint32_t)names_size;
        names_size +=
            (size_t)sprintf(names + names_size, ".%c%u", is_loaded(section) ? 's' : 'x', index) + 1;
        if (!is_loaded(section)) {
            continue;
        }
        section->sh_flags &= SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR;
        section->sh_entsize = 0;
        section->sh_link = 0;
        if (section->sh_type != SHT_NOBITS) {
            section->sh_type = SHT_PROGBITS;
        }
    }
    Elf64_Shdr *table = &copy->sections[copy->header->e_shstrndx];
    if (copy->sections[copy->header->e_shstrndx].sh_type == SHT_STRTAB) {
        table->sh_offset = names_offset;
        table->sh_size = names_size;
    }
}

/* ld places commons as it likes: tell it where ours are, by script, like undefined ones. */
static void undefine_commons(struct copy *copy, const struct ksyms_object *object)
{
    Elf64_Shdr *table = &copy->sections[object->symbol_section];
    Elf64_Sym *symbols = (Elf64_Sym *)(copy->bytes + table->sh_offset);

    for (uint32_t index = 1; index < object->symbol_count; index++) {
        if (symbols[index].st_shndx == SHN_COMMON) {
            symbols[index].st_shndx = SHN_UNDEF;
            symbols[index].st_value = 0;
            symbols[index].st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE);
        }
    }
}

static void write_copy(const struct ksyms_object *object, const char *path)
{
    struct copy copy;
    size_t names_offset = (object->size_bytes + 7) & ~(size_t)7;

    copy.size_bytes = names_offset + 1 + (size_t)object->section_count * NAME_SIZE;
    copy.bytes = calloc(1, copy.size_bytes);
    assert(copy.bytes);
    memcpy(copy.bytes, object->bytes, object->size_bytes);
    copy.header = (Elf64_Ehdr *)copy.bytes;
    copy.sections = (Elf64_Shdr *)(copy.bytes + copy.header->e_shoff);

    /* A string table that serves for symbols too must keep its old contents for those. */
    const Elf64_Shdr *symbols = &copy.sections[object->symbol_section];
    assert(symbols->sh_link != copy.header->e_shstrndx);
    rename_sections(&copy, names_offset);
    undefine_commons(&copy, object);
    write_file(path, copy.bytes, copy.size_bytes);
    free(copy.bytes);
}

/* Sections by rising address: ld keeps the location counter of the script going upwards.  Section
 * 0, which is never loaded, stands for the GOT. */
#define GOT 0u

static uint64_t got_address(const struct ksyms_link *link)
{
    return link->segments[KSYMS_SEGMENT_RODATA].address + link->got_offset;
}

static uint64_t address_of(const struct ksyms_link *link, uint32_t index)
{
    return index == GOT ? got_address(link) : ksyms_link_section_address(link, index);
}

static const struct ksyms_link *sorting;
static int compare_addresses(const void *left, const void *right)
{
    uint32_t left_index = *(const uint32_t *)left;
    uint32_t right_index = *(const uint32_t *)right;
    uint64_t left_address = address_of(sorting, left_index);
    uint64_t right_address = address_of(sorting, right_index);

    if (left_address != right_address) {
        return left_address < right_address ? -1 : 1;
    }
    return left_index < right_index ? -1 : 1;
}

/* Undefined symbols get the addresses that ours got; ld knows _GLOBAL_OFFSET_TABLE_ itself. */
static void write_symbols(const struct ksyms_link *link, FILE *script)
{
    const struct ksyms_object *object = link->object;

    for (uint32_t index = 1; index < object->symbol_count; index++) {
        const struct ksyms_elf_symbol *symbol = &object->symbols[index];
        const char *name = object->symbol_names + symbol->st_name;
        /* For an absent symbol ld does without the slot, against --no-relax: say that it is 0. */
        bool is_unresolved_weak = ELF64_ST_BIND(symbol->st_info) == STB_WEAK &&
                                  symbol->st_shndx == SHN_UNDEF &&
                                  link->symbol_addresses[index] == 0 && link->got_count == 0;
        bool is_wanted = (symbol->st_shndx == SHN_UNDEF && !is_unresolved_weak) ||
                         symbol->st_shndx == SHN_COMMON;
        if (is_wanted && strcmp(name, "_GLOBAL_OFFSET_TABLE_") != 0) {
            fprintf(script, "\"%s\" = 0x%" PRIx64 ";\n", name, link->symbol_addresses[index]);
        }
    }
}

static void write_script(const struct ksyms_link *link, const char *path)
{
    const struct ksyms_object *object = link->object;
    uint32_t *order = malloc((object->section_count + 1) * sizeof(*order));
    uint32_t count = 0;
    FILE *script = fopen(path, "w");
    assert(script && order);

    write_symbols(link, script);
    for (uint32_t index = 1; index < object->section_count; index++) {
        if (object->sections[index].sh_flags & SHF_ALLOC) {
            order[count++] = index;
        }
    }
    if (link->got_count != 0) {
        order[count++] = GOT;
    }
    sorting = link;
    qsort(order, count, sizeof(*order), compare_addresses);
    fprintf(script, "SECTIONS {\n");
    for (uint32_t position = 0; position < count; position++) {
        uint32_t index = order[position];
        fprintf(script, "  .s%u 0x%" PRIx64 " : { *(.%s%.0u) . = .; }\n", index,
                address_of(link, index), index == GOT ? "got" : "s", index);
    }
    /* What ld keeps for itself before the slots, if somebody mentions the GOT by name. */
    fprintf(script, "  .got.plt : { *(.got.plt) }\n  /DISCARD/ : { *(*) }\n}\n");
    fclose(script);
    free(order);
}

bool ld_oracle_link(const struct ksyms_link *link)
{
    write_copy(link->object, scratch_path("ld.in.o"));
    write_script(link, scratch_path("ld.script"));
    return run_command("rm -f '%s'; ld -m elf_x86_64 -static -nostdlib -N --no-relax "
                       "--build-id=none --no-warn-rwx-segments --no-warn-execstack "
                       "--traditional-format -e 0 -T '%s' -o '%s' '%s' > '%s' 2>&1",
                       scratch_path("ld.out"), scratch_path("ld.script"), scratch_path("ld.out"),
                       scratch_path("ld.in.o"), scratch_path("ld.log")) == 0;
}

static const Elf64_Shdr *find_output_section(const uint8_t *output, uint32_t index)
{
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)output;
    const Elf64_Shdr *sections = (const Elf64_Shdr *)(output + header->e_shoff);
    const char *names = (const char *)output + sections[header->e_shstrndx].sh_offset;
    char name[NAME_SIZE];

    snprintf(name, sizeof(name), ".s%u", index);
    for (unsigned candidate = 1; candidate < header->e_shnum; candidate++) {
        if (strcmp(names + sections[candidate].sh_name, name) == 0) {
            return &sections[candidate];
        }
    }
    return NULL;
}

static void report(struct ld_counts *counts, const char *name, uint32_t section, const char *what,
                   uint64_t ours, uint64_t theirs)
{
    counts->differences++;
    fprintf(stderr, "%s: section %u: %s: ours 0x%" PRIx64 ", ld 0x%" PRIx64 "\n", name, section,
            what, ours, theirs);
}

/* Where the bytes are that run at an address, in the output section .s<index>; null if outside. */
static const uint8_t *at_address(const uint8_t *output, const Elf64_Shdr *section, uint64_t address,
                                 size_t size)
{
    if (!section || section->sh_size < size ||
        address - section->sh_addr > section->sh_size - size) {
        return NULL;
    }
    return output + section->sh_offset + (address - section->sh_addr);
}

/*
 * ld has its slots in an order of its own.  So a field that refers to a slot is compared by what it
 * leads to; then ours is written over ld's, and the comparison of all bytes finds no difference.
 */
static void follow_slots(const struct ksyms_link *link, uint8_t *output, uint32_t table,
                         const char *name, struct ld_counts *counts)
{
    const struct ksyms_elf_section *header = &link->object->sections[table];
    const Elf64_Rela *entries = (const Elf64_Rela *)(link->object->bytes + header->sh_offset);
    const Elf64_Shdr *got = find_output_section(output, GOT);
    const Elf64_Shdr *section = find_output_section(output, header->sh_info);
    uint64_t address = ksyms_link_section_address(link, header->sh_info);
    const uint8_t *bytes = ksyms_link_section_bytes(link, header->sh_info);
    const uint8_t *constants = link->segments[KSYMS_SEGMENT_RODATA].bytes;

    for (size_t entry = 0; entry < header->sh_size / sizeof(*entries); entry++) {
        uint32_t type = ELF64_R_TYPE(entries[entry].r_info);
        uint64_t offset = entries[entry].r_offset;
        if (type != R_X86_64_GOTPCREL && type != R_X86_64_GOTPCRELX &&
            type != R_X86_64_REX_GOTPCRELX) {
            continue;
        }
        uint8_t *field = (uint8_t *)(uintptr_t)at_address(output, section, address + offset, 4);
        int32_t ours;
        int32_t theirs;
        uint64_t our_symbol;
        uint64_t their_symbol;
        assert(field);
        memcpy(&ours, bytes + offset, 4);
        memcpy(&theirs, field, 4);
        uint64_t base = address + offset - (uint64_t)entries[entry].r_addend;
        uint64_t our_slot = base + (uint64_t)(int64_t)ours - got_address(link);
        const uint8_t *slot = at_address(output, got, base + (uint64_t)(int64_t)theirs, 8);
        if (!slot || our_slot % 8 != 0 || our_slot / 8 >= link->got_count) {
            report(counts, name, header->sh_info, "slot is outside the GOT", our_slot,
                   base + (uint64_t)(int64_t)theirs);
            continue;
        }
        memcpy(&our_symbol, constants + link->got_offset + our_slot, 8);
        memcpy(&their_symbol, slot, 8);
        if (our_symbol != their_symbol) {
            report(counts, name, header->sh_info, "slot holds", our_symbol, their_symbol);
        }
        memcpy(field, &ours, 4);
        counts->slots_followed++;
    }
}

static void compare_got(const struct ksyms_link *link, uint8_t *output, const char *name,
                        struct ld_counts *counts)
{
    const Elf64_Shdr *theirs = find_output_section(output, GOT);

    if (!theirs || theirs->sh_addr != got_address(link) || theirs->sh_size != 8 * link->got_count) {
        report(counts, name, GOT, "GOT: bytes", 8 * link->got_count, theirs ? theirs->sh_size : 0);
        return;
    }
    for (uint32_t index = 1; index < link->object->section_count; index++) {
        const struct ksyms_elf_section *table = &link->object->sections[index];
        if (table->sh_type == SHT_RELA &&
            (link->object->sections[table->sh_info].sh_flags & SHF_ALLOC)) {
            follow_slots(link, output, index, name, counts);
        }
    }
}

static void compare_section(const struct ksyms_link *link, const uint8_t *output, uint32_t index,
                            const char *name, struct ld_counts *counts)
{
    const struct ksyms_elf_section *section = &link->object->sections[index];
    const Elf64_Shdr *theirs = find_output_section(output, index);
    uint64_t address = ksyms_link_section_address(link, index);
    const uint8_t *ours = ksyms_link_section_bytes(link, index);

    if (!theirs) {
        report(counts, name, index, "is missing in ld's output", section->sh_size, 0);
        return;
    }
    if (theirs->sh_addr != address) {
        report(counts, name, index, "address", address, theirs->sh_addr);
    }
    if (theirs->sh_size != section->sh_size) {
        report(counts, name, index, "size", section->sh_size, theirs->sh_size);
        return;
    }
    for (uint64_t offset = 0; offset < section->sh_size; offset++) {
        uint8_t byte = theirs->sh_type == SHT_NOBITS ? 0 : output[theirs->sh_offset + offset];
        if (ours[offset] != byte) {
            fprintf(stderr, "offset 0x%" PRIx64 ": ", offset);
            report(counts, name, index, "byte", ours[offset], byte);
            return;
        }
    }
    counts->sections++;
    counts->bytes += section->sh_size;
}

static void count_relocations(const struct ksyms_object *object, struct ld_counts *counts)
{
    for (uint32_t index = 1; index < object->section_count; index++) {
        const struct ksyms_elf_section *table = &object->sections[index];
        if (table->sh_type != SHT_RELA ||
            !(object->sections[table->sh_info].sh_flags & SHF_ALLOC)) {
            continue;
        }
        const Elf64_Rela *entries = (const Elf64_Rela *)(object->bytes + table->sh_offset);
        for (size_t entry = 0; entry < table->sh_size / sizeof(*entries); entry++) {
            counts->relocations[ELF64_R_TYPE(entries[entry].r_info) % 64]++;
        }
    }
}

void ld_oracle_compare(const struct ksyms_link *link, const char *name, struct ld_counts *counts)
{
    size_t size_bytes;
    uint8_t *output = read_file(scratch_path("ld.out"), &size_bytes);

    if (link->got_count != 0) {
        compare_got(link, output, name, counts);
    }
    for (uint32_t index = 1; index < link->object->section_count; index++) {
        const struct ksyms_elf_section *section = &link->object->sections[index];
        if ((section->sh_flags & SHF_ALLOC) && section->sh_size != 0) {
            compare_section(link, output, index, name, counts);
        }
    }
    count_relocations(link->object, counts);
    counts->links++;
    free(output);
}
