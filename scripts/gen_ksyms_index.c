// SPDX-License-Identifier: MIT
/* gen_ksyms_index.c: a table with open addressing, at least half of it free. */
#include <stdlib.h>
#include "gen_ksyms.h"
#include "gen_ksyms_index.h"

static void put_slot(struct index *index, struct index_slot slot)
{
    size_t at = slot.hash & (index->size - 1);
    while (index->slots[at].number != NO_NUMBER) {
        at = (at + 1) & (index->size - 1);
    }
    index->slots[at] = slot;
}

static void grow(struct index *index)
{
    struct index old = *index;

    index->size = old.size > 0 ? old.size * 2 : 1024;
    index->slots = allocate(index->size, sizeof(*index->slots));
    memset(index->slots, 0xff, index->size * sizeof(*index->slots)); /* NO_NUMBER */
    for (size_t i = 0; i < old.size; i++) {
        if (old.slots[i].number != NO_NUMBER) {
            put_slot(index, old.slots[i]);
        }
    }
    free(old.slots);
}

void index_add(struct index *index, uint32_t hash, uint32_t number)
{
    if (index->used * 2 >= index->size) {
        grow(index);
    }
    put_slot(index, (struct index_slot){hash, number});
    index->used++;
}

void index_free(struct index *index)
{
    free(index->slots);
    *index = (struct index){0};
}
