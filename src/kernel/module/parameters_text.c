// SPDX-License-Identifier: MIT
/*
 * parameters_text.c: the facts of a refusal as one line for people.  Names and values come from
 * outside: they are cut, and bytes that a terminal would obey are shown as \xNN.
 */
#include "module/parameters.h"
#include "module/parameters_types.h"
#include "onoma/string.h"

/* How many bytes of a name or value a message shows. */
#define SHOWN_LENGTH 64

const char *parameters_status_text(enum parameters_status status)
{
    static const char *const texts[PARAMETERS_STATUS_COUNT] = {
        [PARAMETERS_OK] = "no fault",
        [PARAMETERS_UNKNOWN] = "the module has no such parameter",
        [PARAMETERS_NO_VALUE] = "a value is missing",
        [PARAMETERS_NOT_A_BOOL] = "is neither y nor n",
        [PARAMETERS_NOT_A_NUMBER] = "is not a number",
        [PARAMETERS_OUT_OF_RANGE] = "does not fit the type",
        [PARAMETERS_TOO_LONG] = "is too long",
        [PARAMETERS_TOO_MANY] = "has too many elements",
        [PARAMETERS_NO_MEMORY] = "no memory for the texts",
        [PARAMETERS_TABLE_SIZE] = "the size or alignment of the table is wrong",
        [PARAMETERS_TABLE_NAME] = "its name is not an identifier in the module's constants",
        [PARAMETERS_TABLE_DUPLICATE] = "its name is there twice",
        [PARAMETERS_TABLE_TYPE] = "its type is not one of this kernel",
        [PARAMETERS_TABLE_CAPACITY] = "its number of elements is 0 or above 65536",
        [PARAMETERS_TABLE_ALIGNMENT] = "a variable is not aligned as its type needs",
        [PARAMETERS_TABLE_VALUE] = "its variable is not in the module's writable data",
        [PARAMETERS_TABLE_COUNT] = "its counter is not in the module's writable data",
    };
    const char *text = (unsigned)status < PARAMETERS_STATUS_COUNT ? texts[status] : 0;
    return text != 0 ? text : "unknown parameter status";
}

/* Copy for a message: at most SHOWN_LENGTH bytes, then "...", everything odd as \xNN. */
static void show(char *shown, const char *text, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    size_t end = length < SHOWN_LENGTH ? length : SHOWN_LENGTH;
    for (size_t i = 0; i < end; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte >= ' ' && byte < 0x7f) {
            *shown++ = (char)byte;
        } else {
            *shown++ = '\\';
            *shown++ = 'x';
            *shown++ = digits[byte >> 4];
            *shown++ = digits[byte & 15];
        }
    }
    memcpy(shown, length > SHOWN_LENGTH ? "..." : "", length > SHOWN_LENGTH ? 4 : 1);
}

/* What the reader should have written, in brackets; "" where nothing is to be said. */
static void show_limit(char *text, size_t capacity, const struct parameters_fault *fault)
{
    text[0] = '\0';
    if (!parameter_is_known(fault->type)) {
        return;
    }
    const struct parameter_type_facts *facts = &parameter_types[fault->type];
    if (fault->status == PARAMETERS_OUT_OF_RANGE && facts->minimum == 0) {
        snprintf(text, capacity, " %s (0..%lu)", facts->name, (unsigned long)facts->maximum);
    } else if (fault->status == PARAMETERS_OUT_OF_RANGE) {
        snprintf(text, capacity, " %s (%ld..%ld)", facts->name, (long)facts->minimum,
                 (long)facts->maximum);
    } else if (fault->status == PARAMETERS_TOO_MANY) {
        snprintf(text, capacity, " (at most %u)", (unsigned)fault->capacity);
    } else if (fault->status == PARAMETERS_TOO_LONG) {
        snprintf(text, capacity, " (at most %u bytes)", (unsigned)fault->capacity - 1);
    }
}

static int format_argument_fault(char *buffer, size_t capacity,
                                 const struct parameters_fault *fault)
{
    char name[SHOWN_LENGTH * 4 + 4];
    char value[SHOWN_LENGTH * 4 + 4];
    char element[32] = "";
    char limit[80];
    const char *text = parameters_status_text(fault->status);

    show(name, fault->name, fault->name_length);
    if (fault->status == PARAMETERS_UNKNOWN || fault->value == 0) {
        return snprintf(buffer, capacity, "parameter %s: %s", name, text);
    }
    if (fault->status == PARAMETERS_OUT_OF_RANGE) {
        text = "does not fit";
    }
    show(value, fault->value, strlen(fault->value));
    show_limit(limit, sizeof(limit), fault);
    if (fault->is_array && fault->status != PARAMETERS_TOO_MANY) {
        snprintf(element, sizeof(element), "element %zu of ", fault->element);
    }
    return snprintf(buffer, capacity, "parameter %s: %s\"%s\" %s%s", name, element, value, text,
                    limit);
}

int parameters_format_fault(char *buffer, size_t capacity, const struct parameters_fault *fault)
{
    const char *text = parameters_status_text(fault->status);
    char name[SHOWN_LENGTH * 4 + 4];

    if (fault->status == PARAMETERS_NO_MEMORY || fault->status == PARAMETERS_OK ||
        fault->status == PARAMETERS_TABLE_SIZE) {
        return snprintf(buffer, capacity, "parameters: %s", text);
    }
    if (fault->status < PARAMETERS_TABLE_SIZE) {
        return format_argument_fault(buffer, capacity, fault);
    }
    if (fault->name == 0) {
        return snprintf(buffer, capacity, "parameter table, entry %zu: %s", fault->index, text);
    }
    show(name, fault->name, fault->name_length);
    return snprintf(buffer, capacity, "parameter table, entry %zu (%s): %s", fault->index, name,
                    text);
}
