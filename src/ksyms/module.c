// SPDX-License-Identifier: MIT
/*
 * module.c: the modules that are loaded, their addresses, and taking one out.
 *
 * A trap may walk the list at any moment.  One pointer is written at a time, to a module that is
 * complete: there is no moment at which the list cannot be walked.
 */
#include "bytes.h"
#include "module_load.h"

struct ksyms_module *ksyms_module_find(const struct ksyms_host *host, const char *name)
{
    for (struct ksyms_module *module = host->modules; module; module = module->next) {
        if (is_same_string(module->name, name)) {
            return module;
        }
    }
    return NULL;
}

struct ksyms_module *ksyms_module_of_address(const struct ksyms_host *host, uint64_t address)
{
    for (struct ksyms_module *module = host->modules; module; module = module->next) {
        for (unsigned kind = 0; kind < KSYMS_SEGMENT_COUNT; kind++) {
            const struct ksyms_segment *segment = &module->segments[kind];
            if (address - segment->address < segment->size_bytes) {
                return module;
            }
        }
    }
    return NULL;
}

bool ksyms_module_table_address(const struct ksyms_module *module, uint64_t address,
                                uint64_t *table_address)
{
    return ksyms_sections_table_address(module->sections, module->section_count, address,
                                        table_address);
}

bool ksyms_module_run_address(const struct ksyms_module *module, uint64_t table_address,
                              uint64_t *address)
{
    return ksyms_sections_run_address(module->sections, module->section_count, table_address,
                                      address);
}

/* ---- Taking one out ---- */

void ksyms_module_publish(struct ksyms_host *host, struct ksyms_module *module)
{
    module->next = host->modules;
    host->modules = module;
}

static void withdraw(struct ksyms_host *host, const struct ksyms_module *module)
{
    if (host->modules == module) {
        host->modules = module->next;
        return;
    }
    struct ksyms_module *before = host->modules;
    while (before->next != module) {
        before = before->next;
    }
    before->next = module->next;
}

void ksyms_module_unmap(struct ksyms_host *host, struct ksyms_module *module, unsigned first)
{
    for (unsigned kind = KSYMS_SEGMENT_COUNT; kind-- > first;) {
        struct ksyms_segment segment = module->segments[kind];
        if (segment.size_bytes != 0) {
            module->segments[kind] = (struct ksyms_segment){0}; /* no trace may look there now */
            host->unmap(host->context, &segment, (enum ksyms_segment_kind)kind);
        }
    }
}

void ksyms_module_take_out(struct ksyms_host *host, struct ksyms_module *module)
{
    for (size_t i = module->destructors.count; i-- > 0;) {
        module->destructors.functions[i]();
    }
    withdraw(host, module);
    ksyms_module_unmap(host, module, 0);
    host->release(host->context, module->memory, module->memory_size);
}

static bool uses(const struct ksyms_module *user, const struct ksyms_module *used)
{
    for (uint32_t i = 0; i < user->use_count; i++) {
        if (user->uses[i] == used) {
            return true;
        }
    }
    return false;
}

enum ksyms_status ksyms_module_unload(struct ksyms_host *host, struct ksyms_module *module,
                                      struct ksyms_fault *fault)
{
    struct ksyms_fault facts = KSYMS_FAULT_OF(KSYMS_OK);

    for (const struct ksyms_module *user = host->modules; user; user = user->next) {
        if (uses(user, module)) {
            facts.status = KSYMS_MODULE_USED;
        }
    }
    if (facts.status == KSYMS_OK && module->init && !module->exit) {
        facts.status = KSYMS_MODULE_NO_EXIT;
    }
    if (facts.status != KSYMS_OK) {
        ksyms_module_report(host, module->name, NULL, &facts);
        return ksyms_link_refuse(fault, facts);
    }
    if (module->exit) {
        module->exit();
    }
    ksyms_module_take_out(host, module);
    return KSYMS_OK;
}
