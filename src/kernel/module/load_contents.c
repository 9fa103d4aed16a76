// SPDX-License-Identifier: MIT
/*
 * load_contents.c: the passes that read what the linked module brings.  All of it comes from the
 * file: each pointer is checked to lie in the module before it is followed.
 */
#include "module/exports.h"
#include "module/load.h"
#include "module/parameters.h"
#include "onoma/errno.h"
#include "onoma/export.h"
#include "onoma/memory.h"
#include "onoma/printk.h"
#include "onoma/string.h"

#define EXPORT_NAME_MAX KSYMS_OBJECT_NAME_MAX /* letters */

static bool is_own_code(const struct load *load, uint64_t address)
{
    return is_in_area(&load->module->areas[KSYMS_SEGMENT_TEXT], address, 1) ||
           is_in_area(&load->module->areas[KSYMS_SEGMENT_INIT_TEXT], address, 1);
}

/* A function of the module by the name that Linux gives it: 0 if there is none. */
static int find_entry(struct load *load, const char *name, uint64_t *address)
{
    uint32_t index = ksyms_object_find_symbol(&load->object, name);
    const struct ksyms_elf_symbol *symbol = &load->object.symbols[index];

    *address = index ? load->link.symbol_addresses[index] : 0;
    if (index == 0) {
        return 0;
    }
    /* A symbol may lie at the very end of its section, where nothing can be called. */
    bool is_inside = symbol->st_shndx < load->object.section_count &&
                     symbol->st_value < load->object.sections[symbol->st_shndx].sh_size;
    if (!is_inside || !is_own_code(load, *address)) {
        pr_err("%s: symbol %u \"%s\" is at 0x%lx, outside the module's own code\n", load->file_name,
               index, name, *address);
        return -ENOEXEC;
    }
    return 0;
}

int find_entries(struct load *load)
{
    uint64_t init, exit;
    int error = find_entry(load, "init_module", &init);

    error = error ? error : find_entry(load, "cleanup_module", &exit);
    if (error) {
        return error;
    }
    if (exit && is_in_area(&load->module->areas[KSYMS_SEGMENT_INIT_TEXT], exit, 1)) {
        pr_err("%s: cleanup_module is in .init.text, which is gone when it is called\n",
               load->file_name);
        return -ENOEXEC;
    }
    load->module->init = (int (*)(void))init;
    load->module->exit = (void (*)(void))exit;
    return 0;
}

/* Destructors are called when the code for init is gone. */
static bool may_be_called(const struct load *load, uint32_t type, uint64_t address)
{
    return type == KSYMS_SHT_FINI_ARRAY
               ? is_in_area(&load->module->areas[KSYMS_SEGMENT_TEXT], address, 1)
               : is_own_code(load, address);
}

/* A table of functions, .init_array or .fini_array: each must be the module's own code. */
static int find_function_table(struct load *load, uint32_t type, struct function_table *table)
{
    for (uint32_t i = 1; i < load->object.section_count; i++) {
        const struct ksyms_elf_section *section = &load->object.sections[i];
        if (section->sh_type != type) {
            continue;
        }
        const uint64_t *entries = (const uint64_t *)ksyms_link_section_address(&load->link, i);
        if (!entries) {
            continue; /* not loaded */
        }
        size_t count = section->sh_size / sizeof(*entries);
        if (table->count != 0 || section->sh_size % sizeof(*entries) != 0 ||
            (uint64_t)entries % sizeof(*entries) != 0) {
            pr_err("%s: section %u %s: %lu bytes at 0x%lx: not one table of pointers\n",
                   load->file_name, i, ksyms_object_section_name(&load->object, i),
                   section->sh_size, (uint64_t)entries);
            return -ENOEXEC;
        }
        for (size_t entry = 0; entry < count; entry++) {
            if (!may_be_called(load, type, entries[entry])) {
                pr_err("%s: %s[%zu]: 0x%lx is outside the module's own code, or gone by then\n",
                       load->file_name, ksyms_object_section_name(&load->object, i), entry,
                       entries[entry]);
                return -ENOEXEC;
            }
        }
        *table = (struct function_table){(void (*const *)(void))entries, count};
    }
    return 0;
}

/* What a compiler makes of C++'s global objects, and of __attribute__((constructor)) in C. */
int find_constructors(struct load *load)
{
    int error = find_function_table(load, KSYMS_SHT_INIT_ARRAY, &load->module->constructors);

    return error ? error
                 : find_function_table(load, KSYMS_SHT_FINI_ARRAY, &load->module->destructors);
}

int open_table(struct load *load)
{
    struct module *module = load->module;
    uint32_t section = ksyms_object_find_section(&load->object, ".ksyms");

    if (section == 0) {
        return 0; /* a module without names: its frames are printed as addresses */
    }
    const void *bytes = (const void *)ksyms_link_section_address(&load->link, section);
    size_t size = load->object.sections[section].sh_size;
    enum ksyms_status status =
        bytes ? ksyms_table_open(&module->table, bytes, size) : KSYMS_BLOB_SHORT;
    if (status == KSYMS_OK) {
        status = ksyms_table_verify(&module->table);
    }
    if (status != KSYMS_OK) {
        pr_err("%s: section %u .ksyms: %s\n", load->file_name, section, ksyms_status_text(status));
        return -ENOEXEC;
    }
    module->has_table = true;
    return 0;
}

/* Is there a whole string in the module's constants at this address?  Many may share one end:
 * without a bound reading all of them would take the square of it. */
static bool is_constant_string(const struct load *load, const char *text)
{
    const struct area *area = &load->module->areas[KSYMS_SEGMENT_RODATA];
    uint64_t address = (uint64_t)text;

    if (!is_in_area(area, address, 1)) {
        return false;
    }
    uint64_t room = area->address + area->page_count * PAGE_SIZE - address;
    uint64_t limit = room <= EXPORT_NAME_MAX ? room : EXPORT_NAME_MAX + 1;
    return memchr(text, '\0', limit) != NULL;
}

static int check_export(const struct load *load, const struct exported *export, size_t index)
{
    const struct exported *other;

    if (!is_constant_string(load, export->name) || export->name[0] == '\0' ||
        !is_constant_string(load, export->namespace)) {
        pr_err("%s: __ksymtab[%zu]: its name or namespace lies outside the module's constants, or "
               "has more than "
               "%u letters\n",
               load->file_name, index, EXPORT_NAME_MAX);
        return -ENOEXEC;
    }
    bool is_own = false;
    for (unsigned i = 0; i < KSYMS_SEGMENT_INIT_TEXT; i++) {
        is_own |= is_in_area(&load->module->areas[i], export->address, 1);
    }
    if (!is_own) {
        pr_err("%s: exports \"%s\" at 0x%lx, which is not the module's own to stay\n",
               load->file_name, export->name, export->address);
        return -ENOEXEC;
    }
    other = export_find(export->name);
    if (other) {
        pr_err("%s: exports \"%s\", which %s exports already\n", load->file_name, export->name,
               other->owner ? other->owner->name : "the kernel");
        return -ENOEXEC;
    }
    /* module.lds sorts them by name: the neighbour tells, and a large table costs no square of it.
     */
    if (index > 0 && strcmp(load->module->exports[index - 1].name, export->name) >= 0) {
        pr_err("%s: exports \"%s\" twice, or not in the order of names\n", load->file_name,
               export->name);
        return -ENOEXEC;
    }
    return 0;
}

int read_exports(struct load *load)
{
    struct module *module = load->module;
    uint32_t section = ksyms_object_find_section(&load->object, "__ksymtab");
    const struct kernel_symbol *symbols =
        (const struct kernel_symbol *)ksyms_link_section_address(&load->link, section);
    uint64_t size = symbols ? load->object.sections[section].sh_size : 0;

    if (size == 0) {
        return 0;
    }
    if (size % sizeof(*symbols) != 0 || (uint64_t)symbols % 4 != 0) {
        pr_err("%s: __ksymtab has %lu bytes at 0x%lx: not whole entries of %zu\n", load->file_name,
               size, (uint64_t)symbols, sizeof(*symbols));
        return -ENOEXEC;
    }
    module->exports = kzalloc(size / sizeof(*symbols) * sizeof(*module->exports));
    if (!module->exports) {
        return load_out_of_memory(load, "its exports");
    }
    for (size_t i = 0; i < size / sizeof(*symbols); i++) {
        export_decode(&symbols[i], &module->exports[i]);
        module->exports[i].owner = module;
        int error = check_export(load, &module->exports[i], i);
        if (error) {
            return error;
        }
    }
    module->export_count = size / sizeof(*symbols);
    return 0;
}

static bool is_own_data(uint64_t address, uint64_t size_bytes, void *context)
{
    const struct load *load = context;

    return is_in_area(&load->module->areas[KSYMS_SEGMENT_DATA], address, size_bytes) ||
           is_in_area(&load->module->areas[KSYMS_SEGMENT_RO_AFTER_INIT], address, size_bytes) ||
           is_in_area(&load->module->areas[KSYMS_SEGMENT_INIT_DATA], address, size_bytes);
}

static void *allocate_strings(size_t size_bytes, void *context)
{
    (void)context;
    return kmalloc(size_bytes);
}

static int refuse_parameter(const struct load *load, const struct parameters_fault *fault)
{
    char line[256];

    parameters_format_fault(line, sizeof(line), fault);
    pr_err("%s: %s\n", load->file_name, line);
    return fault->status == PARAMETERS_NO_MEMORY ? -ENOMEM : -EINVAL;
}

int apply_parameters(struct load *load)
{
    const struct area *constants = &load->module->areas[KSYMS_SEGMENT_RODATA];
    struct parameters_ranges ranges = {
        .is_writable = is_own_data,
        .context = load,
        .constants_low = (const char *)constants->address,
        .constants_high = (const char *)(constants->address + constants->page_count * PAGE_SIZE),
    };
    struct parameters_storage storage = {.allocate = allocate_strings};
    struct parameters_fault fault;
    uint32_t section = ksyms_object_find_section(&load->object, "__param");
    const struct module_parameter *table =
        (const struct module_parameter *)ksyms_link_section_address(&load->link, section);
    size_t size = table ? load->object.sections[section].sh_size : 0;

    if (parameters_check_table(table, size, &ranges, &fault) != PARAMETERS_OK) {
        refuse_parameter(load, &fault);
        return -ENOEXEC;
    }
    if (parameters_apply(table, size / sizeof(*table), load->arguments, load->argument_count,
                         &storage, &fault) != PARAMETERS_OK) {
        return refuse_parameter(load, &fault);
    }
    load->module->parameter_strings = storage.strings;
    return 0;
}
