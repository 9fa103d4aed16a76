// SPDX-License-Identifier: MIT
/*
 * fuzz.h: one target a file, fuzz_<name>.c, which gives any bytes to what reads such bytes, and
 * checks what can be checked of the result.  A wrong result is an abort.
 *
 * The entry point is libFuzzer's, so that clang's fuzzer can drive it (test/fuzz/fuzz.sh); in the
 * tests replay.c does, compiled by gcc.  Both give a block of exactly `size` bytes.
 */
#ifndef TEST_FUZZ_H
#define TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of a target: not assert.h, as no build may leave these out. */
#define MUST(fact)                                                                                 \
    do {                                                                                           \
        if (!(fact)) {                                                                             \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #fact);                             \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
