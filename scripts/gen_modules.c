// SPDX-License-Identifier: MIT
/*
 * gen_modules.c: what a loader must know of a tree of modules before it loads one of them, in the
 * text files of Linux's depmod.
 *
 *     gen_modules DIRECTORY <LIST       paths of modules below DIRECTORY, as kernel/greet.ko, one a
 * line
 *
 *     modules.dep       kernel/a.ko: kernel/b.ko kernel/c.ko     all that a needs, also through
 * others modules.alias     alias PATTERN MODULE modules.softdep   softdep MODULE pre: x y post: z
 *     modules.symbols   alias symbol:NAME MODULE
 *
 *   1. Who needs whom follows from the symbols: defined by an export, or undefined.  A name that no
 *      module exports is the kernel's, or nobody's: the loader will say.
 *   2. In a line of modules.dep each module stands before those that it needs itself, so that who
 *      loads from right to left has everything in time.
 *   3. The same files give the same bytes, in whatever order they are named.
 *   4. Exit codes: 0 done, 1 bad input, 2 wrong use.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include "gen_ksyms.h"
#include "ksyms/modinfo.h"
#include "ksyms/object.h"

const char program_name[] = "gen_modules";
const char usage_text[] = "usage: gen_modules DIRECTORY <LIST-OF-PATHS\n"
                          "       gen_modules --help\n";

static const char help_text[] =
    "\n"
    "Write into DIRECTORY what depmod would say of the modules below it whose paths are on standard\n"
    "input: modules.dep, modules.alias, modules.softdep and modules.symbols.\n"
    "\n"
    "Exit status: 0 done, 1 bad input, 2 wrong use.\n";

#define EXPORT_PREFIX "__ksymtab_" /* of the label of each export */

enum walk { WALK_NOT_YET, WALK_INSIDE, WALK_DONE };

struct module {
    const char *path; /* below the directory */
    char *name;       /* with '_' for '-' */
    struct ksyms_object object;
    struct ksyms_modinfo modinfo;
    size_t *needs; /* modules whose exports it uses, each once */
    size_t need_count, need_capacity;
    enum walk walk;
    size_t order;   /* what it needs has smaller ones */
    size_t seen_by; /* collect_needs: the module that it was last collected for, plus 1 */
};

struct export
{
    const char *name;
    size_t module;
};

static struct module *modules;
static size_t module_count;
static struct export *exports;
static size_t export_count, export_capacity;

/* ---- Reading ---- */

static uint8_t *read_file(const char *directory, const char *path, size_t *size)
{
    struct buffer buffer = {0};
    char *name;
    FILE *file;
    size_t count;

    if (asprintf(&name, "%s/%s", directory, path) < 0) {
        fail("out of memory");
    }
    file = fopen(name, "rb");
    if (file == NULL) {
        fail("%s: %s", name, strerror(errno));
    }
    do {
        uint8_t *room = buffer_grow(&buffer, 1 << 16);
        count = fread(room, 1, 1 << 16, file);
        buffer.size -= (1 << 16) - count;
    } while (count > 0);
    if (ferror(file)) {
        fail("%s: %s", name, strerror(errno));
    }
    fclose(file);
    free(name);
    *size = buffer.size;
    return buffer.bytes;
}

static char *name_of_path(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = strdup(slash != NULL ? slash + 1 : path);
    size_t length = name != NULL ? strlen(name) : 0;

    if (length <= 3 || strcmp(name + length - 3, ".ko") != 0) {
        fail("%s: the name of a module ends with .ko", path);
    }
    name[length - 3] = '\0';
    for (char *at = name; *at != '\0'; at++) {
        if (*at == ' ' || *at == ':' || *at == '\n') {
            fail("%s: a path with such a character cannot stand in the index", path);
        }
        *at = *at == '-' ? '_' : *at;
    }
    return name;
}

static void read_module(struct module *module, const char *directory)
{
    struct ksyms_fault fault = {0};
    size_t size;
    const uint8_t *bytes = read_file(directory, module->path, &size);
    const uint8_t *modinfo;

    if (ksyms_object_check(&module->object, bytes, size, &fault) != KSYMS_OK) {
        fail("%s: no module: section %d, byte 0x%llx: %s", module->path, (int)fault.section,
             (unsigned long long)fault.offset, ksyms_status_text(fault.status));
    }
    modinfo = ksyms_object_section_bytes(
        &module->object, ksyms_object_find_section(&module->object, ".modinfo"), &size);
    if (ksyms_modinfo_open(&module->modinfo, modinfo, modinfo != NULL ? size : 0, &fault) !=
        KSYMS_OK) {
        fail("%s: .modinfo+0x%llx: %s", module->path, (unsigned long long)fault.offset,
             ksyms_status_text(fault.status));
    }
    module->name = name_of_path(module->path);
}

static int compare_paths(const void *left, const void *right)
{
    return strcmp(((const struct module *)left)->path, ((const struct module *)right)->path);
}

static void read_modules(const char *directory)
{
    size_t capacity = 0;
    char *line = NULL;
    size_t line_capacity = 0;
    ssize_t length;

    while ((length = getline(&line, &line_capacity, stdin)) > 0) {
        if (line[length - 1] == '\n') {
            line[--length] = '\0';
        }
        modules = make_room(modules, module_count, &capacity, sizeof(*modules));
        modules[module_count++] = (struct module){.path = line};
        line = NULL;
        line_capacity = 0;
    }
    free(line);
    qsort(modules, module_count, sizeof(*modules), compare_paths);
    for (size_t i = 0; i < module_count; i++) {
        read_module(&modules[i], directory);
    }
}

/* ---- Who needs whom ---- */

/* Of one name the first path comes first: that one counts. */
static int compare_exports(const void *left, const void *right)
{
    const struct export *a = left;
    const struct export *b = right;
    int order = strcmp(a->name, b->name);

    return order != 0 ? order : a->module < b->module ? -1 : a->module > b->module;
}

static int compare_name(const void *name, const void *export)
{
    return strcmp(name, ((const struct export *)export)->name);
}

static void collect_exports(size_t number)
{
    const struct ksyms_object *object = &modules[number].object;
    size_t prefix = strlen(EXPORT_PREFIX);

    for (uint32_t i = 1; i < object->symbol_count; i++) {
        const struct ksyms_elf_symbol *symbol = &object->symbols[i];
        const char *name = ksyms_object_symbol_name(object, i);
        if (symbol->st_shndx == KSYMS_SHN_UNDEF ||
            ksyms_elf_symbol_type(symbol) == KSYMS_STT_SECTION ||
            strncmp(name, EXPORT_PREFIX, prefix) != 0) {
            continue;
        }
        exports = make_room(exports, export_count, &export_capacity, sizeof(*exports));
        exports[export_count++] = (struct export){name + prefix, number};
    }
}

static void sort_exports(void)
{
    size_t kept = 0;

    qsort(exports, export_count, sizeof(*exports), compare_exports);
    for (size_t i = 0; i < export_count; i++) {
        if (kept > 0 && strcmp(exports[kept - 1].name, exports[i].name) == 0) {
            fprintf(stderr, "%s: warning: %s is exported by %s and by %s: the first counts\n",
                    program_name, exports[i].name, modules[exports[kept - 1].module].path,
                    modules[exports[i].module].path);
            continue;
        }
        exports[kept++] = exports[i];
    }
    export_count = kept;
}

static void add_need(struct module *module, size_t needed)
{
    for (size_t i = 0; i < module->need_count; i++) {
        if (module->needs[i] == needed) {
            return;
        }
    }
    module->needs =
        make_room(module->needs, module->need_count, &module->need_capacity, sizeof(size_t));
    module->needs[module->need_count++] = needed;
}

static void find_needs(size_t number)
{
    const struct ksyms_object *object = &modules[number].object;

    for (uint32_t i = 1; i < object->symbol_count; i++) {
        const struct export *export;
        if (object->symbols[i].st_shndx != KSYMS_SHN_UNDEF) {
            continue;
        }
        export = bsearch(ksyms_object_symbol_name(object, i), exports, export_count,
                         sizeof(*exports), compare_name);
        if (export != NULL && export->module != number) {
            add_need(&modules[number], export->module);
        }
    }
}

/* Number a module after all that it needs. */
static void put_in_order(size_t number, size_t *next)
{
    struct module *module = &modules[number];

    module->walk = WALK_INSIDE;
    for (size_t i = 0; i < module->need_count; i++) {
        struct module *needed = &modules[module->needs[i]];
        if (needed->walk == WALK_INSIDE) {
            fail("%s: depends on itself, through %s", needed->path, module->path);
        }
        if (needed->walk == WALK_NOT_YET) {
            put_in_order(module->needs[i], next);
        }
    }
    module->order = (*next)++;
    module->walk = WALK_DONE;
}

/* ---- Writing ---- */

static void put_text(struct buffer *buffer, const char *text)
{
    put_bytes(buffer, text, strlen(text));
}

static int compare_order(const void *left, const void *right)
{
    size_t a = modules[*(const size_t *)left].order;
    size_t b = modules[*(const size_t *)right].order;

    return a > b ? -1 : a < b; /* the largest first: rule 2 */
}

/* All that `number` needs, each once, unsorted; `list` has room for all modules. */
static size_t collect_needs(size_t number, size_t *list)
{
    size_t count = 0;

    for (size_t done = 0, at = number;; at = list[done++]) {
        for (size_t i = 0; i < modules[at].need_count; i++) {
            size_t needed = modules[at].needs[i];
            if (modules[needed].seen_by != number + 1) {
                modules[needed].seen_by = number + 1;
                list[count++] = needed;
            }
        }
        if (done == count) {
            return count;
        }
    }
}

static void put_dependencies(struct buffer *buffer)
{
    size_t *list = allocate(module_count, sizeof(*list));

    for (size_t number = 0; number < module_count; number++) {
        size_t count = collect_needs(number, list);
        qsort(list, count, sizeof(*list), compare_order);
        put_text(buffer, modules[number].path);
        put_text(buffer, ":");
        for (size_t i = 0; i < count; i++) {
            put_text(buffer, " ");
            put_text(buffer, modules[list[i]].path);
        }
        put_text(buffer, "\n");
    }
    free(list);
}

static bool is_one_line(const char *text)
{
    return strpbrk(text, "\n\r") == NULL;
}

static void put_aliases(struct buffer *buffer)
{
    for (size_t number = 0; number < module_count; number++) {
        const char *alias;
        for (size_t i = 0;
             (alias = ksyms_modinfo_find(&modules[number].modinfo, "alias", i)) != NULL; i++) {
            if (alias[0] == '\0' || !is_one_line(alias) || strchr(alias, ' ') != NULL) {
                fail("%s: alias \"%s\" is not one word", modules[number].path, alias);
            }
            put_text(buffer, "alias ");
            put_text(buffer, alias);
            put_text(buffer, " ");
            put_text(buffer, modules[number].name);
            put_text(buffer, "\n");
        }
    }
}

static void put_soft_dependencies(struct buffer *buffer)
{
    for (size_t number = 0; number < module_count; number++) {
        const char *soft;
        for (size_t i = 0;
             (soft = ksyms_modinfo_find(&modules[number].modinfo, "softdep", i)) != NULL; i++) {
            if (!is_one_line(soft)) {
                fail("%s: softdep is not one line", modules[number].path);
            }
            put_text(buffer, "softdep ");
            put_text(buffer, modules[number].name);
            put_text(buffer, " ");
            put_text(buffer, soft);
            put_text(buffer, "\n");
        }
    }
}

static void put_symbols(struct buffer *buffer)
{
    for (size_t i = 0; i < export_count; i++) {
        put_text(buffer, "alias symbol:");
        put_text(buffer, exports[i].name);
        put_text(buffer, " ");
        put_text(buffer, modules[exports[i].module].name);
        put_text(buffer, "\n");
    }
}

static void write_index(const char *directory, const char *name, const char *comment,
                        void (*put)(struct buffer *buffer))
{
    struct buffer buffer = {0};
    char *path;

    if (asprintf(&path, "%s/%s", directory, name) < 0) {
        fail("out of memory");
    }
    put_text(&buffer, comment);
    put(&buffer);
    write_file(path, &buffer);
    buffer_free(&buffer);
    free(path);
}

int main(int argc, char **argv)
{
    size_t next = 0;

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        printf("%s%s", usage_text, help_text);
        return 0;
    }
    if (argc != 2 || argv[1][0] == '-') {
        refuse_use("a directory is needed");
    }
    read_modules(argv[1]);
    for (size_t number = 0; number < module_count; number++) {
        collect_exports(number);
    }
    sort_exports();
    for (size_t number = 0; number < module_count; number++) {
        find_needs(number);
    }
    for (size_t number = 0; number < module_count; number++) {
        if (modules[number].walk == WALK_NOT_YET) {
            put_in_order(number, &next);
        }
    }
    write_index(argv[1], "modules.dep", "", put_dependencies);
    write_index(argv[1], "modules.alias", "# what modules answer to as well\n", put_aliases);
    write_index(argv[1], "modules.softdep", "# what modules want before and after them\n",
                put_soft_dependencies);
    write_index(argv[1], "modules.symbols", "# who exports what\n", put_symbols);
    return 0;
}
