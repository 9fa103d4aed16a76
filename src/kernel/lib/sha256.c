// SPDX-License-Identifier: MIT
/*
 * sha256.c: SHA-256.  Names and letters are those of FIPS 180-4: section 4.1.2 has the functions,
 * 4.2.2 the constants (of the cube roots of the first 64 primes), 5.3.3 the first state, 6.2.2 the
 * loop.
 */
#include "lib/sha256.h"
#include "onoma/string.h"

#define BLOCK_SIZE  64
#define LENGTH_SIZE 8 /* the message's length in bits ends the last block */

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate_right(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

static uint32_t read_big_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void write_big_endian(uint8_t *bytes, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(value >> 8 * (size - 1 - i));
    }
}

/* The message schedule W. */
static void expand(uint32_t W[64], const uint8_t block[BLOCK_SIZE])
{
    for (unsigned t = 0; t < 16; t++) {
        W[t] = read_big_endian(block + 4 * t);
    }
    for (unsigned t = 16; t < 64; t++) {
        uint32_t x = W[t - 15], y = W[t - 2];
        uint32_t sigma0 = rotate_right(x, 7) ^ rotate_right(x, 18) ^ x >> 3;
        uint32_t sigma1 = rotate_right(y, 17) ^ rotate_right(y, 19) ^ y >> 10;
        W[t] = sigma1 + W[t - 7] + sigma0 + W[t - 16];
    }
}

static void add_block(uint32_t H[8], const uint8_t block[BLOCK_SIZE])
{
    uint32_t W[64];
    uint32_t a = H[0], b = H[1], c = H[2], d = H[3], e = H[4], f = H[5], g = H[6], h = H[7];

    expand(W, block);
    for (unsigned t = 0; t < 64; t++) {
        uint32_t Sigma0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
        uint32_t Sigma1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
        uint32_t Ch = (e & f) ^ (~e & g);
        uint32_t Maj = (a & b) ^ (a & c) ^ (b & c);
        uint32_t T1 = h + Sigma1 + Ch + K[t] + W[t];
        uint32_t T2 = Sigma0 + Maj;
        h = g;
        g = f;
        f = e;
        e = d + T1;
        d = c;
        c = b;
        b = a;
        a = T1 + T2;
    }
    H[0] += a;
    H[1] += b;
    H[2] += c;
    H[3] += d;
    H[4] += e;
    H[5] += f;
    H[6] += g;
    H[7] += h;
}

/* What is left, a 1 bit, zeros, and the length: one block or two. */
static void add_last(uint32_t H[8], const uint8_t *bytes, size_t left, uint64_t size)
{
    uint8_t last[2 * BLOCK_SIZE] = {0};
    size_t padded = left + 1 + LENGTH_SIZE <= BLOCK_SIZE ? BLOCK_SIZE : 2 * BLOCK_SIZE;

    memcpy(last, bytes, left);
    last[left] = 0x80;
    write_big_endian(last + padded - LENGTH_SIZE, size * 8, LENGTH_SIZE);
    for (size_t at = 0; at < padded; at += BLOCK_SIZE) {
        add_block(H, last + at);
    }
}

void sha256(const void *bytes, size_t size, uint8_t digest[SHA256_SIZE])
{
    uint32_t H[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    const uint8_t *at = bytes;
    size_t left = size;

    for (; left >= BLOCK_SIZE; at += BLOCK_SIZE, left -= BLOCK_SIZE) {
        add_block(H, at);
    }
    add_last(H, at, left, size);
    for (unsigned i = 0; i < 8; i++) {
        write_big_endian(digest + 4 * i, H[i], 4);
    }
}

void sha256_text(const void *bytes, size_t size, char text[SHA256_TEXT_LENGTH + 1])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t digest[SHA256_SIZE];

    sha256(bytes, size, digest);
    for (unsigned i = 0; i < SHA256_SIZE; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    text[SHA256_TEXT_LENGTH] = '\0';
}
