// SPDX-License-Identifier: MIT
/*
 * gen_types_text.c: types as C writes them, in one form only, so that equal texts are equal types.
 *
 *     const char *          int (*)(struct command *, int)          unsigned long [4]
 *
 *   1. Typedefs are seen through; one that names a struct without a tag is its tag.
 *   2. A number is its size and signedness: `unsigned long` is size_t, uint64_t and `unsigned long
 *      long`.  Plain and signed char are one.
 *   3. `const`, `volatile`, `_Atomic` stand in this order, before what they qualify, and count
 * once. `restrict` is left out, and so is what qualifies a parameter or a return value itself.
 *   4. A struct, union or enum with a name is only named; what it holds is in its own line.
 *   5. Members of a struct without a name are its parent's: `.x` of `at` is the member `at.x`.
 */
#define _GNU_SOURCE
#include <dwarf.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include "gen_types.h"

#define DEPTH_MAX 200 /* of types in types without names */

enum { QUALIFIER_CONST = 1, QUALIFIER_VOLATILE = 2, QUALIFIER_ATOMIC = 4 };

__attribute__((format(printf, 1, 2))) static char *format_text(const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0) {
        fail("out of memory");
    }
    va_end(arguments);
    return text;
}

/* The text of the format, after which `old` is gone. */
static char *replace_text(char *old, char *new)
{
    free(old);
    return new;
}

/* Typedefs and qualifiers off; the latter are added to *qualifiers.  False for void. */
static bool peel(Dwarf_Die *type, unsigned *qualifiers)
{
    for (;;) {
        switch (dwarf_tag(type)) {
        case DW_TAG_const_type:
            *qualifiers |= QUALIFIER_CONST;
            break;
        case DW_TAG_volatile_type:
            *qualifiers |= QUALIFIER_VOLATILE;
            break;
        case DW_TAG_atomic_type:
            *qualifiers |= QUALIFIER_ATOMIC;
            break;
        case DW_TAG_typedef:
        case DW_TAG_restrict_type:
            break;
        default:
            return true;
        }
        if (!type_of(type, type)) {
            return false;
        }
    }
}

static const char *qualifier_words(unsigned qualifiers)
{
    static const char *const words[] = {
        "",         "const ",         "volatile ",         "const volatile ",
        "_Atomic ", "const _Atomic ", "volatile _Atomic ", "const volatile _Atomic ",
    };
    return words[qualifiers];
}

/* ---- Numbers ---- */

static const char *integer_name(uint64_t size, bool is_signed)
{
    switch (size) {
    case 1:
        return is_signed ? "char" : "unsigned char";
    case 2:
        return is_signed ? "short" : "unsigned short";
    case 4:
        return is_signed ? "int" : "unsigned int";
    case 8:
        return is_signed ? "long" : "unsigned long";
    case 16:
        return is_signed ? "__int128" : "unsigned __int128";
    default:
        return NULL;
    }
}

static const char *float_name(uint64_t size)
{
    return size == 4 ? "float" : size == 8 ? "double" : size == 16 ? "long double" : NULL;
}

/* With the size of what has no name of ours: bool of 1 byte has. */
static char *base_text(Dwarf_Die *type)
{
    uint64_t size = 0, encoding = 0;
    const char *name = NULL;

    attribute_value(type, DW_AT_byte_size, &size);
    attribute_value(type, DW_AT_encoding, &encoding);
    switch (encoding) {
    case DW_ATE_signed:
    case DW_ATE_signed_char:
        name = integer_name(size, true);
        break;
    case DW_ATE_unsigned:
    case DW_ATE_unsigned_char:
        name = integer_name(size, false);
        break;
    case DW_ATE_boolean:
        name = size == 1 ? "bool" : NULL;
        break;
    case DW_ATE_float:
        name = float_name(size);
        break;
    default:
        break;
    }
    if (name != NULL) {
        return format_text("%s", name);
    }
    return format_text("number<%" PRIu64 ":%" PRIu64 ">", encoding, size);
}

/* ---- Types ---- */

static char *type_text(struct describer *describer, Dwarf_Die *type, bool is_void,
                       unsigned qualifiers, char *inner);

/* The type that an entry's DW_AT_type names, around `inner`, which it takes. */
static char *text_of(struct describer *describer, Dwarf_Die *die, bool is_value, char *inner)
{
    Dwarf_Die type;
    unsigned qualifiers = 0;
    bool is_void = !type_of(die, &type) || !peel(&type, &qualifiers);

    return type_text(describer, &type, is_void, is_value ? 0 : qualifiers, inner);
}

/* `*inner`, in parentheses where what follows binds stronger. */
static char *pointer_text(struct describer *describer, Dwarf_Die *type, const char *star,
                          unsigned qualifiers, char *inner)
{
    const char *words = qualifier_words(qualifiers);
    int length = (int)strlen(words);
    Dwarf_Die target;
    unsigned unused = 0;
    bool is_bound = false;

    length -= inner[0] == '\0' && length > 0; /* no space at the end */
    inner = replace_text(inner, format_text("%s%.*s%s", star, length, words, inner));
    if (type_of(type, &target) && peel(&target, &unused)) {
        int tag = dwarf_tag(&target);
        is_bound = tag == DW_TAG_array_type || tag == DW_TAG_subroutine_type;
    }
    if (is_bound) {
        inner = replace_text(inner, format_text("(%s)", inner));
    }
    return text_of(describer, type, false, inner);
}

static char *array_text(struct describer *describer, Dwarf_Die *type, unsigned qualifiers,
                        char *inner)
{
    Dwarf_Die dimension, element;

    if (dwarf_child(type, &dimension) == 0) {
        do {
            uint64_t count;
            if (dwarf_tag(&dimension) != DW_TAG_subrange_type) {
                continue;
            }
            if (attribute_value(&dimension, DW_AT_count, &count) ||
                (attribute_value(&dimension, DW_AT_upper_bound, &count) && ++count > 0)) {
                inner = replace_text(inner, format_text("%s[%" PRIu64 "]", inner, count));
            } else {
                inner = replace_text(inner, format_text("%s[]", inner));
            }
        } while (dwarf_siblingof(&dimension, &dimension) == 0);
    }
    bool is_void = !type_of(type, &element) || !peel(&element, &qualifiers);
    return type_text(describer, &element, is_void, qualifiers, inner);
}

/* Parameters, each behind `separator` but for the first. */
static char *parameters_text(struct describer *describer, Dwarf_Die *function,
                             const char *separator)
{
    char *text = format_text("%s", "");
    Dwarf_Die child;

    if (dwarf_child(function, &child) != 0) {
        return text;
    }
    do {
        int tag = dwarf_tag(&child);
        char *one;
        if (tag == DW_TAG_formal_parameter) {
            one = text_of(describer, &child, true, format_text("%s", ""));
        } else if (tag == DW_TAG_unspecified_parameters) {
            one = format_text("...");
        } else {
            continue;
        }
        text =
            replace_text(text, format_text("%s%s%s", text, text[0] != '\0' ? separator : "", one));
        free(one);
    } while (dwarf_siblingof(&child, &child) == 0);
    return text;
}

static char *function_text(struct describer *describer, Dwarf_Die *type, char *inner)
{
    char *parameters = parameters_text(describer, type, ", ");

    inner = replace_text(inner,
                         format_text("%s(%s)", inner, parameters[0] != '\0' ? parameters : "void"));
    free(parameters);
    return text_of(describer, type, true, inner);
}

static char *aggregate_text(struct describer *describer, Dwarf_Die *type)
{
    uint32_t number = image_type(describer->image, type);
    char *text, *body;

    if (number != NO_TYPE) {
        describer->mention(describer->context, number);
        return format_text("%s", describer->image->types[number].head);
    }
    body = describe_aggregate(describer, type);
    text = format_text("%s {%s}", tag_word(dwarf_tag(type)), body);
    free(body);
    return text;
}

/* `type inner`; peeled; takes `inner`. */
static char *type_text(struct describer *describer, Dwarf_Die *type, bool is_void,
                       unsigned qualifiers, char *inner)
{
    int tag = is_void ? 0 : dwarf_tag(type);
    char *text;

    if (++describer->depth > DEPTH_MAX) {
        fail("%s: types are nested deeper than %d, at DIE 0x%" PRIx64, describer->image->input.path,
             DEPTH_MAX, (uint64_t)dwarf_dieoffset(type));
    }
    switch (tag) {
    case DW_TAG_pointer_type:
        text = pointer_text(describer, type, "*", qualifiers, inner);
        break;
    case DW_TAG_reference_type:
        text = pointer_text(describer, type, "&", qualifiers, inner);
        break;
    case DW_TAG_rvalue_reference_type:
        text = pointer_text(describer, type, "&&", qualifiers, inner);
        break;
    case DW_TAG_ptr_to_member_type:
        text = pointer_text(describer, type, "::*", qualifiers, inner);
        break;
    case DW_TAG_array_type:
        text = array_text(describer, type, qualifiers, inner);
        break;
    case DW_TAG_subroutine_type:
        text = function_text(describer, type, inner);
        break;
    default:
        if (is_void) {
            text = format_text("void");
        } else if (tag == DW_TAG_base_type) {
            text = base_text(type);
        } else if (is_aggregate(tag)) {
            text = aggregate_text(describer, type);
        } else { /* decltype(nullptr) and the like */
            text = format_text("other<%x>", (unsigned)tag);
        }
        text = replace_text(text, format_text("%s%s%s%s", qualifier_words(qualifiers), text,
                                              inner[0] != '\0' ? " " : "", inner));
        free(inner);
    }
    describer->depth--;
    return text;
}

/* ---- Symbols ---- */

char *describe_symbol(struct describer *describer, const struct declared_symbol *symbol)
{
    Dwarf_Die die = symbol->die;
    bool is_function = dwarf_tag(&die) == DW_TAG_subprogram;
    char *text = text_of(describer, &die, is_function, format_text("%s", ""));

    text = replace_text(text, format_text("%s;%s", is_function ? "function" : "object", text));
    if (is_function) {
        char *parameters = parameters_text(describer, &die, ";");
        text = replace_text(
            text, format_text("%s%s%s", text, parameters[0] != '\0' ? ";" : "", parameters));
        free(parameters);
    }
    return text;
}

/* ---- Members ---- */

static uint64_t size_of(Dwarf_Die *type)
{
    Dwarf_Die under;
    unsigned unused = 0;
    uint64_t size = 0;

    if (!attribute_value(type, DW_AT_byte_size, &size) && type_of(type, &under) &&
        peel(&under, &unused)) {
        attribute_value(&under, DW_AT_byte_size, &size);
    }
    return size;
}

/* Where a member begins, in bits, and how many it has if it is a bit-field.  False where DWARF has
 * a formula: a virtual base. */
static bool find_place(Dwarf_Die *member, uint64_t *start, uint64_t *width)
{
    Dwarf_Attribute attribute;
    uint64_t bytes = 0, bits = 0, storage;

    *width = 0;
    attribute_value(member, DW_AT_bit_size, width);
    if (attribute_value(member, DW_AT_data_bit_offset, start)) {
        return true;
    }
    if (!attribute_value(member, DW_AT_data_member_location, &bytes) &&
        dwarf_attr(member, DW_AT_data_member_location, &attribute) != NULL) {
        return false;
    }
    *start = bytes * 8;
    if (attribute_value(member, DW_AT_bit_offset, &bits)) { /* DWARF 3: from the storage's top */
        storage = size_of(member);
        *start += storage * 8 - bits - *width;
    }
    return true;
}

static char *place_text(bool is_known, uint64_t start, uint64_t width)
{
    if (!is_known) {
        return format_text("virtual");
    }
    if (width > 0) {
        return format_text("%" PRIu64 ".%" PRIu64 "..%" PRIu64, start / 8, start % 8,
                           start % 8 + width - 1);
    }
    return format_text("%" PRIu64, start / 8);
}

static void put_members(struct describer *describer, struct buffer *out, Dwarf_Die *die,
                        const char *prefix, uint64_t base);

static void put_member(struct describer *describer, struct buffer *out, Dwarf_Die *member,
                       const char *prefix, uint64_t base)
{
    bool is_base = dwarf_tag(member) == DW_TAG_inheritance;
    const char *name = dwarf_diename(member);
    uint64_t start = 0, width;
    bool is_known = find_place(member, &start, &width);
    unsigned unused = 0;
    Dwarf_Die type;

    if (has_flag(member, DW_AT_declaration) || has_flag(member, DW_AT_external)) {
        return; /* a static one, of C++ */
    }
    bool has_type = type_of(member, &type) && peel(&type, &unused);
    bool is_struct =
        has_type && is_aggregate(dwarf_tag(&type)) && dwarf_tag(&type) != DW_TAG_enumeration_type;
    if (is_struct && is_known && image_type(describer->image, &type) == NO_TYPE) {
        char *inner = format_text("%s%s%s", prefix, name != NULL ? name : "", name ? "." : "");
        put_members(describer, out, &type, inner, base + start);
        free(inner);
        return;
    }
    char *place = place_text(is_known, base + start, width);
    char *text = text_of(describer, member, false, format_text("%s", ""));
    /* A base class is a member with a name that no other can have. */
    char *field = is_base
                      ? format_text(";%s:%s@%s %s", prefix, strchr(text, ' ') + 1, place, text)
                      : format_text(";%s%s@%s %s", prefix, name != NULL ? name : "", place, text);
    put_bytes(out, field, strlen(field));
    free(field);
    free(text);
    free(place);
}

static void put_members(struct describer *describer, struct buffer *out, Dwarf_Die *die,
                        const char *prefix, uint64_t base)
{
    Dwarf_Die child;

    if (++describer->depth > DEPTH_MAX) {
        fail("%s: members are nested deeper than %d", describer->image->input.path, DEPTH_MAX);
    }
    if (dwarf_child(die, &child) == 0) {
        do {
            int tag = dwarf_tag(&child);
            if (tag == DW_TAG_member || tag == DW_TAG_inheritance) {
                put_member(describer, out, &child, prefix, base);
            }
        } while (dwarf_siblingof(&child, &child) == 0);
    }
    describer->depth--;
}

static void put_enumerators(struct buffer *out, Dwarf_Die *die)
{
    Dwarf_Die child;

    if (dwarf_child(die, &child) != 0) {
        return;
    }
    do {
        uint64_t value = 0;
        const char *name = dwarf_diename(&child);
        if (dwarf_tag(&child) == DW_TAG_enumerator && name != NULL) {
            attribute_value(&child, DW_AT_const_value, &value);
            char *field = format_text(";%s=%" PRId64, name, (int64_t)value);
            put_bytes(out, field, strlen(field));
            free(field);
        }
    } while (dwarf_siblingof(&child, &child) == 0);
}

char *describe_aggregate(struct describer *describer, Dwarf_Die *die)
{
    struct buffer out = {0};
    char *size = format_text("%" PRIu64, size_of(die));

    put_bytes(&out, size, strlen(size));
    free(size);
    if (dwarf_tag(die) == DW_TAG_enumeration_type) {
        put_enumerators(&out, die);
    } else {
        put_members(describer, &out, die, "", 0);
    }
    put_number(&out, 0, 1);
    return (char *)out.bytes;
}
