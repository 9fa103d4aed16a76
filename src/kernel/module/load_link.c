// SPDX-License-Identifier: MIT
/* load_link.c: the passes that give each section a place, each symbol an address, and link. */
#include "module/explain.h"
#include "module/exports.h"
#include "module/load.h"
#include "onoma/errno.h"
#include "onoma/memory.h"
#include "onoma/printk.h"
#include "onoma/string.h"

#define EXPLAINED_MAX 32 /* unknown symbols of one module */
#define INT3          0xcc

/* The arrays of the link, one behind the other: those of 8 bytes first. */
static bool allocate_arrays(struct load *load)
{
    size_t section_count = load->object.section_count;
    size_t symbol_count = load->object.symbol_count;
    size_t slot_count = load->object.needs_got ? symbol_count : 0;
    struct ksyms_link *link = &load->link;

    load->arrays = kmalloc(
        section_count * sizeof(*link->places) + symbol_count * sizeof(*link->symbol_addresses) +
        symbol_count * sizeof(*link->symbol_bars) + slot_count * sizeof(*link->got_slots));
    if (!load->arrays) {
        return false;
    }
    link->object = &load->object;
    link->places = load->arrays;
    link->symbol_addresses = (uint64_t *)(link->places + section_count);
    link->symbol_bars = (struct ksyms_symbol_bar *)(link->symbol_addresses + symbol_count);
    link->got_slots = slot_count ? (uint32_t *)(link->symbol_bars + symbol_count) : NULL;
    return true;
}

int plan_segments(struct load *load)
{
    struct ksyms_link *link = &load->link;
    struct ksyms_fault fault;

    if (!allocate_arrays(load)) {
        return load_out_of_memory(load, "the link");
    }
    if (ksyms_link_plan(link, &fault) != KSYMS_OK) {
        return load_refuse(load, &fault);
    }
    return 0;
}

/* Areas are writable where they will run, until protect_segments().  The link writes each byte of a
 * segment; of what was in its last page behind it nothing must be executable. */
int place_segments(struct load *load)
{
    for (unsigned i = 0; i < KSYMS_SEGMENT_COUNT; i++) {
        struct ksyms_segment *segment = &load->link.segments[i];
        struct area *area = &load->module->areas[i];
        if (segment->size_bytes == 0) {
            continue;
        }
        if (!area_allocate(area, segment->size_bytes)) {
            return load_out_of_memory(load, "its segments");
        }
        if (i == KSYMS_SEGMENT_TEXT || i == KSYMS_SEGMENT_INIT_TEXT) {
            memset((void *)(area->address + segment->size_bytes), INT3,
                   area->page_count * PAGE_SIZE - segment->size_bytes);
        }
        segment->address = area->address;
        segment->bytes = (uint8_t *)area->address;
        if (i < KSYMS_SEGMENT_INIT_TEXT) {
            load->module->size_bytes += area->page_count * PAGE_SIZE;
        }
    }
    return 0;
}

int record_sections(struct load *load)
{
    struct module *module = load->module;

    module->sections = kzalloc(load->object.section_count * sizeof(*module->sections));
    if (!module->sections) {
        return load_out_of_memory(load, "its list of sections");
    }
    module->section_count = load->object.section_count;
    module->text_section = ksyms_object_find_section(&load->object, ".text");
    for (uint32_t i = 0; i < module->section_count; i++) {
        uint64_t address = ksyms_link_section_address(&load->link, i);
        if (address) {
            module->sections[i] =
                (struct ksyms_module_section){address, load->object.sections[i].sh_size};
        }
    }
    return 0;
}

/* Hold the module that a symbol came from, once. */
static bool add_dependency(struct load *load, struct module *used, const char *symbol)
{
    struct module *module = load->module;

    if (used->last_user == module) {
        return true;
    }
    if (module->dependency_count == MODULE_DEPENDENCIES_MAX) {
        pr_err("%s: uses symbols of more than %d modules\n", load->file_name,
               MODULE_DEPENDENCIES_MAX);
        load->error = -ENOEXEC;
        return false;
    }
    if (!module_add_reference(used)) {
        pr_err("%s: uses \"%s\" of %s, which has %u references: no more are allowed\n",
               load->file_name, symbol, used->name, used->reference_count);
        load->error = -EBUSY;
        return false;
    }
    module->dependencies[module->dependency_count++] = used;
    used->last_user = module;
    return true;
}

/* Does the module say MODULE_IMPORT_NS of the export's namespace? */
static bool may_use(const struct load *load, const struct exported *export)
{
    if (export->namespace[0] == '\0') {
        return true;
    }
    for (size_t i = 0; i < load->namespaces.count; i++) {
        if (strcmp(load->namespaces.names[i], export->namespace) == 0) {
            return true;
        }
    }
    return false;
}

static bool resolve(void *context, const char *name, uint64_t *address)
{
    struct load *load = context;
    const struct exported *export = export_find(name);

    if (!export) {
        return false; /* bind_symbols() says so, unless it is weak and may be missing */
    }
    if (!may_use(load, export)) {
        load->lacks_namespace = true;
        return false;
    }
    if (export->owner && export->owner->state != MODULE_LIVE) {
        pr_err("%s: symbol \"%s\" is of module %s, which is being loaded or unloaded\n",
               load->file_name, name, export->owner->name);
        load->error = -EBUSY;
        return false;
    }
    if (export->owner && !add_dependency(load, export->owner, name)) {
        return false;
    }
    settle_type(load, export);
    *address = export->address;
    return true;
}

/* Report why a symbol has no address; false if it has one, or may be missing. */
static bool report_unresolved(const struct load *load, const struct ksyms_elf_symbol *symbol,
                              const char *name, bool is_shown)
{
    const struct exported *export = export_find(name);

    if (symbol->st_shndx != KSYMS_SHN_UNDEF || (export && may_use(load, export)) ||
        (!export && ksyms_elf_symbol_binding(symbol) == KSYMS_STB_WEAK)) {
        return false;
    }
    if (is_shown && export) {
        pr_err("%s: symbol \"%s\" of %s is in the namespace %s: add MODULE_IMPORT_NS(%s)\n",
               load->file_name, name, export->owner ? export->owner->name : "the kernel",
               export->namespace, export->namespace);
    } else if (is_shown) {
        explain_unknown_symbol(load->file_name, name);
    }
    return true;
}

/* All of them at once: who mends one wants to know the others. */
static int report_unresolved_symbols(const struct load *load)
{
    size_t count = 0;

    for (uint32_t i = 1; i < load->object.symbol_count; i++) {
        count +=
            report_unresolved(load, &load->object.symbols[i],
                              ksyms_object_symbol_name(&load->object, i), count < EXPLAINED_MAX);
    }
    pr_err("%s: %zu unknown symbol%s%s\n", load->file_name, count, count == 1 ? "" : "s",
           count > EXPLAINED_MAX ? ", not all of them shown" : "");
    return -ENOENT;
}

int bind_symbols(struct load *load)
{
    struct ksyms_fault fault;
    enum ksyms_status status = ksyms_link_bind(&load->link, resolve, load, &fault);

    if (load->error) {
        return load->error;
    }
    if (status == KSYMS_LINK_UNRESOLVED || load->lacks_namespace) {
        return report_unresolved_symbols(load);
    }
    return status == KSYMS_OK ? 0 : load_refuse(load, &fault);
}

/* From here on every symbol has an address. */

int relocate(struct load *load)
{
    struct ksyms_fault fault;

    if (ksyms_link_relocate(&load->link, &fault) != KSYMS_OK) {
        return load_refuse(load, &fault);
    }
    return 0;
}

/* From here on the segments hold what will run. */
