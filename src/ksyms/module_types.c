// SPDX-License-Identifier: MIT
/*
 * module_types.c: are the types of what a module imports those that it was built with?
 *
 * By their hashes (types.h): those that the module carries against those of the kernel and of the
 * modules that it uses.  What differs is named, out of the text that the module carries; how it
 * differs is for gen_types --compare, which has the text of the other side as well.
 */
#include "bytes.h"
#include "ksyms/part.h"
#include "ksyms/types.h"
#include "link_fault.h"
#include "module_load.h"

#define NAMES_MAX 8 /* types that are named; all are counted */

struct comparison {
    const struct ksyms_host *host;
    const char *module_name;
    struct ksyms_type_hashes needed; /* what it was built with */
    struct ksyms_types types;        /* the text of that; no lines: there is none, or no memory */
    uint32_t difference_count;
};

static void write_name(const struct comparison *comparison, struct ksyms_type_text name)
{
    static const char says[] = " is not as the module was built with it\n";
    const struct ksyms_host *host = comparison->host;

    host->write(host->context, comparison->module_name, strlen(comparison->module_name));
    host->write(host->context, ": ", 2);
    host->write(host->context, name.text, name.length);
    host->write(host->context, says, sizeof(says) - 1);
}

/* Name the type, or symbol, that has this entry. */
static void name_entry(const struct comparison *comparison, uint32_t number)
{
    struct ksyms_type_text head, body;

    for (uint32_t line = 0; line < comparison->types.line_count; line++) {
        ksyms_types_line(&comparison->types, line, &head, &body);
        if (ksyms_types_key(head) == ksyms_type_hashes_key(&comparison->needed, number) &&
            ksyms_types_hash(body) == ksyms_type_hashes_hash(&comparison->needed, number)) {
            write_name(comparison, head);
            return;
        }
    }
}

static void compare(struct comparison *comparison, const struct ksyms_table *table)
{
    struct ksyms_type_hashes offered;
    uint32_t number = 0;

    ksyms_type_hashes_open(&offered, table);
    while ((number = ksyms_type_hashes_differ(&comparison->needed, &offered, number)) <
           comparison->needed.count) {
        if (comparison->difference_count++ < NAMES_MAX && comparison->host->write) {
            name_entry(comparison, number);
        }
        number++;
    }
}

static void compare_all(struct comparison *comparison, const struct ksyms_module *module)
{
    if (comparison->host->has_table) {
        compare(comparison, &comparison->host->table);
    }
    for (uint32_t i = 0; i < module->use_count; i++) {
        if (module->uses[i]->has_table) {
            compare(comparison, &module->uses[i]->table);
        }
    }
}

enum ksyms_status ksyms_module_types(const struct ksyms_host *host,
                                     const struct ksyms_module *module,
                                     const struct ksyms_object *object, struct ksyms_fault *fault)
{
    struct ksyms_fault facts = KSYMS_FAULT_OF(KSYMS_OK);
    struct comparison comparison = {.host = host, .module_name = module->name};
    struct ksyms_table carried;
    struct ksyms_part text = {0};
    size_t size, lines_size;

    facts.section = ksyms_object_find_section(object, KSYMS_TYPES_SECTION);
    const uint8_t *bytes = ksyms_object_section_bytes(object, facts.section, &size);
    if (facts.section == 0) {
        return KSYMS_OK; /* it says nothing of its types */
    }
    facts.status = ksyms_table_open(&carried, bytes, bytes ? size : 0);
    if (facts.status != KSYMS_OK) {
        return ksyms_link_refuse(fault, facts);
    }
    ksyms_type_hashes_open(&comparison.needed, &carried);
    ksyms_table_part(&carried, KSYMS_PART_TYPE_TEXT, &text);
    lines_size = (ksyms_types_count_lines(&text) + 1) * sizeof(uint32_t);
    uint32_t *lines = host->allocate(host->context, lines_size);
    if (lines) {
        ksyms_types_open(&comparison.types, &text, lines);
    }
    compare_all(&comparison, module);
    if (lines) {
        host->release(host->context, lines, lines_size);
    }
    if (comparison.difference_count == 0) {
        return KSYMS_OK;
    }
    facts.status = KSYMS_MODULE_TYPES;
    facts.value = comparison.difference_count;
    return ksyms_link_refuse(fault, facts);
}
