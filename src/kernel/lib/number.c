// SPDX-License-Identifier: MIT
/*
 * number.c: text to numbers, all or nothing.
 *
 * The whole text must be one number that fits: nothing before it, nothing behind it, no sign where
 * none is allowed.  A caller that gets `true` needs no further checks.
 */
#include "onoma/string.h"
#include "onoma/export.h"

/* The value of a digit, or 255 for a byte that is none in any base. */
static unsigned digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return (unsigned)(digit - '0');
    }
    if (digit >= 'a' && digit <= 'f') {
        return (unsigned)(digit - 'a' + 10);
    }
    if (digit >= 'A' && digit <= 'F') {
        return (unsigned)(digit - 'A' + 10);
    }
    return 255;
}

static bool parse_digits(const char *text, unsigned base, uint64_t *value)
{
    uint64_t result = 0;
    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        unsigned digit = digit_value(*text);
        if (digit >= base || result > (UINT64_MAX - digit) / base) {
            return false;
        }
        result = result * base + digit;
    }
    *value = result;
    return true;
}

static bool has_hexadecimal_prefix(const char *text)
{
    return text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

bool parse_unsigned(const char *text, uint64_t *value)
{
    if (has_hexadecimal_prefix(text)) {
        return parse_digits(text + 2, 16, value);
    }
    return parse_digits(text, text[0] == '0' ? 8 : 10, value);
}
EXPORT_SYMBOL(parse_unsigned);

bool parse_signed(const char *text, int64_t *value)
{
    bool is_negative = text[0] == '-';
    uint64_t magnitude;
    if (!parse_unsigned(text + is_negative, &magnitude)) {
        return false;
    }
    /* There is one more negative number than there are positive ones. */
    if (magnitude > (uint64_t)INT64_MAX + is_negative) {
        return false;
    }
    *value = (int64_t)(is_negative ? 0 - magnitude : magnitude);
    return true;
}
EXPORT_SYMBOL(parse_signed);

bool parse_hexadecimal(const char *text, uint64_t *value)
{
    return parse_digits(has_hexadecimal_prefix(text) ? text + 2 : text, 16, value);
}
EXPORT_SYMBOL(parse_hexadecimal);
