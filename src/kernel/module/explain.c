// SPDX-License-Identifier: MIT
/*
 * explain.c: what a person asks when a loader says "unknown symbol": is it there at all, who could
 * bring it, what may I have meant?
 *
 * Looks at everything that may answer: the symbol tables, all files of the initrd, all exports.
 * That takes a while, and only happens when a load has failed.
 */
#include "module/explain.h"
#include "module/exports.h"
#include "module/index.h"
#include "module/module.h"
#include "onoma/memory.h"
#include "onoma/printk.h"
#include "onoma/string.h"
#include "panic/names.h"

#define EXPORT_PREFIX "__ksymtab_" /* of the label of each entry: onoma/export.h */
#define LABEL_MAX     256

/* Of a short name, two slips of the finger leave too little to call another one like it. */
#define NEAREST_LIMIT(length) ((length) > 3 ? 2u : 1u)

/* Does a symbol of that name exist, though nobody exports it?  Then whose, and its address. */
static bool find_unexported(const char *name, const char **owner, uint64_t *address)
{
    const struct module *module = NULL;
    const struct ksyms_table *table = names_kernel_table();

    for (;;) {
        struct ksyms_symbol symbol;
        if (table) {
            struct ksyms_name_range range = ksyms_table_find_name(table, name, strlen(name));
            for (uint32_t i = 0; i < range.count; i++) {
                if (!ksyms_table_symbol_named(table, range.first + i, &symbol)) {
                    break;
                }
                *owner = module ? module_name(module) : "the kernel";
                *address = symbol.address;
                if (!module || module_run_address(module, symbol.address, address)) {
                    return true;
                } /* else it was in a section that is gone */
            }
        }
        module = module ? module->next : module_first();
        if (!module) {
            return false;
        }
        table = module_table(module);
    }
}

static bool file_exports(const struct cpio_entry *file, const char *label)
{
    struct ksyms_object object;
    uint8_t *copy;
    bool is_found = module_file_open(file, &object, &copy, NULL) == 0 &&
                    ksyms_object_find_symbol(&object, label) != 0;

    kfree(copy);
    return is_found;
}

/* The module of the initrd that exports `name`. */
static bool find_exporting_file(const char *name, char *module, size_t capacity)
{
    char label[LABEL_MAX];
    struct text exporter;

    if (module_index_has_symbols()) {
        return module_index_exporter(name, &exporter) && text_copy(exporter, module, capacity);
    }
    if (snprintf(label, sizeof(label), EXPORT_PREFIX "%s", name) >= (int)sizeof(label)) {
        return false;
    }
    for (size_t i = 0; i < module_record_count(); i++) {
        const struct module_record *record = module_record_at(i);
        if (file_exports(&record->file, label)) {
            return text_copy(record->name, module, capacity);
        }
    }
    return false;
}

/* The exports most like a name.  Offered under their number in the order of exports_for_each, and
 * found again by it. */
struct search {
    struct ksyms_nearest nearest;
    uint32_t number;
    const struct exported *found[KSYMS_NEAREST_MAX];
};

static void offer_export(const struct exported *export, void *context)
{
    struct search *search = context;

    ksyms_nearest_offer(&search->nearest, export->name, strlen(export->name), search->number++);
}

static void keep_found(const struct exported *export, void *context)
{
    struct search *search = context;

    for (uint32_t i = 0; i < search->nearest.count; i++) {
        if (search->nearest.found[i].id == search->number) {
            search->found[i] = export;
        }
    }
    search->number++;
}

/* `"printk" of the kernel or "print" of greet`; false if nothing is like it. */
static bool format_nearest(const char *name, char *buffer, size_t capacity)
{
    struct search search = {.number = 0};
    size_t length = 0;

    ksyms_nearest_start(&search.nearest, name, strlen(name), NEAREST_LIMIT(strlen(name)));
    exports_for_each(offer_export, &search);
    search.number = 0;
    exports_for_each(keep_found, &search);
    for (uint32_t i = 0; i < search.nearest.count && length < capacity; i++) {
        const struct exported *export = search.found[i];
        length += (size_t)snprintf(buffer + length, capacity - length, "%s\"%.64s\" of %s",
                                   i ? " or " : "", export->name,
                                   export->owner ? export->owner->name : "the kernel");
    }
    return search.nearest.count > 0;
}

void explain_unknown_symbol(const char *file_name, const char *name)
{
    char nearest[320];
    char module[MODULE_NAME_MAX];
    const char *owner;
    uint64_t address;

    if (find_exporting_file(name, module, sizeof(module))) {
        pr_err("%s: unknown symbol \"%s\": module %s exports it: `modprobe %s` first\n", file_name,
               name, module, module);
        return;
    }
    if (find_unexported(name, &owner, &address)) {
        pr_err("%s: unknown symbol \"%s\": it is in %s at 0x%lx, but not exported: "
               "EXPORT_SYMBOL(%s) there\n",
               file_name, name, owner, address, name);
        return;
    }
    if (format_nearest(name, nearest, sizeof(nearest))) {
        pr_err("%s: unknown symbol \"%s\": nobody has it; did you mean %s?\n", file_name, name,
               nearest);
        return;
    }
    pr_err("%s: unknown symbol \"%s\": neither the kernel nor a module has it\n", file_name, name);
}
