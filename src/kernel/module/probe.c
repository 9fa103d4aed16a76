// SPDX-License-Identifier: MIT
/*
 * probe.c: modprobe: before a module come those that it needs: by modules.dep, or, where that does
 * not list it, by the `depends=` tag of its file.  Soft dependencies come before and after it if
 * they can; a name that no module has may be an alias of some.
 *
 * Each module is tried once, however often it is named: what comes from outside cannot make the
 * work grow beyond that.
 */
#include "boot/cpio.h"
#include "ksyms/modinfo.h"
#include "module/index.h"
#include "module/module.h"
#include "module/name.h"
#include "onoma/errno.h"
#include "onoma/memory.h"
#include "onoma/printk.h"
#include "onoma/string.h"
#include "version.h"

#define ALIAS_CAPACITY 256

/* The way from the module that was asked for down to the one that is loaded now. */
struct probe {
    const struct probe *above;
    const char *name;
    struct module_record *record;
    unsigned depth;
    bool is_soft; /* it would be good to have; what is above does without */
};

static uint64_t session; /* counts module_probe() */

static int probe(const struct probe *above, const char *name, bool is_soft,
                 const char *const *arguments, size_t argument_count);
static int probe_record(const struct probe *above, struct module_record *record, bool is_soft,
                        const char *const *arguments, size_t argument_count);

/* --- What it needs, by its file --------------------------------------------------------------- */

/* Load each module of a list "a,b,c", which stays unchanged. */
static int probe_list(const struct probe *now, const char *list)
{
    while (*list) {
        char name[MODULE_NAME_MAX];
        const char *comma = strchr(list, ',');
        size_t length = comma ? (size_t)(comma - list) : strlen(list);
        if (!text_copy((struct text){list, length}, name, sizeof(name))) {
            pr_err("modprobe: %s: `depends=` lists an impossible name: \"%.64s\"\n", now->name,
                   list);
            return -ENOEXEC;
        }
        int error = probe(now, name, false, NULL, 0);
        if (error) {
            return error;
        }
        list += length + (comma != NULL);
    }
    return 0;
}

/* What is wrong with the file is reported when it is loaded itself. */
static int probe_by_file(const struct probe *now)
{
    struct ksyms_object object;
    struct ksyms_modinfo modinfo;
    uint8_t *copy;
    int error = module_file_open(&now->record->file, &object, &copy, NULL);

    if (error == 0) {
        size_t size;
        uint32_t section = ksyms_object_find_section(&object, ".modinfo");
        const uint8_t *bytes = ksyms_object_section_bytes(&object, section, &size);
        const char *depends = NULL;
        if (bytes && ksyms_modinfo_open(&modinfo, bytes, size, NULL) == KSYMS_OK) {
            depends = ksyms_modinfo_find(&modinfo, "depends", 0);
        }
        error = depends ? probe_list(now, depends) : 0;
    } else if (error == -ENOMEM) {
        pr_err("modprobe: %s: out of memory for a copy of the file\n", now->name);
    } else {
        error = 0;
    }
    kfree(copy);
    return error;
}

/* --- What it needs, by the index -------------------------------------------------------------- */

/* An index that lists files which are not there is older than the files. */
static bool is_index_true(const struct probe *now)
{
    struct text rest = now->record->dependencies, path;

    while (text_next_word(&rest, &path)) {
        if (!module_record_of_path(path)) {
            pr_warn("modprobe: %s: modules.dep lists %.*s, which is not in the initrd: run depmod "
                    "anew; going by `depends=`\n",
                    now->name, (int)(path.length < 128 ? path.length : 128), path.start);
            return false;
        }
    }
    return true;
}

/* From right to left: who stands left may need who stands right of it. */
static int probe_dependencies(const struct probe *now)
{
    struct text rest = now->record->dependencies, path;
    int error = 0;

    if (!now->record->is_listed || !is_index_true(now)) {
        return probe_by_file(now);
    }
    while (!error && text_last_word(&rest, &path)) {
        error = probe_record(now, module_record_of_path(path), false, NULL, 0);
    }
    return error;
}

/* --- What goes well with it ------------------------------------------------------------------- */

/* That one of them is missing, or fails, is no reason to fail. */
static void probe_soft(const struct probe *now, enum text_soft wanted)
{
    struct text rest = now->record->soft, line, module, soft;
    char name[ALIAS_CAPACITY];

    while (text_next_line(&rest, &line)) {
        enum text_soft side = TEXT_SOFT_NONE;
        if (!text_split_soft(line, &module, &soft) ||
            !module_names_equal(now->name, module.start, module.length)) {
            continue;
        }
        while (text_next_soft(&soft, &side, &module)) {
            if (side == wanted && text_copy(module, name, sizeof(name))) {
                probe(now, name, true, NULL, 0);
            }
        }
    }
}

/* --- One module ------------------------------------------------------------------------------- */

/* A module that waits for itself can never be loaded.  Where a wish is part of the circle, that is
 * what is not granted, without a word. */
static bool is_cycle(const struct probe *now)
{
    bool is_wish = now->is_soft;

    for (const struct probe *p = now->above; p; p = p->above) {
        if (p->record == now->record) {
            if (!is_wish) {
                pr_err("modprobe: %s: depends on itself, through %s\n", now->name,
                       now->above->name);
            }
            return true;
        }
        is_wish |= p->is_soft;
    }
    return false;
}

static int load_record(const struct probe *now, const char *const *arguments, size_t argument_count)
{
    const struct cpio_entry *file = &now->record->file;
    int error;

    probe_soft(now, TEXT_SOFT_PRE);
    error = probe_dependencies(now);
    if (!error) {
        error = module_load(strrchr(file->name, '/') + 1, file->data, file->size, arguments,
                            argument_count);
    }
    if (!error) {
        probe_soft(now, TEXT_SOFT_POST);
    }
    return error;
}

static int probe_record(const struct probe *above, struct module_record *record, bool is_soft,
                        const char *const *arguments, size_t argument_count)
{
    char name[MODULE_NAME_MAX];
    struct probe now = {
        .above = above,
        .name = name,
        .record = record,
        .depth = above ? above->depth + 1 : 1,
        .is_soft = is_soft,
    };
    const struct module *loaded;

    text_copy(record->name, name, sizeof(name));
    loaded = module_find(name);
    if (loaded && loaded->state == MODULE_LIVE) {
        return 0;
    }
    if (is_cycle(&now)) {
        return -ELOOP;
    }
    if (record->session == session) {
        return record->error; /* it was reported */
    }
    if (now.depth > MODULE_DEPTH_MAX) {
        pr_err("modprobe: %s: dependencies are nested deeper than %d\n", name, MODULE_DEPTH_MAX);
        return -ELOOP;
    }
    record->error = load_record(&now, arguments, argument_count);
    record->session = session;
    return record->error;
}

/* All modules that have this other name. */
static int probe_alias(const struct probe *above, const char *alias, bool is_soft,
                       const char *const *arguments, size_t argument_count)
{
    size_t position = 0;
    struct text module;
    int result = -ENOENT;

    while (module_alias_next(alias, &position, &module)) {
        struct module_record *record = module_record_of_name(module);
        int error = record ? probe_record(above, record, is_soft, arguments, argument_count) : 0;
        if (record && (result == -ENOENT || error)) {
            result = error;
        }
    }
    return result;
}

static int probe(const struct probe *above, const char *name, bool is_soft,
                 const char *const *arguments, size_t argument_count)
{
    struct module_record *record = module_record_find(name);
    const struct module *loaded = module_find(name);
    int error;

    if (loaded && loaded->state == MODULE_LIVE) {
        return 0;
    }
    if (record) {
        return probe_record(above, record, is_soft, arguments, argument_count);
    }
    error = probe_alias(above, name, is_soft, arguments, argument_count);
    if (error == -ENOENT && !is_soft) {
        pr_err("modprobe: %s: no %s.ko below /%s in the initrd%s%s\n", name, name, MODULE_DIRECTORY,
               above ? "; needed by " : "", above ? above->name : "");
    }
    return error;
}

int module_probe(const char *name, const char *const *arguments, size_t argument_count)
{
    session++;
    return probe(NULL, name, false, arguments, argument_count);
}
