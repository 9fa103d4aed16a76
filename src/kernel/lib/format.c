// SPDX-License-Identifier: MIT
/*
 * format.c: vsnprintf, without floating point, with the kernel's %pS and %pB.
 *
 *     % flags width .precision length conversion
 *       -+ #0  N *   N *       hh h l ll z t j    d i u x X o c s p %
 *
 * Invariants:
 *  1. Nothing is written at or past buffer + capacity; with capacity > 0 the text is NUL-ended.
 *  2. The result counts what the whole text would have needed, cut or not.
 *  3. No heap, no lock, no state: any context, and 200 bytes of stack.
 *  4. A conversion that is not known is printed as it stands and takes no argument.
 */
#include "onoma/string.h"
#include "onoma/export.h"
#include "panic/names.h"
#include <limits.h>

struct output {
    char *buffer;
    size_t capacity;
    size_t length; /* of the whole text so far, also beyond the capacity */
};

/* va_list is an array type: wrapped, so that helpers can advance the caller's. */
struct arguments {
    va_list list;
};

enum length_modifier { LENGTH_INT, LENGTH_CHAR, LENGTH_SHORT, LENGTH_LONG };

struct conversion {
    bool is_left;
    bool shows_plus;
    bool shows_space;
    bool is_alternate;
    bool pads_zeros;
    size_t width;
    size_t precision;
    bool has_precision;
    enum length_modifier length;
    char letter;
};

static void put(struct output *output, char character)
{
    if (output->length + 1 < output->capacity) {
        output->buffer[output->length] = character;
    }
    output->length++;
}

/* In time of what fits, not of `count`: widths come from outside. */
static void put_repeated(struct output *output, char character, size_t count)
{
    size_t end = output->length + count;
    while (output->length < end && output->length + 1 < output->capacity) {
        output->buffer[output->length++] = character;
    }
    output->length = end;
}

static void put_bytes(struct output *output, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        put(output, bytes[i]);
    }
}

static size_t missing_to(size_t wanted, size_t length)
{
    return wanted > length ? wanted - length : 0;
}

static void put_text(struct output *output, const struct conversion *conversion, const char *text,
                     size_t length)
{
    size_t padding = missing_to(conversion->width, length);
    if (!conversion->is_left) {
        put_repeated(output, ' ', padding);
    }
    put_bytes(output, text, length);
    if (conversion->is_left) {
        put_repeated(output, ' ', padding);
    }
}

static void put_string(struct output *output, const struct conversion *conversion, const char *text)
{
    if (text == NULL) {
        text = "(null)";
    }
    /* With a precision the string needs no NUL. */
    size_t limit = conversion->has_precision ? conversion->precision : SIZE_MAX;
    put_text(output, conversion, text, strnlen(text, limit));
}

/* Digits of `value`, last one first; none for 0.  The most are 22, of a 64-bit octal number. */
static size_t digits_reversed(char *digits, uint64_t value, unsigned base, bool is_upper)
{
    const char *alphabet = is_upper ? "0123456789ABCDEF" : "0123456789abcdef";
    size_t count = 0;
    for (; value != 0; value /= base) {
        digits[count++] = alphabet[value % base];
    }
    return count;
}

/* padding prefix zeros digits padding */
static void put_number(struct output *output, const struct conversion *conversion,
                       const char *prefix, uint64_t magnitude, unsigned base)
{
    char digits[24];
    size_t count = digits_reversed(digits, magnitude, base, conversion->letter == 'X');
    size_t prefix_length = strlen(prefix);
    size_t zeros = missing_to(conversion->has_precision ? conversion->precision : 1, count);
    if (base == 8 && conversion->is_alternate && zeros == 0) {
        zeros = 1;
    }
    if (conversion->pads_zeros && !conversion->is_left && !conversion->has_precision) {
        zeros += missing_to(conversion->width, prefix_length + zeros + count);
    }
    size_t padding = missing_to(conversion->width, prefix_length + zeros + count);
    if (!conversion->is_left) {
        put_repeated(output, ' ', padding);
    }
    put_bytes(output, prefix, prefix_length);
    put_repeated(output, '0', zeros);
    while (count > 0) {
        put(output, digits[--count]);
    }
    if (conversion->is_left) {
        put_repeated(output, ' ', padding);
    }
}

static void put_signed(struct output *output, const struct conversion *conversion,
                       struct arguments *arguments)
{
    int64_t value;
    if (conversion->length == LENGTH_LONG) {
        value = va_arg(arguments->list, long);
    } else {
        value = va_arg(arguments->list, int);
    }
    if (conversion->length == LENGTH_SHORT) {
        value = (short)value;
    } else if (conversion->length == LENGTH_CHAR) {
        value = (signed char)value;
    }
    const char *sign = value < 0 ? "-" : conversion->shows_plus ? "+" : "";
    if (sign[0] == '\0' && conversion->shows_space) {
        sign = " ";
    }
    put_number(output, conversion, sign, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10);
}

static void put_unsigned(struct output *output, const struct conversion *conversion,
                         struct arguments *arguments, unsigned base)
{
    uint64_t value;
    if (conversion->length == LENGTH_LONG) {
        value = va_arg(arguments->list, unsigned long);
    } else {
        value = va_arg(arguments->list, unsigned);
    }
    if (conversion->length == LENGTH_SHORT) {
        value = (unsigned short)value;
    } else if (conversion->length == LENGTH_CHAR) {
        value = (unsigned char)value;
    }
    const char *prefix = "";
    if (base == 16 && conversion->is_alternate && value != 0) {
        prefix = conversion->letter == 'X' ? "0X" : "0x";
    }
    put_number(output, conversion, prefix, value, base);
}

/* The name goes straight into the output: names can be long, and stacks in a panic are short. */
static void put_name(struct output *output, const struct conversion *conversion, uint64_t address,
                     bool is_return_address)
{
    size_t start = output->length;
    if (conversion->width > 0 && !conversion->is_left) {
        size_t length = name_format(NULL, 0, address, is_return_address);
        put_repeated(output, ' ', missing_to(conversion->width, length));
    }
    size_t left = missing_to(output->capacity, output->length);
    char *at = left > 0 ? output->buffer + output->length : NULL;
    output->length += name_format(at, left, address, is_return_address);
    if (conversion->is_left) {
        put_repeated(output, ' ', missing_to(conversion->width, output->length - start));
    }
}

/* %p, %pS, %pB.  Returns the first byte after the conversion. */
static const char *put_pointer(struct output *output, struct conversion *conversion,
                               const char *format, struct arguments *arguments)
{
    uint64_t address = (uint64_t)(uintptr_t)va_arg(arguments->list, void *);
    if (*format == 'S' || *format == 'B') {
        put_name(output, conversion, address, *format == 'B');
        return format + 1;
    }
    conversion->has_precision = true;
    conversion->precision = 16;
    put_number(output, conversion, conversion->is_alternate ? "0x" : "", address, 16);
    return format;
}

static const char *read_flags(const char *format, struct conversion *conversion)
{
    for (;; format++) {
        switch (*format) {
        case '-':
            conversion->is_left = true;
            break;
        case '+':
            conversion->shows_plus = true;
            break;
        case ' ':
            conversion->shows_space = true;
            break;
        case '#':
            conversion->is_alternate = true;
            break;
        case '0':
            conversion->pads_zeros = true;
            break;
        default:
            return format;
        }
    }
}

/* Digits or `*`.  Saturates, so that no sum of widths wraps. */
static const char *read_number(const char *format, int64_t *number, struct arguments *arguments)
{
    *number = 0;
    if (*format == '*') {
        *number = va_arg(arguments->list, int);
        return format + 1;
    }
    for (; *format >= '0' && *format <= '9'; format++) {
        *number = *number * 10 + (*format - '0');
        if (*number > INT_MAX) {
            *number = INT_MAX;
        }
    }
    return format;
}

static const char *read_width_and_precision(const char *format, struct conversion *conversion,
                                            struct arguments *arguments)
{
    int64_t number;
    format = read_number(format, &number, arguments);
    if (number < 0) {
        conversion->is_left = true;
        number = -number;
    }
    conversion->width = (size_t)number;
    if (*format == '.') {
        format = read_number(format + 1, &number, arguments);
        conversion->has_precision = number >= 0;
        conversion->precision = number >= 0 ? (size_t)number : 0;
    }
    return format;
}

static const char *read_length(const char *format, struct conversion *conversion)
{
    switch (*format) {
    case 'h':
        conversion->length = format[1] == 'h' ? LENGTH_CHAR : LENGTH_SHORT;
        return format + (format[1] == 'h' ? 2 : 1);
    case 'l':
        conversion->length = LENGTH_LONG;
        return format + (format[1] == 'l' ? 2 : 1);
    case 'z':
    case 't':
    case 'j':
        conversion->length = LENGTH_LONG;
        return format + 1;
    default:
        return format;
    }
}

/* `format` is behind the '%'.  Returns the first byte after the conversion. */
static const char *convert(struct output *output, const char *format, struct arguments *arguments)
{
    const char *start = format;
    struct conversion conversion = {0};
    format = read_flags(format, &conversion);
    format = read_width_and_precision(format, &conversion, arguments);
    format = read_length(format, &conversion);
    conversion.letter = *format;
    if (*format != '\0') {
        format++;
    }
    switch (conversion.letter) {
    case 'd':
    case 'i':
        put_signed(output, &conversion, arguments);
        break;
    case 'u':
        put_unsigned(output, &conversion, arguments, 10);
        break;
    case 'x':
    case 'X':
        put_unsigned(output, &conversion, arguments, 16);
        break;
    case 'o':
        put_unsigned(output, &conversion, arguments, 8);
        break;
    case 'c': {
        char character = (char)va_arg(arguments->list, int);
        put_text(output, &conversion, &character, 1);
        break;
    }
    case 's':
        put_string(output, &conversion, va_arg(arguments->list, const char *));
        break;
    case 'p':
        return put_pointer(output, &conversion, format, arguments);
    case '%':
        put(output, '%');
        break;
    default:
        put(output, '%');
        put_bytes(output, start, (size_t)(format - start));
        break;
    }
    return format;
}

_Static_assert(sizeof(long) == sizeof(long long) && sizeof(long) == sizeof(size_t),
               "l, ll, z, t and j are one size");

int vsnprintf(char *buffer, size_t capacity, const char *format, va_list list)
{
    struct output output = {.buffer = buffer, .capacity = capacity};
    struct arguments arguments;
    va_copy(arguments.list, list);
    while (*format != '\0') {
        if (*format == '%') {
            format = convert(&output, format + 1, &arguments);
        } else {
            put(&output, *format++);
        }
    }
    va_end(arguments.list);
    if (capacity > 0) {
        buffer[output.length < capacity ? output.length : capacity - 1] = '\0';
    }
    return output.length > INT_MAX ? INT_MAX : (int)output.length;
}
EXPORT_SYMBOL(vsnprintf);

int snprintf(char *buffer, size_t capacity, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = vsnprintf(buffer, capacity, format, list);
    va_end(list);
    return length;
}
EXPORT_SYMBOL(snprintf);
