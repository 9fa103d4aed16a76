// SPDX-License-Identifier: MIT
/*
 * parameters_table.c: a module brings its own table of parameters, with pointers that the kernel
 * will write through.  Before that each is checked: it must lie, with room for all its elements, in
 * data that is the module's own and writable.  A module that names a variable of the kernel, or of
 * its own constants, is refused.
 */
#include "module/parameters.h"
#include "module/parameters_types.h"
#include "onoma/string.h"

static bool is_identifier(char character)
{
    return character == '_' || (character >= '0' && character <= '9') ||
           (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

/* The length of a good name, 0 for any other. */
static size_t check_name(const char *name, const struct parameters_ranges *ranges)
{
    uint64_t address = (uint64_t)name;
    uint64_t high = (uint64_t)ranges->constants_high;
    if (address < (uint64_t)ranges->constants_low || address >= high) {
        return 0;
    }
    size_t limit = high - address < PARAMETERS_NAME_MAXIMUM ? (size_t)(high - address)
                                                            : PARAMETERS_NAME_MAXIMUM;
    size_t length = 0;
    while (length < limit && is_identifier(name[length])) {
        length++;
    }
    return length < limit && name[length] == '\0' ? length : 0;
}

static enum parameters_status check_count(const struct module_parameter *entry,
                                          const struct parameters_ranges *ranges)
{
    if (entry->count == 0) {
        return PARAMETERS_OK;
    }
    if (entry->type == PARAMETER_STRING) {
        return PARAMETERS_TABLE_TYPE;
    }
    if ((uint64_t)entry->count % sizeof(*entry->count) != 0) {
        return PARAMETERS_TABLE_ALIGNMENT;
    }
    if (!ranges->is_writable((uint64_t)entry->count, sizeof(*entry->count), ranges->context)) {
        return PARAMETERS_TABLE_COUNT;
    }
    return PARAMETERS_OK;
}

static enum parameters_status check_entry(const struct module_parameter *entry,
                                          const struct parameters_ranges *ranges)
{
    if (!parameter_is_known(entry->type)) {
        return PARAMETERS_TABLE_TYPE;
    }
    if (entry->capacity == 0 || entry->capacity > PARAMETERS_ELEMENT_MAXIMUM) {
        return PARAMETERS_TABLE_CAPACITY;
    }
    uint64_t address = (uint64_t)entry->value;
    uint64_t size = parameter_types[entry->type].size;
    if (address % size != 0) {
        return PARAMETERS_TABLE_ALIGNMENT;
    }
    /* Both factors are bounded: the product cannot wrap. */
    if (!ranges->is_writable(address, size * entry->capacity, ranges->context)) {
        return PARAMETERS_TABLE_VALUE;
    }
    return check_count(entry, ranges);
}

static bool is_duplicate(const struct module_parameter *table, size_t index)
{
    for (size_t other = 0; other < index; other++) {
        if (strcmp(table[other].name, table[index].name) == 0) {
            return true;
        }
    }
    return false;
}

static enum parameters_status fail_table(struct parameters_fault *fault,
                                         enum parameters_status status,
                                         const struct module_parameter *table, size_t index,
                                         size_t name_length)
{
    *fault = (struct parameters_fault){
        .status = status,
        .name = name_length != 0 ? table[index].name : 0,
        .name_length = name_length,
        .index = index,
    };
    if (table != 0) {
        fault->type = table[index].type;
        fault->capacity = table[index].capacity;
        fault->is_array = parameter_is_array(&table[index]);
    }
    return status;
}

enum parameters_status parameters_check_table(const void *section, size_t size_bytes,
                                              const struct parameters_ranges *ranges,
                                              struct parameters_fault *fault)
{
    const struct module_parameter *table = section;
    size_t count = size_bytes / sizeof(*table);

    if (size_bytes % sizeof(*table) != 0 || (uint64_t)section % _Alignof(*table) != 0 ||
        count > PARAMETERS_TABLE_MAXIMUM) {
        return fail_table(fault, PARAMETERS_TABLE_SIZE, 0, 0, 0);
    }
    for (size_t index = 0; index < count; index++) {
        size_t name_length = check_name(table[index].name, ranges);
        enum parameters_status status = PARAMETERS_TABLE_NAME;
        if (name_length != 0) {
            bool is_double = is_duplicate(table, index);
            status = is_double ? PARAMETERS_TABLE_DUPLICATE : check_entry(&table[index], ranges);
        }
        if (status != PARAMETERS_OK) {
            return fail_table(fault, status, table, index, name_length);
        }
    }
    *fault = (struct parameters_fault){0};
    return PARAMETERS_OK;
}
