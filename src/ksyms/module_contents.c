// SPDX-License-Identifier: MIT
/*
 * module_contents.c: the passes that read what the linked module brings: entry points, tables of
 * functions, its own names.  All of it comes from the file, and is checked to lie in the module.
 *
 * It is read where it was written, before it is protected; what is kept are addresses where it
 * runs.
 */
#include "bytes.h"
#include "module_load.h"

static bool is_own_code(const struct ksyms_module *module, uint64_t address)
{
    return ksyms_is_in_segment(&module->segments[KSYMS_SEGMENT_TEXT], address) ||
           ksyms_is_in_segment(&module->segments[KSYMS_SEGMENT_INIT_TEXT], address);
}

static bool find_entry(struct load *load, const char *name, bool must_stay, uint64_t *address)
{
    const struct ksyms_module *module = load->module;
    uint32_t index = ksyms_object_find_symbol(&load->object, name);

    *address = index ? load->link.symbol_addresses[index] : 0;
    if (index == 0 || ksyms_is_in_segment(&module->segments[KSYMS_SEGMENT_TEXT], *address) ||
        (!must_stay && is_own_code(module, *address))) {
        return true;
    }
    ksyms_load_refuse(load, KSYMS_MODULE_ENTRY, 0, *address);
    load->fault.symbol = index;
    return false;
}

bool ksyms_load_find_entries(struct load *load)
{
    uint64_t init, exit;

    if (!find_entry(load, "init_module", false, &init) ||
        !find_entry(load, "cleanup_module", true, &exit)) {
        return false;
    }
    load->module->init = (int (*)(void))(uintptr_t)init;
    load->module->exit = (void (*)(void))(uintptr_t)exit;
    return true;
}

/* Destructors are called when the code for init is gone. */
static bool may_be_called(const struct ksyms_module *module, uint32_t type, uint64_t address)
{
    return type == KSYMS_SHT_FINI_ARRAY
               ? ksyms_is_in_segment(&module->segments[KSYMS_SEGMENT_TEXT], address)
               : is_own_code(module, address);
}

/* .init_array or .fini_array, as its type says: one table of the module's own functions. */
static bool find_functions(struct load *load, uint32_t type, struct ksyms_functions *functions)
{
    for (uint32_t i = 1; i < load->object.section_count; i++) {
        const struct ksyms_elf_section *section = &load->object.sections[i];
        const uint8_t *bytes = ksyms_link_section_bytes(&load->link, i);
        uint64_t address = ksyms_link_section_address(&load->link, i);
        if (section->sh_type != type || !bytes || section->sh_size == 0) {
            continue;
        }
        bool is_table = functions->count == 0 && section->sh_size % 8 == 0 && address % 8 == 0;
        for (uint64_t offset = 0; is_table && offset < section->sh_size; offset += 8) {
            is_table = may_be_called(load->module, type, read_u64(bytes + offset));
        }
        if (!is_table) {
            ksyms_load_refuse(load, KSYMS_MODULE_FUNCTIONS, 0, 0);
            load->fault.section = i;
            return false;
        }
        functions->functions = (void (*const *)(void))(uintptr_t)address;
        functions->count = section->sh_size / 8;
    }
    return true;
}

bool ksyms_load_find_constructors(struct load *load)
{
    return find_functions(load, KSYMS_SHT_INIT_ARRAY, &load->module->constructors) &&
           find_functions(load, KSYMS_SHT_FINI_ARRAY, &load->module->destructors);
}

/* A module without a table has no names in traces, and no symbols for others. */
bool ksyms_load_open_table(struct load *load)
{
    uint32_t section = ksyms_object_find_section(&load->object, ".ksyms");
    const uint8_t *bytes = ksyms_link_section_bytes(&load->link, section);
    struct ksyms_table table;

    if (!bytes) {
        return true;
    }
    enum ksyms_status status =
        ksyms_table_open(&table, bytes, load->object.sections[section].sh_size);
    if (status == KSYMS_OK) {
        status = ksyms_table_verify(&table);
    }
    if (status != KSYMS_OK) {
        ksyms_load_refuse(load, status, 0, 0);
        load->fault.section = section;
        return false;
    }
    load->module->has_table = true;
    return true;
}

/* Now where it runs.  It was verified where it was written. */
bool ksyms_load_move_table(struct load *load)
{
    struct ksyms_module *module = load->module;
    uint32_t section = ksyms_object_find_section(&load->object, ".ksyms");

    if (!module->has_table) {
        return true;
    }
    const struct ksyms_module_section *place = &module->sections[section];
    enum ksyms_status status = ksyms_table_open(
        &module->table, (const void *)(uintptr_t)place->address, (size_t)place->size);
    return status == KSYMS_OK || ksyms_load_refuse(load, status, 0, 0);
}
