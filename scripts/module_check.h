// SPDX-License-Identifier: MIT
/* module_check.h: what the files of onoma-check share. */
#ifndef MODULE_CHECK_H
#define MODULE_CHECK_H

#include <stddef.h>
#include <stdint.h>

struct host_file {
    const char *path;
    uint8_t *bytes; /* aligned as memory is; to the program's end */
    size_t size;
};

struct host_file host_read(const char *path);

/* Print what the kernel and the modules that are loaded export: Module.symvers. */
void exports_print(void);

/* The modules that modprobe finds. */
void host_set_initrd(struct host_file file);

/* Zeroed memory; in the lowest 2 GiB, so that 32 bits reach from one module to any other. */
void *host_allocate(size_t size);
void *host_low_memory(size_t size);

#endif
