// SPDX-License-Identifier: MIT
/*
 * object_relocations.c: checks the relocation tables (gABI 4, "Relocation").
 *
 *     .rela.text   sh_link = .symtab, sh_info = .text (the target)
 *     entry        r_offset = field in the target, r_info = symbol and type, r_addend
 *
 * Every table must be well-formed; the entries are read only where the target is loaded.  In RELA
 * objects the fields themselves are zero (the addend is in the entry): anything else is an object
 * that some tool has already relocated.
 *
 * Linear time: fields that go upwards cannot overlap.  If they do not go upwards the object is
 * marked so, and the linker looks closer.
 */
#include "bytes.h"
#include "object_check.h"
#include "relocation.h"

#define FIELD(name) offsetof(struct ksyms_elf_section, name)

struct relocation_table {
    uint32_t section; /* that it changes */
    const uint8_t *target;
    uint64_t target_size;
    const struct ksyms_elf_rela *entries;
    uint32_t count;
};

static bool has_bytes(const struct ksyms_elf_section *section)
{
    switch (section->sh_type) {
    case KSYMS_SHT_NULL:
    case KSYMS_SHT_SYMTAB:
    case KSYMS_SHT_STRTAB:
    case KSYMS_SHT_RELA:
    case KSYMS_SHT_NOBITS:
        return false;
    default:
        return true;
    }
}

static enum ksyms_status check_table(struct ksyms_check *check, uint32_t index)
{
    const struct ksyms_object *object = &check->object;
    const struct ksyms_elf_section *table = &object->sections[index];
    uint64_t entry_size = sizeof(struct ksyms_elf_rela);

    if (table->sh_entsize != entry_size) {
        return ksyms_refuse(check, KSYMS_RELOCATIONS_ENTRY_SIZE, index, FIELD(sh_entsize),
                            table->sh_entsize, entry_size);
    }
    if (table->sh_size % entry_size != 0) {
        return ksyms_refuse(check, KSYMS_RELOCATIONS_SIZE, index, FIELD(sh_size), table->sh_size,
                            entry_size);
    }
    if (table->sh_link != object->symbol_section) {
        return ksyms_refuse(check, KSYMS_RELOCATIONS_LINK, index, FIELD(sh_link), table->sh_link,
                            object->symbol_section);
    }
    if (table->sh_info >= object->section_count || !has_bytes(&object->sections[table->sh_info])) {
        return ksyms_refuse(check, KSYMS_RELOCATIONS_TARGET, index, FIELD(sh_info), table->sh_info,
                            object->section_count - 1);
    }
    return KSYMS_OK;
}

static enum ksyms_status refuse_entry(struct ksyms_check *check, enum ksyms_status status,
                                      const struct relocation_table *table, uint32_t index,
                                      uint64_t value, uint64_t limit)
{
    const struct ksyms_elf_rela *rela = &table->entries[index];

    ksyms_refuse(check, status, table->section, rela->r_offset, value, limit);
    check->fault.symbol = ksyms_elf_rela_symbol(rela);
    check->fault.relocation = index;
    check->fault.relocation_type = ksyms_elf_rela_type(rela);
    return status;
}

/* Is the field inside its section?  Not `offset + width <= size`: that sum can wrap. */
static bool is_inside(uint64_t offset, uint8_t width, uint64_t size)
{
    return width <= size && offset <= size - width;
}

/* Fields have 4 or 8 bytes, so the first four and the last four are all; NONE has no field. */
static bool is_zero(const uint8_t *field, uint8_t width)
{
    return width == 0 || (read_u32(field) | read_u32(field + width - 4)) == 0;
}

/* Name what is wrong with an entry that is not sound: the first of it, in reading order. */
static enum ksyms_status diagnose_entry(struct ksyms_check *check,
                                        const struct relocation_table *table, uint32_t index)
{
    const struct ksyms_elf_rela *rela = &table->entries[index];
    uint32_t type = ksyms_elf_rela_type(rela);
    uint32_t symbol = ksyms_elf_rela_symbol(rela);
    uint8_t width = ksyms_relocation_width(type);
    uint64_t contents = 0;

    if (width == KSYMS_RELOCATION_REFUSED) {
        return refuse_entry(check, KSYMS_RELOCATION_TYPE, table, index, type, 0);
    }
    if (symbol >= check->object.symbol_count) {
        return refuse_entry(check, KSYMS_RELOCATION_SYMBOL, table, index, symbol,
                            check->object.symbol_count - 1);
    }
    if (!is_inside(rela->r_offset, width, table->target_size)) {
        return refuse_entry(check, KSYMS_RELOCATION_OFFSET, table, index, rela->r_offset,
                            width > table->target_size ? 0 : table->target_size - width);
    }
    memcpy(&contents, table->target + rela->r_offset, width);
    return refuse_entry(check, KSYMS_RELOCATION_FIELD, table, index, contents, 0);
}

/* This loop runs for every relocation of every module: one verdict, and words only on refusal. */
static enum ksyms_status check_entries(struct ksyms_check *check,
                                       const struct relocation_table *table)
{
    const uint32_t symbol_count = check->object.symbol_count;
    const uint64_t size = table->target_size;
    bool is_ordered = true;
    uint64_t end = 0; /* of the fields so far, while they go upwards */

    for (uint32_t index = 0; index < table->count; index++) {
        const struct ksyms_elf_rela *rela = &table->entries[index];
        uint64_t offset = rela->r_offset;
        uint8_t width = ksyms_relocation_width(ksyms_elf_rela_type(rela));

        if (width == KSYMS_RELOCATION_REFUSED || ksyms_elf_rela_symbol(rela) >= symbol_count ||
            !is_inside(offset, width, size) || !is_zero(table->target + offset, width)) {
            return diagnose_entry(check, table, index);
        }
        is_ordered &= offset >= end;
        end = offset + width;
    }
    check->object.is_ordered &= is_ordered;
    return KSYMS_OK;
}

enum ksyms_status ksyms_check_relocations(struct ksyms_check *check)
{
    const struct ksyms_object *object = &check->object;

    for (uint32_t index = 1; index < object->section_count; index++) {
        const struct ksyms_elf_section *section = &object->sections[index];
        if (section->sh_type != KSYMS_SHT_RELA) {
            continue;
        }
        enum ksyms_status status = check_table(check, index);
        if (status != KSYMS_OK) {
            return status;
        }
        const struct ksyms_elf_section *target = &object->sections[section->sh_info];
        if (!ksyms_is_loaded(target)) {
            continue;
        }
        struct relocation_table table = {
            .section = section->sh_info,
            .target = object->bytes + target->sh_offset,
            .target_size = target->sh_size,
            .entries = (const struct ksyms_elf_rela *)(object->bytes + section->sh_offset),
            .count = (uint32_t)(section->sh_size / sizeof(struct ksyms_elf_rela)),
        };
        status = check_entries(check, &table);
        if (status != KSYMS_OK) {
            return status;
        }
    }
    return KSYMS_OK;
}
