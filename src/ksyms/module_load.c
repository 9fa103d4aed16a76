// SPDX-License-Identifier: MIT
/*
 * module_load.c: a list of passes over one struct load.  Each adds its fact or leaves its fault;
 * then all that the load holds is given back, in the reverse order.  Nothing of the module can be
 * seen from outside before it is published, and by then all of it is checked.
 */
#include "bytes.h"
#include "ksyms/report.h"
#include "module_load.h"

/* ---- Reports ---- */

void ksyms_module_report(const struct ksyms_host *host, const char *file_name,
                         const struct ksyms_object *object, const struct ksyms_fault *fault)
{
    static const struct ksyms_object no_object;
    char line[KSYMS_REPORT_MAX];

    if (!host->write) {
        return;
    }
    ksyms_fault_format(line, sizeof(line), file_name, object ? object : &no_object, fault);
    host->write(host->context, line, strlen(line));
    host->write(host->context, "\n", 1);
}

/* All that are missing, not the first alone: who mends one wants to know the others. */
static void report_unresolved(const struct load *load)
{
    struct ksyms_fault facts = load->fault;

    for (uint32_t i = 1; i < load->object.symbol_count; i++) {
        const struct ksyms_elf_symbol *symbol = &load->object.symbols[i];
        if (symbol->st_shndx == KSYMS_SHN_UNDEF && load->link.symbol_addresses[i] == 0 &&
            ksyms_elf_symbol_binding(symbol) != KSYMS_STB_WEAK) {
            facts.symbol = i;
            ksyms_module_report(load->host, load->file_name, &load->object, &facts);
        }
    }
}

static void report(struct load *load)
{
    if (load->fault.status == KSYMS_LINK_UNRESOLVED) {
        report_unresolved(load);
        return;
    }
    if (!load->object.bytes) {
        ksyms_object_view(&load->object, load->file, load->size_bytes);
    }
    ksyms_module_report(load->host, load->file_name, &load->object, &load->fault);
}

bool ksyms_load_refuse(struct load *load, enum ksyms_status status, uint64_t offset, uint64_t value)
{
    load->fault = (struct ksyms_fault)KSYMS_FAULT_OF(status);
    load->fault.offset = offset;
    load->fault.value = value;
    return false;
}

/* ---- Passes: the file ---- */

static bool check_object(struct load *load)
{
    return ksyms_object_check(&load->object, load->file, load->size_bytes, &load->fault) ==
           KSYMS_OK;
}

/* From here on headers, sections, symbols and relocations can be trusted. */

static bool take_name(struct load *load)
{
    char *name = load->module->name;
    size_t length = 0;

    while (load->file_name[length] != '\0' && length + 1 < KSYMS_MODULE_NAME_MAX) {
        name[length] = load->file_name[length];
        length++;
    }
    if (length > 3 && memcmp(name + length - 3, ".ko", 3) == 0) {
        length -= 3;
    }
    name[length] = '\0';
    return !ksyms_module_find(load->host, name) ||
           ksyms_load_refuse(load, KSYMS_MODULE_TWICE, 0, 0);
}

/* Two pieces: what stays as long as the module, and then what goes when it is linked. */
static bool allocate_lists(struct load *load)
{
    struct ksyms_host *host = load->host;
    struct ksyms_module *module = load->module;
    size_t symbol_count = load->object.symbol_count;
    size_t section_count = load->object.section_count;
    size_t loaded_count = 0;

    for (const struct ksyms_module *other = host->modules; other; other = other->next) {
        loaded_count++;
    }
    module->memory_size =
        section_count * sizeof(*module->sections) + loaded_count * sizeof(*module->uses);
    module->memory = host->allocate(host->context, module->memory_size);
    if (!module->memory) {
        return ksyms_load_refuse(load, KSYMS_MODULE_MEMORY, KSYMS_SEGMENT_COUNT,
                                 module->memory_size);
    }
    module->sections = module->memory;
    module->uses = (struct ksyms_module **)(module->sections + section_count);

    size_t got_size = load->object.needs_got ? symbol_count * sizeof(uint32_t) : 0;
    load->scratch_size = symbol_count * (sizeof(uint64_t) + sizeof(struct ksyms_symbol_bar)) +
                         section_count * sizeof(struct ksyms_section_place) + got_size;
    load->scratch = host->allocate(host->context, load->scratch_size);
    if (!load->scratch) {
        return ksyms_load_refuse(load, KSYMS_MODULE_MEMORY, KSYMS_SEGMENT_COUNT,
                                 load->scratch_size);
    }
    load->link.object = &load->object;
    load->link.symbol_addresses = load->scratch; /* those of 8 bytes first */
    load->link.places = (struct ksyms_section_place *)(load->link.symbol_addresses + symbol_count);
    load->link.symbol_bars = (struct ksyms_symbol_bar *)(load->link.places + section_count);
    load->link.got_slots = got_size ? (uint32_t *)(load->link.symbol_bars + symbol_count) : NULL;
    return true;
}

/* ---- Passes: the link ---- */

static bool map_segments(struct load *load)
{
    struct ksyms_host *host = load->host;

    if (ksyms_link_plan(&load->link, &load->fault) != KSYMS_OK) {
        return false;
    }
    for (unsigned kind = 0; kind < KSYMS_SEGMENT_COUNT; kind++) {
        struct ksyms_segment *segment = &load->link.segments[kind];
        if (segment->size_bytes == 0) {
            continue;
        }
        if (!host->map(host->context, segment, (enum ksyms_segment_kind)kind)) {
            return ksyms_load_refuse(load, KSYMS_MODULE_MEMORY, kind, segment->size_bytes);
        }
        load->module->segments[kind] = *segment;
    }
    return true;
}

static bool record_sections(struct load *load)
{
    struct ksyms_module *module = load->module;

    for (uint32_t i = 0; i < load->object.section_count; i++) {
        uint64_t address = ksyms_link_section_address(&load->link, i);
        module->sections[i] = (struct ksyms_module_section){0};
        if (address != 0) {
            module->sections[i] =
                (struct ksyms_module_section){address, load->object.sections[i].sh_size};
        }
    }
    module->section_count = load->object.section_count;
    return true;
}

/* There is room for every module that was loaded before this one. */
static void note_use(struct ksyms_module *module, struct ksyms_module *used)
{
    for (uint32_t i = 0; i < module->use_count; i++) {
        if (module->uses[i] == used) {
            return;
        }
    }
    if (used) {
        module->uses[module->use_count++] = used;
    }
}

static bool resolve(void *context, const char *name, uint64_t *address)
{
    struct load *load = context;
    struct ksyms_host *host = load->host;
    struct ksyms_module *owner = NULL;
    bool is_found;

    if (host->resolve) {
        is_found = host->resolve(host->context, name, address);
        owner = is_found ? ksyms_module_of_address(host, *address) : NULL;
    } else { /* an end label lies behind its owner, maybe in another module */
        is_found = ksyms_host_find_global(host, name, address, &owner);
    }
    note_use(load->module, owner);
    return is_found;
}

static bool link_segments(struct load *load)
{
    return ksyms_link_bind(&load->link, resolve, load, &load->fault) == KSYMS_OK &&
           ksyms_link_relocate(&load->link, &load->fault) == KSYMS_OK;
}

/* From here on the segments hold what will run. */

static bool check_types(struct load *load)
{
    struct ksyms_host *host = load->host;

    return !host->types || host->types(host, load->module, &load->object, &load->fault) == KSYMS_OK;
}

/* ---- Passes: into the kernel ---- */

static enum ksyms_access access_of(unsigned kind)
{
    switch (kind) {
    case KSYMS_SEGMENT_TEXT:
    case KSYMS_SEGMENT_INIT_TEXT:
        return KSYMS_ACCESS_READ_EXECUTE;
    case KSYMS_SEGMENT_RODATA:
    case KSYMS_SEGMENT_INIT_RODATA:
        return KSYMS_ACCESS_READ;
    default:
        return KSYMS_ACCESS_READ_WRITE;
    }
}

static bool protect(struct load *load, unsigned kind, enum ksyms_access access)
{
    struct ksyms_host *host = load->host;
    const struct ksyms_segment *segment = &load->module->segments[kind];

    return !host->protect || segment->size_bytes == 0 ||
           host->protect(host->context, segment, (enum ksyms_segment_kind)kind, access) ||
           ksyms_load_refuse(load, KSYMS_MODULE_PROTECT, kind, segment->address);
}

static bool protect_segments(struct load *load)
{
    for (unsigned kind = 0; kind < KSYMS_SEGMENT_COUNT; kind++) {
        if (!protect(load, kind, access_of(kind))) {
            return false;
        }
    }
    return true;
}

static bool (*const passes[])(struct load *load) = {
    check_object,                 /* ELF, field by field */
    take_name,                    /* that nobody has */
    allocate_lists,               /* memory for the passes */
    map_segments,                 /* sizes, and memory for them */
    record_sections,              /* for names */
    link_segments,                /* the segments hold what will run */
    check_types,                  /* those that it was built with */
    ksyms_load_find_entries,      /* init and exit */
    ksyms_load_find_constructors, /* and what runs before and behind them */
    ksyms_load_open_table,        /* its own names */
    protect_segments,             /* never writable and executable at once */
    ksyms_load_move_table,
};

/* What is gone behind init: nobody may find a name there. */
static void forget_init(struct ksyms_host *host, struct ksyms_module *module)
{
    for (unsigned kind = KSYMS_SEGMENT_INIT_TEXT; kind < KSYMS_SEGMENT_COUNT; kind++) {
        for (uint32_t i = 0; i < module->section_count; i++) {
            if (ksyms_is_in_segment(&module->segments[kind], module->sections[i].address)) {
                module->sections[i] = (struct ksyms_module_section){0};
            }
        }
    }
    module->constructors = (struct ksyms_functions){0};
    ksyms_module_unmap(host, module, KSYMS_SEGMENT_INIT_TEXT);
}

/* Everything is checked: what can still go wrong is what the module does, or protect(). */
static bool run_init(struct load *load)
{
    struct ksyms_module *module = load->module;
    bool is_good = true;

    ksyms_module_publish(load->host, module);
    for (size_t i = 0; i < module->constructors.count; i++) {
        module->constructors.functions[i]();
    }
    int result = module->init ? module->init() : 0;
    if (result != 0) {
        is_good = ksyms_load_refuse(load, KSYMS_MODULE_INIT, 0, (uint64_t)(int64_t)result);
    } else if (!protect(load, KSYMS_SEGMENT_RO_AFTER_INIT, KSYMS_ACCESS_READ)) {
        is_good = false;
        if (module->exit) {
            module->exit();
        }
    }
    if (is_good) {
        forget_init(load->host, module);
    } else {
        ksyms_module_take_out(load->host, module);
    }
    return is_good;
}

enum ksyms_status ksyms_module_load(struct ksyms_host *host, struct ksyms_module *module,
                                    const char *file_name, const void *file, size_t size_bytes,
                                    struct ksyms_fault *fault)
{
    struct load load = {
        .host = host,
        .module = module,
        .file_name = file_name,
        .file = file,
        .size_bytes = size_bytes,
    };
    bool is_good = true;

    *module = (struct ksyms_module){0};
    for (size_t pass = 0; is_good && pass < sizeof(passes) / sizeof(passes[0]); pass++) {
        is_good = passes[pass](&load);
    }
    if (!is_good) {
        report(&load);
        ksyms_module_unmap(host, module, 0);
    }
    if (load.scratch) {
        host->release(host->context, load.scratch, load.scratch_size);
    }
    if (!is_good && module->memory) {
        host->release(host->context, module->memory, module->memory_size);
    }
    if (is_good && !run_init(&load)) {
        is_good = false;
        report(&load);
    }
    return is_good ? KSYMS_OK : ksyms_link_refuse(fault, load.fault);
}
