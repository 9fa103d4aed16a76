// SPDX-License-Identifier: MIT
/*
 * string.c: bytes and strings.
 *
 * The compiler itself asks for memcpy, memmove, memset and memcmp, and it recognises loops that do
 * the work of one of them and replaces them by a call: inside these functions a call to themselves.
 * So the two that matter for speed are single `rep` instructions, and the backward copy hides its
 * loop behind an empty asm.  No per-file flag is needed.
 *
 * Invariant: the direction flag is clear here, as the psABI demands of every function; trap entry
 * code clears it.
 */
#include "onoma/string.h"
#include "onoma/export.h"

/* Words first, then what is left: a processor without fast string moves takes a step for each. */
static inline void copy_forward(void *to, const void *from, size_t length)
{
    size_t words = length / 8;
    size_t bytes = length % 8;
    __asm__ volatile("rep movsq\n\tmov %3, %2\n\trep movsb"
                     : "+D"(to), "+S"(from), "+c"(words)
                     : "r"(bytes)
                     : "memory");
}

static inline uint64_t word_at(const uint8_t *bytes)
{
    uint64_t word;
    __builtin_memcpy(&word, bytes, sizeof(word));
    return word;
}

void *memcpy(void *restrict destination, const void *restrict source, size_t length)
{
    copy_forward(destination, source, length);
    return destination;
}
EXPORT_SYMBOL(memcpy);

void *memmove(void *destination, const void *source, size_t length)
{
    uint8_t *to = destination;
    const uint8_t *from = source;
    /* One comparison for "starts before the source or behind its end": below wraps to large. */
    if ((uintptr_t)to - (uintptr_t)from >= length) {
        copy_forward(to, from, length);
        return destination;
    }
    while (length > 0) {
        length--;
        to[length] = from[length];
        __asm__ volatile("" : : : "memory");
    }
    return destination;
}
EXPORT_SYMBOL(memmove);

void *memset(void *destination, int byte, size_t length)
{
    void *to = destination;
    uint64_t word = (uint8_t)byte * 0x0101010101010101ull;
    size_t words = length / 8;
    size_t bytes = length % 8;
    __asm__ volatile("rep stosq\n\tmov %3, %1\n\trep stosb"
                     : "+D"(to), "+c"(words)
                     : "a"(word), "r"(bytes)
                     : "memory");
    return destination;
}
EXPORT_SYMBOL(memset);

/* Words as long as they are equal, the last one may overlap; then the bytes that tell. */
int memcmp(const void *left, const void *right, size_t length)
{
    const uint8_t *a = left;
    const uint8_t *b = right;
    size_t i = 0;
    for (; length - i >= 8 && word_at(a + i) == word_at(b + i); i += 8) {
    }
    if (i > 0 && length - i < 8 && word_at(a + length - 8) == word_at(b + length - 8)) {
        return 0;
    }
    for (; i < length; i++) {
        if (a[i] != b[i]) {
            return a[i] < b[i] ? -1 : 1;
        }
    }
    return 0;
}
EXPORT_SYMBOL(memcmp);

void *memchr(const void *bytes, int byte, size_t length)
{
    const uint8_t *at = bytes;
    for (; length > 0; length--, at++) {
        if (*at == (uint8_t)byte) {
            return (void *)(uintptr_t)at;
        }
    }
    return NULL;
}
EXPORT_SYMBOL(memchr);

size_t strlen(const char *string)
{
    const char *end = string;
    while (*end != '\0') {
        end++;
        __asm__ volatile("" : "+r"(end));
    }
    return (size_t)(end - string);
}
EXPORT_SYMBOL(strlen);

size_t strnlen(const char *string, size_t limit)
{
    size_t length = 0;
    while (length < limit && string[length] != '\0') {
        length++;
    }
    return length;
}
EXPORT_SYMBOL(strnlen);

int strcmp(const char *left, const char *right)
{
    while (*left != '\0' && *left == *right) {
        left++;
        right++;
    }
    return (uint8_t)*left - (uint8_t)*right;
}
EXPORT_SYMBOL(strcmp);

int strncmp(const char *left, const char *right, size_t limit)
{
    for (; limit > 0; limit--, left++, right++) {
        if (*left != *right || *left == '\0') {
            return (uint8_t)*left - (uint8_t)*right;
        }
    }
    return 0;
}
EXPORT_SYMBOL(strncmp);

char *strchr(const char *string, int character)
{
    for (;; string++) {
        if (*string == (char)character) {
            return (char *)(uintptr_t)string;
        }
        if (*string == '\0') {
            return NULL;
        }
    }
}
EXPORT_SYMBOL(strchr);

char *strrchr(const char *string, int character)
{
    const char *found = NULL;
    for (;; string++) {
        if (*string == (char)character) {
            found = string;
        }
        if (*string == '\0') {
            return (char *)(uintptr_t)found;
        }
    }
}
EXPORT_SYMBOL(strrchr);

bool string_copy(char *destination, const char *source, size_t capacity)
{
    if (capacity == 0) {
        return false;
    }
    size_t length = strnlen(source, capacity);
    bool fits = length < capacity;
    if (!fits) {
        length = capacity - 1;
    }
    memcpy(destination, source, length);
    destination[length] = '\0';
    return fits;
}
EXPORT_SYMBOL(string_copy);
