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

/*
 * May a section refer to one of index `referred`?  Symbols of the kernel, of other modules,
 * absolute and common ones have no section and are always right.  The others must be in a segment
 * below `segment_limit`: the init segments are the last ones, and KSYMS_SEGMENT_NONE is above any
 * limit.
 */
static bool may_refer(const struct ksyms_section_place *places, uint32_t section_count,
                      uint32_t referred, uint32_t segment_limit)
{
    return referred == KSYMS_SHN_UNDEF || referred >= section_count ||
           places[referred].segment < segment_limit;
}

static enum ksyms_status refuse_reference(const struct ksyms_link *link,
                                          const struct target *target, uint32_t index,
                                          uint32_t referred, struct ksyms_fault *fault)
{
    bool is_loaded = link->places[referred].segment != KSYMS_SEGMENT_NONE;
    return refuse_entry(target, index, is_loaded ? KSYMS_LINK_LIFETIME : KSYMS_LINK_UNLOADED,
                        referred, 0, fault);
}

/* What the loop reads is taken out of `link` and `target` first: it writes to bytes, and bytes may
 * alias anything, so the compiler would have to read all of it again each time. */
static enum ksyms_status apply_entries(const struct ksyms_link *link, const struct target *target,
                                       struct ksyms_fault *fault)
{
    const struct ksyms_elf_rela *const entries = target->entries;
    const struct ksyms_elf_symbol *const symbols = link->object->symbols;
    const struct ksyms_section_place *const places = link->places;
    const uint64_t *const addresses = link->symbol_addresses;
    const uint32_t section_count = link->object->section_count;
    const uint32_t count = target->count;
    const uint64_t address = target->address;
    uint8_t *const bytes = target->bytes;
    bool may_go = target->segment >= KSYMS_SEGMENT_INIT_TEXT || link->keeps_init;
    const uint32_t segment_limit = may_go ? KSYMS_SEGMENT_COUNT : KSYMS_SEGMENT_INIT_TEXT;

    for (uint32_t index = 0; index < count; index++) {
        const struct ksyms_elf_rela *rela = &entries[index];
        uint32_t symbol = ksyms_elf_rela_symbol(rela);
        uint32_t type = ksyms_elf_rela_type(rela);
        uint8_t *field = bytes + rela->r_offset;
        uint64_t S = addresses[symbol];
        uint64_t A = (uint64_t)rela->r_addend;
        uint64_t P = address + rela->r_offset;
        uint64_t value = S + A;
        bool fits = true;

        if (!may_refer(places, section_count, symbols[symbol].st_shndx, segment_limit)) {
            return refuse_reference(link, target, index, symbols[symbol].st_shndx, fault);
        }
        switch (type) {
        case KSYMS_R_X86_64_NONE:
            break;
        case KSYMS_R_X86_64_64:
            write_u64(field, value);
            break;
        case KSYMS_R_X86_64_PC64:
            write_u64(field, value - P);
            break;
        case KSYMS_R_X86_64_PC32:
        case KSYMS_R_X86_64_PLT32:
            value -= P;
            fits = fits_signed32(value);
            write_u32(field, value);
            break;
        case KSYMS_R_X86_64_32S:
            fits = fits_signed32(value);
            write_u32(field, value);
            break;
        case KSYMS_R_X86_64_32:
            fits = fits_unsigned32(value);
            write_u32(field, value);
            break;
        default: /* check has refused all others; a type that this switch forgets stays visible */
            return refuse_entry(target, index, KSYMS_RELOCATION_TYPE, type, 0, fault);
        }
        if (!fits) {
            uint64_t limit = type == KSYMS_R_X86_64_32 ? UINT32_MAX : INT32_MAX;
            return refuse_entry(target, index, KSYMS_LINK_OVERFLOW, value, limit, fault);
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
