// SPDX-License-Identifier: MIT
/*
 * relocate.c: copies the sections into their segments and applies the relocations.
 *
 * In the letters of the psABI (table 4.9): S is the address of the symbol, A the addend, P the
 * run-time address of the field.  All three are modulo 2^64; the result is then checked against the
 * width of its field:
 *
 *     R_X86_64_64             S + A        8 bytes   anything
 *     R_X86_64_PC64           S + A - P    8 bytes   anything
 *     R_X86_64_32             S + A        4 bytes   0 ... 2^32 - 1
 *     R_X86_64_32S            S + A        4 bytes   -2^31 ... 2^31 - 1
 *     R_X86_64_PC32, PLT32    S + A - P    4 bytes   -2^31 ... 2^31 - 1
 *
 * PLT32 is PC32 here: nothing is so far away that it would need a stub.  These ranges are those of
 * GNU ld, gold and lld.
 *
 * Where a field is written (`field`) and where it will be (P) are two things: never mix them.
 */
#include "bytes.h"
#include "link_fault.h"
#include "relocation.h"

#define INT3 0xcc /* one-byte breakpoint: a jump into a gap of the text traps at once */

/* One relocation table and the section that it changes. */
struct target {
    uint32_t section;
    uint32_t segment;
    uint8_t *bytes;   /* where it is written */
    uint64_t address; /* where it runs */
    const struct ksyms_elf_rela *entries;
    uint32_t count;
};

static bool fits_signed32(uint64_t value)
{
    return (uint64_t)(int64_t)(int32_t)(uint32_t)value == value;
}

static bool fits_unsigned32(uint64_t value)
{
    return value <= UINT32_MAX;
}

static void write_u32(uint8_t *field, uint64_t value)
{
    uint32_t narrow = (uint32_t)value;
    memcpy(field, &narrow, sizeof(narrow));
}

static void write_u64(uint8_t *field, uint64_t value)
{
    memcpy(field, &value, sizeof(value));
}

static enum ksyms_status refuse_entry(const struct target *target, uint32_t index,
                                      enum ksyms_status status, uint64_t value, uint64_t limit,
                                      struct ksyms_fault *fault)
{
    const struct ksyms_elf_rela *rela = &target->entries[index];

    return ksyms_link_refuse(fault, (struct ksyms_fault){
                                        .status = status,
                                        .section = target->section,
                                        .symbol = ksyms_elf_rela_symbol(rela),
                                        .relocation = index,
                                        .relocation_type = ksyms_elf_rela_type(rela),
                                        .offset = rela->r_offset,
                                        .value = value,
                                        .limit = limit,
                                    });
}

static void fill_gap(struct ksyms_link *link, uint32_t kind, uint64_t start, uint64_t end)
{
    bool is_text = kind == KSYMS_SEGMENT_TEXT || kind == KSYMS_SEGMENT_INIT_TEXT;
    if (start < end) {
        memset(link->segments[kind].bytes + start, is_text ? INT3 : 0, end - start);
    }
}

/* Copy the sections.  From here every byte of every segment is written once. */
static void copy_sections(struct ksyms_link *link)
{
    const struct ksyms_object *object = link->object;
    uint64_t written[KSYMS_SEGMENT_COUNT] = {0};

    for (uint32_t index = 1; index < object->section_count; index++) {
        const struct ksyms_section_place *place = &link->places[index];
        if (place->segment == KSYMS_SEGMENT_NONE) {
            continue;
        }
        size_t size;
        const uint8_t *bytes = ksyms_object_section_bytes(object, index, &size);
        fill_gap(link, place->segment, written[place->segment], place->offset);
        written[place->segment] = place->offset + size;
        if (bytes && size != 0) {
            memcpy(link->segments[place->segment].bytes + place->offset, bytes, size);
        } else {
            fill_gap(link, place->segment, place->offset, place->offset + size);
        }
    }
    for (uint32_t kind = 0; kind < KSYMS_SEGMENT_COUNT; kind++) {
        fill_gap(link, kind, written[kind], link->segments[kind].size_bytes);
    }
}

static bool is_zero(const uint8_t *field, size_t width)
{
    uint64_t value = 0;
    memcpy(&value, field, width);
    return value == 0;
}

/*
 * Fields that do not go upwards: do any two share bytes?  Every field is zero in the file, and all
 * of them are about to be overwritten.  So fill each with ones in turn: one that is no longer zero
 * shares a byte with an earlier one.
 */
static enum ksyms_status check_fields_distinct(const struct target *target,
                                               struct ksyms_fault *fault)
{
    for (uint32_t index = 0; index < target->count; index++) {
        const struct ksyms_elf_rela *rela = &target->entries[index];
        uint8_t *field = target->bytes + rela->r_offset;
        size_t width = ksyms_relocation_width(ksyms_elf_rela_type(rela));

        if (!is_zero(field, width)) {
            return refuse_entry(target, index, KSYMS_RELOCATION_OVERLAP, 0, 0, fault);
        }
        memset(field, 0xff, width);
    }
    return KSYMS_OK;
}

/* May code or data of `segment` refer to this symbol?  Not if it is nowhere, or gone too early. */
static enum ksyms_status check_reference(const struct ksyms_link *link, uint32_t segment,
                                         uint32_t symbol)
{
    uint16_t section = link->object->symbols[symbol].st_shndx;
    if (section == KSYMS_SHN_UNDEF || section >= link->object->section_count) {
        return KSYMS_OK; /* of the kernel or another module, absolute, or common */
    }
    uint32_t referred = link->places[section].segment;
    if (referred == KSYMS_SEGMENT_NONE) {
        return KSYMS_LINK_UNLOADED;
    }
    if (referred >= KSYMS_SEGMENT_INIT_TEXT && segment < KSYMS_SEGMENT_INIT_TEXT &&
        !link->keeps_init) {
        return KSYMS_LINK_LIFETIME;
    }
    return KSYMS_OK;
}

static enum ksyms_status apply_entries(const struct ksyms_link *link, const struct target *target,
                                       struct ksyms_fault *fault)
{
    for (uint32_t index = 0; index < target->count; index++) {
        const struct ksyms_elf_rela *rela = &target->entries[index];
        uint32_t symbol = ksyms_elf_rela_symbol(rela);
        uint8_t *field = target->bytes + rela->r_offset;
        uint64_t S = link->symbol_addresses[symbol];
        uint64_t A = (uint64_t)rela->r_addend;
        uint64_t P = target->address + rela->r_offset;

        enum ksyms_status status = check_reference(link, target->segment, symbol);
        if (status != KSYMS_OK) {
            return refuse_entry(target, index, status, link->object->symbols[symbol].st_shndx, 0,
                                fault);
        }
        switch (ksyms_elf_rela_type(rela)) {
        case KSYMS_R_X86_64_NONE:
            break;
        case KSYMS_R_X86_64_64:
            write_u64(field, S + A);
            break;
        case KSYMS_R_X86_64_PC64:
            write_u64(field, S + A - P);
            break;
        case KSYMS_R_X86_64_PC32:
        case KSYMS_R_X86_64_PLT32:
            if (!fits_signed32(S + A - P)) {
                return refuse_entry(target, index, KSYMS_LINK_OVERFLOW, S + A - P, INT32_MAX,
                                    fault);
            }
            write_u32(field, S + A - P);
            break;
        case KSYMS_R_X86_64_32S:
            if (!fits_signed32(S + A)) {
                return refuse_entry(target, index, KSYMS_LINK_OVERFLOW, S + A, INT32_MAX, fault);
            }
            write_u32(field, S + A);
            break;
        case KSYMS_R_X86_64_32:
            if (!fits_unsigned32(S + A)) {
                return refuse_entry(target, index, KSYMS_LINK_OVERFLOW, S + A, UINT32_MAX, fault);
            }
            write_u32(field, S + A);
            break;
        default: /* check has refused all others; a type that this switch forgets stays visible */
            return refuse_entry(target, index, KSYMS_RELOCATION_TYPE, ksyms_elf_rela_type(rela), 0,
                                fault);
        }
    }
    return KSYMS_OK;
}

static enum ksyms_status relocate_section(const struct ksyms_link *link, uint32_t table,
                                          struct ksyms_fault *fault)
{
    const struct ksyms_object *object = link->object;
    const struct ksyms_elf_section *section = &object->sections[table];
    struct target target = {
        .section = section->sh_info,
        .segment = link->places[section->sh_info].segment,
        .bytes = ksyms_link_section_bytes(link, section->sh_info),
        .address = ksyms_link_section_address(link, section->sh_info),
        .entries = (const struct ksyms_elf_rela *)(object->bytes + section->sh_offset),
        .count = (uint32_t)(section->sh_size / sizeof(struct ksyms_elf_rela)),
    };

    if (!object->is_ordered) {
        enum ksyms_status status = check_fields_distinct(&target, fault);
        if (status != KSYMS_OK) {
            return status;
        }
    }
    return apply_entries(link, &target, fault);
}

enum ksyms_status ksyms_link_relocate(struct ksyms_link *link, struct ksyms_fault *fault)
{
    const struct ksyms_object *object = link->object;

    copy_sections(link);
    for (uint32_t index = 1; index < object->section_count; index++) {
        const struct ksyms_elf_section *section = &object->sections[index];
        if (section->sh_type != KSYMS_SHT_RELA ||
            link->places[section->sh_info].segment == KSYMS_SEGMENT_NONE) {
            continue;
        }
        enum ksyms_status status = relocate_section(link, index, fault);
        if (status != KSYMS_OK) {
            return status;
        }
    }
    return KSYMS_OK;
}
