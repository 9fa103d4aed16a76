// SPDX-License-Identifier: MIT
/*
 * bytes.h: little-endian reads of unaligned bytes, and the five functions that the kit asks of its
 * host.  Every C compiler may emit calls to the mem* ones anyway, so a kernel has them already.
 * Private to the kit.
 */
#ifndef KSYMS_BYTES_H
#define KSYMS_BYTES_H

#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict destination, const void *restrict source, size_t length);
void *memmove(void *destination, const void *source, size_t length);
void *memset(void *destination, int byte, size_t length);
int memcmp(const void *left, const void *right, size_t length);
size_t strlen(const char *string);

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

#endif
