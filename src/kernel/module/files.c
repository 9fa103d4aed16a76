// SPDX-License-Identifier: MIT
/* files.c: modules by name: the files lib/modules/VERSION/…/NAME.ko of the initrd. */
#include "boot/initrd.h"
#include "module/module.h"
#include "module/name.h"
#include "onoma/errno.h"
#include "onoma/memory.h"
#include "onoma/string.h"
#include "version.h"

bool module_file_name(const struct cpio_entry *entry, char *name, size_t capacity)
{
    const char *path = cpio_path(entry->name);
    const char *base = strrchr(path, '/');
    size_t length;

    if (!cpio_is_file(entry) || !base ||
        strncmp(path, MODULE_DIRECTORY "/", strlen(MODULE_DIRECTORY "/")) != 0) {
        return false;
    }
    base++;
    length = strlen(base);
    if (length <= 3 || strcmp(base + length - 3, ".ko") != 0 || length - 3 >= capacity) {
        return false;
    }
    memcpy(name, base, length - 3);
    name[length - 3] = '\0';
    return true;
}

bool module_file_find(const char *name, struct cpio_entry *entry)
{
    struct cpio_reader reader;
    char found[MODULE_NAME_MAX];

    initrd_open(&reader);
    while (cpio_next(&reader, entry) == CPIO_OK) {
        if (module_file_name(entry, found, sizeof(found)) &&
            module_names_equal(found, name, strlen(name))) {
            return true;
        }
    }
    return false;
}

int module_file_open(const struct cpio_entry *entry, struct ksyms_object *object, uint8_t **copy,
                     struct ksyms_fault *fault)
{
    *copy = kmalloc(entry->size);
    if (!*copy) {
        return -ENOMEM;
    }
    memcpy(*copy, entry->data, entry->size);
    if (ksyms_object_check(object, *copy, entry->size, fault) != KSYMS_OK) {
        ksyms_object_view(object, *copy, entry->size);
        return -ENOEXEC;
    }
    return 0;
}
