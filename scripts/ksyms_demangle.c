// SPDX-License-Identifier: MIT
/* ksyms_demangle.c: names of C++ as the kit's demangler writes them, alone or in a text. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ksyms/demangle.h"
#include "ksyms.h"

#define TEXT_MAX 65536 /* above what the demangler writes */

const char *shown_name(const struct image *image, const char *name)
{
    static char text[TEXT_MAX];

    return image->is_demangling && ksyms_demangle(name, text, sizeof(text)) > 0 ? text : name;
}

static bool is_name_character(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

static void print_demangled(char *word, size_t length)
{
    static char text[TEXT_MAX];
    char after = word[length];

    word[length] = '\0';
    fputs(ksyms_demangle(word, text, sizeof(text)) > 0 ? text : word, stdout);
    word[length] = after;
}

/* As c++filt: each word that is a mangled name is replaced, all else stays. */
int demangle_text(void)
{
    char *line = NULL;
    size_t capacity = 0;

    while (getline(&line, &capacity, stdin) > 0) {
        for (size_t at = 0; line[at] != '\0';) {
            size_t length = 0;
            while (is_name_character(line[at + length])) {
                length++;
            }
            if (length == 0) {
                putchar(line[at++]);
                continue;
            }
            print_demangled(line + at, length);
            at += length;
        }
    }
    free(line);
    return EXIT_SUCCESS;
}
