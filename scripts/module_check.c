// SPDX-License-Identifier: MIT
/*
 * module_check.c: would this kernel load these modules?  Asked when they are built, and answered by
 * the kernel's own loader (src/kernel/module), compiled for the host: what it says here it would
 * say there, in the same words.  Nothing of a module runs.
 *
 *     onoma-check --kernel kernel.elf --initrd initrd.img parrot.ko
 *     onoma-check --kernel kernel.elf --initrd initrd.img --exports
 *
 * Of the kernel are taken its symbols and exports; of the initrd the modules that a module names in
 * `depends=`.  Several files are loaded one after the other.  --exports loads all of the initrd and
 * prints what they export, and the kernel (module_check_exports.c).
 *
 * The kernel has its modules in the highest 2 GiB and a host program cannot: addresses here are low
 * ones.  So a value that does not fit is left to ksyms-link, which links for where they really run.
 */
#include <elf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ksyms.h"
#include "ksyms/modinfo.h"
#include "ksyms/object.h"
#include "module/exports.h"
#include "module/index.h"
#include "module/module.h"
#include "module_check.h"
#include "onoma/export.h"

#define DEPENDS_MAX 4096

static const char usage_text[] =
    "usage: onoma-check --kernel KERNEL [--initrd INITRD] MODULE.ko...\n"
    "       onoma-check --kernel KERNEL [--initrd INITRD] --exports\n"
    "       onoma-check --help\n"
    "\n"
    "Says why the kernel KERNEL (an ELF file with a section .ksyms) would\n"
    "refuse a module, as the kernel would say it.  INITRD has modules that others need.\n"
    "With --exports it prints what the kernel and all modules of INITRD export, as\n"
    "Linux's Module.symvers: hash of its type, name, owner, kind, namespace.\n"
    "Exit status: 0 all would be loaded, 1 one is refused, or bad input, 2 wrong use.\n";

static struct image kernel;

const struct ksyms_table *names_kernel_table(void)
{
    return &kernel.table;
}

/* ---- The kernel ---- */

/* `size` bytes of the image at an address where it runs; null if they are not all in one segment.
 */
static const uint8_t *bytes_at(struct bytes file, uint64_t address, uint64_t size)
{
    Elf64_Ehdr header;

    memcpy(&header, file.start, sizeof(header));
    for (unsigned i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr segment;
        struct bytes place =
            file_part(file, header.e_phoff + (uint64_t)i * sizeof(segment), sizeof(segment));
        if (!place.start) {
            return NULL;
        }
        memcpy(&segment, place.start, sizeof(segment));
        uint64_t offset = address - segment.p_vaddr;
        if (segment.p_type == PT_LOAD && offset < segment.p_filesz &&
            size <= segment.p_filesz - offset) {
            return file_part(file, segment.p_offset + offset, size).start;
        }
    }
    return NULL;
}

static const char *string_at(struct bytes file, uint64_t address)
{
    const uint8_t *text = bytes_at(file, address, 1);
    size_t room = text ? (size_t)(file.start + file.size - text) : 0;

    return text && memchr(text, '\0', room) ? (const char *)text : NULL;
}

static uint64_t address_of(const char *path, const char *name)
{
    struct ksyms_name_range range = ksyms_table_find_name(&kernel.table, name, strlen(name));
    struct ksyms_symbol symbol;

    if (range.count == 0 || !ksyms_table_symbol_named(&kernel.table, range.first, &symbol)) {
        fail("%s: no symbol %s: is this a kernel?", path, name);
    }
    return symbol.address;
}

/* As exports.c reads them in the kernel; but each gets an address of its own, where nothing is. */
static void enter_exports(const char *path)
{
    struct bytes file = file_map(path);
    uint64_t start = address_of(path, "__start___ksymtab");
    uint64_t size = address_of(path, "__stop___ksymtab") - start;
    bool is_elf = file.size >= sizeof(Elf64_Ehdr) && memcmp(file.start, ELFMAG, SELFMAG) == 0;
    const struct kernel_symbol *symbols =
        is_elf ? (const struct kernel_symbol *)bytes_at(file, start, size) : NULL;
    size_t count = size / sizeof(*symbols);

    if (!symbols) {
        fail("%s: its exports are not in the file: an ELF file is wanted", path);
    }
    struct exported *exports = host_allocate(count * sizeof(*exports));
    uint8_t *places = host_low_memory(count * 16);
    for (size_t i = 0; i < count; i++) {
        uint64_t entry = start + i * sizeof(*symbols);
        exports[i].name = string_at(file, entry + offsetof(struct kernel_symbol, name_offset) +
                                              (uint64_t)(int64_t)symbols[i].name_offset);
        exports[i].namespace =
            string_at(file, entry + offsetof(struct kernel_symbol, namespace_offset) +
                                (uint64_t)(int64_t)symbols[i].namespace_offset);
        exports[i].address = (uint64_t)(places + i * 16);
        if (!exports[i].name || !exports[i].namespace) {
            fail("%s: export %zu has no name", path, i);
        }
    }
    exports_add(exports, count);
}

/* ---- A module ---- */

/* modprobe would load these first; what is wrong with the file itself, its own load says. */
static bool load_dependencies(const struct host_file *file)
{
    struct ksyms_object object;
    struct ksyms_modinfo modinfo;
    char names[DEPENDS_MAX] = "";
    size_t size = 0;

    if (ksyms_object_check(&object, file->bytes, file->size, NULL) == KSYMS_OK) {
        uint32_t section = ksyms_object_find_section(&object, ".modinfo");
        const uint8_t *bytes = ksyms_object_section_bytes(&object, section, &size);
        if (bytes && ksyms_modinfo_open(&modinfo, bytes, size, NULL) == KSYMS_OK) {
            const char *depends = ksyms_modinfo_find(&modinfo, "depends", 0);
            snprintf(names, sizeof(names), "%s", depends ? depends : "");
        }
    }
    char *rest = NULL;
    for (char *name = strtok_r(names, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        if (!module_find(name) && module_probe(name, NULL, 0) != 0) {
            return false;
        }
    }
    return true;
}

static bool check_module(const char *path)
{
    struct host_file file = host_read(path);
    const char *slash = strrchr(path, '/');

    return load_dependencies(&file) &&
           module_load(slash ? slash + 1 : path, file.bytes, file.size, NULL, 0) == 0;
}

/* Print what it and all modules of its initrd export; an error is known by now. */
static int print_exports(void)
{
    for (size_t i = 0; i < module_record_count(); i++) {
        const struct text *name = &module_record_at(i)->name;
        char copy[MODULE_NAME_MAX];
        snprintf(copy, sizeof(copy), "%.*s", (int)name->length, name->start);
        if (module_probe(copy, NULL, 0) != 0) {
            return 1;
        }
    }
    exports_print();
    return 0;
}

static int check_modules(char **paths, int count)
{
    int status = 0;

    for (int i = 0; i < count; i++) {
        if (!check_module(paths[i])) {
            fprintf(stderr, "onoma-check: %s: the kernel would refuse it\n", paths[i]);
            status = 1;
        }
    }
    return status;
}

int main(int argc, char **argv)
{
    const char *path = NULL;
    bool wants_exports = false;
    int next = 1;

    for (; next < argc && argv[next][0] == '-'; next++) {
        if (strcmp(argv[next], "--exports") == 0) {
            wants_exports = true;
        } else if (strcmp(argv[next], "--help") == 0) {
            fputs(usage_text, stdout);
            return 0;
        } else if (strcmp(argv[next], "--kernel") == 0 && next + 1 < argc) {
            path = argv[++next];
        } else if (strcmp(argv[next], "--initrd") == 0 && next + 1 < argc) {
            host_set_initrd(host_read(argv[++next]));
        } else {
            break;
        }
    }
    if (!path || wants_exports != (next == argc) || (next < argc && argv[next][0] == '-')) {
        fputs(usage_text, stderr);
        return 2;
    }
    image_open(&kernel, path);
    enter_exports(path);
    module_index_init();
    return wants_exports ? print_exports() : check_modules(argv + next, argc - next);
}
