// SPDX-License-Identifier: MIT
/*
 * ksyms_decode.c: names for the raw addresses in a console log.
 *
 *     RIP: 0010:0xffffffff80101234
 *  →  RIP: 0010:0xffffffff80101234 {uart_init+0x14/0x18 uart.c:12}
 *
 * An address is 0x and 9 to 16 digits, or exactly 16 digits, that no letter or digit touches.  Only
 * those that a symbol covers get a name, so registers with data in them stay as they are.  As in
 * the kernel, a return address is looked up one byte earlier; on a line with `RIP` or `rip`, and
 * for an address where a symbol begins, it is taken as it is.  Of modules that are given the log
 * must say where they were; with them it is read to its end first.  Of two boots in one log the
 * last one counts.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ksyms.h"

struct decode_log {
    const struct image *kernel;
    struct decode_module *modules;
    int module_count;
};

static size_t count_digits(const char *text)
{
    size_t count = 0;
    while (isxdigit((unsigned char)text[count])) {
        count++;
    }
    return count;
}

/* Bytes of the address that begins here; 0 if none does. */
static size_t address_length(const char *line, size_t at)
{
    unsigned char before = at > 0 ? (unsigned char)line[at - 1] : ' ';
    if (isalnum(before) || before == '_') {
        return 0;
    }
    size_t prefix = line[at] == '0' && line[at + 1] == 'x' ? 2 : 0;
    size_t digits = count_digits(line + at + prefix);
    unsigned char after = (unsigned char)line[at + prefix + digits];

    if (isalnum(after) || after == '_' || digits > 16 || digits < (prefix > 0 ? 9u : 16u)) {
        return 0;
    }
    return prefix + digits;
}

static void print_innermost(const struct image *image, uint64_t address)
{
    struct ksyms_chain chain;
    struct ksyms_place place;
    const char *separator = " ";

    if (!image->has_lines || !ksyms_lines_find(&image->lines, address, &chain)) {
        return;
    }
    while (ksyms_chain_next(&chain, &place)) {
        printf("%s", separator);
        if (place.function != NULL) {
            printf("%s ", shown_name(image, place.function));
        }
        printf("%s:%" PRIu32, place.file, place.line);
        separator = " < ";
    }
}

static void print_name(const struct image *image, uint64_t address, bool is_exact)
{
    struct ksyms_symbol symbol;
    char name[NAME_MAX_SHOWN];
    uint64_t looked_up = address;
    bool is_found = ksyms_table_find_address(&image->table, address, &symbol);

    if (!(is_found && (is_exact || symbol.address == address))) {
        looked_up = address - 1;
        is_found = ksyms_table_find_address(&image->table, looked_up, &symbol);
    }
    if (!is_found) {
        return;
    }
    ksyms_symbol_name(&image->table, &symbol, name, sizeof(name));
    printf(" {%s+0x%" PRIx64 "/0x%" PRIx64, shown_name(image, name), address - symbol.address,
           symbol.size);
    print_innermost(image, looked_up);
    printf("}");
}

/* Of the kernel, or of a module that has the address. */
static void print_name_anywhere(const struct decode_log *log, uint64_t address, bool is_exact)
{
    uint64_t table_address;

    for (int i = 0; i < log->module_count; i++) {
        if (decode_module_address(&log->modules[i], address, &table_address)) {
            print_name(&log->modules[i].image, table_address, is_exact);
            return;
        }
    }
    print_name(log->kernel, address, is_exact);
}

static void decode_line(const struct decode_log *log, const char *line)
{
    bool is_exact = strstr(line, "RIP") != NULL || strstr(line, "rip") != NULL;

    for (size_t at = 0; line[at] != '\0';) {
        size_t length = address_length(line, at);
        char text[20];
        uint64_t address;
        if (length == 0) {
            putchar(line[at++]);
            continue;
        }
        memcpy(text, line + at, length);
        text[length] = '\0';
        fputs(text, stdout);
        at += length;
        if (parse_address(text, &address)) {
            print_name_anywhere(log, address, is_exact);
        }
    }
}

/* What has room for a line more, twice as large when it is full. */
static char **add_line(char **lines, size_t count, char *line)
{
    if ((count & (count + 1)) == 0) {
        lines = realloc(lines, (count + 1) * 2 * sizeof(*lines));
        if (lines == NULL) {
            fail("out of memory for %zu lines", count);
        }
    }
    lines[count] = line;
    return lines;
}

int decode(const struct image *kernel, char **module_paths, int module_count)
{
    struct decode_log log = {.kernel = kernel, .module_count = module_count};
    char *line = NULL, **lines = NULL;
    size_t capacity = 0, count = 0;

    log.modules = calloc((size_t)module_count + 1, sizeof(*log.modules));
    if (log.modules == NULL) {
        fail("out of memory");
    }
    for (int i = 0; i < module_count; i++) {
        decode_module_open(&log.modules[i], module_paths[i]);
        log.modules[i].image.is_demangling = kernel->is_demangling;
    }
    /* Without modules a line is decoded as it comes; else the addresses stand behind the trace. */
    for (; getline(&line, &capacity, stdin) > 0; line = module_count > 0 ? NULL : line) {
        if (module_count == 0) {
            decode_line(&log, line);
            continue;
        }
        for (int i = 0; i < module_count; i++) {
            decode_module_place(&log.modules[i], line);
        }
        lines = add_line(lines, count++, line);
        capacity = 0;
    }
    free(line);
    for (size_t i = 0; i < count; i++) {
        decode_line(&log, lines[i]);
        free(lines[i]);
    }
    free(lines);
    free(log.modules);
    return EXIT_SUCCESS;
}
