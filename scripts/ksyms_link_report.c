// SPDX-License-Identifier: MIT
/*
 * ksyms_link_report.c: why a file is refused, in one form: file, place, what, value, limit.
 *
 *     hello.ko: .rela.text[17] at .text+0x1c: R_X86_64_PC32 against "print" does not fit:
 *     0x180000000 (allowed: 0x7fffffff)
 */
#include <inttypes.h>
#include "ksyms_link.h"

static void print_place(const struct ksyms_object *object, const struct ksyms_fault *fault)
{
    const char *section = ksyms_object_section_name(object, fault->section);
    const char *symbol = ksyms_object_symbol_name(object, fault->symbol);

    if (fault->relocation != KSYMS_NONE) {
        fprintf(stderr, ".rela%s[%u] at %s+0x%" PRIx64 ": %s against \"%s\"", section,
                fault->relocation, section, fault->offset,
                ksyms_relocation_name(fault->relocation_type), symbol);
    } else if (fault->symbol != KSYMS_NONE) {
        fprintf(stderr, "symbol %u \"%s\"", fault->symbol, symbol);
    } else if (fault->status == KSYMS_LINK_PLACE) {
        fprintf(stderr, "segment %s", layout_segment_name((uint32_t)fault->offset));
    } else if (fault->section != KSYMS_NONE) {
        fprintf(stderr, "section %u%s%s", fault->section, section[0] ? " " : "", section);
    } else {
        fprintf(stderr, "byte 0x%" PRIx64, fault->offset);
    }
}

void report_fault(const struct job *job, const struct ksyms_object *object,
                  const struct ksyms_fault *fault)
{
    fprintf(stderr, "%s: ", job->path);
    print_place(object, fault);
    if (fault->status == KSYMS_LINK_OVERFLOW) {
        fprintf(stderr, " does not fit");
    } else {
        fprintf(stderr, ": %s", ksyms_status_text(fault->status));
    }
    bool is_number = fault->status != KSYMS_LINK_UNLOADED && fault->status != KSYMS_LINK_LIFETIME;
    if (is_number && (fault->value != 0 || fault->limit != 0)) {
        fprintf(stderr, ": 0x%" PRIx64 " (allowed: 0x%" PRIx64 ")", fault->value, fault->limit);
    }
    fputc('\n', stderr);
}
