// SPDX-License-Identifier: MIT
/* measure.h: clocks, medians and a random order, for the benchmark's own programs. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>

double now_nanoseconds(void); /* on the wall: cheap to ask */
double cpu_nanoseconds(void); /* of this thread: what others do meanwhile does not count */

/* The median; reorders the values. */
double median(double *values, size_t count);

/* A number below `limit`, from a fixed seed: each run asks the same questions. */
uint64_t random_below(uint64_t limit);

#endif
