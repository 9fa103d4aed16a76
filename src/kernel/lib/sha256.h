// SPDX-License-Identifier: MIT
/*
 * sha256.h: SHA-256, as FIPS 180-4 has it.
 *
 * Pure: no allocation, any context, any bytes up to 2^61; about 25 instructions a byte.
 */
#ifndef LIB_SHA256_H
#define LIB_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE        32 /* bytes of a digest */
#define SHA256_TEXT_LENGTH 64 /* of one in hexadecimal */

void sha256(const void *bytes, size_t size, uint8_t digest[SHA256_SIZE]);

/* The same as text in lower case, as sha256sum writes it, with NUL. */
void sha256_text(const void *bytes, size_t size, char text[SHA256_TEXT_LENGTH + 1]);

#endif
