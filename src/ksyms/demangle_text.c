// SPDX-License-Identifier: MIT
/* demangle_text.c: the output, and the bytes, numbers and words of the input.  See
 * demangle_parts.h. */
#include "demangle_parts.h"

/* ---- Output ---- */

void ksyms_demangle_put_char(struct demangler *self, char c)
{
    if (self->muted) {
        return;
    }
    if (self->size >= NAME_LIMIT) {
        ksyms_demangle_fail(self);
        return;
    }
    if (self->size < self->capacity) {
        self->output[self->size] = c;
    }
    self->size++;
    self->last = c;
}

void ksyms_demangle_put(struct demangler *self, const char *text)
{
    while (*text != '\0') {
        ksyms_demangle_put_char(self, *text++);
    }
}

void ksyms_demangle_put_number(struct demangler *self, uint32_t number)
{
    char digits[10];
    unsigned count = 0;

    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0) {
        ksyms_demangle_put_char(self, digits[--count]);
    }
}

void ksyms_demangle_cut_output(struct demangler *self, uint16_t size)
{
    self->size = size;
    if (size > 0 && size <= self->capacity) {
        self->last = self->output[size - 1];
    }
}

/* ---- Input ---- */

char ksyms_demangle_peek(const struct demangler *self, unsigned ahead)
{
    return self->position + ahead < self->length ? self->text[self->position + ahead] : '\0';
}

bool ksyms_demangle_accept(struct demangler *self, char c)
{
    if (ksyms_demangle_peek(self, 0) != c || self->position >= self->length) {
        return false;
    }
    self->position++;
    return true;
}

void ksyms_demangle_advance(struct demangler *self, unsigned count)
{
    if (count > (unsigned)(self->length - self->position)) {
        ksyms_demangle_fail(self);
        count = 0;
    }
    self->position = (uint16_t)(self->position + count);
}

void ksyms_demangle_expect(struct demangler *self, char c)
{
    if (!ksyms_demangle_accept(self, c)) {
        ksyms_demangle_fail(self);
    }
}

bool ksyms_demangle_is_next(const struct demangler *self, const char *code)
{
    return ksyms_demangle_peek(self, 0) == code[0] && ksyms_demangle_peek(self, 1) == code[1];
}

bool ksyms_demangle_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A function's parameters end with its name, or with its type: FvvE, FvvRE.  So do template
 * arguments. */
bool ksyms_demangle_is_list_end(const struct demangler *self)
{
    char c = ksyms_demangle_peek(self, 0);
    return c == 'E' || c == '\0' || c == '.' ||
           ((c == 'R' || c == 'O') && ksyms_demangle_peek(self, 1) == 'E');
}

uint32_t ksyms_demangle_read_number(struct demangler *self)
{
    uint32_t number = 0;

    if (!ksyms_demangle_is_digit(ksyms_demangle_peek(self, 0))) {
        ksyms_demangle_fail(self);
    }
    while (ksyms_demangle_is_digit(ksyms_demangle_peek(self, 0)) && number < NAME_LIMIT) {
        number = number * 10 + (uint32_t)(ksyms_demangle_peek(self, 0) - '0');
        self->position++;
    }
    return number;
}

uint32_t ksyms_demangle_read_sequence(struct demangler *self, unsigned base)
{
    uint32_t number = 0;

    if (ksyms_demangle_accept(self, '_')) {
        return 0;
    }
    for (; number < NAME_LIMIT; self->position++) {
        char c = ksyms_demangle_peek(self, 0);
        if (ksyms_demangle_is_digit(c)) {
            number = number * base + (uint32_t)(c - '0');
        } else if (base > 10 && c >= 'A' && c <= 'Z') {
            number = number * base + (uint32_t)(c - 'A') + 10;
        } else {
            break;
        }
    }
    if (!ksyms_demangle_accept(self, '_')) {
        ksyms_demangle_fail(self);
    }
    return number + 1;
}
