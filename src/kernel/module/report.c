// SPDX-License-Identifier: MIT
/*
 * report.c: why a file was refused, in one form:
 *
 *     hello.ko: .rela.text[17] at .text+0x1c: R_X86_64_PC32 against "print": the value does not fit
 *     its field: 0x180000000 (allowed: 0x7fffffff)
 */
#include "module/module.h"
#include "onoma/printk.h"
#include "onoma/string.h"

#define PLACE_CAPACITY 320

static const char *section_name(const struct ksyms_object *object, uint32_t section)
{
    return object ? ksyms_object_section_name(object, section) : "";
}

static const char *symbol_name(const struct ksyms_object *object, uint32_t symbol)
{
    return object ? ksyms_object_symbol_name(object, symbol) : "";
}

static void format_place(char *buffer, const struct ksyms_object *object,
                         const struct ksyms_fault *fault)
{
    const char *section = section_name(object, fault->section);

    if (fault->relocation != KSYMS_NONE) {
        snprintf(buffer, PLACE_CAPACITY, ".rela%.64s[%u] at %.64s+0x%lx: %s against \"%.100s\"",
                 section, fault->relocation, section[0] ? section : "section", fault->offset,
                 ksyms_relocation_name(fault->relocation_type),
                 fault->symbol == KSYMS_NONE ? "" : symbol_name(object, fault->symbol));
    } else if (fault->symbol != KSYMS_NONE) {
        snprintf(buffer, PLACE_CAPACITY, "symbol %u \"%.100s\"", fault->symbol,
                 symbol_name(object, fault->symbol));
    } else if (fault->section != KSYMS_NONE) {
        snprintf(buffer, PLACE_CAPACITY, "section %u%s%.64s", fault->section, section[0] ? " " : "",
                 section);
    } else {
        snprintf(buffer, PLACE_CAPACITY, "byte 0x%lx", fault->offset);
    }
}

void module_report_fault(const char *file_name, const struct ksyms_object *object,
                         const struct ksyms_fault *fault)
{
    char place[PLACE_CAPACITY];

    format_place(place, object, fault);
    pr_err("%s: %s: %s: 0x%lx (allowed: 0x%lx)\n", file_name, place,
           ksyms_status_text(fault->status), fault->value, fault->limit);
}
