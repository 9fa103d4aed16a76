// SPDX-License-Identifier: MIT
/*
 * module_check.c: would this kernel load these modules?  Asked when they are built, and answered by
 * the kernel's own loader (src/kernel/module), compiled for the host: what it says here it would
 * say there, in the same words.  Nothing of a module runs.
 *
 *     onoma-check --kernel kernel.elf --initrd initrd.img parrot.ko
 *
 * Of the kernel are taken its symbols, which tell its exports; of the initrd the modules that a
 * module names in `depends=`.  Several files are loaded one after the other.
 *
 * The kernel has its modules in the highest 2 GiB and a host program cannot: addresses here are low
 * ones.  So a value that does not fit is left to ksyms-link, which links for where they really run.
 */
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

#define EXPORT_PREFIX "__ksymtab_" /* of the label of each export: onoma/export.h */
#define DEPENDS_MAX   4096

static const char usage_text[] =
    "usage: onoma-check --kernel KERNEL [--initrd INITRD] MODULE.ko...\n"
    "\n"
    "Says why the kernel KERNEL (an ELF file with a section .ksyms, or that section alone) would\n"
    "refuse a module, as the kernel would say it.  INITRD has modules that others need.\n"
    "Exit status: 0 all would be loaded, 1 one is refused, or bad input, 2 wrong use.\n";

static struct image kernel;

const struct ksyms_table *names_kernel_table(void)
{
    return &kernel.table;
}

/* ---- The kernel ---- */

/* Each export gets an address of its own, where nothing is. */
static void enter_exports(void)
{
    uint32_t count = ksyms_table_count(&kernel.table);
    struct exported *exports = host_allocate(count * sizeof(*exports));
    uint8_t *places = host_low_memory(count * 16ul);
    size_t found = 0;

    for (uint32_t i = 0; i < count; i++) {
        struct ksyms_symbol symbol;
        char name[4096];
        if (!ksyms_table_symbol_at(&kernel.table, i, &symbol)) {
            break;
        }
        ksyms_symbol_name(&kernel.table, &symbol, name, sizeof(name));
        if (strncmp(name, EXPORT_PREFIX, strlen(EXPORT_PREFIX)) == 0) {
            exports[found].name = strdup(name + strlen(EXPORT_PREFIX));
            exports[found].address = (uint64_t)(places + found * 16);
            found++;
        }
    }
    exports_add(exports, found);
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

int main(int argc, char **argv)
{
    const char *path = NULL;
    int next = 1;

    while (next + 1 < argc && argv[next][0] == '-') {
        if (strcmp(argv[next], "--kernel") == 0) {
            path = argv[next + 1];
        } else if (strcmp(argv[next], "--initrd") == 0) {
            host_set_initrd(host_read(argv[next + 1]));
        } else {
            break;
        }
        next += 2;
    }
    if (!path || next >= argc || argv[next][0] == '-') {
        fputs(usage_text, stderr);
        return 2;
    }
    image_open(&kernel, path);
    enter_exports();
    module_index_init();

    int status = 0;
    for (int i = next; i < argc; i++) {
        if (!check_module(argv[i])) {
            fprintf(stderr, "onoma-check: %s: the kernel would refuse it\n", argv[i]);
            status = 1;
        }
    }
    return status;
}
