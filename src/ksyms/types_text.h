// SPDX-License-Identifier: MIT
/*
 * types_text.h: the small words of a text of types: how lines, fields and names end.  Private to
 * the kit.
 *
 *     struct command 48;name@0 const char *;flags@8.0..2 unsigned int
 *     ‾‾‾‾‾‾head‾‾‾‾ ‾‾ ‾‾‾‾‾‾‾‾field‾‾‾‾‾‾ ‾‾‾‾‾‾‾‾‾‾‾‾field‾‾‾‾‾‾‾‾
 */
#ifndef KSYMS_TYPES_TEXT_H
#define KSYMS_TYPES_TEXT_H

#include "bytes.h"
#include "ksyms/types.h"

static inline bool is_same_text(struct ksyms_type_text left, struct ksyms_type_text right)
{
    return left.length == right.length && memcmp(left.text, right.text, left.length) == 0;
}

/* Byte order; a text comes after its own beginnings. */
static inline int compare_texts(struct ksyms_type_text left, struct ksyms_type_text right)
{
    uint32_t shorter = left.length < right.length ? left.length : right.length;
    int order = memcmp(left.text, right.text, shorter);

    return order != 0 ? order : (left.length > right.length) - (left.length < right.length);
}

/* The first `length` letters, which leave `rest`; fewer if there are not so many. */
static inline struct ksyms_type_text take_text(struct ksyms_type_text *rest, uint32_t length)
{
    struct ksyms_type_text taken = {rest->text, length < rest->length ? length : rest->length};

    rest->text += taken.length;
    rest->length -= taken.length;
    return taken;
}

/* Letters before the first `mark`, all if there is none. */
static inline uint32_t length_to(struct ksyms_type_text text, char mark)
{
    uint32_t length = 0;
    while (length < text.length && text.text[length] != mark) {
        length++;
    }
    return length;
}

/* The next field, up to a `;` outside braces; that is passed over. */
static inline struct ksyms_type_text take_field(struct ksyms_type_text *rest)
{
    struct ksyms_type_text field;
    uint32_t length = 0, depth = 0;

    while (length < rest->length && (rest->text[length] != ';' || depth > 0)) {
        char letter = rest->text[length++];
        depth += letter == '{';
        depth -= letter == '}' && depth > 0;
    }
    field = take_text(rest, length);
    take_text(rest, 1);
    return field;
}

/* Letters of the name that a text begins with: what stands in `<>` belongs to it (C++). */
uint32_t ksyms_types_measure_name(struct ksyms_type_text text);

/* The lines with this head: the first one, and how many follow it, itself counted. */
struct line_range {
    uint32_t first, count;
    uint64_t looked_at; /* letters, to find it */
};

struct line_range ksyms_types_find_lines(const struct ksyms_types *types,
                                         struct ksyms_type_text head);

#endif
