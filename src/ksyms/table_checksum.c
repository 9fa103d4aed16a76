// SPDX-License-Identifier: MIT
/*
 * table_checksum.c: tells whether a blob is damaged.
 *
 * Each step is one to one in the sum and in the word, so a change within one word is always seen,
 * and any other one but for chance.  Without tables: the reader of names stays small.
 */
#include "bytes.h"
#include "ksyms/blob.h"

static uint32_t add_word(uint32_t sum, uint32_t word)
{
    return ((sum << 5 | sum >> 27) ^ word) * 0x9e3779b1u; /* 2^32 by the golden ratio, odd */
}

static uint32_t add_bytes(uint32_t sum, const uint8_t *bytes, size_t length)
{
    for (; length >= 4; bytes += 4, length -= 4) {
        sum = add_word(sum, read_u32(bytes));
    }
    for (; length > 0; bytes++, length--) {
        sum = add_word(sum, *bytes);
    }
    return sum;
}

uint32_t ksyms_blob_checksum(const uint8_t *blob, size_t size_bytes)
{
    const size_t field = offsetof(struct ksyms_blob_header, checksum);

    return add_bytes(add_bytes(0, blob, field), blob + field + 4, size_bytes - field - 4);
}
