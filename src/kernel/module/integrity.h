// SPDX-License-Identifier: MIT
/*
 * integrity.h: is a module one of those that were built with this kernel?  The initrd brings a list
 * of their SHA-256, modules.sha256, and the kernel's command line the SHA-256 of that list.
 */
#ifndef MODULE_INTEGRITY_H
#define MODULE_INTEGRITY_H

#include <stddef.h>

/* Obey module.integrity= and module.digests=; once, at boot: from then on nothing lowers it. */
void integrity_init(void);

/* 0, or -EPERM after it was reported.  The bytes must be those that are linked: a copy. */
int integrity_check(const char *file_name, const void *bytes, size_t size_bytes);

#endif
