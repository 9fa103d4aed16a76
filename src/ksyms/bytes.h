// SPDX-License-Identifier: MIT
/*
 * bytes.h: little-endian reads of unaligned bytes, and the five functions that the kit asks of its
 * host.  Every C compiler may emit calls to the mem* ones anyway, so a kernel has them already.
 * Private to the kit.
 */
#ifndef KSYMS_BYTES_H
#define KSYMS_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict destination, const void *restrict source, size_t length);
void *memmove(void *destination, const void *source, size_t length);
void *memset(void *destination, int byte, size_t length);
int memcmp(const void *left, const void *right, size_t length);
size_t strlen(const char *string);

/*
 * With -ffreestanding these are functions like any other, and each read of two bytes would be a call.
 * The names with the prefix are the compiler's own: it copies a few bytes by itself, and calls the
 * functions for more.
 */
#define memcpy  __builtin_memcpy
#define memmove __builtin_memmove
#define memset  __builtin_memset
#define memcmp  __builtin_memcmp
#define strlen  __builtin_strlen

/* x86-64 is little-endian, and so is every format read here; memcpy makes unaligned reads legal. */
static inline uint16_t read_u16(const uint8_t *bytes)
{
    uint16_t value;
    memcpy(&value, bytes, sizeof(value));
    return value;
}

static inline uint32_t read_u32(const uint8_t *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof(value));
    return value;
}

static inline uint64_t read_u64(const uint8_t *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof(value));
    return value;
}

/*
 * Names out of a file: bounded by their table, but that may be all of the file.  So no strlen() of
 * one, which many could share: these stop where the two strings part.
 */
static inline bool is_same_string(const char *left, const char *right)
{
    while (*left != '\0' && *left == *right) {
        left++;
        right++;
    }
    return *left == *right;
}

static inline bool starts_with(const char *string, const char *prefix)
{
    while (*prefix != '\0' && *string == *prefix) {
        string++;
        prefix++;
    }
    return *prefix == '\0';
}

#endif
