// SPDX-License-Identifier: MIT
/*
 * parameters.c: two walks over the arguments: the first checks everything and adds up what texts
 * need, the second writes and cannot fail.
 *
 * 1. Both walks convert elements with the same function: what the first accepted, the second gets.
 * 2. The one allocation lies between them, so a refusal leaves variables and memory as they were.
 * 3. The table passed parameters_check_table (parameters_table.c): its pointers have room for
 *    `capacity` elements of their type.  Nothing else is written through.
 */
#include "module/parameters.h"
#include "module/name.h"
#include "module/parameters_types.h"
#include "onoma/string.h"

/* More characters than any number of 64 bits has, in any notation. */
#define NUMBER_CAPACITY 72

const struct parameter_type_facts parameter_types[] = {
    [PARAMETER_BOOL] = {.name = "bool", .size = sizeof(bool)},
    [PARAMETER_INT] = {"int", sizeof(int), INT32_MIN, INT32_MAX},
    [PARAMETER_UINT] = {"uint", sizeof(unsigned), 0, UINT32_MAX},
    [PARAMETER_LONG] = {"long", sizeof(long), INT64_MIN, INT64_MAX},
    [PARAMETER_ULONG] = {"ulong", sizeof(unsigned long), 0, UINT64_MAX},
    [PARAMETER_CHARP] = {.name = "charp", .size = sizeof(char *)},
    [PARAMETER_STRING] = {.name = "string", .size = 1},
};

/* Values of a bool, false and true by turns. */
static const char *const bool_words[] = {"0",  "1",   "n",   "y",  "N",     "Y",
                                         "no", "yes", "off", "on", "false", "true"};

/* One argument, taken apart. */
struct argument {
    const struct module_parameter *parameter;
    const char *name;
    size_t name_length;
    const char *value; /* null without '=' */
    size_t index;
};

/* The text of one element, within the value. */
struct element {
    const char *text;
    size_t length;
    size_t index;
    bool is_last;
};

static bool is_number(uint32_t type)
{
    return type >= PARAMETER_INT && type <= PARAMETER_ULONG;
}

/* --- Texts to values -------------------------------------------------------------------------- */

/* The first element if `element` is all zeros, else the one behind it. */
static void next_element(const struct argument *argument, struct element *element)
{
    bool is_first = element->text == 0;
    element->index = is_first ? 0 : element->index + 1;
    element->text = is_first ? argument->value : element->text + element->length + 1;

    const char *comma = parameter_is_array(argument->parameter) ? strchr(element->text, ',') : 0;
    element->length = comma != 0 ? (size_t)(comma - element->text) : strlen(element->text);
    element->is_last = comma == 0;
}

static enum parameters_status convert_bool(const struct element *element, uint64_t *bits)
{
    for (size_t i = 0; i < ARRAY_SIZE(bool_words); i++) {
        if (strlen(bool_words[i]) == element->length &&
            memcmp(bool_words[i], element->text, element->length) == 0) {
            *bits = i % 2;
            return PARAMETERS_OK;
        }
    }
    return PARAMETERS_NOT_A_BOOL;
}

static bool is_digit(char character, unsigned base)
{
    if (base == 16 &&
        ((character >= 'a' && character <= 'f') || (character >= 'A' && character <= 'F'))) {
        return true;
    }
    return character >= '0' && character < (base == 8 ? '8' : '9' + 1);
}

/* A number that was not accepted: is it one at all? */
static bool looks_like_number(const struct element *element)
{
    const char *text = element->text;
    size_t length = element->length;
    unsigned base = 10;

    if (length > 0 && text[0] == '-') {
        text++;
        length--;
    }
    if (length > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        text += 2;
        length -= 2;
        base = 16;
    } else if (length > 1 && text[0] == '0') {
        base = 8;
    }
    for (size_t i = 0; i < length; i++) {
        if (!is_digit(text[i], base)) {
            return false;
        }
    }
    return length > 0;
}

static enum parameters_status convert_number(uint32_t type, const struct element *element,
                                             uint64_t *bits)
{
    const struct parameter_type_facts *facts = &parameter_types[type];
    char text[NUMBER_CAPACITY];
    bool is_converted = false;
    int64_t number;

    if (element->length < sizeof(text)) {
        memcpy(text, element->text, element->length);
        text[element->length] = '\0';
        if (facts->minimum == 0) {
            is_converted = parse_unsigned(text, bits) && *bits <= facts->maximum;
        } else {
            is_converted = parse_signed(text, &number) && number >= facts->minimum &&
                           number <= (int64_t)facts->maximum;
            *bits = is_converted ? (uint64_t)number : 0;
        }
    }
    if (is_converted) {
        return PARAMETERS_OK;
    }
    return looks_like_number(element) ? PARAMETERS_OUT_OF_RANGE : PARAMETERS_NOT_A_NUMBER;
}

/* Not for texts. */
static enum parameters_status convert(uint32_t type, const struct element *element, uint64_t *bits)
{
    return is_number(type) ? convert_number(type, element, bits) : convert_bool(element, bits);
}

/* --- First walk: check ------------------------------------------------------------------------ */

static bool take_apart(const struct module_parameter *table, size_t count, const char *text,
                       struct argument *argument)
{
    const char *equals = strchr(text, '=');
    argument->name = text;
    argument->name_length = equals != 0 ? (size_t)(equals - text) : strlen(text);
    argument->value = equals != 0 ? equals + 1 : 0;
    for (size_t i = 0; i < count; i++) {
        if (module_names_equal(table[i].name, argument->name, argument->name_length)) {
            argument->parameter = &table[i];
            return true;
        }
    }
    return false;
}

static enum parameters_status check_elements(const struct argument *argument,
                                             struct parameters_fault *fault)
{
    const struct module_parameter *parameter = argument->parameter;
    struct element element = {0};
    do {
        enum parameters_status status = PARAMETERS_OK;
        uint64_t bits;
        next_element(argument, &element);
        if (element.index >= parameter->capacity) {
            status = PARAMETERS_TOO_MANY;
        } else if (parameter->type != PARAMETER_CHARP) {
            status = convert(parameter->type, &element, &bits);
        }
        if (status != PARAMETERS_OK) {
            fault->element = element.index;
            return status;
        }
    } while (!element.is_last);
    return PARAMETERS_OK;
}

/* Adds to *text_bytes what copies of the value need. */
static enum parameters_status check_argument(const struct argument *argument, size_t *text_bytes,
                                             struct parameters_fault *fault)
{
    const struct module_parameter *parameter = argument->parameter;
    if (argument->value == 0) {
        bool is_switch = parameter->type == PARAMETER_BOOL && !parameter_is_array(parameter);
        return is_switch ? PARAMETERS_OK : PARAMETERS_NO_VALUE;
    }
    if (parameter->type == PARAMETER_STRING) {
        bool fits = strlen(argument->value) < parameter->capacity;
        return fits ? PARAMETERS_OK : PARAMETERS_TOO_LONG;
    }
    if (parameter->type == PARAMETER_CHARP) {
        *text_bytes += strlen(argument->value) + 1;
    }
    return check_elements(argument, fault);
}

static void fill_fault(struct parameters_fault *fault, enum parameters_status status,
                       const struct argument *argument)
{
    const struct module_parameter *parameter = argument->parameter;
    fault->status = status;
    fault->name = argument->name;
    fault->name_length = argument->name_length;
    fault->value = argument->value;
    fault->index = argument->index;
    if (parameter != 0) {
        fault->type = parameter->type;
        fault->capacity = parameter->capacity;
        fault->is_array = parameter_is_array(parameter);
    }
}

static enum parameters_status check(const struct module_parameter *table, size_t count,
                                    const char *const *arguments, size_t argument_count,
                                    size_t *text_bytes, struct parameters_fault *fault)
{
    for (size_t index = 0; index < argument_count; index++) {
        struct argument argument = {.index = index};
        enum parameters_status status = PARAMETERS_UNKNOWN;
        if (take_apart(table, count, arguments[index], &argument)) {
            status = check_argument(&argument, text_bytes, fault);
        }
        if (status != PARAMETERS_OK) {
            fill_fault(fault, status, &argument);
            return status;
        }
    }
    return PARAMETERS_OK;
}

/* --- Second walk: write ----------------------------------------------------------------------- */

/* bool, int … ulong are little-endian parts of the 64 bits. */
static void store(const struct module_parameter *parameter, size_t index, uint64_t bits)
{
    size_t size = parameter_types[parameter->type].size;
    memcpy((char *)parameter->value + index * size, &bits, size);
}

/* Returns where the next text goes. */
static char *store_text(const struct module_parameter *parameter, const struct element *element,
                        char *strings)
{
    memcpy(strings, element->text, element->length);
    strings[element->length] = '\0';
    ((char **)parameter->value)[element->index] = strings;
    return strings + element->length + 1;
}

static char *write_elements(const struct argument *argument, char *strings)
{
    const struct module_parameter *parameter = argument->parameter;
    struct element element = {0};
    do {
        uint64_t bits = 0;
        next_element(argument, &element);
        if (parameter->type == PARAMETER_CHARP) {
            strings = store_text(parameter, &element, strings);
        } else {
            convert(parameter->type, &element, &bits);
            store(parameter, element.index, bits);
        }
    } while (!element.is_last);
    if (parameter->count != 0) {
        *parameter->count = (unsigned)element.index + 1;
    }
    return strings;
}

static char *write_argument(const struct argument *argument, char *strings)
{
    const struct module_parameter *parameter = argument->parameter;
    if (argument->value == 0) {
        store(parameter, 0, true);
        return strings;
    }
    if (parameter->type == PARAMETER_STRING) {
        memcpy(parameter->value, argument->value, strlen(argument->value) + 1);
        return strings;
    }
    return write_elements(argument, strings);
}

enum parameters_status parameters_apply(const struct module_parameter *table, size_t count,
                                        const char *const *arguments, size_t argument_count,
                                        struct parameters_storage *storage,
                                        struct parameters_fault *fault)
{
    size_t text_bytes = 0;
    *fault = (struct parameters_fault){0};
    storage->strings = 0;

    enum parameters_status status =
        check(table, count, arguments, argument_count, &text_bytes, fault);
    if (status != PARAMETERS_OK) {
        return status;
    }
    if (text_bytes != 0) {
        storage->strings = storage->allocate(text_bytes, storage->context);
        if (storage->strings == 0) {
            fault->status = PARAMETERS_NO_MEMORY;
            return PARAMETERS_NO_MEMORY;
        }
    }
    /* From here on nothing can fail. */
    char *strings = storage->strings;
    for (size_t index = 0; index < argument_count; index++) {
        struct argument argument = {.index = index};
        take_apart(table, count, arguments[index], &argument);
        strings = write_argument(&argument, strings);
    }
    return PARAMETERS_OK;
}
