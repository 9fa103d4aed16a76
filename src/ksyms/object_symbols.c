// SPDX-License-Identifier: MIT
/*
 * object_symbols.c: checks the symbol table (gABI 4, "Symbol Table").
 *
 * There is exactly one.  A symbol is one of five things, told apart by st_shndx, and each has its
 * own rule for the value:
 *
 *     undefined   SHN_UNDEF    no value; asked of the caller by name, so it needs one
 *     absolute    SHN_ABS      any value
 *     common      SHN_COMMON   the alignment of memory that the linker is to reserve
 *     in a section             an offset inside it, the end included (end labels)
 *     anything else            refused
 */
#include "bytes.h"
#include "object_check.h"

#define FIELD(name) offsetof(struct ksyms_elf_symbol, name)

static enum ksyms_status refuse_symbol(struct ksyms_check *check, enum ksyms_status status,
                                       uint32_t index, uint64_t offset, uint64_t value,
                                       uint64_t limit)
{
    uint16_t section = check->object.symbols[index].st_shndx;
    bool has_section = section != KSYMS_SHN_UNDEF && section < check->object.section_count;

    ksyms_refuse(check, status, has_section ? section : KSYMS_NONE, offset, value, limit);
    check->fault.symbol = index;
    return status;
}

static enum ksyms_status find_symbol_table(struct ksyms_check *check)
{
    struct ksyms_object *object = &check->object;

    for (uint32_t index = 1; index < object->section_count; index++) {
        if (object->sections[index].sh_type != KSYMS_SHT_SYMTAB) {
            continue;
        }
        if (object->symbol_section != 0) {
            return ksyms_refuse(check, KSYMS_SECTION_TWICE, index,
                                offsetof(struct ksyms_elf_section, sh_type), object->symbol_section,
                                0);
        }
        object->symbol_section = index;
    }
    if (object->symbol_section == 0) {
        return ksyms_refuse(check, KSYMS_SYMBOLS_MISSING, KSYMS_NONE, 0, 0, 1);
    }
    return KSYMS_OK;
}

static enum ksyms_status check_symbol_table(struct ksyms_check *check)
{
    struct ksyms_object *object = &check->object;
    uint32_t index = object->symbol_section;
    const struct ksyms_elf_section *table = &object->sections[index];
    const struct ksyms_elf_section *strings = &object->sections[table->sh_link];
    uint64_t entry_size = sizeof(struct ksyms_elf_symbol);
    uint64_t count = table->sh_size / entry_size;

    if (table->sh_entsize != entry_size) {
        return ksyms_refuse(check, KSYMS_SYMBOLS_ENTRY_SIZE, index,
                            offsetof(struct ksyms_elf_section, sh_entsize), table->sh_entsize,
                            entry_size);
    }
    if (count == 0 || table->sh_size % entry_size != 0) {
        return ksyms_refuse(check, KSYMS_SYMBOLS_SIZE, index,
                            offsetof(struct ksyms_elf_section, sh_size), table->sh_size,
                            entry_size);
    }
    if (strings->sh_type != KSYMS_SHT_STRTAB) {
        return ksyms_refuse(check, KSYMS_SYMBOLS_LINK, index,
                            offsetof(struct ksyms_elf_section, sh_link), table->sh_link, 0);
    }
    if (table->sh_info == 0 || table->sh_info > count) {
        return ksyms_refuse(check, KSYMS_SYMBOLS_ORDER, index,
                            offsetof(struct ksyms_elf_section, sh_info), table->sh_info, count);
    }
    object->symbols = (const struct ksyms_elf_symbol *)(object->bytes + table->sh_offset);
    object->symbol_count = (uint32_t)count;
    object->symbol_names = (const char *)object->bytes + strings->sh_offset;
    return KSYMS_OK;
}

/* What every symbol has: a name in range, a known binding, no strange bits. */
static enum ksyms_status check_symbol_form(struct ksyms_check *check, uint32_t index,
                                           uint64_t names_size)
{
    const struct ksyms_elf_symbol *symbol = &check->object.symbols[index];
    uint32_t binding = ksyms_elf_symbol_binding(symbol);
    uint32_t first_global = check->object.sections[check->object.symbol_section].sh_info;

    if (symbol->st_name >= names_size) {
        return refuse_symbol(check, KSYMS_SYMBOL_NAME, index, FIELD(st_name), symbol->st_name,
                             names_size - 1);
    }
    if (binding > KSYMS_STB_WEAK) {
        return refuse_symbol(check, KSYMS_SYMBOL_BINDING, index, FIELD(st_info), binding,
                             KSYMS_STB_WEAK);
    }
    if ((binding == KSYMS_STB_LOCAL) != (index < first_global)) {
        return refuse_symbol(check, KSYMS_SYMBOLS_ORDER, index, FIELD(st_info), index,
                             first_global);
    }
    if (binding != KSYMS_STB_LOCAL && symbol->st_name == 0) {
        return refuse_symbol(check, KSYMS_SYMBOL_UNNAMED, index, FIELD(st_name), 0, 0);
    }
    if (symbol->st_other > 3) { /* the two bits of the visibility */
        return refuse_symbol(check, KSYMS_SYMBOL_OTHER, index, FIELD(st_other), symbol->st_other,
                             3);
    }
    return KSYMS_OK;
}

static bool type_fits_section(const struct ksyms_check *check,
                              const struct ksyms_elf_symbol *symbol)
{
    bool is_local = ksyms_elf_symbol_binding(symbol) == KSYMS_STB_LOCAL;

    switch (ksyms_elf_symbol_type(symbol)) {
    case KSYMS_STT_NOTYPE:
    case KSYMS_STT_OBJECT:
    case KSYMS_STT_FUNC:
        return true;
    case KSYMS_STT_SECTION:
        return is_local && symbol->st_shndx != KSYMS_SHN_UNDEF &&
               symbol->st_shndx < check->object.section_count;
    case KSYMS_STT_FILE:
        return is_local && symbol->st_shndx == KSYMS_SHN_ABS;
    case KSYMS_STT_COMMON:
        return symbol->st_shndx == KSYMS_SHN_COMMON;
    default: /* STT_TLS, STT_GNU_IFUNC, or unknown */
        return false;
    }
}

static enum ksyms_status check_common(struct ksyms_check *check, uint32_t index)
{
    const struct ksyms_elf_symbol *symbol = &check->object.symbols[index];

    if (ksyms_elf_symbol_binding(symbol) == KSYMS_STB_LOCAL) {
        return refuse_symbol(check, KSYMS_SYMBOL_LOCAL, index, FIELD(st_info), symbol->st_info, 0);
    }
    if (!ksyms_is_power_of_two(symbol->st_value) || symbol->st_value > KSYMS_OBJECT_ALIGNMENT_MAX) {
        return refuse_symbol(check, KSYMS_SYMBOL_COMMON, index, FIELD(st_value), symbol->st_value,
                             KSYMS_OBJECT_ALIGNMENT_MAX);
    }
    if (!ksyms_check_reserve(check, symbol->st_size, symbol->st_value)) {
        return refuse_symbol(check, KSYMS_SECTION_MEMORY, index, FIELD(st_size), symbol->st_size,
                             KSYMS_OBJECT_LOADED_MAX - check->loaded_bytes);
    }
    return KSYMS_OK;
}

static enum ksyms_status check_defined(struct ksyms_check *check, uint32_t index)
{
    const struct ksyms_elf_symbol *symbol = &check->object.symbols[index];
    const struct ksyms_elf_section *section = &check->object.sections[symbol->st_shndx];
    bool is_section = ksyms_elf_symbol_type(symbol) == KSYMS_STT_SECTION;
    uint64_t value_limit = is_section ? 0 : section->sh_size;

    /* Relocations of debug sections refer to other debug sections, by their section symbols. */
    if (!ksyms_is_loaded(section) && !is_section) {
        return refuse_symbol(check, KSYMS_SYMBOL_UNLOADED, index, FIELD(st_shndx), symbol->st_shndx,
                             0);
    }
    if (symbol->st_value > value_limit) {
        return refuse_symbol(check, KSYMS_SYMBOL_VALUE, index, FIELD(st_value), symbol->st_value,
                             value_limit);
    }
    if (symbol->st_size > section->sh_size - symbol->st_value) {
        return refuse_symbol(check, KSYMS_SYMBOL_SIZE, index, FIELD(st_size), symbol->st_size,
                             section->sh_size - symbol->st_value);
    }
    return KSYMS_OK;
}

static enum ksyms_status check_undefined(struct ksyms_check *check, uint32_t index)
{
    const struct ksyms_elf_symbol *symbol = &check->object.symbols[index];

    if (ksyms_elf_symbol_binding(symbol) == KSYMS_STB_LOCAL) {
        return refuse_symbol(check, KSYMS_SYMBOL_LOCAL, index, FIELD(st_info), symbol->st_info, 0);
    }
    if (symbol->st_value != 0) {
        return refuse_symbol(check, KSYMS_SYMBOL_VALUE, index, FIELD(st_value), symbol->st_value,
                             0);
    }
    return KSYMS_OK;
}

static enum ksyms_status check_symbol(struct ksyms_check *check, uint32_t index,
                                      uint64_t names_size)
{
    const struct ksyms_elf_symbol *symbol = &check->object.symbols[index];

    enum ksyms_status status = check_symbol_form(check, index, names_size);
    if (status != KSYMS_OK) {
        return status;
    }
    if (symbol->st_shndx >= check->object.section_count && symbol->st_shndx != KSYMS_SHN_ABS &&
        symbol->st_shndx != KSYMS_SHN_COMMON) {
        return refuse_symbol(check, KSYMS_SYMBOL_SECTION, index, FIELD(st_shndx), symbol->st_shndx,
                             check->object.section_count - 1);
    }
    if (!type_fits_section(check, symbol)) {
        return refuse_symbol(check, KSYMS_SYMBOL_TYPE, index, FIELD(st_info),
                             ksyms_elf_symbol_type(symbol), 0);
    }
    switch (symbol->st_shndx) {
    case KSYMS_SHN_UNDEF:
        return check_undefined(check, index);
    case KSYMS_SHN_ABS:
        return KSYMS_OK;
    case KSYMS_SHN_COMMON:
        return check_common(check, index);
    default:
        return check_defined(check, index);
    }
}

enum ksyms_status ksyms_check_symbols(struct ksyms_check *check)
{
    static const struct ksyms_elf_symbol null_symbol;
    const struct ksyms_object *object = &check->object;

    enum ksyms_status status = find_symbol_table(check);
    if (status == KSYMS_OK) {
        status = check_symbol_table(check);
    }
    if (status != KSYMS_OK) {
        return status;
    }
    if (memcmp(object->symbols, &null_symbol, sizeof(null_symbol)) != 0) {
        return refuse_symbol(check, KSYMS_SYMBOL_NULL, 0, 0, 0, 0);
    }
    uint64_t names_size =
        object->sections[object->sections[object->symbol_section].sh_link].sh_size;
    for (uint32_t index = 1; status == KSYMS_OK && index < object->symbol_count; index++) {
        status = check_symbol(check, index, names_size);
    }
    return status;
}
