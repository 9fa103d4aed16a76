// SPDX-License-Identifier: MIT
/*
 * link_distinct.c: no two sections share bytes of the file, none has two relocation tables.
 *
 * Both need an entry of memory for each section.  Before the sections have places, the caller's
 * array of places is that memory.  The file order of sections is found by Shell's sort: in place,
 * n^(4/3) whatever the file says, and little more than a walk where few sections are out of order,
 * as in the files of linkers.
 */
#include "link_fault.h"

/* Which table changes each section?  places[target].segment remembers the first. */
static enum ksyms_status check_relocation_tables(struct ksyms_link *link, struct ksyms_fault *fault)
{
    const struct ksyms_object *object = link->object;

    for (uint32_t index = 0; index < object->section_count; index++) {
        link->places[index].segment = 0;
    }
    for (uint32_t index = 1; index < object->section_count; index++) {
        const struct ksyms_elf_section *section = &object->sections[index];
        if (section->sh_type != KSYMS_SHT_RELA) {
            continue;
        }
        uint32_t *first = &link->places[section->sh_info].segment;
        if (*first != 0) {
            return ksyms_link_refuse(fault,
                                     (struct ksyms_fault){
                                         .status = KSYMS_RELOCATIONS_TWICE,
                                         .section = index,
                                         .symbol = KSYMS_NONE,
                                         .relocation = KSYMS_NONE,
                                         .offset = offsetof(struct ksyms_elf_section, sh_info),
                                         .value = section->sh_info,
                                         .limit = *first,
                                     });
        }
        *first = index;
    }
    return KSYMS_OK;
}

/* Shell's sort of the first `count` places by the file offset in each. */
static void sort_by_file_offset(struct ksyms_section_place *places, uint32_t count)
{
    /* Sedgewick's steps, up to KSYMS_OBJECT_SECTIONS_MAX. */
    static const uint16_t steps[] = {4193, 1073, 281, 77, 23, 8, 1};

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        for (uint32_t position = steps[i]; position < count; position++) {
            struct ksyms_section_place moved = places[position];
            uint32_t hole = position;
            for (; hole >= steps[i] && places[hole - steps[i]].offset > moved.offset;
                 hole -= steps[i]) {
                places[hole] = places[hole - steps[i]];
            }
            places[hole] = moved;
        }
    }
}

static enum ksyms_status check_file_ranges(struct ksyms_link *link, struct ksyms_fault *fault)
{
    const struct ksyms_object *object = link->object;
    uint32_t count = 0;

    for (uint32_t index = 1; index < object->section_count; index++) {
        const struct ksyms_elf_section *section = &object->sections[index];
        if (section->sh_type != KSYMS_SHT_NOBITS && section->sh_size != 0) {
            link->places[count++] =
                (struct ksyms_section_place){.segment = index, .offset = section->sh_offset};
        }
    }
    sort_by_file_offset(link->places, count);

    for (uint32_t position = 1; position < count; position++) {
        uint32_t index = link->places[position].segment;
        const struct ksyms_elf_section *before =
            &object->sections[link->places[position - 1].segment];
        uint64_t end = before->sh_offset + before->sh_size;
        if (object->sections[index].sh_offset < end) {
            return ksyms_link_refuse(fault,
                                     (struct ksyms_fault){
                                         .status = KSYMS_SECTION_OVERLAP,
                                         .section = index,
                                         .symbol = KSYMS_NONE,
                                         .relocation = KSYMS_NONE,
                                         .offset = offsetof(struct ksyms_elf_section, sh_offset),
                                         .value = object->sections[index].sh_offset,
                                         .limit = end,
                                     });
        }
    }
    return KSYMS_OK;
}

enum ksyms_status ksyms_link_check_distinct(struct ksyms_link *link, struct ksyms_fault *fault)
{
    enum ksyms_status status = check_relocation_tables(link, fault);
    if (status == KSYMS_OK) {
        status = check_file_ranges(link, fault);
    }
    return status;
}
