// SPDX-License-Identifier: MIT
/*
 * name.h: when names of modules and of parameters are the same.  '-' and '_' are not told apart, as
 * in Linux: a file is called snd-pcm.ko, its module snd_pcm.
 */
#ifndef MODULE_NAME_H
#define MODULE_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* Is `name` the same as the first `length` bytes of `text`? */
static inline bool module_names_equal(const char *name, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char left = name[i] == '-' ? '_' : name[i];
        char right = text[i] == '-' ? '_' : text[i];
        if (left != right || left == '\0') {
            return false;
        }
    }
    return name[length] == '\0';
}

#endif
