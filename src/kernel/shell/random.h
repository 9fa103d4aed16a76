// SPDX-License-Identifier: MIT
/* random.h: numbers for tests, the same for the same seed: xorshift64. */
#ifndef SHELL_RANDOM_H
#define SHELL_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state; /* never 0 */
};

static inline struct random random_start(uint64_t seed)
{
    return (struct random){(seed + 1) * 0x9e3779b97f4a7c15ull | 1};
}

static inline uint64_t random_below(struct random *random, uint64_t limit)
{
    random->state ^= random->state << 13;
    random->state ^= random->state >> 7;
    random->state ^= random->state << 17;
    return (random->state >> 11) % limit;
}

#endif
