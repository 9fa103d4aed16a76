// SPDX-License-Identifier: MIT
/* host.c: the kernel's own table, and which table knows an address or a name. */
#include "bytes.h"
#include "ksyms/host.h"
#include "module_load.h"

enum ksyms_status ksyms_host_start(struct ksyms_host *host, const void *blob, size_t size_bytes)
{
    struct ksyms_table table;
    enum ksyms_status status = ksyms_table_open(&table, blob, size_bytes);

    if (status == KSYMS_OK) {
        status = ksyms_table_verify(&table);
    }
    if (status == KSYMS_OK) {
        host->table = table;
        host->has_table = true;
    }
    return status;
}

void ksyms_host_locate(const struct ksyms_host *host, uint64_t address,
                       struct ksyms_location *location)
{
    const struct ksyms_module *module = ksyms_module_of_address(host, address);

    *location = (struct ksyms_location){.module = module};
    if (!module) {
        location->table = host->has_table ? &host->table : NULL;
        location->table_address = address - host->slide;
    } else if (module->has_table &&
               ksyms_module_table_address(module, address, &location->table_address)) {
        location->table = &module->table;
    }
}

/* Text, data, constants, zeroed data, weak ones: what another object file could refer to. */
static bool is_global(char type)
{
    switch (type) {
    case 'T':
    case 'D':
    case 'R':
    case 'B':
    case 'V':
    case 'W':
        return true;
    default:
        return false;
    }
}

/* A table has one global symbol of a name at most, and any number of static ones beside it. */
static bool find_global(const struct ksyms_table *table, const char *name, uint64_t *table_address)
{
    struct ksyms_name_range range = ksyms_table_find_name(table, name, strlen(name));
    struct ksyms_symbol symbol;

    for (uint32_t i = 0; i < range.count; i++) {
        if (ksyms_table_symbol_named(table, range.first + i, &symbol) && is_global(symbol.type)) {
            *table_address = symbol.address;
            return true;
        }
    }
    return false;
}

bool ksyms_host_find_global(const struct ksyms_host *host, const char *name, uint64_t *address,
                            struct ksyms_module **owner)
{
    uint64_t table_address;

    *owner = NULL;
    if (host->has_table && find_global(&host->table, name, &table_address)) {
        *address = table_address + host->slide;
        return true;
    }
    for (struct ksyms_module *module = host->modules; module; module = module->next) {
        if (module->has_table && find_global(&module->table, name, &table_address) &&
            ksyms_module_run_address(module, table_address, address)) {
            *owner = module;
            return true;
        }
    }
    return false;
}

bool ksyms_host_resolve(const struct ksyms_host *host, const char *name, uint64_t *address)
{
    struct ksyms_module *owner;

    return ksyms_host_find_global(host, name, address, &owner);
}
