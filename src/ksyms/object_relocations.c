// SPDX-License-Identifier: MIT
/*
 * object_relocations.c: checks the relocation tables (gABI 4, "Relocation").
 *
 *     .rela.text   sh_link = .symtab, sh_info = .text (the target)
 *     entry        r_offset = field in the target, r_info = symbol and type, r_addend
 *
 * Every table must be well-formed; the entries are read only where the target is loaded.  Of an
 * entry the type and the symbol are checked here, before anything is planned with them.  Its field
 * is checked when it is written (relocate.c): reading all entries twice would cost more than the
 * linking itself.
 */
#include "object_check.h"
#include "relocation.h"

#define FIELD(name) offsetof(struct ksyms_elf_section, name)

struct relocation_table {
    uint32_t section; /* that it changes */
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

/* Name the first entry whose type is not handled or whose symbol does not exist. */
static enum ksyms_status diagnose(struct ksyms_check *check, const struct relocation_table *table)
{
    const uint32_t symbol_count = check->object.symbol_count;

    for (uint32_t index = 0; index < table->count; index++) {
        uint32_t type = ksyms_elf_rela_type(&table->entries[index]);
        uint32_t symbol = ksyms_elf_rela_symbol(&table->entries[index]);

        if (ksyms_relocation_width(type) == KSYMS_RELOCATION_REFUSED) {
            return refuse_entry(check, KSYMS_RELOCATION_TYPE, table, index, type, 0);
        }
        if (symbol >= symbol_count) {
            return refuse_entry(check, KSYMS_RELOCATION_SYMBOL, table, index, symbol,
                                symbol_count - 1);
        }
    }
    return KSYMS_OK;
}

/* Which types occur in a table.  The largest possible one is known before anybody looks. */
struct types {
    bool has[256];
    uint32_t bits; /* of all numbers, those over 255 too: none is larger than this */
};

static bool is_handled(const struct types *types)
{
    if (types->bits >= sizeof(types->has)) {
        return false;
    }
    for (uint32_t type = 0; type <= types->bits; type++) {
        if (types->has[type] && ksyms_relocation_width(type) == KSYMS_RELOCATION_REFUSED) {
            return false;
        }
    }
    return true;
}

/*
 * This loop runs for every relocation of every module, so it only gathers which types occur.  The
 * verdict falls behind it, and words are for refusals.
 */
static bool gather_types(const struct relocation_table *table, uint32_t symbol_count,
                         struct types *types)
{
    const struct ksyms_elf_rela *const entries = table->entries;
    const size_t count = table->count;
    uint32_t bits = 0;

#pragma GCC unroll 4
    for (size_t index = 0; index < count; index++) {
        bits |= ksyms_elf_rela_type(&entries[index]);
        types->has[(uint8_t)ksyms_elf_rela_type(&entries[index])] = true;
        if (ksyms_elf_rela_symbol(&entries[index]) >= symbol_count) {
            return false;
        }
    }
    types->bits |= bits;
    return true;
}

static bool needs_got(const struct types *types)
{
    return types->has[KSYMS_R_X86_64_GOTPCREL] || types->has[KSYMS_R_X86_64_GOTPCRELX] ||
           types->has[KSYMS_R_X86_64_REX_GOTPCRELX];
}

/* All tables of loaded sections: gather from each, or look into each for what is wrong. */
static enum ksyms_status visit_tables(struct ksyms_check *check, struct types *types)
{
    const struct ksyms_object *object = &check->object;

    for (uint32_t index = 1; index < object->section_count; index++) {
        const struct ksyms_elf_section *section = &object->sections[index];
        if (section->sh_type != KSYMS_SHT_RELA) {
            continue;
        }
        enum ksyms_status status = check_table(check, index);
        if (status == KSYMS_OK && ksyms_is_loaded(&object->sections[section->sh_info])) {
            struct relocation_table table = {
                .section = section->sh_info,
                .entries = (const struct ksyms_elf_rela *)(object->bytes + section->sh_offset),
                .count = (uint32_t)(section->sh_size / sizeof(struct ksyms_elf_rela)),
            };
            bool is_gathered = types && gather_types(&table, object->symbol_count, types);
            status = is_gathered ? KSYMS_OK : diagnose(check, &table);
        }
        if (status != KSYMS_OK) {
            return status;
        }
    }
    return KSYMS_OK;
}

enum ksyms_status ksyms_check_relocations(struct ksyms_check *check)
{
    struct types types = {0};

    enum ksyms_status status = visit_tables(check, &types);
    if (status == KSYMS_OK && !is_handled(&types)) {
        status = visit_tables(check, NULL);
    }
    check->object.needs_got = needs_got(&types);
    return status;
}
