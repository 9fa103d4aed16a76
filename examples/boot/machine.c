/* SPDX-License-Identifier: MIT */
#include "machine.h"

void write_serial(void *context, const char *text, size_t length)
{
    (void)context;
    for (size_t i = 0; i < length; i++) {
        out_byte(0x3f8, (uint8_t)text[i]);
    }
}

void print(const char *text)
{
    while (*text) {
        out_byte(0x3f8, (uint8_t)*text++);
    }
}

const void *loaded_file(const void *information, size_t *size_bytes, const char **name)
{
    const char *at = (const char *)information + 8;
    const uint32_t *tag = (const uint32_t *)at; /* type, size; for a module start, end, words */

    while (tag[0] != 0) {
        if (tag[0] == 3) {
            *size_bytes = tag[3] - tag[2];
            *name = (const char *)&tag[4];
            return (const void *)(uintptr_t)tag[2];
        }
        at += (tag[1] + 7) & ~7u;
        tag = (const uint32_t *)at;
    }
    return NULL;
}

void *memcpy(void *restrict to, const void *restrict from, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        ((char *)to)[i] = ((const char *)from)[i];
    }
    return to;
}

void *memmove(void *to, const void *from, size_t length)
{
    if ((uintptr_t)to - (uintptr_t)from >= length) {
        return memcpy(to, from, length);
    }
    while (length-- > 0) {
        ((char *)to)[length] = ((const char *)from)[length];
    }
    return to;
}

void *memset(void *to, int byte, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        ((char *)to)[i] = (char)byte;
    }
    return to;
}

int memcmp(const void *left, const void *right, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        int difference = ((const uint8_t *)left)[i] - ((const uint8_t *)right)[i];
        if (difference != 0) {
            return difference;
        }
    }
    return 0;
}

size_t strlen(const char *text)
{
    size_t length = 0;

    while (text[length]) {
        length++;
    }
    return length;
}
