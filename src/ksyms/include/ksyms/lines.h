// SPDX-License-Identifier: MIT
/*
 * lines.h: from an address to the source: file and line, and the functions that were inlined there.
 * Read in place from the part LINES of a blob, which scripts/gen_trace*.c write.
 *
 *     struct ksyms_lines lines;
 *     struct ksyms_chain chain;                      // 1.4 KiB: the whole state of a look-up
 *     struct ksyms_place place;
 *
 *     if (ksyms_lines_open(&lines, &table) == KSYMS_OK &&
 *         ksyms_lines_find(&lines, return_address - 1, &chain)) {
 *         while (ksyms_chain_next(&chain, &place)) { // from the innermost call outwards
 *             print("%s at %s/%s:%u", place.function ? place.function : symbol_name,
 *                   place.directory, place.file, place.line);
 *         }
 *     }
 *
 * The outermost function's name is that of the symbol that covers the address (table.h), so it is
 * stored once; only one that no symbol covers has its name here.  Ownership: texts and struct
 * ksyms_lines borrow from the blob.  Nothing here allocates, locks, prints or recurses; any
 * context.  Stack use is below 300 bytes beside the caller's struct ksyms_chain.  Hostile bytes
 * give wrong or missing answers, and nothing worse.
 */
#ifndef KSYMS_LINES_H
#define KSYMS_LINES_H

#include <stdbool.h>
#include <stdint.h>
#include "ksyms/language.h"
#include "ksyms/status.h"
#include "ksyms/table.h"
#include "ksyms/trace_format.h"

KSYMS_BEGIN_C

/* A checked view of a part.  Filled by ksyms_lines_open; fields are for the kit's own use. */
struct ksyms_lines {
    const uint8_t *blocks;
    const uint8_t *files;
    const uint8_t *callees;
    struct ksyms_part stream;
    struct ksyms_part strings; /* its last byte is 0 */
    uint32_t block_count;
    uint32_t file_count;
    uint32_t callee_count;
    unsigned string_width; /* 1 ... 4, as the next two */
    unsigned file_width;
    unsigned line_width;
};

/* A function, or a call of one that was inlined. */
struct ksyms_scope {
    uint32_t callee;    /* its number; all ones for a function that is not inlined */
    uint32_t line;      /* last one seen in it */
    uint32_t call_line; /* where it is inlined */
    uint16_t call_file;
    uint16_t file;  /* where it is declared */
    uint8_t parent; /* lower than its own number, or that number: it has none */
};

/* The state of a look-up; fields are for the kit's own use. */
struct ksyms_chain {
    const struct ksyms_lines *lines;
    uint64_t start; /* the answer holds for these addresses ... */
    uint64_t end;   /* ... below this one */
    uint32_t line;  /* of the place that comes next */
    uint32_t file;
    uint32_t outer_line; /* of the last function begun: where it is declared */
    uint16_t outer_file;
    uint8_t current; /* number of the scope that comes next */
    uint8_t scope_count;
    bool is_done;
    struct ksyms_scope scopes[KSYMS_LINES_SCOPES];
};

struct ksyms_place {
    const char *function;  /* null: that of the symbol that covers the address */
    const char *directory; /* "" if there is none */
    const char *file;      /* "??" if it is unknown */
    uint32_t line;         /* 0: unknown */
};

/* Find and check the part.  KSYMS_BLOB_PART if there is none, KSYMS_BLOB_COUNT if its tables do not
 * fill it.  O(1); on failure `lines` is left as it was. */
enum ksyms_status ksyms_lines_open(struct ksyms_lines *lines, const struct ksyms_table *table);

/* False if nothing is known of the address. */
bool ksyms_lines_find(const struct ksyms_lines *lines, uint64_t address, struct ksyms_chain *chain);

/* The next place, from the innermost outwards.  False behind the last; at most KSYMS_LINES_SCOPES.
 */
bool ksyms_chain_next(struct ksyms_chain *chain, struct ksyms_place *place);

KSYMS_END_C

#endif
