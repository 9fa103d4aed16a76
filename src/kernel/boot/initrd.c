// SPDX-License-Identifier: MIT
/* initrd.c: the archive that GRUB's `module2` line loaded. */
#include "boot/initrd.h"
#include "arch.h"
#include "onoma/printk.h"

static struct {
    const void *bytes;
    size_t size;
} archive;

void initrd_open(struct cpio_reader *reader)
{
    cpio_open(reader, archive.bytes, archive.size);
}

bool initrd_find(const char *path, struct cpio_entry *entry)
{
    struct cpio_reader reader;

    initrd_open(&reader);
    return cpio_find(&reader, path, entry);
}

/* Read all of it once, so that damage is told at boot and not when somebody meets it. */
static void report_contents(void)
{
    struct cpio_reader reader;
    struct cpio_entry entry;
    unsigned file_count = 0;

    initrd_open(&reader);
    while (cpio_next(&reader, &entry) == CPIO_OK) {
        file_count += cpio_is_file(&entry);
    }
    if (reader.status != CPIO_END) {
        pr_err("initrd: byte %zu of %zu: %s; going on with the %u files before it\n",
               reader.fault_offset, archive.size, cpio_status_text(reader.status), file_count);
    } else {
        pr_info("initrd: %u files in %zu bytes\n", file_count, archive.size);
    }
}

void initrd_init(const struct boot_information *information)
{
    if (information->module_count == 0) {
        pr_warn("initrd: none was loaded, so there are no modules: add `module2 /boot/initrd.img` "
                "to grub.cfg\n");
        return;
    }
    const struct boot_module *module = &information->modules[0];
    archive.bytes = direct_map(module->start);
    archive.size = module->end - module->start;
    report_contents();
}
