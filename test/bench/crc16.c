// SPDX-License-Identifier: MIT
/*
 * crc16.c: a module of the size of Linux's crc16: a table, a function, the exports of both, 11
 * relocations.  Two of them are calls of the kernel, whose types are checked.  For load.sh and
 * scale.sh.
 */
#include <onoma/module.h>

uint16_t crc16(uint16_t crc, const uint8_t *bytes, size_t length);
uint16_t crc16_line(uint16_t crc, const char *text);
extern const uint16_t crc16_table[256];

/* A table is linear: the entry of a byte is the sum (xor) of the entries of its bits. */
#define ENTRY(byte)                                                                                \
    (((byte)&1 ? 0xc0c1 : 0) ^ ((byte)&2 ? 0xc181 : 0) ^ ((byte)&4 ? 0xc301 : 0) ^                 \
     ((byte)&8 ? 0xc601 : 0) ^ ((byte)&16 ? 0xcc01 : 0) ^ ((byte)&32 ? 0xd801 : 0) ^               \
     ((byte)&64 ? 0xf001 : 0) ^ ((byte)&128 ? 0xa001 : 0))
#define ENTRIES_4(byte) ENTRY(byte), ENTRY((byte) + 1), ENTRY((byte) + 2), ENTRY((byte) + 3)
#define ENTRIES_16(byte)                                                                           \
    ENTRIES_4(byte), ENTRIES_4((byte) + 4), ENTRIES_4((byte) + 8), ENTRIES_4((byte) + 12)
#define ENTRIES_64(byte)                                                                           \
    ENTRIES_16(byte), ENTRIES_16((byte) + 16), ENTRIES_16((byte) + 32), ENTRIES_16((byte) + 48)

const uint16_t crc16_table[256] = {ENTRIES_64(0), ENTRIES_64(64), ENTRIES_64(128), ENTRIES_64(192)};
EXPORT_SYMBOL(crc16_table);

uint16_t crc16(uint16_t crc, const uint8_t *bytes, size_t length)
{
    while (length-- > 0) {
        crc = (uint16_t)(crc >> 8) ^ crc16_table[(crc ^ *bytes++) & 0xff];
    }
    return crc;
}
EXPORT_SYMBOL(crc16);

static unsigned lines;

uint16_t crc16_line(uint16_t crc, const char *text)
{
    const char *end = memchr(text, '\n', strlen(text));

    lines++;
    return end ? crc16(crc, (const uint8_t *)text, (size_t)(end - text)) : crc;
}

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("CRC16 calculations");
