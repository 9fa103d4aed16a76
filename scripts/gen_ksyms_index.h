// SPDX-License-Identifier: MIT
/*
 * gen_ksyms_index.h: numbers by hash, of things that the caller keeps and compares.
 *
 *     size_t probe = 0;
 *     while ((number = index_next(&index, hash, &probe)) != NO_NUMBER) {
 *         if (things[number] is the wanted one) ...
 *     }
 *     index_add(&index, hash, number);
 *
 * Zeros are an empty index.
 */
#ifndef GEN_KSYMS_INDEX_H
#define GEN_KSYMS_INDEX_H

#include <stddef.h>
#include <stdint.h>

#define NO_NUMBER UINT32_MAX

struct index_slot {
    uint32_t hash;
    uint32_t number; /* NO_NUMBER: free */
};

struct index {
    struct index_slot *slots;
    size_t size; /* 0 or a power of two, more than are used */
    size_t used;
};

/* Spread the bits of a number over all of a hash. */
static inline uint64_t mix_bits(uint64_t value)
{
    value = (value ^ value >> 32) * 0x9e3779b97f4a7c15u;
    return value ^ value >> 29;
}

/* One number after the other that was added with this hash; `probe` is 0 first. */
static inline uint32_t index_next(const struct index *index, uint32_t hash, size_t *probe)
{
    while (index->size > 0) {
        struct index_slot slot = index->slots[(hash + (*probe)++) & (index->size - 1)];
        if (slot.number == NO_NUMBER || slot.hash == hash) {
            return slot.number;
        }
    }
    return NO_NUMBER;
}

void index_add(struct index *index, uint32_t hash, uint32_t number);
void index_free(struct index *index);

#endif
