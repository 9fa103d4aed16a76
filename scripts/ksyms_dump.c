// SPDX-License-Identifier: MIT
/*
 * ksyms_dump.c: what a kernel was doing, from a dump of its memory.
 *
 *     ksyms dump modules KERNEL VMCORE         as lsmod and /proc/modules know them
 *     ksyms dump log KERNEL VMCORE             as dmesg
 *     ksyms dump trace KERNEL VMCORE           the call trace of the first CPU
 *     ksyms dump symbolize KERNEL VMCORE <ADDRESSES    of the kernel and of modules of that boot
 *
 * All that is needed besides the dump is the kernel's file: it tells where its lists are
 * (ksyms/dump.h), and modules bring their own tables, which lie in memory.  A dump may be damaged
 * or made up: each number in it is bounded before it is used.
 */
#include "ksyms_dump.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MODULES_MAX   4096u
#define SECTIONS_MAX  16384u
#define BLOB_SIZE_MAX (64u << 20) /* of all modules together */
#define RING_SIZE_MAX (16u << 20)
#define RECORD_SIZE   16u

static void *allocate(size_t size)
{
    void *memory = calloc(size ? size : 1, 1);
    if (memory == NULL) {
        fail("out of memory for %zu bytes", size);
    }
    return memory;
}

static void read_or_fail(const struct dump *dump, uint64_t address, void *buffer, size_t size,
                         const char *what)
{
    if (!core_read(&dump->core, address, buffer, size)) {
        fail("%s: %s: %zu bytes at 0x%" PRIx64 " are not in the dump", dump->core.path, what, size,
             address);
    }
}

/* ---- The kernel ---- */

static bool find_symbol(const struct dump *dump, const char *name, uint64_t *address)
{
    struct ksyms_name_range range = ksyms_table_find_name(&dump->kernel.table, name, strlen(name));
    struct ksyms_symbol symbol;

    if (range.count == 0 || !ksyms_table_symbol_named(&dump->kernel.table, range.first, &symbol)) {
        return false;
    }
    *address = symbol.address;
    return true;
}

bool dump_read_symbol(const struct dump *dump, const char *name, void *value, size_t size)
{
    uint64_t address;

    if (!find_symbol(dump, name, &address)) {
        return false;
    }
    read_or_fail(dump, address, value, size, name);
    return true;
}

/* Names of another kernel would be wrong names: the one that ran has this very blob in memory. */
static void check_kernel(const struct dump *dump, const char *path)
{
    const struct ksyms_table *table = &dump->kernel.table;
    uint8_t *found = allocate(table->blob_size);
    uint64_t address;

    if (!find_symbol(dump, "__ksyms_start", &address)) {
        fail("%s: no symbol __ksyms_start: is this the kernel?", path);
    }
    if (!core_read(&dump->core, address, found, table->blob_size) ||
        memcmp(found, table->blob, table->blob_size) != 0) {
        fail("%s: the kernel in the dump is another one than %s", dump->core.path, path);
    }
    free(found);
}

/* ---- Modules ---- */

static uint64_t read_pointer(const struct dump *dump, uint64_t address)
{
    uint64_t value;
    read_or_fail(dump, address, &value, sizeof(value), "a pointer of the list of modules");
    return value;
}

static void read_name(const struct dump *dump, uint64_t address, struct dumped_module *module,
                      uint32_t size)
{
    if (size > sizeof(module->name)) {
        size = sizeof(module->name);
    }
    read_or_fail(dump, address, module->name, size, "a module's name");
    module->name[sizeof(module->name) - 1] = '\0';
    for (char *byte = module->name; *byte != '\0'; byte++) {
        if (*byte <= ' ' || *byte > '~') {
            *byte = '?'; /* not for the terminal */
        }
    }
}

static void read_module(struct dump *dump, const struct ksyms_dump_modules *layout,
                        uint64_t address, struct dumped_module *module)
{
    uint32_t blob_size;

    read_name(dump, address + layout->name, module, layout->name_size);
    read_or_fail(dump, address + layout->section_count, &module->section_count,
                 sizeof(module->section_count), "a module's number of sections");
    if (module->section_count > SECTIONS_MAX) {
        fail("%s: module %s: %" PRIu32 " sections (allowed: %u)", dump->core.path, module->name,
             module->section_count, SECTIONS_MAX);
    }
    size_t size = module->section_count * sizeof(*module->sections);
    module->sections = allocate(size);
    read_or_fail(dump, read_pointer(dump, address + layout->sections), module->sections, size,
                 "a module's sections");

    uint64_t blob = read_pointer(dump, address + layout->blob);
    read_or_fail(dump, address + layout->blob_size, &blob_size, sizeof(blob_size),
                 "the size of a module's blob");
    if (blob == 0 || blob_size == 0) {
        return;
    }
    dump->blob_bytes += blob_size;
    if (dump->blob_bytes > BLOB_SIZE_MAX) {
        fail("%s: module %s: with its blob of %" PRIu32 " bytes those of all modules have %" PRIu64
             " (allowed: %u)",
             dump->core.path, module->name, blob_size, dump->blob_bytes, BLOB_SIZE_MAX);
    }
    uint8_t *bytes = allocate(blob_size);
    read_or_fail(dump, blob, bytes, blob_size, "a module's blob");
    image_of_blob(&module->image, module->name, (struct bytes){bytes, blob_size});
    module->has_image = true;
}

static void read_modules(struct dump *dump)
{
    struct ksyms_dump_modules layout;

    if (!dump_read_symbol(dump, "ksyms_dump_modules", &layout, sizeof(layout))) {
        return;
    }
    if (layout.version != KSYMS_DUMP_VERSION) {
        fail("%s: ksyms_dump_modules has version %" PRIu32 ", not %u", dump->core.path,
             layout.version, KSYMS_DUMP_VERSION);
    }
    uint64_t address = read_pointer(dump, layout.first);
    for (; address != 0; address = read_pointer(dump, address + layout.next)) {
        if (dump->module_count == MODULES_MAX) {
            fail("%s: the list of modules has no end", dump->core.path);
        }
        dump->modules = realloc(dump->modules, (dump->module_count + 1) * sizeof(*dump->modules));
        if (dump->modules == NULL) {
            fail("out of memory for modules");
        }
        struct dumped_module *module = &dump->modules[dump->module_count++];
        *module = (struct dumped_module){0};
        read_module(dump, &layout, address, module);
    }
}

const struct image *dump_locate(const struct dump *dump, uint64_t address,
                                const struct dumped_module **module, uint64_t *table_address)
{
    for (size_t i = 0; i < dump->module_count; i++) {
        *module = &dump->modules[i];
        if (ksyms_sections_table_address((*module)->sections, (*module)->section_count, address,
                                         table_address)) {
            return (*module)->has_image ? &(*module)->image : NULL;
        }
    }
    *module = NULL;
    *table_address = address;
    return &dump->kernel;
}

/* ---- Answers ---- */

static void print_lines(const struct image *image, uint64_t address)
{
    struct ksyms_chain chain;
    struct ksyms_place place;

    if (!image->has_lines || !ksyms_lines_find(&image->lines, address, &chain)) {
        return;
    }
    while (ksyms_chain_next(&chain, &place)) {
        printf("     at %s%s%s:%" PRIu32 "%s%s%s\n", place.directory, place.directory[0] ? "/" : "",
               place.file, place.line, place.function ? " (inlined " : "",
               place.function ? place.function : "", place.function ? ")" : "");
    }
}

void dump_print_address(const struct dump *dump, uint64_t address, bool is_return_address)
{
    const struct dumped_module *module;
    uint64_t table_address;
    struct ksyms_symbol symbol;
    const struct image *image =
        dump_locate(dump, address - is_return_address, &module, &table_address);

    if (image && ksyms_table_find_address(&image->table, table_address, &symbol)) {
        char name[NAME_MAX_SHOWN];
        ksyms_symbol_name(&image->table, &symbol, name, sizeof(name));
        printf(" %s+0x%" PRIx64 "/0x%" PRIx64, name,
               table_address - symbol.address + is_return_address, symbol.size);
    } else {
        printf(" 0x%" PRIx64, address);
    }
    if (module) {
        printf(" [%s]", module->name);
    }
    putchar('\n');
    if (image) {
        print_lines(image, table_address);
    }
}

static int print_modules(const struct dump *dump)
{
    for (size_t i = 0; i < dump->module_count; i++) {
        const struct dumped_module *module = &dump->modules[i];
        uint64_t size = 0, address = 0;
        for (uint32_t s = 0; s < module->section_count; s++) {
            size += module->sections[s].size;
            if (address == 0) {
                address = module->sections[s].address;
            }
        }
        printf("%-24s %8" PRIu64 " 0x%016" PRIx64 "%s\n", module->name, size, address,
               module->has_image ? "" : " (no names)");
    }
    return EXIT_SUCCESS;
}

static void copy_from_ring(uint8_t *to, const uint8_t *ring, uint32_t size, uint64_t position,
                           size_t length)
{
    for (size_t i = 0; i < length; i++) {
        to[i] = ring[(position + i) & (size - 1)];
    }
}

static void print_record(const uint8_t *ring, uint32_t size, uint64_t position, uint16_t length,
                         uint64_t microseconds)
{
    printf("[%5" PRIu64 ".%06" PRIu64 "] ", microseconds / 1000000, microseconds % 1000000);
    for (uint16_t i = 0; i < length; i++) {
        uint8_t byte = ring[(position + i) & (size - 1)];
        putchar(byte < ' ' && byte != '\t' ? '?' : byte);
    }
    putchar('\n');
}

static int print_log(const struct dump *dump)
{
    struct ksyms_dump_log log;
    uint64_t head, tail;

    if (!dump_read_symbol(dump, "ksyms_dump_log", &log, sizeof(log)) ||
        log.version != KSYMS_DUMP_VERSION) {
        fail("%s: the kernel does not tell where its log is (ksyms/dump.h)", dump->core.path);
    }
    if (log.size == 0 || (log.size & (log.size - 1)) != 0 || log.size > RING_SIZE_MAX) {
        fail("%s: a log of %" PRIu32 " bytes: must be a power of two, at most %u", dump->core.path,
             log.size, RING_SIZE_MAX);
    }
    read_or_fail(dump, log.head, &head, sizeof(head), "the log's head");
    read_or_fail(dump, log.tail, &tail, sizeof(tail), "the log's tail");
    if (head - tail > log.size) {
        fail("%s: the log reaches from 0x%" PRIx64 " to 0x%" PRIx64 ", which is more than its size",
             dump->core.path, tail, head);
    }
    uint8_t *ring = allocate(log.size);
    read_or_fail(dump, log.ring, ring, log.size, "the log");
    for (uint64_t at = tail; head - at >= RECORD_SIZE;) {
        uint8_t record[RECORD_SIZE];
        uint64_t microseconds;
        uint16_t length;
        copy_from_ring(record, ring, log.size, at, sizeof(record));
        memcpy(&microseconds, record, sizeof(microseconds));
        memcpy(&length, record + 8, sizeof(length));
        if (length > head - at - RECORD_SIZE) {
            fail("%s: the log's record at 0x%" PRIx64 " reaches over its end", dump->core.path, at);
        }
        print_record(ring, log.size, at + RECORD_SIZE, length, microseconds);
        at += RECORD_SIZE + length;
    }
    free(ring);
    return EXIT_SUCCESS;
}

static void print_symbol(const void *dump, uint64_t address)
{
    dump_print_address(dump, address, false);
}

static int print_symbols(const struct dump *dump)
{
    return answer_addresses(print_symbol, dump);
}

int dump(const char *what, const char *kernel, const char *path)
{
    static const struct {
        const char *name;
        int (*run)(const struct dump *dump);
    } commands[] = {{"modules", print_modules},
                    {"log", print_log},
                    {"trace", dump_print_trace},
                    {"symbolize", print_symbols}};
    static struct dump opened; /* to the end of the program */

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(what, commands[i].name) == 0) {
            image_open(&opened.kernel, kernel);
            core_open(&opened.core, path);
            check_kernel(&opened, kernel);
            read_modules(&opened);
            return commands[i].run(&opened);
        }
    }
    fail("dump %s: modules, log, trace or symbolize is wanted", what);
}
