// SPDX-License-Identifier: MIT
/*
 * name.h: when names of modules and of parameters are the same.  '-' and '_' are not told apart, as
 * in Linux: a file is called snd-pcm.ko, its module snd_pcm.
 */
#ifndef MODULE_NAME_H
#define MODULE_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline char module_name_byte(char byte)
{
    return byte == '-' ? '_' : byte;
}

/* Is `name` the same as the first `length` bytes of `text`? */
static inline bool module_names_equal(const char *name, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (module_name_byte(name[i]) != module_name_byte(text[i]) || name[i] == '\0') {
            return false;
        }
    }
    return name[length] == '\0';
}

/* FNV-1a, the same for names that are the same. */
static inline uint32_t module_name_hash(const char *name, size_t length)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ (uint8_t)module_name_byte(name[i])) * 16777619u;
    }
    return hash;
}

#endif
