// SPDX-License-Identifier: MIT
/*
 * load_types.c: the pass that compares the types that the module was built with to those of the
 * kernel and of the modules that it imports from.
 *
 * Hashes decide nearly always, and are all that is read then (ksyms/types.h): that of each import
 * is compared with its export's when it is bound, the others with all tables of those that are
 * used. Where they differ the texts are asked, which are in the files of the initrd only.
 */
#include "ksyms/part.h"
#include "module/explain_types.h"
#include "module/exports.h"
#include "module/load.h"
#include "onoma/errno.h"
#include "onoma/memory.h"
#include "onoma/printk.h"
#include "onoma/string.h"
#include "panic/names.h"

#define KEY_BITS_MAX 16
#define BUCKET_MAX   8 /* entries that an import is looked for in */

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
static int check_types_of(const struct load *load, const struct ksyms_type_hashes *needed,
                          const struct module *owner)
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
    return explain_types(load->file_name, &load->types, owner, &offered);
}

/* Key, and hash above it. */
static uint64_t entry_at(const struct ksyms_type_hashes *hashes, uint32_t number)
{
    uint64_t entry;

    __builtin_memcpy(&entry, hashes->entries + (size_t)number * KSYMS_TYPE_HASH_SIZE,
                     sizeof(entry));
    return entry;
}

/* Keys are spread evenly: about one for each value of their upper bits, as many as it takes.  A
 * file may say otherwise; then more is left for check_types(). */
static bool index_keys(struct load *load)
{
    uint32_t count = load->needed.count, number = 0, bits = 0;

    while (bits < KEY_BITS_MAX && 1u << bits < count) {
        bits++;
    }
    load->key_shift = 32 - bits;
    load->key_starts = kmalloc(((1u << bits) + 1) * sizeof(uint32_t) + count);
    if (!load->key_starts) {
        return false;
    }
    load->settled = (uint8_t *)(load->key_starts + (1u << bits) + 1);
    memset(load->settled, 0, count);
    for (uint32_t start = 0; start < 1u << bits; start++) {
        load->key_starts[start] = number;
        while (number < count &&
               (entry_at(&load->needed, number) & UINT32_MAX) >> load->key_shift == start) {
            number++;
        }
    }
    load->key_starts[1u << bits] = number;
    return true;
}

int open_types(struct load *load)
{
    uint32_t section = ksyms_object_find_section(&load->object, KSYMS_TYPES_SECTION);
    size_t size = 0;

    if (section == 0) {
        if (imports_anything(load)) {
            pr_warn("%s: carries no types: whether it was built for what it imports is not known\n",
                    load->file_name);
        }
        return 0;
    }
    const uint8_t *bytes = ksyms_object_section_bytes(&load->object, section, &size);
    enum ksyms_status status = ksyms_table_open(&load->types, bytes, bytes ? size : 0);
    if (status != KSYMS_OK) {
        return refuse_section(load, section, status);
    }
    ksyms_type_hashes_open(&load->needed, &load->types);
    return index_keys(load) ? 0 : load_out_of_memory(load, "its types");
}

void settle_type(struct load *load, const struct exported *export)
{
    if (!export->has_type || load->needed.count == 0) {
        return;
    }
    uint64_t wanted = export->key | (uint64_t) export->type_hash << 32;
    const uint32_t *start = &load->key_starts[(uint64_t) export->key >> load->key_shift];
    uint32_t end = start[1] - start[0] > BUCKET_MAX ? start[0] + BUCKET_MAX : start[1];
    for (uint32_t number = start[0]; number < end; number++) {
        if (entry_at(&load->needed, number) == wanted) {
            load->settled[number] = 1;
            return;
        }
    }
}

/* What is not settled yet, in the same order. */
static struct ksyms_type_hashes take_rest(const struct load *load, uint8_t *entries)
{
    struct ksyms_type_hashes rest = {entries, 0};

    for (uint32_t number = 0; number < load->needed.count; number++) {
        if (!load->settled[number]) {
            memcpy(entries + (size_t)rest.count++ * KSYMS_TYPE_HASH_SIZE,
                   load->needed.entries + (size_t)number * KSYMS_TYPE_HASH_SIZE,
                   KSYMS_TYPE_HASH_SIZE);
        }
    }
    return rest;
}

int check_types(struct load *load)
{
    if (load->needed.count == 0) {
        return 0;
    }
    uint8_t *entries = kmalloc((size_t)load->needed.count * KSYMS_TYPE_HASH_SIZE);

    if (!entries) {
        return load_out_of_memory(load, "its types");
    }
    struct ksyms_type_hashes rest = take_rest(load, entries);
    int error = rest.count ? check_types_of(load, &rest, NULL) : 0;
    for (unsigned i = 0; rest.count && i < load->module->dependency_count; i++) {
        int other = check_types_of(load, &rest, load->module->dependencies[i]);
        error = error ? error : other; /* all are reported */
    }
    kfree(entries);
    return error;
}
