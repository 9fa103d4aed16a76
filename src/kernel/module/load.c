// SPDX-License-Identifier: MIT
/*
 * load.c: links a .ko file into the running kernel.
 *
 * module_load() is a list of passes over one struct load.  Each either adds its fact, or reports
 * what is wrong and fails; then everything that the load holds is given back, and the kernel is as
 * it was.  Nothing of the module can be seen from outside before publish().
 */
#include "boot/boot.h"
#include "module/exports.h"
#include "module/integrity.h"
#include "module/load.h"
#include "module/unloaded.h"
#include "onoma/compiler.h"
#include "onoma/errno.h"
#include "onoma/memory.h"
#include "onoma/printk.h"
#include "onoma/string.h"

int load_out_of_memory(const struct load *load, const char *what)
{
    pr_err("%s: out of memory for %s\n", load->file_name, what);
    return -ENOMEM;
}

int load_refuse(const struct load *load, const struct ksyms_fault *fault)
{
    module_report_fault(load->file_name, &load->object, fault);
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
        return load_out_of_memory(load, "a copy of the file");
    }
    memcpy(load->copy, load->file, load->size_bytes);
    return 0;
}

/* The copy, whole: what is known is what is linked. */
static int check_integrity(struct load *load)
{
    return integrity_check(load->file_name, load->copy, load->size_bytes);
}

static int check_object(struct load *load)
{
    struct ksyms_fault fault;

    if (ksyms_object_check(&load->object, load->copy, load->size_bytes, &fault) != KSYMS_OK) {
        ksyms_object_view(&load->object, load->copy, load->size_bytes);
        return load_refuse(load, &fault);
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
    return module_metadata_check(load->file_name, &load->modinfo, load->module->name,
                                 &load->namespaces);
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

/* Its own code would call its own function, and everybody else the exported one of that name. */
static int refuse_clashes(struct load *load)
{
    for (uint32_t i = 1; i < load->object.symbol_count; i++) {
        const struct ksyms_elf_symbol *symbol = &load->object.symbols[i];
        if (symbol->st_shndx == KSYMS_SHN_UNDEF ||
            ksyms_elf_symbol_binding(symbol) != KSYMS_STB_GLOBAL) {
            continue;
        }
        const char *name = ksyms_object_symbol_name(&load->object, i);
        const struct exported *other = export_find(name);
        if (!other) {
            continue;
        }
        pr_err("%s: symbol %u: defines \"%s\", which %s exports: make it static, or name it "
               "otherwise\n",
               load->file_name, i, name, other->owner ? other->owner->name : "the kernel");
        return -ENOEXEC;
    }
    return 0;
}

/* --- Passes: into the kernel ------------------------------------------------------------------ */

static int protect_segments(struct load *load)
{
    return module_protect(load->module) ? 0 : load_out_of_memory(load, "page tables");
}

static int show_to_debugger(struct load *load)
{
    if (!debugger_show(load->module, load->copy, load->size_bytes)) {
        return load_out_of_memory(load, "a copy of the file for gdb");
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

void forget_init(struct module *module)
{
    unloaded_remember_init(module);
    for (unsigned i = KSYMS_SEGMENT_INIT_TEXT; i < KSYMS_SEGMENT_COUNT; i++) {
        const struct area *area = &module->areas[i];
        if (area->page_count == 0) {
            continue;
        }
        for (uint32_t s = 0; s < module->section_count; s++) {
            if (module->sections[s].size && is_in_area(area, module->sections[s].address, 1)) {
                module->sections[s] = (struct ksyms_module_section){0};
            }
        }
    }
    debugger_forget_sections(module);
    for (unsigned i = KSYMS_SEGMENT_INIT_TEXT; i < KSYMS_SEGMENT_COUNT; i++) {
        area_free(&module->areas[i]);
    }
    module->init = NULL;
    module->constructors = (struct function_table){0};
}

/* --- The list of passes ----------------------------------------------------------------------- */

static int (*const passes[])(struct load *load) = {
    copy_file,       /* what is checked is what is linked */
    check_integrity, /* it was built with this kernel, if that is asked for */
    check_object,    /* ELF, field by field */
    read_metadata,   /* its name, and the kernel it was built for */
    refuse_second_load,
    refuse_clashes,
    collect_arguments, /* parameters, as text */
    plan_segments,     /* sizes */
    place_segments,    /* addresses; writable until protect_segments */
    record_sections,   /* for names */
    open_types,        /* what it was built with */
    bind_symbols,      /* every symbol has an address */
    check_types,       /* ... and the type that the module was built with */
    relocate,          /* the segments hold what will run */
    find_entries,      /* init and exit */
    find_constructors,
    open_table, /* its own names */
    read_exports,
    apply_parameters,
    protect_segments, /* never writable and executable at once */
    show_to_debugger, /* with debug=gdb; its breakpoints can be hit */
    publish,          /* traces and other modules can see it */
    run_init,         /* and it is live */
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
    struct load *load = kmalloc(sizeof(*load));
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
    /* A failed init may have left a thread in it, which must end first: then rmmod takes it out. */
    if (error && module->state != MODULE_GOING) {
        module_destroy(module);
    }
    kfree(load->key_starts);
    kfree(load->arrays);
    kfree(load->copy);
free_load:
    kfree(load);
    return error;
}
