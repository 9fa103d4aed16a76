// SPDX-License-Identifier: MIT
/* report.c: why a file was refused, in one form: file, place, what, value and what is allowed. */
#include "ksyms/link.h"
#include "ksyms/report.h"
#include "text.h"

#define FILE_NAME_MAX    100u
#define SECTION_NAME_MAX 64u
#define SYMBOL_NAME_MAX  100u

static void put_section(struct text *text, const struct ksyms_object *object,
                        const struct ksyms_fault *fault)
{
    text_name(text, ksyms_object_section_name(object, fault->section), SECTION_NAME_MAX);
}

static void put_symbol(struct text *text, const struct ksyms_object *object,
                       const struct ksyms_fault *fault)
{
    text_byte(text, '"');
    text_name(text, ksyms_object_symbol_name(object, fault->symbol), SYMBOL_NAME_MAX);
    text_byte(text, '"');
}

static void put_relocation(struct text *text, const struct ksyms_object *object,
                           const struct ksyms_fault *fault)
{
    text_string(text, ".rela");
    put_section(text, object, fault);
    text_byte(text, '[');
    text_decimal(text, fault->relocation);
    text_string(text, "] at ");
    put_section(text, object, fault);
    text_byte(text, '+');
    text_hex(text, fault->offset);
    text_string(text, ": ");
    text_string(text, ksyms_relocation_name(fault->relocation_type));
    text_string(text, " against ");
    put_symbol(text, object, fault);
}

/* False: it is about the file or the kernel as a whole. */
static bool put_place(struct text *text, const struct ksyms_object *object,
                      const struct ksyms_fault *fault)
{
    if (fault->relocation != KSYMS_NONE) {
        put_relocation(text, object, fault);
    } else if (fault->symbol != KSYMS_NONE) {
        text_string(text, "symbol ");
        text_decimal(text, fault->symbol);
        text_byte(text, ' ');
        put_symbol(text, object, fault);
    } else if (fault->section != KSYMS_NONE) {
        text_string(text, "section ");
        text_decimal(text, fault->section);
        text_byte(text, ' ');
        put_section(text, object, fault);
        if (text->length > 0 && text->buffer[text->length - 1] == ' ') {
            text->buffer[--text->length] = '\0'; /* it has no name */
        }
    } else if (fault->status < KSYMS_MODULE_MEMORY) {
        text_string(text, "byte ");
        text_hex(text, fault->offset);
    } else {
        return false;
    }
    return true;
}

static void put_numbers(struct text *text, const struct ksyms_fault *fault)
{
    bool is_number = fault->status != KSYMS_LINK_UNLOADED && fault->status != KSYMS_LINK_LIFETIME;

    if (!is_number || (fault->value == 0 && fault->limit == 0)) {
        return;
    }
    text_string(text, ": ");
    text_hex(text, fault->value);
    if (fault->status < KSYMS_MODULE_MEMORY) {
        text_string(text, " (allowed: ");
        text_hex(text, fault->limit);
        text_byte(text, ')');
    }
}

void ksyms_fault_format(char *buffer, size_t capacity, const char *file_name,
                        const struct ksyms_object *object, const struct ksyms_fault *fault)
{
    struct text text = {.buffer = buffer, .capacity = capacity};

    if (capacity > 0) {
        buffer[0] = '\0';
    }
    text_name(&text, file_name, FILE_NAME_MAX);
    text_string(&text, ": ");
    bool has_place = put_place(&text, object, fault);
    if (fault->status == KSYMS_LINK_OVERFLOW) {
        text_string(&text, " does not fit");
    } else {
        text_string(&text, has_place ? ": " : "");
        text_string(&text, ksyms_status_text(fault->status));
    }
    put_numbers(&text, fault);
}
