// SPDX-License-Identifier: MIT
/* slips.c: optimal string alignment, with three rows of the usual table. */
#include "lib/slips.h"
#include "onoma/string.h"

#define NAME_LIMIT 64u /* bytes that are looked at; a row holds numbers up to that */
#define SLIPS_MAX  2u

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
    unsigned small = a < b ? a : b;
    return small < c ? small : c;
}

unsigned count_slips(const char *left, const char *right)
{
    uint8_t rows[3][NAME_LIMIT + 1];
    size_t left_length = strnlen(left, NAME_LIMIT);
    size_t right_length = strnlen(right, NAME_LIMIT);
    for (size_t column = 0; column <= right_length; column++) {
        rows[0][column] = (uint8_t)column;
    }
    for (size_t row = 1; row <= left_length; row++) {
        uint8_t *now = rows[row % 3];
        const uint8_t *above = rows[(row + 2) % 3];
        const uint8_t *twice_above = rows[(row + 1) % 3];
        now[0] = (uint8_t)row;
        for (size_t column = 1; column <= right_length; column++) {
            bool differs = left[row - 1] != right[column - 1];
            unsigned slips = smallest(above[column] + 1u, now[column - 1] + 1u,
                                      (unsigned)above[column - 1] + differs);
            bool is_swapped = row > 1 && column > 1 && left[row - 1] == right[column - 2] &&
                              left[row - 2] == right[column - 1];
            if (is_swapped && twice_above[column - 2] + 1u < slips) {
                slips = twice_above[column - 2] + 1u;
            }
            now[column] = (uint8_t)slips;
        }
    }
    return rows[left_length % 3][right_length];
}

unsigned slips_limit(const char *name)
{
    return strlen(name) > 3 ? SLIPS_MAX + 1 : SLIPS_MAX;
}
