// SPDX-License-Identifier: MIT
/*
 * types_crc.c: CRC-32 of texts of types, four bytes at a time.
 *
 * A register of 32 bits that is shifted by 4 bytes has lost all that it was; what comes out is the
 * sum (xor) of what each of the four bytes leaves there, and that stands in a table for each
 * place. A table is linear: the entry of a byte is the sum of the entries of its bits.  So the
 * compiler makes them of eight numbers for each.
 */
#include "bytes.h"
#include "ksyms/types.h"

/* The sum of those of eight numbers whose bits are in `byte`. */
#define SUM(byte, b0, b1, b2, b3, b4, b5, b6, b7)                                                  \
    (((byte)&1 ? b0 : 0u) ^ ((byte)&2 ? b1 : 0u) ^ ((byte)&4 ? b2 : 0u) ^ ((byte)&8 ? b3 : 0u) ^   \
     ((byte)&16 ? b4 : 0u) ^ ((byte)&32 ? b5 : 0u) ^ ((byte)&64 ? b6 : 0u) ^                       \
     ((byte)&128 ? b7 : 0u))
#define SUMS_4(byte, ...)                                                                          \
    SUM(byte, __VA_ARGS__), SUM((byte) + 1, __VA_ARGS__), SUM((byte) + 2, __VA_ARGS__),            \
        SUM((byte) + 3, __VA_ARGS__)
#define SUMS_16(byte, ...)                                                                         \
    SUMS_4(byte, __VA_ARGS__), SUMS_4((byte) + 4, __VA_ARGS__), SUMS_4((byte) + 8, __VA_ARGS__),   \
        SUMS_4((byte) + 12, __VA_ARGS__)
#define SUMS_64(byte, ...)                                                                         \
    SUMS_16(byte, __VA_ARGS__), SUMS_16((byte) + 16, __VA_ARGS__),                                 \
        SUMS_16((byte) + 32, __VA_ARGS__), SUMS_16((byte) + 48, __VA_ARGS__)
#define SUMS_256(...)                                                                              \
    {                                                                                              \
        SUMS_64(0, __VA_ARGS__), SUMS_64(64, __VA_ARGS__), SUMS_64(128, __VA_ARGS__),              \
            SUMS_64(192, __VA_ARGS__)                                                              \
    }

/* places[n][byte]: what a byte leaves with n bytes behind it. */
static const uint32_t places[4][256] = {
    SUMS_256(0x77073096u, 0xee0e612cu, 0x076dc419u, 0x0edb8832u, 0x1db71064u, 0x3b6e20c8u,
             0x76dc4190u, 0xedb88320u),
    SUMS_256(0x191b3141u, 0x32366282u, 0x646cc504u, 0xc8d98a08u, 0x4ac21251u, 0x958424a2u,
             0xf0794f05u, 0x3b83984bu),
    SUMS_256(0x01c26a37u, 0x0384d46eu, 0x0709a8dcu, 0x0e1351b8u, 0x1c26a370u, 0x384d46e0u,
             0x709a8dc0u, 0xe1351b80u),
    SUMS_256(0xb8bc6765u, 0xaa09c88bu, 0x8f629757u, 0xc5b428efu, 0x5019579fu, 0xa032af3eu,
             0x9b14583du, 0xed59b63bu),
};

uint32_t ksyms_types_crc(uint32_t crc, const uint8_t *bytes, size_t length)
{
    crc = ~crc;
    for (; length >= 4; bytes += 4, length -= 4) {
        crc ^= read_u32(bytes);
        crc = places[3][crc & 0xff] ^ places[2][crc >> 8 & 0xff] ^ places[1][crc >> 16 & 0xff] ^
              places[0][crc >> 24];
    }
    for (; length > 0; bytes++, length--) {
        crc = crc >> 8 ^ places[0][(crc ^ *bytes) & 0xff];
    }
    return ~crc;
}
