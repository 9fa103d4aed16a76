// SPDX-License-Identifier: MIT
/* gen_ksyms_memory.c: memory that is there or ends the program, and bytes that grow. */
#include <errno.h>
#include <stdlib.h>
#include "gen_ksyms.h"

void *reallocate(void *memory, size_t count, size_t size)
{
    memory = reallocarray(memory, count > 0 ? count : 1, size);
    if (memory == NULL) {
        fail("out of memory for %zu entries of %zu bytes", count, size);
    }
    return memory;
}

void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size);
    if (memory == NULL) {
        fail("out of memory for %zu entries of %zu bytes", count, size);
    }
    return memory;
}

void *make_room(void *memory, size_t count, size_t *capacity, size_t size)
{
    if (count == *capacity) {
        *capacity = *capacity > 0 ? *capacity * 2 : 256;
        memory = reallocate(memory, *capacity, size);
    }
    return memory;
}

uint8_t *buffer_grow(struct buffer *buffer, size_t length)
{
    while (buffer->capacity - buffer->size < length) {
        buffer->capacity = buffer->capacity > 0 ? buffer->capacity * 2 : 4096;
        buffer->bytes = reallocate(buffer->bytes, buffer->capacity, 1);
    }
    buffer->size += length;
    return buffer->bytes + buffer->size - length;
}

void put_bytes(struct buffer *buffer, const void *bytes, size_t length)
{
    if (length > 0) {
        memcpy(buffer_grow(buffer, length), bytes, length);
    }
}

void put_number(struct buffer *buffer, uint64_t value, unsigned size_bytes)
{
    uint8_t *bytes = buffer_grow(buffer, size_bytes);
    for (unsigned i = 0; i < size_bytes; i++) {
        bytes[i] = (uint8_t)(value >> 8 * i);
    }
}

void put_bits(struct buffer *buffer, uint64_t value, unsigned width)
{
    unsigned used = buffer->bits_used;
    unsigned bits = used + width;
    uint8_t *bytes;

    if (width == 0) {
        return;
    }
    value &= UINT64_MAX >> (64 - width);
    /* The last byte again, if it has room, and those behind it. */
    buffer->size -= used > 0;
    bytes = buffer_grow(buffer, (bits + 7) / 8);
    if (used > 0) {
        *bytes |= (uint8_t)(value << used);
        value >>= 8 - used;
        bytes++;
    }
    for (unsigned done = used > 0 ? 8 : 0; done < bits; done += 8, value >>= 8) {
        *bytes++ = (uint8_t)value;
    }
    buffer->bits_used = bits % 8;
}

void end_bits(struct buffer *buffer)
{
    buffer->bits_used = 0;
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct buffer){0};
}

size_t bits_put(const struct buffer *buffer)
{
    return buffer->size * 8 - (buffer->bits_used > 0 ? 8 - buffer->bits_used : 0);
}
