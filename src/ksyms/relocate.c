// SPDX-License-Identifier: MIT
/*
 * relocate.c: copies the sections into their segments and applies the relocations.
 *
 * In the letters of the psABI (table 4.9): S is the address of the symbol, A the addend, P the
 * run-time address of the field, G + GOT that of the symbol's slot.  All are modulo 2^64; the
 * result is then checked against the width of its field:
 *
 *     R_X86_64_64                   S + A              8 bytes   anything
 *     R_X86_64_PC64                 S + A - P          8 bytes   anything
 *     R_X86_64_32                   S + A              4 bytes   0 ... 2^32 - 1
 *     R_X86_64_32S                  S + A              4 bytes   -2^31 ... 2^31 - 1
 *     R_X86_64_PC32, PLT32          S + A - P          4 bytes   -2^31 ... 2^31 - 1
 *     R_X86_64_[REX_]GOTPCREL[X]    G + GOT + A - P    4 bytes   -2^31 ... 2^31 - 1
 *
 * PLT32 is PC32 here: nothing is so far away that it would need a stub.  The X types allow a linker
 * to do without the slot by changing the instruction: allowed, not done.  These ranges are those of
 * GNU ld, gold and lld.
 *
 * Where a field is written (`field`) and where it will be (P) are two things: never mix them.
 *
 * Two ways through a table.  The fast one (apply_quickly) does the types that modules consist of,
 * with one verdict over all checks, as long as the fields go upwards.  Whatever it does not do, or
 * finds wrong, it leaves to the other (apply_entry), which does every type and names what is wrong.
 * Fields that do not go upwards could share bytes, which takes two more rounds to exclude.
 */
#include "bytes.h"
#include "link_fault.h"
#include "relocation.h"

#define INT3 0xcc /* one-byte breakpoint: a jump into a gap of the text traps at once */

/* One relocation table and the section that it changes. */
struct target {
    uint32_t section;
    uint32_t segment;
    uint8_t *bytes; /* where it is written */
    uint64_t size_bytes;
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

/* ------------------------------------------------------------------ copying */

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

static uint64_t slot_offset(const struct ksyms_link *link, uint32_t symbol)
{
    return link->got_offset + (uint64_t)link->got_slots[symbol] * KSYMS_GOT_SLOT_SIZE;
}

static void fill_got(struct ksyms_link *link)
{
    uint8_t *constants = link->segments[KSYMS_SEGMENT_RODATA].bytes;

    if (link->got_count == 0) {
        return;
    }
    for (uint32_t symbol = 0; symbol < link->object->symbol_count; symbol++) {
        if (link->got_slots[symbol] != KSYMS_GOT_NO_SLOT) {
            write_u64(constants + slot_offset(link, symbol), link->symbol_addresses[symbol]);
        }
    }
}

/* ------------------------------------------------------------------ one relocation, any type */

static bool is_zero(const uint8_t *field, size_t width)
{
    uint64_t value = 0;
    memcpy(&value, field, width);
    return value == 0;
}

/* A field must lie inside its section (not `offset + width <= size`: that sum can wrap), and be
 * zero, as the addend is in the entry: anything else was relocated before, by some other tool. */
static enum ksyms_status check_field(const struct target *target, uint32_t index,
                                     struct ksyms_fault *fault)
{
    const struct ksyms_elf_rela *rela = &target->entries[index];
    size_t width = ksyms_relocation_width(ksyms_elf_rela_type(rela));
    uint64_t offset = rela->r_offset;

    if (width > target->size_bytes || offset > target->size_bytes - width) {
        uint64_t limit = width > target->size_bytes ? 0 : target->size_bytes - width;
        return refuse_entry(target, index, KSYMS_RELOCATION_OFFSET, offset, limit, fault);
    }
    if (!is_zero(target->bytes + offset, width)) {
        uint64_t contents = 0;
        memcpy(&contents, target->bytes + offset, width);
        return refuse_entry(target, index, KSYMS_RELOCATION_FIELD, contents, 0, fault);
    }
    return KSYMS_OK;
}

/* Symbols of the kernel, of other modules, absolute and common ones have no section and are always
 * right.  The others must be loaded, and stay as long as who refers to them. */
static enum ksyms_status check_reference(const struct ksyms_link *link, const struct target *target,
                                         uint32_t index, struct ksyms_fault *fault)
{
    uint32_t symbol = ksyms_elf_rela_symbol(&target->entries[index]);
    uint32_t referred = link->object->symbols[symbol].st_shndx;
    bool goes = target->segment >= KSYMS_SEGMENT_INIT_TEXT;

    if (link->symbol_bars[symbol].init) {
        return refuse_entry(target, index, KSYMS_LINK_UNLOADED, referred, 0, fault);
    }
    if (link->symbol_bars[symbol].core && !goes) {
        return refuse_entry(target, index, KSYMS_LINK_LIFETIME, referred, 0, fault);
    }
    return KSYMS_OK;
}

/* Apply one relocation whose field was checked. */
static enum ksyms_status apply_entry(const struct ksyms_link *link, const struct target *target,
                                     uint32_t index, struct ksyms_fault *fault)
{
    const struct ksyms_elf_rela *rela = &target->entries[index];
    uint32_t symbol = ksyms_elf_rela_symbol(rela);
    uint32_t type = ksyms_elf_rela_type(rela);
    uint8_t *field = target->bytes + rela->r_offset;
    uint64_t S = link->symbol_addresses[symbol];
    uint64_t A = (uint64_t)rela->r_addend;
    uint64_t P = target->address + rela->r_offset;
    uint64_t value = S + A;
    bool fits = true;

    enum ksyms_status status = check_reference(link, target, index, fault);
    if (status != KSYMS_OK) {
        return status;
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
    case KSYMS_R_X86_64_GOTPCREL:
    case KSYMS_R_X86_64_GOTPCRELX:
    case KSYMS_R_X86_64_REX_GOTPCRELX:
        value = link->segments[KSYMS_SEGMENT_RODATA].address + slot_offset(link, symbol) + A - P;
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
    return KSYMS_OK;
}

/* ------------------------------------------------------------------ one table, upwards */

/* What the fast way reads, taken out of link and target: it writes to bytes, and bytes may alias
 * anything, so the compiler would have to read all of it again each time. */
struct stride {
    uint8_t *bytes;
    uint64_t address;
    uint64_t limit;            /* of the offset of a field of 8 bytes; of one of 4: limit + 4 */
    uint64_t end;              /* of the last field */
    const uint64_t *addresses; /* of symbols */
    const uint32_t *bars;      /* two words for each symbol: the first is the one that counts */
};

/*
 * Apply one relocation, with everything that check_field, check_reference and apply_entry check,
 * and that it lies above the one before.  False if any of it is not so; then nothing was written.
 * Inlined, with constants for `width` (4 or 8) and what follows it.
 */
static inline bool apply_quickly(struct stride *stride, const struct ksyms_elf_rela *rela,
                                 uint64_t width, bool is_relative)
{
    uint64_t offset = rela->r_offset;
    uint32_t symbol = ksyms_elf_rela_symbol(rela);

    if (offset < stride->end || offset > stride->limit + (8 - width)) {
        return false;
    }
    uint8_t *field = stride->bytes + offset;
    uint64_t value = stride->addresses[symbol] + (uint64_t)rela->r_addend;
    uint64_t wrong = stride->bars[2 * (uint64_t)symbol];
    if (is_relative) {
        value -= offset;
        value -= stride->address;
    }
    if (width == 8) {
        wrong |= read_u64(field);
    } else {
        wrong |= value ^ (uint64_t)(int64_t)(int32_t)value; /* 0 if it fits the signed 32 bits */
        wrong |= read_u32(field);
    }
    if (wrong != 0) {
        return false;
    }
    if (width == 8) {
        write_u64(field, value);
    } else {
        write_u32(field, value);
    }
    stride->end = offset + width;
    return true;
}

/* As far as it goes: returns the first entry that it did not apply.  A function of its own, so that
 * all that the loop reads is in registers. */
__attribute__((noinline)) static const struct ksyms_elf_rela *
apply_many(struct stride *outer, const struct ksyms_elf_rela *rela,
           const struct ksyms_elf_rela *end)
{
    struct stride stride = *outer;

    for (; rela != end; rela++) {
        uint32_t type = ksyms_elf_rela_type(rela);
        bool is_applied = false;

        if (type == KSYMS_R_X86_64_PC32 || type == KSYMS_R_X86_64_PLT32) {
            is_applied = apply_quickly(&stride, rela, 4, true);
        } else if (type == KSYMS_R_X86_64_64) {
            is_applied = apply_quickly(&stride, rela, 8, false);
        } else if (type == KSYMS_R_X86_64_32S) {
            is_applied = apply_quickly(&stride, rela, 4, false);
        } else if (type == KSYMS_R_X86_64_PC64) {
            is_applied = apply_quickly(&stride, rela, 8, true);
        }
        if (!is_applied) {
            break;
        }
    }
    outer->end = stride.end;
    return rela;
}

/* Stops with `*is_ordered` false at a field that does not lie above those before it. */
static enum ksyms_status apply_upwards(const struct ksyms_link *link, const struct target *target,
                                       bool *is_ordered, struct ksyms_fault *fault)
{
    bool goes = target->segment >= KSYMS_SEGMENT_INIT_TEXT;
    bool is_short = target->size_bytes < 8; /* stride.limit would be below 0 */
    struct stride stride = {
        .bytes = target->bytes,
        .address = target->address,
        .limit = target->size_bytes - 8,
        .addresses = link->symbol_addresses,
        .bars = goes ? &link->symbol_bars->init : &link->symbol_bars->core,
    };

    *is_ordered = true;
    for (uint32_t index = 0; index < target->count; index++) {
        if (!is_short) {
            index = (uint32_t)(apply_many(&stride, target->entries + index,
                                          target->entries + target->count) -
                               target->entries);
        }
        if (index == target->count) {
            break;
        }
        const struct ksyms_elf_rela *rela = &target->entries[index];
        uint64_t width = ksyms_relocation_width(ksyms_elf_rela_type(rela));
        if (rela->r_offset < stride.end && width != 0) {
            *is_ordered = false;
            return KSYMS_OK;
        }
        enum ksyms_status status = check_field(target, index, fault);
        if (status == KSYMS_OK) {
            status = apply_entry(link, target, index, fault);
        }
        if (status != KSYMS_OK) {
            return status;
        }
        stride.end = width == 0 ? stride.end : rela->r_offset + width;
    }
    return KSYMS_OK;
}

/* ------------------------------------------------------------------ one table, in any order */

/*
 * Do any two fields share bytes?  Every field is zero, and all of them are about to be overwritten.
 * So fill each with ones in turn: one that is no longer zero shares a byte with an earlier one.
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

static enum ksyms_status apply_in_any_order(const struct ksyms_link *link,
                                            const struct target *target, struct ksyms_fault *fault)
{
    size_t size;
    const uint8_t *original = ksyms_object_section_bytes(link->object, target->section, &size);
    enum ksyms_status status = KSYMS_OK;

    memcpy(target->bytes, original, size); /* undo the fields that went upwards */
    for (uint32_t index = 0; status == KSYMS_OK && index < target->count; index++) {
        status = check_field(target, index, fault);
    }
    if (status == KSYMS_OK) {
        status = check_fields_distinct(target, fault);
    }
    for (uint32_t index = 0; status == KSYMS_OK && index < target->count; index++) {
        status = apply_entry(link, target, index, fault);
    }
    return status;
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
        .size_bytes = object->sections[section->sh_info].sh_size,
        .address = ksyms_link_section_address(link, section->sh_info),
        .entries = (const struct ksyms_elf_rela *)(object->bytes + section->sh_offset),
        .count = (uint32_t)(section->sh_size / sizeof(struct ksyms_elf_rela)),
    };
    bool is_ordered;

    enum ksyms_status status = apply_upwards(link, &target, &is_ordered, fault);
    if (status == KSYMS_OK && !is_ordered) {
        status = apply_in_any_order(link, &target, fault);
    }
    return status;
}

enum ksyms_status ksyms_link_relocate(struct ksyms_link *link, struct ksyms_fault *fault)
{
    const struct ksyms_object *object = link->object;

    copy_sections(link);
    fill_got(link);
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
