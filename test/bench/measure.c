// SPDX-License-Identifier: MIT
/* measure.c: see measure.h. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <time.h>
#include "measure.h"

static double read_clock(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

double now_nanoseconds(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

double cpu_nanoseconds(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

static int compare_numbers(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

double median(double *values, size_t count)
{
    qsort(values, count, sizeof(*values), compare_numbers);
    return count % 2 != 0 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

uint64_t random_below(uint64_t limit)
{
    static uint64_t state = 0x9e3779b97f4a7c15u;

    /* Marsaglia's xorshift64 with the factor of xorshift64*. */
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint64_t)(((unsigned __int128)(state * 0x2545f4914f6cdd1du) * limit) >> 64);
}
