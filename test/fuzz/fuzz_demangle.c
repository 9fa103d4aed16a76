// SPDX-License-Identifier: MIT
/*
 * fuzz_demangle.c: any bytes behind _Z as a mangled name.  What comes out ends with NUL inside the
 * buffer, and a smaller buffer holds the begin of the same text.
 */
#include <string.h>
#include "fuzz.h"
#include "ksyms/demangle.h"

static char whole[70000];

static size_t demangle_into(const char *name, size_t capacity, size_t length)
{
    char *small = malloc(capacity); /* ASan sees what is written behind it */
    MUST(small != NULL);
    size_t small_length = ksyms_demangle(name, small, capacity);
    MUST((small_length == 0) == (length == 0));
    MUST(memchr(small, '\0', capacity) != NULL);
    MUST(strncmp(small, whole, strlen(small)) == 0);
    if (small_length < capacity) {
        MUST(strlen(small) == small_length && small_length == length);
    } else {
        MUST(strlen(small) == capacity - 1);
    }
    free(small);
    return small_length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *name = malloc(size + 3);
    MUST(name != NULL);
    memcpy(name, "_Z", 2);
    memcpy(name + 2, data, size);
    name[size + 2] = '\0';

    size_t length = ksyms_demangle(name, whole, sizeof(whole));
    MUST(length < sizeof(whole) && strlen(whole) == length);
    demangle_into(name, 1, length);
    demangle_into(name, 16, length);
    demangle_into(name, length / 2 + 1, length);
    demangle_into(name, length + 1, length);
    MUST((ksyms_demangle(name, NULL, 0) == 0) == (length == 0));
    free(name);
    return 0;
}
