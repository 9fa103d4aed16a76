// SPDX-License-Identifier: MIT
/*
 * link_distinct.c: no two sections share bytes of the file, none has two relocation tables.
 *
 * Both need an entry of memory for each section.  Before the sections have places, the caller's
 * array of places is that memory.  The file order of sections is found by heapsort: n log n
 * whatever the file says, in place, without recursion.
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

static uint64_t file_offset(const struct ksyms_link *link, uint32_t position)
{
    return link->object->sections[link->places[position].segment].sh_offset;
}

static void swap_positions(struct ksyms_link *link, uint32_t left, uint32_t right)
{
    uint32_t section = link->places[left].segment;
    link->places[left].segment = link->places[right].segment;
    link->places[right].segment = section;
}

/* Let the entry at `position` sink to where both its children are no larger. */
static void sift_down(struct ksyms_link *link, uint32_t position, uint32_t count)
{
    for (;;) {
        uint32_t child = 2 * position + 1;
        if (child >= count) {
            return;
        }
        if (child + 1 < count && file_offset(link, child) < file_offset(link, child + 1)) {
            child++;
        }
        if (file_offset(link, position) >= file_offset(link, child)) {
            return;
        }
        swap_positions(link, position, child);
        position = child;
    }
}

static void sort_by_file_offset(struct ksyms_link *link, uint32_t count)
{
    for (uint32_t position = count / 2; position-- > 0;) {
        sift_down(link, position, count);
    }
    for (uint32_t end = count; end-- > 1;) {
        swap_positions(link, 0, end);
        sift_down(link, 0, end);
    }
}

static enum ksyms_status check_file_ranges(struct ksyms_link *link, struct ksyms_fault *fault)
{
    const struct ksyms_object *object = link->object;
    uint32_t count = 0;

    for (uint32_t index = 1; index < object->section_count; index++) {
        const struct ksyms_elf_section *section = &object->sections[index];
        if (section->sh_type != KSYMS_SHT_NOBITS && section->sh_size != 0) {
            link->places[count++].segment = index;
        }
    }
    sort_by_file_offset(link, count);

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
