// SPDX-License-Identifier: MIT
/*
 * load_types.c: the pass that compares the types that the module was built with to those of the
 * kernel and of the modules that it imports from.
 *
 * Hashes decide nearly always, and are all that is read then (ksyms/types.h).  Where they differ
 * the texts are asked, which are in the files of the initrd only.
 */
#include "ksyms/part.h"
#include "ksyms/types.h"
#include "module/explain_types.h"
#include "module/load.h"
#include "onoma/errno.h"
#include "onoma/printk.h"
#include "panic/names.h"

static int refuse_section(const struct load *load, uint32_t section, enum ksyms_status status)
{
    pr_err("%s: section %u " KSYMS_TYPES_SECTION ": %s\n", load->file_name, section,
           ksyms_status_text(status));
    return -ENOEXEC;
}

static bool imports_anything(const struct load *load)
{
    for (uint32_t i = 1; i < load->object.symbol_count; i++) {
        if (load->object.symbols[i].st_shndx == KSYMS_SHN_UNDEF) {
            return true;
        }
    }
    return false;
}

/* Compare with one of those that the module imports from; null: the kernel. */
static int check_types_of(const struct load *load, const struct ksyms_table *carried,
                          const struct ksyms_type_hashes *needed, const struct module *owner)
{
    const struct ksyms_table *table = owner ? module_table(owner) : names_kernel_table();
    struct ksyms_type_hashes offered;

    if (!table) {
        return 0; /* it says nothing of its types */
    }
    ksyms_type_hashes_open(&offered, table);
    if (ksyms_type_hashes_differ(needed, &offered, 0) == needed->count) {
        return 0;
    }
    return explain_types(load->file_name, carried, owner, &offered);
}

int check_types(struct load *load)
{
    uint32_t section = ksyms_object_find_section(&load->object, KSYMS_TYPES_SECTION);
    struct ksyms_type_hashes needed;
    struct ksyms_table carried;
    size_t size = 0;

    if (section == 0) {
        if (imports_anything(load)) {
            pr_warn("%s: carries no types: whether it was built for what it imports is not known\n",
                    load->file_name);
        }
        return 0;
    }
    const uint8_t *bytes = ksyms_object_section_bytes(&load->object, section, &size);
    enum ksyms_status status = ksyms_table_open(&carried, bytes, bytes ? size : 0);
    if (status != KSYMS_OK) {
        return refuse_section(load, section, status);
    }
    ksyms_type_hashes_open(&needed, &carried);
    int error = check_types_of(load, &carried, &needed, NULL);
    for (unsigned i = 0; i < load->module->dependency_count; i++) {
        int other = check_types_of(load, &carried, &needed, load->module->dependencies[i]);
        error = error ? error : other; /* all are reported */
    }
    return error;
}
