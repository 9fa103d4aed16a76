// SPDX-License-Identifier: MIT
/*
 * table_nearest.c: "no symbol uart_raed: did you mean uart_read?"
 *
 * The distance of two names is how many bytes must be put in, taken out, replaced, or exchanged
 * with their neighbour, each byte at most once (optimal string alignment).  Row after row of
 *
 *             r  e  a  d             row i, column j: the distance of the first i bytes of one and
 *          0  1  2  3  4             the first j of the other.  Only a band round the diagonal can
 *       r  1  0  1  2  3             lead to a distance within the bound; three rows are enough.
 *       a  2  1  1  1  2
 *       e  3  2  1  2  2
 *       d  4  3  2  2  2  ──► "ae" and "ea" exchanged: 1
 *
 * is filled; names are cut to KSYMS_NEAREST_LENGTH bytes first, so that the rows fit on a stack.
 */
#include "table_parts.h"

#define ROW_SIZE (KSYMS_NEAREST_LENGTH + 1)

/* A row beyond the band: more than any bound, and 1 can be added. */
#define FAR 0xfeu

static uint8_t least(uint32_t left, uint32_t right)
{
    return (uint8_t)(left < right ? left : right);
}

/* The distance, or bound + 1 if it is more than `bound`, which is at most KSYMS_NEAREST_LIMIT. */
static uint32_t measure_distance(const char *left, uint32_t left_length, const char *right,
                                 uint32_t right_length, uint32_t bound)
{
    uint8_t rows[3][ROW_SIZE];
    uint8_t *before = rows[0]; /* row i - 2 */
    uint8_t *above = rows[1];
    uint8_t *row = rows[2];

    memset(rows, FAR, sizeof(rows));
    for (uint32_t j = 0; j <= minimum(right_length, bound); j++) {
        row[j] = (uint8_t)j;
    }
    for (uint32_t i = 1; i <= left_length; i++) {
        uint8_t *freed = before;
        uint32_t first = i > bound ? i - bound : 0;
        uint32_t end = minimum((uint64_t)i + bound, right_length);
        uint32_t nearest = FAR;

        before = above;
        above = row;
        row = freed;
        memset(row, FAR, ROW_SIZE);
        for (uint32_t j = first; j <= end; j++) {
            uint8_t value = least(above[j] + 1u, FAR);
            if (j == 0) {
                value = (uint8_t)i;
            } else {
                value = least(value, row[j - 1] + 1u);
                value = least(value, above[j - 1] + (left[i - 1] != right[j - 1] ? 1u : 0u));
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
                    value = least(value, before[j - 2] + 1u);
                }
            }
            row[j] = value;
            nearest = least(nearest, value);
        }
        if (nearest > bound) {
            return bound + 1;
        }
    }
    return minimum(row[right_length], bound + 1);
}

void ksyms_nearest_start(struct ksyms_nearest *nearest, const char *name, size_t length,
                         uint32_t limit)
{
    nearest->name = name;
    nearest->length = minimum(length, KSYMS_NEAREST_LENGTH);
    nearest->limit = minimum(limit, KSYMS_NEAREST_LIMIT);
    nearest->count = 0;
}

void ksyms_nearest_offer(struct ksyms_nearest *nearest, const char *candidate, size_t length,
                         uint32_t id)
{
    uint32_t candidate_length = minimum(length, KSYMS_NEAREST_LENGTH);
    uint32_t end = nearest->limit + 1; /* distances below are wanted */
    uint32_t difference = candidate_length > nearest->length ? candidate_length - nearest->length
                                                             : nearest->length - candidate_length;
    uint32_t distance, place;

    if (nearest->count == KSYMS_NEAREST_MAX) {
        end =
            nearest->found[KSYMS_NEAREST_MAX - 1].distance; /* of equal distance, the first stays */
    }
    if (difference >= end) {
        return;
    }
    distance =
        measure_distance(nearest->name, nearest->length, candidate, candidate_length, end - 1);
    if (distance >= end) {
        return;
    }
    nearest->count += nearest->count < KSYMS_NEAREST_MAX;
    for (place = nearest->count - 1; place > 0 && nearest->found[place - 1].distance > distance;
         place--) {
        nearest->found[place] = nearest->found[place - 1];
    }
    nearest->found[place].distance = distance;
    nearest->found[place].id = id;
}

void ksyms_table_find_nearest(const struct ksyms_table *table, struct ksyms_name_range range,
                              struct ksyms_nearest *nearest)
{
    char name[KSYMS_NEAREST_LENGTH + 1];
    char last[KSYMS_NEAREST_LENGTH + 1];
    struct ksyms_names names;

    last[0] = '\0';
    ksyms_names_start(&names, table, range, name, sizeof(name));
    while (ksyms_names_next(&names)) {
        size_t length = minimum(names.length, KSYMS_NEAREST_LENGTH);
        if (names.rank == range.first || memcmp(name, last, length + 1) != 0) {
            ksyms_nearest_offer(nearest, name, length, names.rank);
        }
        memcpy(last, name, length + 1);
    }
}
