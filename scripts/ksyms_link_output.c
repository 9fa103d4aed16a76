// SPDX-License-Identifier: MIT
/*
 * ksyms_link_output.c: the linked sections as a directory: one file of bytes for each, and a list.
 * No format, so that `cmp`, `objcopy -O binary` and `od` are all that a comparison needs.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "ksyms_link.h"

static FILE *open_in(const char *directory, const char *name, char **path)
{
    if (asprintf(path, "%s/%s", directory, name) < 0) {
        fail("out of memory");
    }
    FILE *file = fopen(*path, "wb");
    if (!file) {
        fail("%s: %s", *path, strerror(errno));
    }
    return file;
}

static void close_written(FILE *file, char *path)
{
    if (ferror(file) || fclose(file) != 0) {
        fail("%s: %s", path, strerror(errno));
    }
    free(path);
}

static void write_bytes(const char *directory, const char *name, const uint8_t *bytes,
                        uint64_t size)
{
    char *path;
    FILE *file = open_in(directory, name, &path);

    fwrite(bytes, 1, size, file);
    close_written(file, path);
}

static void write_got(const char *directory, const struct ksyms_link *link, FILE *list)
{
    const struct ksyms_segment *constants = &link->segments[KSYMS_SEGMENT_RODATA];
    uint64_t size = (uint64_t)link->got_count * 8;

    if (size != 0) {
        fprintf(list, "got 0x%" PRIx64 " 0x%" PRIx64 " got\n",
                constants->address + link->got_offset, size);
        write_bytes(directory, "got", constants->bytes + link->got_offset, size);
    }
}

void output_write(const char *path, const struct ksyms_link *link)
{
    char *list_path;

    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        fail("%s: %s", path, strerror(errno));
    }
    FILE *list = open_in(path, "sections", &list_path);
    for (uint32_t index = 1; index < link->object->section_count; index++) {
        uint64_t size = link->object->sections[index].sh_size;
        const uint8_t *bytes = ksyms_link_section_bytes(link, index);
        char name[16];
        if (link->places[index].segment == KSYMS_SEGMENT_NONE || size == 0) {
            continue;
        }
        snprintf(name, sizeof(name), "%" PRIu32, index);
        fprintf(list, "%s 0x%" PRIx64 " 0x%" PRIx64 " %s\n", name,
                ksyms_link_section_address(link, index), size,
                ksyms_object_section_name(link->object, index));
        write_bytes(path, name, bytes, size);
    }
    write_got(path, link, list);
    close_written(list, list_path);
}
