// SPDX-License-Identifier: MIT
/*
 * list.c: the modules that are loaded.
 *
 * A trap may walk the list at any moment.  One pointer is written at a time, to a module that is
 * complete: there is no moment at which the list cannot be walked.
 */
#include "arch.h"
#include "ksyms/dump.h"
#include "module/exports.h"
#include "module/module.h"
#include "module/name.h"
#include "onoma/memory.h"
#include "onoma/string.h"

#define BUCKET_COUNT 1024 /* by name */

static struct module *volatile modules;
static struct module *buckets[BUCKET_COUNT];

static struct module **bucket_of(const char *name)
{
    return &buckets[module_name_hash(name, strlen(name)) % BUCKET_COUNT];
}

/* For a program that reads a memory dump. */
const struct ksyms_dump_modules ksyms_dump_modules __used = {
    .version = KSYMS_DUMP_VERSION,
    .first = (uint64_t)&modules,
    .next = offsetof(struct module, next),
    .name = offsetof(struct module, name),
    .name_size = MODULE_NAME_MAX,
    .sections = offsetof(struct module, sections),
    .section_count = offsetof(struct module, section_count),
    .blob = offsetof(struct module, table.blob),
    .blob_size = offsetof(struct module, table.blob_size),
};

struct module *module_first(void)
{
    return modules;
}

struct module *module_find(const char *name)
{
    for (struct module *module = *bucket_of(name); module; module = module->next_in_bucket) {
        if (module_names_equal(module->name, name, strlen(name))) {
            return module;
        }
    }
    return NULL;
}

void module_list_add(struct module *module)
{
    struct module **bucket = bucket_of(module->name);

    module->next_in_bucket = *bucket;
    *bucket = module;
    module->next = modules;
    modules = module;
}

void module_list_remove(struct module *module)
{
    struct module **link = bucket_of(module->name);

    while (*link != module) {
        link = &(*link)->next_in_bucket;
    }
    *link = module->next_in_bucket;
    if (modules == module) {
        modules = module->next;
        return;
    }
    struct module *before = modules;
    while (before->next != module) {
        before = before->next;
    }
    before->next = module->next;
}

void module_destroy(struct module *module)
{
    debugger_hide(module);
    for (unsigned i = module->dependency_count; i-- > 0;) {
        module->dependencies[i]->reference_count--;
        module->dependencies[i]->last_user = NULL;
    }
    kfree(module->parameter_strings);
    kfree(module->exports);
    for (unsigned i = KSYMS_SEGMENT_COUNT; i-- > 0;) {
        area_free(&module->areas[i]);
    }
    kfree(module->sections);
    kfree(module);
}

static bool uses(const struct module *user, const struct module *used)
{
    for (unsigned i = 0; i < user->dependency_count; i++) {
        if (user->dependencies[i] == used) {
            return true;
        }
    }
    return false;
}

void module_users_format(const struct module *module, char *buffer, size_t capacity)
{
    size_t length = 0;

    buffer[0] = '\0';
    for (const struct module *user = modules; user && length < capacity; user = user->next) {
        if (uses(user, module)) {
            length += (size_t)snprintf(buffer + length, capacity - length, "%s%s",
                                       length ? "," : "", user->name);
        }
    }
}

const struct module *module_of_address(uint64_t address)
{
    for (const struct module *module = modules; module; module = module->next) {
        for (unsigned i = 0; i < KSYMS_SEGMENT_COUNT; i++) {
            if (is_in_area(&module->areas[i], address, 1)) {
                return module;
            }
        }
    }
    return NULL;
}

bool module_is_code(const struct module *module, uint64_t address)
{
    return is_in_area(&module->areas[KSYMS_SEGMENT_TEXT], address, 1) ||
           is_in_area(&module->areas[KSYMS_SEGMENT_INIT_TEXT], address, 1);
}

const char *module_name(const struct module *module)
{
    return module->name;
}

const struct ksyms_table *module_table(const struct module *module)
{
    return module->has_table ? &module->table : NULL;
}

bool module_table_address(const struct module *module, uint64_t address, uint64_t *table_address)
{
    return ksyms_sections_table_address(module->sections, module->section_count, address,
                                        table_address);
}

bool module_run_address(const struct module *module, uint64_t table_address, uint64_t *address)
{
    return ksyms_sections_run_address(module->sections, module->section_count, table_address,
                                      address);
}

void module_build_id_format(const struct module *module, char *buffer, size_t capacity)
{
    const uint8_t *bytes;
    size_t size = module->has_table ? ksyms_table_build_id(&module->table, &bytes) : 0;

    buffer[0] = '\0';
    for (size_t i = 0; i < size && 2 * i + 2 < capacity; i++) {
        snprintf(buffer + 2 * i, 3, "%02x", bytes[i]);
    }
}

struct ksyms_module_section module_text(const struct module *module)
{
    return module->text_section ? module->sections[module->text_section]
                                : (struct ksyms_module_section){0};
}

void module_list_format(char *buffer, size_t capacity)
{
    size_t length = 0;

    buffer[0] = '\0';
    for (const struct module *module = modules; module && length < capacity;
         module = module->next) {
        const char *mark = module->state == MODULE_COMING  ? "(+)"
                           : module->state == MODULE_GOING ? "(-)"
                                                           : "";
        length += (size_t)snprintf(buffer + length, capacity - length, " %s%s", module->name, mark);
    }
}
