// SPDX-License-Identifier: MIT
/*
 * object.c: the check of an ELF object, as a table of contents, and the views of a checked one.
 *
 * Invariants of a checked object, on which everything here and in the linker relies:
 *  1. every index (section, symbol, link, info) is in range;
 *  2. every section but SHT_NOBITS lies inside the file;
 *  3. every name starts inside its string table, and every string table ends with NUL.
 */
#include "bytes.h"
#include "object_check.h"

enum ksyms_status ksyms_object_check(struct ksyms_object *object, const void *bytes,
                                     size_t size_bytes, struct ksyms_fault *fault)
{
    struct ksyms_check check = {.object = {.bytes = bytes, .size_bytes = size_bytes}};

    enum ksyms_status status = ksyms_check_header(&check);
    if (status == KSYMS_OK) {
        status = ksyms_check_sections(&check);
    }
    if (status == KSYMS_OK) {
        status = ksyms_check_symbols(&check);
    }
    if (status == KSYMS_OK) {
        status = ksyms_check_relocations(&check);
    }

    if (status == KSYMS_OK) {
        *object = check.object;
    } else if (fault) {
        *fault = check.fault;
    }
    return status;
}

void ksyms_object_view(struct ksyms_object *object, const void *bytes, size_t size_bytes)
{
    struct ksyms_check check = {.object = {.bytes = bytes, .size_bytes = size_bytes}};

    *object = (struct ksyms_object){0};
    if (ksyms_check_header(&check) != KSYMS_OK || ksyms_check_sections(&check) != KSYMS_OK) {
        return;
    }
    if (ksyms_check_symbols(&check) != KSYMS_OK) {
        check.object.symbol_count = 0;
    }
    *object = check.object;
}

const char *ksyms_object_section_name(const struct ksyms_object *object, uint32_t section)
{
    if (section >= object->section_count) {
        return "";
    }
    return object->section_names + object->sections[section].sh_name;
}

const char *ksyms_object_symbol_name(const struct ksyms_object *object, uint32_t symbol)
{
    if (symbol >= object->symbol_count) {
        return "";
    }
    const struct ksyms_elf_symbol *entry = &object->symbols[symbol];
    if (entry->st_name == 0 && ksyms_elf_symbol_type(entry) == KSYMS_STT_SECTION) {
        return ksyms_object_section_name(object, entry->st_shndx);
    }
    return object->symbol_names + entry->st_name;
}

uint32_t ksyms_object_find_section(const struct ksyms_object *object, const char *name)
{
    uint32_t number = ksyms_unique_number(name);

    if (number != KSYMS_OBJECT_UNIQUE) {
        return object->unique_sections[number];
    }
    for (uint32_t section = 1; section < object->section_count; section++) {
        if (is_same_string(ksyms_object_section_name(object, section), name)) {
            return section;
        }
    }
    return 0;
}

uint32_t ksyms_object_find_symbol(const struct ksyms_object *object, const char *name)
{
    uint32_t local = 0;

    for (uint32_t symbol = 1; symbol < object->symbol_count; symbol++) {
        const struct ksyms_elf_symbol *entry = &object->symbols[symbol];
        if (entry->st_shndx == KSYMS_SHN_UNDEF ||
            !is_same_string(object->symbol_names + entry->st_name, name)) {
            continue;
        }
        uint32_t type = ksyms_elf_symbol_type(entry);
        if (type == KSYMS_STT_SECTION || type == KSYMS_STT_FILE) {
            continue;
        }
        if (ksyms_elf_symbol_binding(entry) != KSYMS_STB_LOCAL) {
            return symbol;
        }
        if (local == 0) {
            local = symbol;
        }
    }
    return local;
}

const uint8_t *ksyms_object_section_bytes(const struct ksyms_object *object, uint32_t section,
                                          size_t *size_bytes)
{
    if (section >= object->section_count) {
        *size_bytes = 0;
        return NULL;
    }
    const struct ksyms_elf_section *header = &object->sections[section];
    *size_bytes = header->sh_size;
    return header->sh_type == KSYMS_SHT_NOBITS ? NULL : object->bytes + header->sh_offset;
}
