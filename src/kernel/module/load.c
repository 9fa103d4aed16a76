// SPDX-License-Identifier: MIT
/*
 * load.c: links a .ko file into the running kernel.
 *
 * module_load() is a list of passes over one struct load.  Each either adds its fact, or reports
 * what is wrong and fails; then everything that the load holds is given back, and the kernel is as
 * it was.  Nothing of the module can be seen from outside before publish().
 */
#include "boot/boot.h"
#include "ksyms/modinfo.h"
#include "memory/area.h"
#include "module/explain.h"
#include "module/exports.h"
#include "module/module.h"
#include "module/parameters.h"
#include "onoma/bug.h"
#include "onoma/errno.h"
#include "onoma/export.h"
#include "onoma/memory.h"
#include "onoma/printk.h"
#include "onoma/string.h"

#define ARGUMENTS_MAX 64 /* of the command line and of insmod together */
#define EXPLAINED_MAX 32 /* unknown symbols of one module */

/* What one load holds while it runs. */
struct load {
    const char *file_name;
    const void *file;
    size_t size_bytes;
    const char *const *given; /* parameters of this load, the caller's */
    size_t given_count;

    uint8_t *copy; /* of the file: what is checked is what is linked; heap */
    struct ksyms_object object;
    struct ksyms_modinfo modinfo;
    struct ksyms_link link; /* its two arrays are on the heap */
    struct module *module;

    const char *arguments[ARGUMENTS_MAX];
    size_t argument_count;
    int error; /* of a callback */
};

static int out_of_memory(const struct load *load, const char *what)
{
    pr_err("%s: out of memory for %s\n", load->file_name, what);
    return -ENOMEM;
}

static int refuse(const struct load *load, const struct ksyms_object *object,
                  const struct ksyms_fault *fault)
{
    module_report_fault(load->file_name, object, fault);
    return fault->status == KSYMS_LINK_UNRESOLVED ? -ENOENT : -ENOEXEC;
}

/* --- Passes: the file ------------------------------------------------------------------------- */

static int copy_file(struct load *load)
{
    if (load->size_bytes > KSYMS_OBJECT_FILE_MAX) {
        pr_err("%s: %zu bytes are too many for a module (allowed: %u)\n", load->file_name,
               load->size_bytes, KSYMS_OBJECT_FILE_MAX);
        return -ENOEXEC;
    }
    load->copy = kmalloc(load->size_bytes);
    if (!load->copy) {
        return out_of_memory(load, "a copy of the file");
    }
    memcpy(load->copy, load->file, load->size_bytes);
    return 0;
}

static int check_object(struct load *load)
{
    struct ksyms_fault fault;

    if (ksyms_object_check(&load->object, load->copy, load->size_bytes, &fault) != KSYMS_OK) {
        ksyms_object_view(&load->object, load->copy, load->size_bytes);
        return refuse(load, &load->object, &fault);
    }
    return 0;
}

/* From here on headers, sections, symbols and relocations can be trusted. */

static int read_metadata(struct load *load)
{
    struct ksyms_fault fault = {0};
    uint32_t section = ksyms_object_find_section(&load->object, ".modinfo");
    size_t size = 0;
    const uint8_t *bytes = ksyms_object_section_bytes(&load->object, section, &size);

    if (section == 0 || !bytes) {
        pr_err("%s: no section .modinfo: this is an object file, but not a module\n",
               load->file_name);
        return -ENOEXEC;
    }
    if (ksyms_modinfo_open(&load->modinfo, bytes, size, &fault) != KSYMS_OK) {
        pr_err("%s: .modinfo+0x%lx: %s\n", load->file_name, fault.offset,
               ksyms_status_text(fault.status));
        return -ENOEXEC;
    }
    return module_metadata_check(load->file_name, &load->modinfo, load->module->name);
}

static int refuse_second_load(struct load *load)
{
    const struct module *loaded = module_find(load->module->name);

    if (loaded) {
        pr_err("%s: module %s is %s\n", load->file_name, loaded->name,
               loaded->state == MODULE_LIVE ? "loaded already" : "being loaded or unloaded");
        return -EEXIST;
    }
    return 0;
}

static void add_argument(const char *argument, void *context)
{
    struct load *load = context;

    if (load->argument_count < ARGUMENTS_MAX) {
        load->arguments[load->argument_count] = argument;
    }
    load->argument_count++;
}

/* Parameters: first those of the kernel's command line, then those given now, which win. */
static int collect_arguments(struct load *load)
{
    boot_module_parameters(load->module->name, add_argument, load);
    for (size_t i = 0; i < load->given_count; i++) {
        add_argument(load->given[i], load);
    }
    if (load->argument_count > ARGUMENTS_MAX) {
        pr_err("%s: %zu parameters are too many (allowed: %d)\n", load->file_name,
               load->argument_count, ARGUMENTS_MAX);
        return -EINVAL;
    }
    return 0;
}

/* A module with constructors would run without them, and nobody would know why it misbehaves. */
static int refuse_constructors(struct load *load)
{
    for (uint32_t i = 1; i < load->object.section_count; i++) {
        const struct ksyms_elf_section *section = &load->object.sections[i];
        if (section->sh_type >= KSYMS_SHT_INIT_ARRAY &&
            section->sh_type <= KSYMS_SHT_PREINIT_ARRAY && section->sh_size > 0) {
            pr_err("%s: section %u %s: constructors and destructors are not run by this kernel: "
                   "use module_init and module_exit\n",
                   load->file_name, i, ksyms_object_section_name(&load->object, i));
            return -ENOEXEC;
        }
    }
    return 0;
}

/* --- Passes: linking -------------------------------------------------------------------------- */

static int plan_segments(struct load *load)
{
    struct ksyms_fault fault;

    load->link.object = &load->object;
    load->link.places = kzalloc(load->object.section_count * sizeof(*load->link.places));
    load->link.symbol_addresses = kzalloc(load->object.symbol_count * sizeof(uint64_t));
    if (!load->link.places || !load->link.symbol_addresses) {
        return out_of_memory(load, "the link");
    }
    if (ksyms_link_plan(&load->link, &fault) != KSYMS_OK) {
        return refuse(load, &load->object, &fault);
    }
    return 0;
}

/* Areas are writable where they will run, until protect_segments(). */
static int place_segments(struct load *load)
{
    for (unsigned i = 0; i < KSYMS_SEGMENT_COUNT; i++) {
        struct ksyms_segment *segment = &load->link.segments[i];
        struct area *area = &load->module->areas[i];
        if (segment->size_bytes == 0) {
            continue;
        }
        if (!area_allocate(area, segment->size_bytes)) {
            return out_of_memory(load, "its segments");
        }
        segment->address = area->address;
        segment->bytes = (uint8_t *)area->address;
        if (i < KSYMS_SEGMENT_INIT_TEXT) {
            load->module->size_bytes += area->page_count * PAGE_SIZE;
        }
    }
    return 0;
}

static int record_sections(struct load *load)
{
    struct module *module = load->module;

    module->sections = kzalloc(load->object.section_count * sizeof(*module->sections));
    if (!module->sections) {
        return out_of_memory(load, "its list of sections");
    }
    module->section_count = load->object.section_count;
    for (uint32_t i = 0; i < module->section_count; i++) {
        uint64_t address = ksyms_link_section_address(&load->link, i);
        if (address) {
            module->sections[i] =
                (struct module_section){address, load->object.sections[i].sh_size};
        }
    }
    return 0;
}

/* Hold the module that a symbol came from, once. */
static bool add_dependency(struct load *load, struct module *used)
{
    struct module *module = load->module;

    for (unsigned i = 0; i < module->dependency_count; i++) {
        if (module->dependencies[i] == used) {
            return true;
        }
    }
    if (module->dependency_count == MODULE_DEPENDENCIES_MAX) {
        pr_err("%s: uses symbols of more than %d modules\n", load->file_name,
               MODULE_DEPENDENCIES_MAX);
        load->error = -ENOEXEC;
        return false;
    }
    module->dependencies[module->dependency_count++] = used;
    used->reference_count++;
    return true;
}

static bool resolve(void *context, const char *name, uint64_t *address)
{
    struct load *load = context;
    const struct exported *export = export_find(name);

    if (!export) {
        return false; /* bind_symbols() says so, unless it is weak and may be missing */
    }
    if (export->owner && export->owner->state != MODULE_LIVE) {
        pr_err("%s: symbol \"%s\" is of module %s, which is being loaded or unloaded\n",
               load->file_name, name, export->owner->name);
        load->error = -EBUSY;
        return false;
    }
    if (export->owner && !add_dependency(load, export->owner)) {
        return false;
    }
    *address = export->address;
    return true;
}

/* All of them at once: who mends one wants to know the others. */
static int report_unknown_symbols(const struct load *load)
{
    size_t count = 0;

    for (uint32_t i = 1; i < load->object.symbol_count; i++) {
        const struct ksyms_elf_symbol *symbol = &load->object.symbols[i];
        const char *name = ksyms_object_symbol_name(&load->object, i);
        if (symbol->st_shndx != KSYMS_SHN_UNDEF || export_find(name) ||
            ksyms_elf_symbol_binding(symbol) == KSYMS_STB_WEAK) {
            continue;
        }
        if (count < EXPLAINED_MAX) {
            explain_unknown_symbol(load->file_name, name);
        }
        count++;
    }
    pr_err("%s: %zu unknown symbol%s%s\n", load->file_name, count, count == 1 ? "" : "s",
           count > EXPLAINED_MAX ? ", not all of them shown" : "");
    return -ENOENT;
}

static int bind_symbols(struct load *load)
{
    struct ksyms_fault fault;
    enum ksyms_status status = ksyms_link_bind(&load->link, resolve, load, &fault);

    if (load->error) {
        return load->error;
    }
    if (status == KSYMS_LINK_UNRESOLVED) {
        return report_unknown_symbols(load);
    }
    return status == KSYMS_OK ? 0 : refuse(load, &load->object, &fault);
}

/* From here on every symbol has an address. */

static int relocate(struct load *load)
{
    struct ksyms_fault fault;

    if (ksyms_link_relocate(&load->link, &fault) != KSYMS_OK) {
        return refuse(load, &load->object, &fault);
    }
    return 0;
}

/* From here on the segments hold what will run. */

/* --- Passes: what the module brings ----------------------------------------------------------- */

static bool is_in_area(const struct area *area, uint64_t address, uint64_t size)
{
    uint64_t area_size = area->page_count * PAGE_SIZE;
    uint64_t offset = address - area->address;

    return offset < area_size && size <= area_size - offset;
}

/* A function of the module by the name that Linux gives it: 0 if there is none. */
static int find_entry(struct load *load, const char *name, uint64_t *address)
{
    uint32_t symbol = ksyms_object_find_symbol(&load->object, name);

    *address = symbol ? load->link.symbol_addresses[symbol] : 0;
    if (symbol && !is_in_area(&load->module->areas[KSYMS_SEGMENT_TEXT], *address, 1) &&
        !is_in_area(&load->module->areas[KSYMS_SEGMENT_INIT_TEXT], *address, 1)) {
        pr_err("%s: symbol %u \"%s\" is at 0x%lx, outside the module's own code\n", load->file_name,
               symbol, name, *address);
        return -ENOEXEC;
    }
    return 0;
}

static int find_entries(struct load *load)
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

static int open_table(struct load *load)
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

/* Is there a whole string in the module's constants at this address? */
static bool is_constant_string(const struct load *load, const char *text)
{
    const struct area *area = &load->module->areas[KSYMS_SEGMENT_RODATA];
    uint64_t address = (uint64_t)text;

    if (!is_in_area(area, address, 1)) {
        return false;
    }
    uint64_t room = area->address + area->page_count * PAGE_SIZE - address;
    return memchr(text, '\0', room) != NULL;
}

static int check_export(const struct load *load, const struct exported *export, size_t index)
{
    const struct exported *other;

    if (!is_constant_string(load, export->name) || export->name[0] == '\0') {
        pr_err("%s: __ksymtab[%zu]: its name lies outside the module's constants\n",
               load->file_name, index);
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
    for (size_t i = 0; i < index; i++) {
        if (strcmp(load->module->exports[i].name, export->name) == 0) {
            pr_err("%s: exports \"%s\" twice\n", load->file_name, export->name);
            return -ENOEXEC;
        }
    }
    return 0;
}

static int read_exports(struct load *load)
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
        return out_of_memory(load, "its exports");
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

static int apply_parameters(struct load *load)
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

/* --- Passes: into the kernel ------------------------------------------------------------------ */

static int protect_segments(struct load *load)
{
    static const enum page_access access[KSYMS_SEGMENT_COUNT] = {
        [KSYMS_SEGMENT_TEXT] = PAGE_READ_EXECUTE, [KSYMS_SEGMENT_INIT_TEXT] = PAGE_READ_EXECUTE,
        [KSYMS_SEGMENT_RODATA] = PAGE_READ,       [KSYMS_SEGMENT_INIT_RODATA] = PAGE_READ,
        [KSYMS_SEGMENT_DATA] = PAGE_READ_WRITE,   [KSYMS_SEGMENT_INIT_DATA] = PAGE_READ_WRITE,
    };

    for (unsigned i = 0; i < KSYMS_SEGMENT_COUNT; i++) {
        if (!area_protect(&load->module->areas[i], access[i])) {
            return out_of_memory(load, "page tables");
        }
    }
    return 0;
}

static int publish(struct load *load)
{
    module_list_add(load->module);
    exports_add(load->module->exports, load->module->export_count);
    return 0;
}

/* From here on traces name its functions, and others can use its symbols once it is live. */

static void forget_init(struct module *module)
{
    for (unsigned i = KSYMS_SEGMENT_INIT_TEXT; i < KSYMS_SEGMENT_COUNT; i++) {
        const struct area *area = &module->areas[i];
        for (uint32_t s = 0; s < module->section_count; s++) {
            if (module->sections[s].size && is_in_area(area, module->sections[s].address, 1)) {
                module->sections[s] = (struct module_section){0};
            }
        }
        area_free(&module->areas[i]);
    }
    module->init = NULL;
}

static int run_init(struct load *load)
{
    struct module *module = load->module;
    int result = module->init ? module->init() : 0;

    if (result != 0) {
        pr_err("%s: init of module %s failed: %d (%s); it is taken out again\n", load->file_name,
               module->name, result, errno_name(result));
        module_withdraw(module);
        return result < 0 ? result : -EINVAL;
    }
    module->can_unload = module->exit || !module->init;
    forget_init(module);
    module->state = MODULE_LIVE;
    return 0;
}

/* --- The list of passes ----------------------------------------------------------------------- */

static int (*const passes[])(struct load *load) = {
    copy_file,         check_object,  read_metadata,  refuse_second_load, refuse_constructors,
    collect_arguments, plan_segments, place_segments, record_sections,    bind_symbols,
    relocate,          find_entries,  open_table,     read_exports,       apply_parameters,
    protect_segments,  publish,       run_init,
};

static int run_passes(struct load *load)
{
    for (size_t pass = 0; pass < ARRAY_SIZE(passes); pass++) {
        int error = passes[pass](load);
        if (error) {
            return error;
        }
    }
    return 0;
}

int module_load(const char *file_name, const void *bytes, size_t size_bytes,
                const char *const *arguments, size_t argument_count)
{
    struct load *load = kzalloc(sizeof(*load));
    struct module *module = kzalloc(sizeof(*module));
    int error = -ENOMEM;

    if (!load || !module) {
        pr_err("%s: out of memory\n", file_name);
        kfree(module);
        goto free_load;
    }
    *load = (struct load){
        .file_name = file_name,
        .file = bytes,
        .size_bytes = size_bytes,
        .given = arguments,
        .given_count = argument_count,
        .module = module,
    };
    error = run_passes(load);
    if (error) {
        module_destroy(module);
    }
    kfree(load->link.symbol_addresses);
    kfree(load->link.places);
    kfree(load->copy);
free_load:
    kfree(load);
    return error;
}
