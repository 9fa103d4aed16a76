// SPDX-License-Identifier: MIT
/* check.h: whether both tables give the same answers, before anything is timed. */
#ifndef BENCH_CHECK_H
#define BENCH_CHECK_H

#include "map.h"

/* Compare all of Linux's symbols by name and `queries` random addresses; print what was found.
 * Exits at the first difference that has no reason. */
void check_answers(const struct map *map, size_t queries);

#endif
