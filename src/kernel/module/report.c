// SPDX-License-Identifier: MIT
/*
 * report.c: why a file was refused, in one form: file, place, what, value and what is allowed.
 *
 *     hello.ko: .rela.text[17] at .text+0x1c: R_X86_64_PC32 against "print" does not fit:
 *     0x180000000 (allowed: 0x7fffffff)
 */
#include "module/module.h"
#include "onoma/printk.h"
#include "onoma/string.h"

#define PLACE_CAPACITY 320

static void format_place(char *buffer, const struct ksyms_object *object,
                         const struct ksyms_fault *fault)
{
    const char *section = ksyms_object_section_name(object, fault->section);

    if (fault->relocation != KSYMS_NONE) {
        snprintf(buffer, PLACE_CAPACITY, ".rela%.64s[%u] at %.64s+0x%lx: %s against \"%.100s\"",
                 section, fault->relocation, section, fault->offset,
                 ksyms_relocation_name(fault->relocation_type),
                 ksyms_object_symbol_name(object, fault->symbol));
    } else if (fault->symbol != KSYMS_NONE) {
        snprintf(buffer, PLACE_CAPACITY, "symbol %u \"%.100s\"", fault->symbol,
                 ksyms_object_symbol_name(object, fault->symbol));
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
    bool is_overflow = fault->status == KSYMS_LINK_OVERFLOW;
    bool is_number = fault->status != KSYMS_LINK_UNLOADED && fault->status != KSYMS_LINK_LIFETIME;
    char place[PLACE_CAPACITY];
    char numbers[64] = "";

    format_place(place, object, fault);
    if (is_number && (fault->value != 0 || fault->limit != 0)) {
        snprintf(numbers, sizeof(numbers), ": 0x%lx (allowed: 0x%lx)", fault->value, fault->limit);
    }
    pr_err("%s: %s%s%s%s\n", file_name, place, is_overflow ? "" : ": ",
           is_overflow ? " does not fit" : ksyms_status_text(fault->status), numbers);
}
