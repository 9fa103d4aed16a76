// SPDX-License-Identifier: MIT
/* ksyms_file.c: the blob that a file is, or that an ELF file holds in its section .ksyms. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "ksyms.h"

struct bytes file_map(const char *path)
{
    struct stat status;
    struct bytes file = {0};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);

    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        fail("%s: %s", path, strerror(errno));
    }
    file.size = (size_t)status.st_size;
    if (file.size == 0) {
        fail("%s: empty", path);
    }
    file.start = mmap(NULL, file.size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (file.start == MAP_FAILED) {
        fail("%s: %s", path, strerror(errno));
    }
    close(descriptor);
    return file;
}

struct bytes file_part(struct bytes file, uint64_t offset, uint64_t size)
{
    if (offset > file.size || size > file.size - offset) {
        return (struct bytes){0};
    }
    return (struct bytes){file.start + offset, (size_t)size};
}

static bool section_at(struct bytes file, const Elf64_Ehdr *header, unsigned index,
                       Elf64_Shdr *section)
{
    struct bytes bytes =
        file_part(file, header->e_shoff + (uint64_t)index * sizeof(*section), sizeof(*section));

    if (bytes.start == NULL) {
        return false;
    }
    memcpy(section, bytes.start, sizeof(*section));
    return true;
}

static bool is_named(struct bytes names, uint32_t offset, const char *name)
{
    size_t size = strlen(name) + 1;
    struct bytes bytes = file_part(names, offset, size);
    return bytes.start != NULL && memcmp(bytes.start, name, size) == 0;
}

static struct bytes find_section(struct bytes file, const char *name)
{
    Elf64_Ehdr header;
    Elf64_Shdr section;
    struct bytes names;

    memcpy(&header, file.start, sizeof(header));
    if (!section_at(file, &header, header.e_shstrndx, &section)) {
        return (struct bytes){0};
    }
    names = file_part(file, section.sh_offset, section.sh_size);
    for (unsigned i = 1; i < header.e_shnum && section_at(file, &header, i, &section); i++) {
        if (is_named(names, section.sh_name, name) && section.sh_type != SHT_NOBITS) {
            return file_part(file, section.sh_offset, section.sh_size);
        }
    }
    return (struct bytes){0};
}

void image_open(struct image *image, const char *path)
{
    struct bytes file = file_map(path);

    if (file.size >= sizeof(Elf64_Ehdr) && memcmp(file.start, ELFMAG, SELFMAG) == 0) {
        file = find_section(file, ".ksyms");
        if (file.start == NULL) {
            fail("%s: an ELF file without a section .ksyms", path);
        }
    }
    image_of_blob(image, path, file);
}

void image_of_blob(struct image *image, const char *path, struct bytes blob)
{
    enum ksyms_status status = ksyms_table_open(&image->table, blob.start, blob.size);

    if (status != KSYMS_OK) {
        fail("%s: %s", path, ksyms_status_text(status));
    }
    status = ksyms_table_verify(&image->table);
    if (status != KSYMS_OK) {
        fprintf(stderr, "ksyms: %s: %s; what follows may be wrong\n", path,
                ksyms_status_text(status));
    }
    image->has_lines = ksyms_lines_open(&image->lines, &image->table) == KSYMS_OK;
    image->has_unwind = ksyms_unwind_open(&image->unwind, &image->table) == KSYMS_OK;
}
