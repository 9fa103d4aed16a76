// SPDX-License-Identifier: MIT
/* ksyms_answers.c: a blob's symbols, places and frame rows, in the forms of nm, addr2line, readelf.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ksyms.h"

bool parse_address(const char *text, uint64_t *address)
{
    char *end;

    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        text += 2;
    }
    if (!isxdigit((unsigned char)text[0])) {
        return false;
    }
    *address = strtoull(text, &end, 16);
    return *end == '\0' && end - text <= 16;
}

const char *name_at(const struct image *image, uint64_t address, char *buffer, size_t capacity)
{
    struct ksyms_symbol symbol;

    if (!ksyms_table_find_address(&image->table, address, &symbol)) {
        return "??";
    }
    ksyms_symbol_name(&image->table, &symbol, buffer, capacity);
    return buffer;
}

/* ---- Symbols, as `nm -n -S` ---- */

static void print_symbol(const struct image *image, const struct ksyms_symbol *symbol)
{
    char name[NAME_MAX_SHOWN];

    ksyms_symbol_name(&image->table, symbol, name, sizeof(name));
    if (symbol->size > 0) {
        printf("%016" PRIx64 " %016" PRIx64 " %c %s\n", symbol->address, symbol->size, symbol->type,
               shown_name(image, name));
    } else {
        printf("%016" PRIx64 " %c %s\n", symbol->address, symbol->type, shown_name(image, name));
    }
}

int list(const struct image *image)
{
    struct ksyms_symbol symbol;

    for (uint32_t i = 0; ksyms_table_symbol_at(&image->table, i, &symbol); i++) {
        print_symbol(image, &symbol);
    }
    return EXIT_SUCCESS;
}

/* ---- Places, as `addr2line -f -i` ---- */

static void print_place(const struct image *image, const struct ksyms_place *place,
                        const char *function)
{
    printf("%s\n%s%s%s:%" PRIu32 "\n",
           shown_name(image, place->function ? place->function : function), place->directory,
           place->directory[0] ? "/" : "", place->file, place->line);
}

static void print_places(const struct image *image, uint64_t address)
{
    struct ksyms_chain chain;
    struct ksyms_place place = {NULL, "", "??", 0};
    char buffer[NAME_MAX_SHOWN];
    const char *function = name_at(image, address, buffer, sizeof(buffer));

    if (!image->has_lines || !ksyms_lines_find(&image->lines, address, &chain)) {
        print_place(image, &place, function);
        return;
    }
    while (ksyms_chain_next(&chain, &place)) {
        print_place(image, &place, function);
    }
}

int answer_addresses(void (*answer)(const void *subject, uint64_t address), const void *subject)
{
    char *line = NULL;
    size_t capacity = 0;
    int result = EXIT_SUCCESS;

    while (getline(&line, &capacity, stdin) > 0) {
        uint64_t address;
        line[strcspn(line, " \t\r\n")] = '\0';
        if (!parse_address(line, &address)) {
            fprintf(stderr, "ksyms: %s: not an address\n", line);
            result = EXIT_BAD;
            continue;
        }
        answer(subject, address);
    }
    free(line);
    return result;
}

static void symbolize_one(const void *image, uint64_t address)
{
    printf("0x%016" PRIx64 "\n", address);
    print_places(image, address);
}

int symbolize(const struct image *image)
{
    return answer_addresses(symbolize_one, image);
}

/* ---- One name or address ---- */

static bool lookup_name(const struct image *image, const char *name)
{
    struct ksyms_name_range range = ksyms_table_find_name(&image->table, name, strlen(name));

    for (uint32_t i = 0; i < range.count; i++) {
        struct ksyms_symbol symbol;
        if (ksyms_table_symbol_named(&image->table, range.first + i, &symbol)) {
            print_symbol(image, &symbol);
        }
    }
    return range.count > 0;
}

static bool lookup_address(const struct image *image, uint64_t address)
{
    struct ksyms_symbol symbol;
    char name[NAME_MAX_SHOWN];

    if (ksyms_table_find_address(&image->table, address, &symbol)) {
        ksyms_symbol_name(&image->table, &symbol, name, sizeof(name));
        printf("%s+0x%" PRIx64 "/0x%" PRIx64 "\n", shown_name(image, name),
               address - symbol.address, symbol.size);
        print_places(image, address);
        return true;
    }
    return false;
}

int lookup(const struct image *image, const char *what)
{
    uint64_t address;

    /* `add` is a name if there is one, `0xadd` never. */
    if (lookup_name(image, what) ||
        (parse_address(what, &address) && lookup_address(image, address))) {
        return EXIT_SUCCESS;
    }
    fail("%s: no symbol has this name or covers this address", what);
}

/* ---- Frame rows, as `readelf --debug-dump=frames-interp` ---- */

static void print_offset(const char *base, int32_t offset)
{
    char text[32];
    snprintf(text, sizeof(text), "%s%+" PRId32, base, offset);
    printf(" %-8s", text);
}

static const char *const registers[16] = {"rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp",
                                          "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};

static void print_row(const struct ksyms_unwind_row *row)
{
    static const char *const bases[KSYMS_UNWIND_KINDS] = {"",    "rsp",      "rbp", "*rbp",
                                                          "r10", "trap:rsp", ""};
    static const char *const bp_bases[KSYMS_UNWIND_BPS] = {"", "c", "*rbp", "*rsp"};

    printf("%016" PRIx64, row->start);
    if (row->kind == KSYMS_UNWIND_END) {
        printf(" end\n");
        return;
    }
    print_offset(row->kind == KSYMS_UNWIND_REGISTER
                     ? registers[row->reg & 15]
                     : bases[row->kind < KSYMS_UNWIND_KINDS ? row->kind : 0],
                 row->offset);
    if (row->bp == KSYMS_UNWIND_BP_SAME || row->bp >= KSYMS_UNWIND_BPS) {
        printf(" %-8s", "u");
    } else {
        print_offset(bp_bases[row->bp], row->bp_offset);
    }
    printf(" %s\n", row->kind == KSYMS_UNWIND_TRAP ? "trap" : "c-8");
}

/* The first address that may have a row, at or above this one. */
static uint64_t next_covered(const struct image *image, uint64_t address,
                             struct ksyms_unwind_row *row)
{
    while (!ksyms_unwind_find(&image->unwind, address, row)) {
        if (row->start >= row->end || row->end == UINT64_MAX || row->end <= address) {
            return UINT64_MAX;
        }
        address = row->end;
    }
    return address;
}

/* Rows that follow each other without a hole are shown as one entry. */
int print_frames(const struct image *image)
{
    struct ksyms_unwind_row row;
    uint64_t address;

    if (!image->has_unwind) {
        fail("the blob has no unwind rows");
    }
    for (address = next_covered(image, ksyms_trace_block_address(&image->unwind.index, 0), &row);
         address != UINT64_MAX;) {
        uint64_t end = address;
        struct ksyms_unwind_row ahead = row;
        while (ahead.end > end) {
            end = ahead.end;
            if (!ksyms_unwind_find(&image->unwind, end, &ahead)) {
                break;
            }
        }
        printf("\npc=%016" PRIx64 "..%016" PRIx64 "\n   LOC           CFA      rbp      ra\n",
               address, end);
        while (address < end && ksyms_unwind_find(&image->unwind, address, &row) &&
               row.end > address) {
            print_row(&row);
            address = row.end;
        }
        address = next_covered(image, end, &row);
    }
    return EXIT_SUCCESS;
}
