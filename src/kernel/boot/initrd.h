// SPDX-License-Identifier: MIT
/*
 * initrd.h: the files that the boot loader brought: a cpio archive with lib/modules/VERSION/.
 * They stay where the loader put them, for good.
 */
#ifndef BOOT_INITRD_H
#define BOOT_INITRD_H

#include <stdbool.h>
#include "boot/cpio.h"
#include "boot/multiboot2.h"

/* Take over the boot module that is the initrd; says in the log what it holds, or what is wrong
 * with it: then the files before the damage can be used. */
void initrd_init(const struct boot_information *information);

/* A file by its path, with or without a leading slash. */
bool initrd_find(const char *path, struct cpio_entry *entry);

/* Start to iterate over all entries with cpio_next(); without an initrd that ends at once. */
void initrd_open(struct cpio_reader *reader);

#endif
