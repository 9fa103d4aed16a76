// SPDX-License-Identifier: MIT
/*
 * metadata.c: the tags that every module must have.
 *
 * vermagic binds a module to the kernel that it was built for: structures that both share have no
 * other protection.
 */
#include "ksyms/modinfo.h"
#include "module/module.h"
#include "onoma/errno.h"
#include "onoma/printk.h"
#include "onoma/string.h"
#include "version.h"

/* The tags that are asked for: the first value of each, and how many there are. */
struct tag {
    const char *name;
    const char *value;
    size_t count;
};

enum { TAG_NAME, TAG_VERMAGIC, TAG_LICENSE, TAG_DEPENDS, TAG_COUNT };

static bool is_tag(const struct ksyms_modinfo_entry *entry, const char *name)
{
    size_t length = 0;

    while (length < entry->tag_length && entry->tag[length] == name[length]) {
        length++;
    }
    return length == entry->tag_length && name[length] == '\0';
}

static void read_tags(const struct ksyms_modinfo *modinfo, struct tag tags[TAG_COUNT],
                      struct module_namespaces *namespaces)
{
    struct ksyms_modinfo_entry entry;

    for (size_t position = 0; ksyms_modinfo_next(modinfo, &position, &entry);) {
        if (is_tag(&entry, "import_ns") && namespaces->count++ < MODULE_NAMESPACES_MAX) {
            namespaces->names[namespaces->count - 1] = entry.value;
        }
        for (unsigned i = 0; i < TAG_COUNT; i++) {
            if (!is_tag(&entry, tags[i].name)) {
                continue;
            }
            if (tags[i].count++ == 0) {
                tags[i].value = entry.value;
            }
        }
    }
}

static bool is_unique(const char *file_name, const struct tag *tag)
{
    if (tag->count != 1) {
        pr_err("%s: .modinfo: `%s=` is there %zu times, not once\n", file_name, tag->name,
               tag->count);
    }
    return tag->count == 1;
}

static bool is_name(const char *name)
{
    size_t length = strlen(name);

    if (length == 0 || length >= MODULE_NAME_MAX) {
        return false;
    }
    for (; *name; name++) {
        bool is_letter = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z');
        bool is_digit = *name >= '0' && *name <= '9';
        if (!is_letter && !is_digit && *name != '_' && *name != '-') {
            return false;
        }
    }
    return true;
}

int module_metadata_check(const char *file_name, const struct ksyms_modinfo *modinfo,
                          char name[MODULE_NAME_MAX], struct module_namespaces *namespaces)
{
    struct tag tags[TAG_COUNT] = {[TAG_NAME] = {.name = "name"},
                                  [TAG_VERMAGIC] = {.name = "vermagic"},
                                  [TAG_LICENSE] = {.name = "license"},
                                  [TAG_DEPENDS] = {.name = "depends"}};

    namespaces->count = 0;
    read_tags(modinfo, tags, namespaces);
    if (!is_unique(file_name, &tags[TAG_NAME]) || !is_unique(file_name, &tags[TAG_VERMAGIC])) {
        return -ENOEXEC;
    }
    if (!is_name(tags[TAG_NAME].value)) {
        pr_err("%s: .modinfo: name \"%.64s\": must be 1 to %d letters, digits, - or _\n", file_name,
               tags[TAG_NAME].value, MODULE_NAME_MAX - 1);
        return -ENOEXEC;
    }
    if (strcmp(tags[TAG_VERMAGIC].value, ONOMA_VERMAGIC) != 0) {
        pr_err("%s: built for another kernel: vermagic is \"%.128s\", must be \"%s\": rebuild it\n",
               file_name, tags[TAG_VERMAGIC].value, ONOMA_VERMAGIC);
        return -ENOEXEC;
    }
    if (tags[TAG_LICENSE].count == 0 || tags[TAG_LICENSE].value[0] == '\0') {
        pr_err("%s: .modinfo: no `license=`: add MODULE_LICENSE(\"...\")\n", file_name);
        return -ENOEXEC;
    }
    if (tags[TAG_DEPENDS].count > 1) {
        pr_err("%s: .modinfo: `depends=` is there %zu times\n", file_name, tags[TAG_DEPENDS].count);
        return -ENOEXEC;
    }
    if (namespaces->count > MODULE_NAMESPACES_MAX) {
        pr_err("%s: .modinfo: imports %zu namespaces (allowed: %d)\n", file_name, namespaces->count,
               MODULE_NAMESPACES_MAX);
        return -ENOEXEC;
    }
    string_copy(name, tags[TAG_NAME].value, MODULE_NAME_MAX);
    return 0;
}
