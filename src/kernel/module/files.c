// SPDX-License-Identifier: MIT
/* files.c: modules by name: the files lib/modules/VERSION/.../NAME.ko of the initrd. */
#include "module/index.h"
#include "module/module.h"
#include "onoma/errno.h"
#include "onoma/memory.h"
#include "onoma/string.h"

bool module_file_find(const char *name, struct cpio_entry *entry)
{
    const struct module_record *record = module_record_find(name);

    if (record) {
        *entry = record->file;
    }
    return record != NULL;
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
