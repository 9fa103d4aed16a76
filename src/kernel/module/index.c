// SPDX-License-Identifier: MIT
/*
 * index.c: the list of the initrd's modules, made of the archive itself, so that it is always true;
 * and what modules.dep and the other files add to it.
 *
 * Of several files with one module's name the one that modules.dep lists counts, else the last, as
 * where one archive overlays another.
 */
#include "module/index.h"
#include "boot/initrd.h"
#include "module/module.h"
#include "module/name.h"
#include "onoma/memory.h"
#include "onoma/printk.h"
#include "onoma/string.h"
#include "version.h"

#define SHOWN_MAX     80        /* bytes of a line in a message */
#define SYMBOL_PREFIX "symbol:" /* in modules.symbols */

enum index_file { FILE_DEPENDENCIES, FILE_ALIASES, FILE_SOFT, FILE_SYMBOLS, FILE_COUNT };

static const char *const file_names[FILE_COUNT] = {
    [FILE_DEPENDENCIES] = "modules.dep",
    [FILE_ALIASES] = "modules.alias",
    [FILE_SOFT] = "modules.softdep",
    [FILE_SYMBOLS] = "modules.symbols",
};

static struct {
    struct module_record *records; /* in the order of the archive */
    size_t count;
    struct module_record **buckets;
    size_t bucket_count;           /* a power of two */
    struct text files[FILE_COUNT]; /* start null: there is none that can be used */
} modules;

/* --- Records ---------------------------------------------------------------------------------- */

/* The name of the module that an entry of the initrd is. */
static bool read_name(const struct cpio_entry *entry, struct text *name)
{
    const char *path = cpio_path(entry->name);

    return cpio_is_file(entry) &&
           strncmp(path, MODULE_DIRECTORY "/", strlen(MODULE_DIRECTORY "/")) == 0 &&
           text_module_of_path((struct text){path, strlen(path)}, name) &&
           name->length < MODULE_NAME_MAX;
}

static struct module_record **bucket_of(struct text name)
{
    return &modules.buckets[module_name_hash(name.start, name.length) & (modules.bucket_count - 1)];
}

static void add_record(const struct cpio_entry *entry, struct text name)
{
    struct module_record *record = &modules.records[modules.count++];
    struct module_record **bucket = bucket_of(name);

    *record = (struct module_record){.file = *entry, .name = name, .next = *bucket};
    if (entry->size == 0 && entry->link_count > 1) {
        initrd_find(entry->name, &record->file); /* a hard link: another one has the bytes */
    }
    *bucket = record;
}

static void use_index_file(const struct cpio_entry *entry)
{
    const char *path = cpio_path(entry->name);

    for (unsigned i = 0; i < FILE_COUNT; i++) {
        if (cpio_is_file(entry) &&
            strncmp(path, MODULE_DIRECTORY "/", strlen(MODULE_DIRECTORY "/")) == 0 &&
            strcmp(path + strlen(MODULE_DIRECTORY "/"), file_names[i]) == 0) {
            modules.files[i] = (struct text){(const char *)entry->data, entry->size};
        }
    }
}

static bool allocate_records(size_t count)
{
    modules.bucket_count = 1;
    while (modules.bucket_count < count) {
        modules.bucket_count *= 2;
    }
    modules.records = kzalloc(count * sizeof(*modules.records));
    modules.buckets = kzalloc(modules.bucket_count * sizeof(struct module_record *));
    return modules.records && modules.buckets;
}

static size_t count_modules(void)
{
    struct cpio_reader reader;
    struct cpio_entry entry;
    struct text name;
    size_t count = 0;

    initrd_open(&reader);
    while (cpio_next(&reader, &entry) == CPIO_OK) {
        count += read_name(&entry, &name);
    }
    return count;
}

static void read_archive(void)
{
    struct cpio_reader reader;
    struct cpio_entry entry;
    struct text name;

    initrd_open(&reader);
    while (cpio_next(&reader, &entry) == CPIO_OK) {
        if (read_name(&entry, &name)) {
            add_record(&entry, name);
        } else {
            use_index_file(&entry);
        }
    }
}

struct module_record *module_record_of_name(struct text name)
{
    struct module_record *found = NULL;

    for (struct module_record *record = modules.buckets ? *bucket_of(name) : NULL; record;
         record = record->next) {
        bool is_same = record->name.length == name.length;
        for (size_t i = 0; is_same && i < name.length; i++) {
            is_same = module_name_byte(record->name.start[i]) == module_name_byte(name.start[i]);
        }
        if (is_same && (!found || (record->is_listed && !found->is_listed))) {
            found = record;
        }
    }
    return found;
}

struct module_record *module_record_of_path(struct text path)
{
    struct text name;

    if (!modules.buckets || !text_module_of_path(path, &name)) {
        return NULL;
    }
    for (struct module_record *record = *bucket_of(name); record; record = record->next) {
        const char *own = cpio_path(record->file.name) + strlen(MODULE_DIRECTORY "/");
        if (text_is(path, own)) {
            return record;
        }
    }
    return NULL;
}

/* --- Index files ------------------------------------------------------------------------------ */

/* Say what is wrong with a line, and do without the file. */
static void drop_file(enum index_file file, size_t line_number, const char *what, struct text line)
{
    size_t shown = line.length < SHOWN_MAX ? line.length : SHOWN_MAX;

    pr_warn("%s: line %zu: %s: \"%.*s\": the file is not used; run depmod anew\n", file_names[file],
            line_number, what, (int)shown, line.start);
    modules.files[file] = (struct text){0};
}

static void forget_dependencies(void)
{
    for (size_t i = 0; i < modules.count; i++) {
        modules.records[i].is_listed = false;
    }
}

static void read_dependencies(void)
{
    const struct text all = modules.files[FILE_DEPENDENCIES];
    struct text rest = all, line, path, dependencies;
    size_t listed = 0;

    while (text_next_line(&rest, &line)) {
        const char *what = "no `path: path ...`";
        struct module_record *record = NULL;
        if (text_split_dependencies(line, &path, &dependencies)) {
            record = module_record_of_path(path);
            what = record ? "the same file once more" : "the initrd has no such file";
        }
        if (!record || record->is_listed) {
            forget_dependencies();
            drop_file(FILE_DEPENDENCIES, text_line_number(all, line.start), what, line);
            return;
        }
        record->is_listed = true;
        record->dependencies = dependencies;
        listed++;
    }
    if (listed < modules.count) {
        pr_warn("modules.dep: lists %zu of %zu modules: run depmod anew; the others say themselves "
                "what they depend on\n",
                listed, modules.count);
    }
}

static void read_soft_dependencies(void)
{
    const struct text all = modules.files[FILE_SOFT];
    struct text rest = all, line, module, soft;

    while (text_next_line(&rest, &line)) {
        if (!text_split_soft(line, &module, &soft)) {
            drop_file(FILE_SOFT, text_line_number(all, line.start),
                      "no `softdep MODULE pre: ... post: ...`", line);
            break;
        }
        struct module_record *record = module_record_of_name(module);
        if (record && record->soft.length == 0) {
            record->soft = line;
        } else if (record) {
            record->soft.length = (size_t)(line.start + line.length - record->soft.start);
        }
    }
    for (size_t i = 0; !modules.files[FILE_SOFT].start && i < modules.count; i++) {
        modules.records[i].soft = (struct text){0};
    }
}

static void check_aliases(enum index_file file)
{
    const struct text all = modules.files[file];
    struct text rest = all, line, pattern, module;

    while (text_next_line(&rest, &line)) {
        if (!text_split_alias(line, &pattern, &module)) {
            drop_file(file, text_line_number(all, line.start), "no `alias PATTERN MODULE`", line);
            return;
        }
    }
}

static void drop_damaged_files(void)
{
    for (unsigned i = 0; i < FILE_COUNT; i++) {
        size_t number = text_damaged_line(modules.files[i]);
        if (number > 0) {
            drop_file(i, number, "a byte that is no text", (struct text){"", 0});
        }
    }
}

void module_index_init(void)
{
    size_t count = count_modules();

    if (count == 0) {
        return;
    }
    if (!allocate_records(count)) {
        pr_err("initrd: out of memory for a list of its %zu modules: none can be loaded\n", count);
        kfree(modules.records);
        kfree(modules.buckets);
        modules.buckets = NULL;
        return;
    }
    read_archive();
    if (!modules.files[FILE_DEPENDENCIES].start) {
        pr_warn("initrd: no /" MODULE_DIRECTORY "/modules.dep: each module is asked what it "
                "depends on; depmod makes one\n");
    }
    drop_damaged_files();
    read_dependencies();
    read_soft_dependencies();
    check_aliases(FILE_ALIASES);
    check_aliases(FILE_SYMBOLS);
}

/* --- Questions -------------------------------------------------------------------------------- */

struct module_record *module_record_find(const char *name)
{
    return module_record_of_name((struct text){name, strlen(name)});
}

size_t module_record_count(void)
{
    return modules.count;
}

const struct module_record *module_record_at(size_t number)
{
    return &modules.records[number];
}

/* The file that such an alias would be in. */
static struct text aliases_like(const char *alias)
{
    bool is_symbol = strncmp(alias, SYMBOL_PREFIX, strlen(SYMBOL_PREFIX)) == 0;

    return modules.files[is_symbol ? FILE_SYMBOLS : FILE_ALIASES];
}

bool module_alias_next(const char *alias, size_t *position, struct text *module)
{
    const struct text all = aliases_like(alias);
    struct text rest = {all.start + *position, all.length - *position}, line, pattern;

    while (text_next_line(&rest, &line)) {
        *position = all.length - rest.length;
        text_split_alias(line, &pattern, module);
        if (text_pattern_matches(pattern, alias)) {
            return true;
        }
    }
    return false;
}

/* Is it a name, not a pattern for many? */
static bool is_plain(struct text pattern)
{
    for (size_t i = 0; i < pattern.length; i++) {
        if (strchr("*?[", pattern.start[i])) {
            return false;
        }
    }
    return true;
}

/* Several modules may have one alias. */
static bool is_listed_before(struct text all, struct text alias)
{
    struct text line, pattern, module;

    while (text_next_line(&all, &line) && line.start + line.length < alias.start) {
        text_split_alias(line, &pattern, &module);
        if (pattern.length == alias.length &&
            memcmp(pattern.start, alias.start, alias.length) == 0) {
            return true;
        }
    }
    return false;
}

bool module_alias_listed(const char *prefix, size_t *position, struct text *alias)
{
    const struct text all = aliases_like(prefix);
    struct text rest = {all.start + *position, all.length - *position}, line, module;
    size_t length = strlen(prefix);

    while (text_next_line(&rest, &line)) {
        *position = all.length - rest.length;
        text_split_alias(line, alias, &module);
        if (alias->length >= length && memcmp(alias->start, prefix, length) == 0 &&
            is_plain(*alias) && !is_listed_before(all, *alias)) {
            return true;
        }
    }
    return false;
}

bool module_index_has_symbols(void)
{
    return modules.files[FILE_SYMBOLS].start != NULL;
}

bool module_index_exporter(const char *symbol, struct text *module)
{
    struct text rest = modules.files[FILE_SYMBOLS], line, pattern;
    size_t prefix = strlen(SYMBOL_PREFIX);

    while (text_next_line(&rest, &line)) {
        text_split_alias(line, &pattern, module);
        if (pattern.length > prefix &&
            text_is((struct text){pattern.start + prefix, pattern.length - prefix}, symbol)) {
            return true;
        }
    }
    return false;
}
