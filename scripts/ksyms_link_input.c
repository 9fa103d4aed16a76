// SPDX-License-Identifier: MIT
/*
 * ksyms_link_input.c: what ksyms-link reads: the object, the map of symbols, the layout.
 *
 * Debian signs its modules.  The signature lies behind the object and belongs to whoever verifies
 * it, who then has to hand on the object alone; here nobody does, and it is cut off.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "ksyms_link.h"

#define PAGE_SIZE 4096u

static const char *const segment_names[KSYMS_SEGMENT_COUNT] = {
    [KSYMS_SEGMENT_TEXT] = "text",
    [KSYMS_SEGMENT_RODATA] = "rodata",
    [KSYMS_SEGMENT_RO_AFTER_INIT] = "ro_after_init",
    [KSYMS_SEGMENT_DATA] = "data",
    [KSYMS_SEGMENT_INIT_TEXT] = "init.text",
    [KSYMS_SEGMENT_INIT_RODATA] = "init.rodata",
    [KSYMS_SEGMENT_INIT_DATA] = "init.data",
};

const char *layout_segment_name(uint32_t segment)
{
    return segment < KSYMS_SEGMENT_COUNT ? segment_names[segment] : "none";
}

/* --- The object ------------------------------------------------------------------------------- */

/* A Linux module's signature ends the file: signature, 12 bytes about it of which the last four are
 * its length (big-endian), and a line of text. */
static size_t size_without_signature(const uint8_t *bytes, size_t size_bytes)
{
    static const char magic[] = "~Module signature appended~\n";
    const size_t trailer = 12 + sizeof(magic) - 1;

    if (size_bytes < trailer ||
        memcmp(bytes + size_bytes - sizeof(magic) + 1, magic, sizeof(magic) - 1) != 0) {
        return size_bytes;
    }
    const uint8_t *length = bytes + size_bytes - trailer + 8;
    uint64_t signature = (uint64_t)length[0] << 24 | (uint64_t)length[1] << 16 |
                         (uint64_t)length[2] << 8 | length[3];
    return signature <= size_bytes - trailer ? size_bytes - trailer - signature : size_bytes;
}

uint8_t *input_read(const char *path, size_t *size_bytes)
{
    FILE *file = fopen(path, "rb");
    size_t capacity = 1 << 16;
    size_t size = 0;
    uint8_t *bytes = allocate(capacity, 1);

    if (!file) {
        fail("%s: %s", path, strerror(errno));
    }
    for (;;) {
        size += fread(bytes + size, 1, capacity - size, file);
        if (size < capacity) {
            break;
        }
        capacity *= 2;
        bytes = realloc(bytes, capacity);
        if (!bytes) {
            fail("%s: out of memory for %zu bytes", path, capacity);
        }
    }
    if (ferror(file)) {
        fail("%s: %s", path, strerror(errno));
    }
    fclose(file);
    *size_bytes = size_without_signature(bytes, size);
    return bytes;
}

/* --- Lines ------------------------------------------------------------------------------------ */

#define WORDS_MAX 4

/* Cut a line into words; returns how many there are, those over WORDS_MAX not stored. */
static size_t split(char *line, char *words[WORDS_MAX])
{
    size_t count = 0;
    char *rest = NULL;

    for (char *word = strtok_r(line, " \t\r\n", &rest); word && word[0] != '#';
         word = strtok_r(NULL, " \t\r\n", &rest)) {
        if (count < WORDS_MAX) {
            words[count] = word;
        }
        count++;
    }
    return count;
}

static bool read_number(const char *word, int base, uint64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoull(word, &end, base);
    return isxdigit((unsigned char)word[0]) && *end == '\0' && errno == 0;
}

/* --- The map ---------------------------------------------------------------------------------- */

static int compare_names(const void *left, const void *right)
{
    return strcmp(((const struct map_symbol *)left)->name,
                  ((const struct map_symbol *)right)->name);
}

/* `U name` and `w name` are what the other program lacks itself: no address, two words. */
static void add_line(struct symbol_map *map, char *words[], size_t count)
{
    const char *type = count == 4 ? words[2] : words[1];
    struct map_symbol symbol = {.name = words[count - 1]};

    if (!isupper((unsigned char)type[0]) || !read_number(words[0], 16, &symbol.address)) {
        return;
    }
    symbol.name = strdup(symbol.name);
    map->symbols = reallocarray(map->symbols, map->count + 1, sizeof(symbol));
    if (!map->symbols || !symbol.name) {
        fail("out of memory for %zu symbols", map->count);
    }
    map->symbols[map->count++] = symbol;
}

void input_read_map(const char *path, struct symbol_map *map)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t capacity = 0;
    size_t number = 0;

    if (!file) {
        fail("%s: %s", path, strerror(errno));
    }
    while (getline(&line, &capacity, file) >= 0) {
        char *words[WORDS_MAX];
        size_t count = split(line, words);
        number++;
        if (count > WORDS_MAX || count == 1) {
            fail("%s:%zu: not a line of nm: `address type name` is wanted", path, number);
        }
        if (count == 4 && words[3][0] == '[') {
            count = 3; /* kallsyms: the module behind the name */
        }
        if (count > 2) {
            add_line(map, words, count);
        }
    }
    free(line);
    fclose(file);
    if (map->count > 0) {
        qsort(map->symbols, map->count, sizeof(*map->symbols), compare_names);
    }
}

const struct map_symbol *input_find(const struct symbol_map *map, const char *name)
{
    struct map_symbol key = {.name = name};

    if (map->count == 0) {
        return NULL;
    }
    return bsearch(&key, map->symbols, map->count, sizeof(key), compare_names);
}

/* --- The layout ------------------------------------------------------------------------------- */

struct layout {
    uint64_t addresses[KSYMS_SEGMENT_COUNT];
    bool has_address[KSYMS_SEGMENT_COUNT];
    uint64_t rest;
    bool has_rest;
};

static void read_layout_line(const char *path, size_t number, char *words[], struct layout *layout)
{
    uint64_t address;

    if (!read_number(words[1], 0, &address)) {
        fail("%s:%zu: \"%s\" is no address", path, number, words[1]);
    }
    if (strcmp(words[0], "*") == 0) {
        layout->rest = address;
        layout->has_rest = true;
        return;
    }
    for (uint32_t segment = 0; segment < KSYMS_SEGMENT_COUNT; segment++) {
        if (strcmp(words[0], segment_names[segment]) == 0) {
            layout->addresses[segment] = address;
            layout->has_address[segment] = true;
            return;
        }
    }
    fail("%s:%zu: no segment is called \"%s\": see --help", path, number, words[0]);
}

static void read_layout(const char *path, struct layout *layout)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t capacity = 0;
    size_t number = 0;

    if (!file) {
        fail("%s: %s", path, strerror(errno));
    }
    while (getline(&line, &capacity, file) >= 0) {
        char *words[WORDS_MAX];
        size_t count = split(line, words);
        number++;
        if (count == 2) {
            read_layout_line(path, number, words, layout);
        } else if (count != 0) {
            fail("%s:%zu: `SEGMENT ADDRESS` is wanted", path, number);
        }
    }
    free(line);
    fclose(file);
}

void layout_apply(const char *path, struct ksyms_link *link)
{
    struct layout layout = {.rest = DEFAULT_BASE, .has_rest = path == NULL};

    if (path) {
        read_layout(path, &layout);
    }
    for (uint32_t kind = 0; kind < KSYMS_SEGMENT_COUNT; kind++) {
        struct ksyms_segment *segment = &link->segments[kind];
        if (segment->size_bytes == 0) {
            continue;
        }
        if (!layout.has_address[kind] && !layout.has_rest) {
            fail("%s: segment %s of %" PRIu64 " bytes has no address", path,
                 layout_segment_name(kind), segment->size_bytes);
        }
        segment->address = layout.has_address[kind] ? layout.addresses[kind] : layout.rest;
        segment->bytes = allocate(segment->size_bytes, 1);
        if (!layout.has_address[kind]) {
            uint64_t end = segment->address + segment->size_bytes;
            layout.rest = (end + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
        }
    }
}
