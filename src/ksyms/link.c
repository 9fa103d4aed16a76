// SPDX-License-Identifier: MIT
/*
 * link.c: from sections to segments (plan), from symbols to addresses (bind).
 *
 * Sections keep the order of the file within their segment.  Common symbols follow the sections of
 * KSYMS_SEGMENT_DATA in the order of the symbol table; plan and bind walk them alike, so only
 * where they start is kept.  The GOT follows the sections of KSYMS_SEGMENT_RODATA: one slot for
 * each symbol that a relocation wants by way of it, in the order of their first mention.
 *
 * No sum here can wrap: ksyms_object_check has capped all sizes together, and the GOT is smaller
 * than the symbol table of the file.  Addresses do wrap where the caller's are wrong, and bind
 * refuses those first.
 */
#include "bytes.h"
#include "link_fault.h"
#include "relocation.h"

static uint64_t align_up(uint64_t value, uint64_t alignment)
{
    return (value + alignment - 1) & ~(alignment - 1);
}

/* What is gone after init.  What is read later stays, whatever its name. */
static bool is_init(const struct ksyms_object *object, uint32_t index)
{
    switch (object->sections[index].sh_type) {
    case KSYMS_SHT_INIT_ARRAY:
    case KSYMS_SHT_PREINIT_ARRAY:
        return true;
    case KSYMS_SHT_FINI_ARRAY:
        return false;
    default:
        return starts_with(ksyms_object_section_name(object, index), ".init");
    }
}

static bool is_read_only_after_init(const struct ksyms_object *object, uint32_t index)
{
    return is_same_string(ksyms_object_section_name(object, index), ".data..ro_after_init");
}

static uint32_t choose_segment(const struct ksyms_object *object, uint32_t index)
{
    uint64_t flags = object->sections[index].sh_flags;

    if (!(flags & KSYMS_SHF_ALLOC)) {
        return KSYMS_SEGMENT_NONE;
    }
    bool goes = is_init(object, index);
    if (flags & KSYMS_SHF_EXECINSTR) {
        return goes ? KSYMS_SEGMENT_INIT_TEXT : KSYMS_SEGMENT_TEXT;
    }
    if (flags & KSYMS_SHF_WRITE) {
        if (is_read_only_after_init(object, index)) {
            return KSYMS_SEGMENT_RO_AFTER_INIT;
        }
        return goes ? KSYMS_SEGMENT_INIT_DATA : KSYMS_SEGMENT_DATA;
    }
    return goes ? KSYMS_SEGMENT_INIT_RODATA : KSYMS_SEGMENT_RODATA;
}

/* Append memory to a segment; returns its offset there. */
static uint64_t reserve(struct ksyms_segment *segment, uint64_t size, uint64_t alignment)
{
    if (alignment == 0) {
        alignment = 1; /* gABI: sh_addralign 0 and 1 both say "none" */
    }
    uint64_t offset = align_up(segment->size_bytes, alignment);
    segment->size_bytes = offset + size;
    if (segment->alignment < alignment) {
        segment->alignment = alignment;
    }
    return offset;
}

static void plan_commons(struct ksyms_link *link)
{
    struct ksyms_segment *data = &link->segments[KSYMS_SEGMENT_DATA];

    link->common_offset = data->size_bytes;
    for (uint32_t index = 1; index < link->object->symbol_count; index++) {
        const struct ksyms_elf_symbol *symbol = &link->object->symbols[index];
        if (symbol->st_shndx == KSYMS_SHN_COMMON) {
            reserve(data, symbol->st_size, symbol->st_value);
        }
    }
}

/* Give a slot to each symbol that a relocation table of a loaded section wants one for. */
static void plan_got_of(struct ksyms_link *link, const struct ksyms_elf_section *table)
{
    const struct ksyms_elf_rela *entries =
        (const struct ksyms_elf_rela *)(link->object->bytes + table->sh_offset);
    size_t count = table->sh_size / sizeof(*entries);

    for (size_t index = 0; index < count; index++) {
        uint32_t *slot = &link->got_slots[ksyms_elf_rela_symbol(&entries[index])];
        if (ksyms_relocation_needs_got(ksyms_elf_rela_type(&entries[index])) &&
            *slot == KSYMS_GOT_NO_SLOT) {
            *slot = link->got_count++;
        }
    }
}

static void plan_got(struct ksyms_link *link)
{
    const struct ksyms_object *object = link->object;
    struct ksyms_segment *constants = &link->segments[KSYMS_SEGMENT_RODATA];

    link->got_count = 0;
    link->got_offset = constants->size_bytes;
    if (!object->needs_got) {
        return;
    }
    for (uint32_t index = 0; index < object->symbol_count; index++) {
        link->got_slots[index] = KSYMS_GOT_NO_SLOT;
    }
    for (uint32_t index = 1; index < object->section_count; index++) {
        const struct ksyms_elf_section *section = &object->sections[index];
        if (section->sh_type == KSYMS_SHT_RELA &&
            link->places[section->sh_info].segment != KSYMS_SEGMENT_NONE) {
            plan_got_of(link, section);
        }
    }
    link->got_offset =
        reserve(constants, (uint64_t)link->got_count * KSYMS_GOT_SLOT_SIZE, KSYMS_GOT_SLOT_SIZE);
}

static enum ksyms_status check_arrays(const struct ksyms_link *link, struct ksyms_fault *fault)
{
    if (link->object->needs_got && !link->got_slots) {
        return ksyms_link_refuse(fault, (struct ksyms_fault){
                                            .status = KSYMS_LINK_GOT,
                                            .section = KSYMS_NONE,
                                            .symbol = KSYMS_NONE,
                                            .relocation = KSYMS_NONE,
                                        });
    }
    return KSYMS_OK;
}

enum ksyms_status ksyms_link_plan(struct ksyms_link *link, struct ksyms_fault *fault)
{
    const struct ksyms_object *object = link->object;

    enum ksyms_status status = check_arrays(link, fault);
    if (status == KSYMS_OK) {
        status = ksyms_link_check_distinct(link, fault);
    }
    if (status != KSYMS_OK) {
        return status;
    }
    for (uint32_t kind = 0; kind < KSYMS_SEGMENT_COUNT; kind++) {
        link->segments[kind] = (struct ksyms_segment){.alignment = 1};
    }
    for (uint32_t index = 0; index < object->section_count; index++) {
        const struct ksyms_elf_section *section = &object->sections[index];
        struct ksyms_section_place *place = &link->places[index];

        place->segment = choose_segment(object, index);
        place->offset = 0;
        if (place->segment != KSYMS_SEGMENT_NONE) {
            place->offset =
                reserve(&link->segments[place->segment], section->sh_size, section->sh_addralign);
        }
    }
    plan_commons(link);
    plan_got(link);
    return KSYMS_OK;
}

uint64_t ksyms_link_section_address(const struct ksyms_link *link, uint32_t section)
{
    if (section >= link->object->section_count ||
        link->places[section].segment == KSYMS_SEGMENT_NONE) {
        return 0;
    }
    const struct ksyms_section_place *place = &link->places[section];
    return link->segments[place->segment].address + place->offset;
}

uint8_t *ksyms_link_section_bytes(const struct ksyms_link *link, uint32_t section)
{
    if (section >= link->object->section_count ||
        link->places[section].segment == KSYMS_SEGMENT_NONE) {
        return NULL;
    }
    const struct ksyms_section_place *place = &link->places[section];
    uint8_t *bytes = link->segments[place->segment].bytes;
    return bytes ? bytes + place->offset : NULL;
}

static enum ksyms_status check_segments(const struct ksyms_link *link, struct ksyms_fault *fault)
{
    for (uint32_t kind = 0; kind < KSYMS_SEGMENT_COUNT; kind++) {
        const struct ksyms_segment *segment = &link->segments[kind];
        if (segment->size_bytes == 0) {
            continue;
        }
        bool is_aligned = (segment->address & (segment->alignment - 1)) == 0;
        bool wraps = segment->address > UINT64_MAX - segment->size_bytes;
        if (!segment->bytes || !is_aligned || wraps) {
            return ksyms_link_refuse(fault, (struct ksyms_fault){
                                                .status = KSYMS_LINK_PLACE,
                                                .section = KSYMS_NONE,
                                                .symbol = KSYMS_NONE,
                                                .relocation = KSYMS_NONE,
                                                .offset = kind,
                                                .value = segment->address,
                                                .limit = segment->alignment,
                                            });
        }
    }
    return KSYMS_OK;
}

/* May sections that stay, and sections that go, refer to a symbol of this section? */
static struct ksyms_symbol_bar section_bar(const struct ksyms_link *link, uint32_t section)
{
    uint32_t segment = link->places[section].segment;
    bool is_loaded = segment != KSYMS_SEGMENT_NONE;
    bool goes = segment >= KSYMS_SEGMENT_INIT_TEXT && !link->keeps_init;

    return (struct ksyms_symbol_bar){.core = !is_loaded || goes, .init = !is_loaded};
}

/* Resolve an undefined symbol; false if it had to be found and was not. */
static bool bind_undefined(const struct ksyms_link *link, uint32_t index,
                           ksyms_resolve_function *resolve, void *context, uint64_t *address)
{
    const struct ksyms_elf_symbol *symbol = &link->object->symbols[index];
    const char *name = ksyms_object_symbol_name(link->object, index);

    if (is_same_string(name, "_GLOBAL_OFFSET_TABLE_")) {
        *address = link->segments[KSYMS_SEGMENT_RODATA].address + link->got_offset;
        return true;
    }
    if (resolve(context, name, address)) {
        return true;
    }
    *address = 0;
    return ksyms_elf_symbol_binding(symbol) == KSYMS_STB_WEAK;
}

enum ksyms_status ksyms_link_bind(struct ksyms_link *link, ksyms_resolve_function *resolve,
                                  void *context, struct ksyms_fault *fault)
{
    const struct ksyms_object *object = link->object;
    const struct ksyms_segment *data = &link->segments[KSYMS_SEGMENT_DATA];
    uint64_t common_end = link->common_offset;
    uint32_t missing = 0;

    enum ksyms_status status = check_segments(link, fault);
    if (status != KSYMS_OK) {
        return status;
    }
    link->symbol_addresses[0] = 0; /* the null symbol: relocations without one */
    link->symbol_bars[0] = (struct ksyms_symbol_bar){0};
    for (uint32_t index = 1; index < object->symbol_count; index++) {
        const struct ksyms_elf_symbol *symbol = &object->symbols[index];
        struct ksyms_symbol_bar bar = {0};
        uint64_t address = 0;

        switch (symbol->st_shndx) {
        case KSYMS_SHN_UNDEF:
            if (!bind_undefined(link, index, resolve, context, &address) && missing == 0) {
                missing = index;
            }
            break;
        case KSYMS_SHN_ABS:
            address = symbol->st_value;
            break;
        case KSYMS_SHN_COMMON:
            common_end = align_up(common_end, symbol->st_value);
            address = data->address + common_end;
            common_end += symbol->st_size;
            break;
        default:
            bar = section_bar(link, symbol->st_shndx);
            if (!bar.init) {
                address = ksyms_link_section_address(link, symbol->st_shndx) + symbol->st_value;
            }
            break;
        }
        link->symbol_addresses[index] = address;
        link->symbol_bars[index] = bar;
    }
    if (missing != 0) {
        return ksyms_link_refuse(fault, (struct ksyms_fault){
                                            .status = KSYMS_LINK_UNRESOLVED,
                                            .section = KSYMS_NONE,
                                            .symbol = missing,
                                            .relocation = KSYMS_NONE,
                                        });
    }
    return KSYMS_OK;
}
