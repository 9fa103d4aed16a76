// SPDX-License-Identifier: MIT
/* sections.c: addresses in a module's sections, as they run and as its table has them. */
#include "ksyms/sections.h"

bool ksyms_sections_table_address(const struct ksyms_module_section *sections, uint32_t count,
                                  uint64_t address, uint64_t *table_address)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t offset = address - sections[i].address;
        if (offset < sections[i].size) {
            *table_address = (uint64_t)i << KSYMS_SECTION_SHIFT | offset;
            return true;
        }
    }
    return false;
}

bool ksyms_sections_run_address(const struct ksyms_module_section *sections, uint32_t count,
                                uint64_t table_address, uint64_t *address)
{
    uint64_t number = table_address >> KSYMS_SECTION_SHIFT;
    uint64_t offset = table_address & ((1ull << KSYMS_SECTION_SHIFT) - 1);

    if (number >= count || sections[number].size == 0 || offset > sections[number].size) {
        return false;
    }
    *address = sections[number].address + offset;
    return true;
}
