// SPDX-License-Identifier: MIT
/* gen_trace_strings.c: texts, each once. */
#define _GNU_SOURCE
#include <stdlib.h>
#include "gen_trace.h"

static size_t hash_text(const char *text, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ (uint8_t)text[i]) * 0x100000001b3;
    }
    return (size_t)(hash ^ hash >> 32);
}

static void grow_slots(struct strings *strings)
{
    size_t count = strings->slot_count > 0 ? strings->slot_count * 2 : 1024;

    free(strings->slots);
    strings->slots = allocate(count, sizeof(*strings->slots));
    strings->slot_count = count;
    for (size_t i = 0; i < strings->count; i++) {
        size_t slot = hash_text(strings->texts[i], strlen(strings->texts[i]));
        while (strings->slots[slot & (count - 1)] != 0) {
            slot++;
        }
        strings->slots[slot & (count - 1)] = (uint32_t)i + 1;
    }
}

uint32_t strings_add(struct strings *strings, const char *text, size_t length)
{
    if (strings->count * 2 >= strings->slot_count) {
        grow_slots(strings);
    }
    for (size_t slot = hash_text(text, length);; slot++) {
        uint32_t *entry = &strings->slots[slot & (strings->slot_count - 1)];
        if (*entry == 0) {
            char *copy = allocate(length + 1, 1);
            memcpy(copy, text, length);
            strings->texts =
                make_room(strings->texts, strings->count, &strings->capacity, sizeof(char *));
            strings->texts[strings->count++] = copy;
            *entry = (uint32_t)strings->count;
            return *entry - 1;
        }
        if (strncmp(strings->texts[*entry - 1], text, length) == 0 &&
            strings->texts[*entry - 1][length] == '\0') {
            return *entry - 1;
        }
    }
}

void strings_free(struct strings *strings)
{
    for (size_t i = 0; i < strings->count; i++) {
        free((char *)strings->texts[i]);
    }
    free(strings->texts);
    free(strings->slots);
    *strings = (struct strings){0};
}
