// SPDX-License-Identifier: MIT
/*
 * map.c: read a symbol map.  Lines without an address (undefined symbols) are skipped; any other
 * line that is not understood ends the program.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "map.h"

void fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size);

    if (memory == NULL) {
        fail("out of memory");
    }
    return memory;
}

static char *read_text(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *text;
    long length;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (length = ftell(file)) < 0) {
        fail("%s: %s", path, strerror(errno));
    }
    rewind(file);
    text = allocate((size_t)length + 1, 1);
    if (fread(text, 1, (size_t)length, file) != (size_t)length) {
        fail("%s: cannot be read", path);
    }
    fclose(file);
    *size = (size_t)length;
    return text;
}

static void parse_line(struct map_symbol *symbol, char *line, const char *path, size_t number)
{
    char *rest;

    symbol->address = strtoull(line, &rest, 16);
    if (rest == line || *rest != ' ') {
        fail("%s:%zu: no address", path, number);
    }
    rest++;
    if (rest[0] != '\0' && rest[1] != ' ') {
        symbol->size = strtoull(rest, &rest, 16);
        rest += *rest == ' ';
    }
    if (rest[0] == '\0' || rest[1] != ' ' || rest[2] == '\0') {
        fail("%s:%zu: no letter or no name", path, number);
    }
    symbol->type = rest[0];
    symbol->name = rest + 2;
}

void map_read(struct map *map, const char *path)
{
    size_t size, line_count = 1, number = 0;

    memset(map, 0, sizeof(*map));
    map->text = read_text(path, &size);
    for (size_t i = 0; i < size; i++) {
        line_count += map->text[i] == '\n';
    }
    map->symbols = allocate(line_count, sizeof(*map->symbols));
    for (char *line = map->text; *line != '\0'; number++) {
        size_t length = strcspn(line, "\n");
        char *next = line + length + (line[length] == '\n');
        line[length] = '\0';
        if (length > 0 && line[0] != ' ') {
            parse_line(&map->symbols[map->count++], line, path, number + 1);
        }
        line = next;
    }
}

void map_free(struct map *map)
{
    free(map->symbols);
    free(map->text);
}
