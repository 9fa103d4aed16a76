// SPDX-License-Identifier: MIT
/*
 * text.h: a line of text put together in a buffer; what does not fit is cut.  Private to the kit.
 */
#ifndef KSYMS_TEXT_H
#define KSYMS_TEXT_H

#include "bytes.h"

struct text {
    char *buffer;
    size_t capacity;
    size_t length; /* below the capacity */
};

static inline void text_byte(struct text *text, char byte)
{
    if (text->length + 1 < text->capacity) {
        text->buffer[text->length++] = byte;
        text->buffer[text->length] = '\0';
    }
}

static inline void text_string(struct text *text, const char *string)
{
    while (*string != '\0') {
        text_byte(text, *string++);
    }
}

/* At most `length` bytes; those that a terminal would obey become '?': names come from files. */
static inline void text_name(struct text *text, const char *name, size_t length)
{
    for (; length > 0 && *name != '\0'; name++, length--) {
        text_byte(text, (unsigned char)*name < ' ' || *name == 0x7f ? '?' : *name);
    }
}

static inline void text_hex(struct text *text, uint64_t value)
{
    unsigned shift = 60;

    text_string(text, "0x");
    while (shift > 0 && value >> shift == 0) {
        shift -= 4;
    }
    for (;; shift -= 4) {
        text_byte(text, "0123456789abcdef"[value >> shift & 15]);
        if (shift == 0) {
            return;
        }
    }
}

static inline void text_decimal(struct text *text, uint32_t value)
{
    uint32_t unit = 1;

    while (value / unit >= 10) {
        unit *= 10;
    }
    for (; unit > 0; unit /= 10) {
        text_byte(text, (char)('0' + value / unit % 10));
    }
}

#endif
