// SPDX-License-Identifier: MIT
/* module_check_host.c: a kernel for src/kernel/module on the host, as far as loading needs one. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "arch.h"
#include "boot/boot.h"
#include "boot/initrd.h"
#include "ksyms.h"
#include "memory/area.h"
#include "module/integrity.h"
#include "module/load.h"
#include "module_check.h"
#include "onoma/bug.h"
#include "onoma/export.h"
#include "onoma/memory.h"
#include "onoma/printk.h"
#include "shell/registry.h"
#include "thread/thread.h"

/* ---- Files ---- */

void fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("onoma-check: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

struct host_file host_read(const char *path)
{
    struct host_file file = {.path = path};
    size_t capacity = 1 << 16;
    FILE *stream = fopen(path, "rb");

    if (!stream) {
        fail("%s: %s", path, strerror(errno));
    }
    file.bytes = malloc(capacity);
    for (;;) {
        if (!file.bytes) {
            fail("%s: out of memory", path);
        }
        file.size += fread(file.bytes + file.size, 1, capacity - file.size, stream);
        if (file.size < capacity) {
            break;
        }
        capacity *= 2;
        file.bytes = realloc(file.bytes, capacity);
    }
    if (ferror(stream)) {
        fail("%s: %s", path, strerror(errno));
    }
    fclose(stream);
    return file;
}

static struct host_file archive;

void host_set_initrd(struct host_file file)
{
    archive = file;
}

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

/* ---- Memory ---- */

void *host_allocate(size_t size)
{
    void *memory = calloc(size ? size : 1, 1);

    if (!memory) {
        fail("out of memory for %zu bytes", size);
    }
    return memory;
}

void *host_low_memory(size_t size)
{
    void *memory = mmap(NULL, size ? size : 1, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

    if (memory == MAP_FAILED) {
        fail("no %zu bytes in the lowest 2 GiB: %s", size, strerror(errno));
    }
    return memory;
}

void *kmalloc(size_t size_bytes)
{
    return host_allocate(size_bytes);
}

void *kzalloc(size_t size_bytes)
{
    return host_allocate(size_bytes);
}

void kfree(void *memory)
{
    free(memory);
}

bool area_allocate(struct area *area, size_t size_bytes)
{
    size_t count = (size_bytes + PAGE_SIZE - 1) / PAGE_SIZE;

    *area = (struct area){(uint64_t)host_low_memory(count * PAGE_SIZE), count, PAGE_READ_WRITE};
    return true;
}

bool area_protect(struct area *area, enum page_access access)
{
    (void)area;
    (void)access;
    return true;
}

size_t area_pages_unprotected(const struct area *area, enum page_access access)
{
    (void)area;
    (void)access;
    return 0;
}

void area_free(struct area *area)
{
    if (area->page_count != 0) {
        munmap((void *)area->address, area->page_count * PAGE_SIZE);
    }
    *area = (struct area){0};
}

/* ---- Messages: what is wrong, and nothing else ---- */

void printk(const char *format, ...)
{
    va_list arguments;
    char level = '5';

    if (format[0] == KERN_SOH[0]) {
        level = format[1];
        format += 2;
    }
    if (level <= '4') {
        va_start(arguments, format);
        vfprintf(stderr, format, arguments);
        va_end(arguments);
    }
}

void panic(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    abort();
}

void assertion_failed(const char *expression, const char *file, int line, const char *function)
{
    panic("%s:%d: %s: %s\n", file, line, function, expression);
}

/* ---- What does not matter here ---- */

const struct kernel_symbol __start___ksymtab[1], __stop___ksymtab[1];

uint64_t arch_time_nanoseconds(void)
{
    return 0;
}

void boot_module_parameters(const char *module, void (*use)(const char *argument, void *context),
                            void *context)
{
    (void)module;
    (void)use;
    (void)context;
}

/* The command line of a boot decides whether only modules built with the kernel are loaded. */
int integrity_check(const char *file_name, const void *bytes, size_t size_bytes)
{
    (void)file_name;
    (void)bytes;
    (void)size_bytes;
    return 0;
}

size_t command_unregister_range(uint64_t low, uint64_t high)
{
    (void)low;
    (void)high;
    return 0;
}

bool string_copy(char *destination, const char *source, size_t capacity)
{
    return (size_t)snprintf(destination, capacity, "%s", source) < capacity;
}

/* All that the loader asks of a module has been asked: it is loaded, and does nothing. */
int run_init(struct load *load)
{
    load->module->state = MODULE_LIVE;
    return 0;
}

/* Nothing of it runs, so there are no threads in it. */
bool threads_leave(const struct module *module)
{
    (void)module;
    return true;
}
