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

/* The value of a tag that must be there exactly once; null after it has been reported. */
static const char *unique_tag(const char *file_name, const struct ksyms_modinfo *modinfo,
                              const char *tag)
{
    size_t count = ksyms_modinfo_count(modinfo, tag);

    if (count != 1) {
        pr_err("%s: .modinfo: `%s=` is there %zu times, not once\n", file_name, tag, count);
        return NULL;
    }
    return ksyms_modinfo_find(modinfo, tag, 0);
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
                          char name[MODULE_NAME_MAX])
{
    const char *own_name = unique_tag(file_name, modinfo, "name");
    const char *vermagic = unique_tag(file_name, modinfo, "vermagic");

    if (!own_name || !vermagic) {
        return -ENOEXEC;
    }
    if (!is_name(own_name)) {
        pr_err("%s: .modinfo: name \"%.64s\": must be 1 to %d letters, digits, - or _\n", file_name,
               own_name, MODULE_NAME_MAX - 1);
        return -ENOEXEC;
    }
    if (strcmp(vermagic, ONOMA_VERMAGIC) != 0) {
        pr_err("%s: built for another kernel: vermagic is \"%.128s\", must be \"%s\": rebuild it\n",
               file_name, vermagic, ONOMA_VERMAGIC);
        return -ENOEXEC;
    }
    const char *license = ksyms_modinfo_find(modinfo, "license", 0);
    if (!license || license[0] == '\0') {
        pr_err("%s: .modinfo: no `license=`: add MODULE_LICENSE(\"...\")\n", file_name);
        return -ENOEXEC;
    }
    if (ksyms_modinfo_count(modinfo, "depends") > 1) {
        pr_err("%s: .modinfo: `depends=` is there %zu times\n", file_name,
               ksyms_modinfo_count(modinfo, "depends"));
        return -ENOEXEC;
    }
    string_copy(name, own_name, MODULE_NAME_MAX);
    return 0;
}
