// SPDX-License-Identifier: MIT
/*
 * probe.c: modprobe: before a module come those that the `depends=` tag of its file lists.
 */
#include "ksyms/modinfo.h"
#include "module/module.h"
#include "module/name.h"
#include "boot/cpio.h"
#include "onoma/errno.h"
#include "onoma/memory.h"
#include "onoma/printk.h"
#include "onoma/string.h"
#include "version.h"

/* The way from the module that was asked for down to the one that is loaded now. */
struct probe {
    const struct probe *above;
    const char *name;
    unsigned depth;
};

static int probe(const struct probe *above, const char *name, const char *const *arguments,
                 size_t argument_count);

/* Load each module of a list "a,b,c", which stays unchanged. */
static int probe_list(const struct probe *probe_now, const char *list)
{
    while (*list) {
        char name[MODULE_NAME_MAX];
        const char *comma = strchr(list, ',');
        size_t length = comma ? (size_t)(comma - list) : strlen(list);
        if (length == 0 || length >= sizeof(name)) {
            pr_err("modprobe: %s: `depends=` lists an impossible name: \"%.64s\"\n",
                   probe_now->name, list);
            return -ENOEXEC;
        }
        memcpy(name, list, length);
        name[length] = '\0';
        int error = probe(probe_now, name, NULL, 0);
        if (error) {
            return error;
        }
        list += length + (comma != NULL);
    }
    return 0;
}

/* What is wrong with the file is reported when it is loaded itself. */
static int probe_dependencies(const struct probe *probe_now, const struct cpio_entry *entry)
{
    struct ksyms_object object;
    struct ksyms_modinfo modinfo;
    uint8_t *copy;
    int error = module_file_open(entry, &object, &copy, NULL);

    if (error == 0) {
        size_t size;
        uint32_t section = ksyms_object_find_section(&object, ".modinfo");
        const uint8_t *bytes = ksyms_object_section_bytes(&object, section, &size);
        const char *depends = NULL;
        if (bytes && ksyms_modinfo_open(&modinfo, bytes, size, NULL) == KSYMS_OK) {
            depends = ksyms_modinfo_find(&modinfo, "depends", 0);
        }
        error = depends ? probe_list(probe_now, depends) : 0;
    } else if (error == -ENOMEM) {
        pr_err("modprobe: %s: out of memory for a copy of the file\n", probe_now->name);
    } else {
        error = 0;
    }
    kfree(copy);
    return error;
}

/* A module that waits for itself can never be loaded. */
static bool is_cycle(const struct probe *above, const char *name)
{
    for (const struct probe *p = above; p; p = p->above) {
        if (module_names_equal(p->name, name, strlen(name))) {
            pr_err("modprobe: %s: depends on itself, through %s\n", name, above->name);
            return true;
        }
    }
    return false;
}

static int probe(const struct probe *above, const char *name, const char *const *arguments,
                 size_t argument_count)
{
    struct probe now = {.above = above, .name = name, .depth = above ? above->depth + 1 : 1};
    struct cpio_entry entry;

    if (module_find(name) && module_find(name)->state == MODULE_LIVE) {
        return 0;
    }
    if (is_cycle(above, name)) {
        return -ELOOP;
    }
    if (now.depth > MODULE_DEPTH_MAX) {
        pr_err("modprobe: %s: dependencies are nested deeper than %d\n", name, MODULE_DEPTH_MAX);
        return -ELOOP;
    }
    if (!module_file_find(name, &entry)) {
        pr_err("modprobe: %s: no %s.ko below /%s in the initrd%s%s\n", name, name, MODULE_DIRECTORY,
               above ? "; needed by " : "", above ? above->name : "");
        return -ENOENT;
    }
    int error = probe_dependencies(&now, &entry);
    if (error) {
        return error;
    }
    const char *base = strrchr(entry.name, '/') + 1;
    return module_load(base, entry.data, entry.size, arguments, argument_count);
}

int module_probe(const char *name, const char *const *arguments, size_t argument_count)
{
    return probe(NULL, name, arguments, argument_count);
}
