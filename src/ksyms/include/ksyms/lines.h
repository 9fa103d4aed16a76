// SPDX-License-Identifier: MIT
/*
 * lines.h: from an address to the source: file and line, and the functions that were inlined there.
 * Read in place from the part LINES of a blob, which scripts/gen_trace*.c write.
 *
 *     struct ksyms_lines lines;
 *     struct ksyms_chain chain;                      // 1.3 KiB: the whole state of a look-up
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
 * stored once; only one that no symbol covers has its name here.  Ownership: struct ksyms_lines
 * borrows from the blob; texts are in the struct ksyms_chain, until the next call for it.  Nothing
 * here allocates, locks, prints or recurses; any context.  Stack: at most 600 bytes, and the
 * caller's struct ksyms_chain: 2 KB in all.  Hostile bytes give wrong or missing answers, and nothing
 * worse.
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

/* Numbers of one size; for the kit's own use. */
struct ksyms_lines_array {
    const uint8_t *entries;
    uint32_t count;
    unsigned width; /* bytes */
};

/* A checked view of a part.  Filled by ksyms_lines_open; fields are for the kit's own use. */
struct ksyms_lines {
    struct ksyms_trace_index index;
    struct ksyms_part groups;               /* of callees, files, folders */
    struct ksyms_part root;                 /* that most folders begin with */
    struct ksyms_lines_array frequent;      /* callees */
    struct ksyms_lines_array file_callees;  /* of each group of files but the first: its first */
    struct ksyms_lines_array group_offsets; /* of each group but the first */
    uint32_t group_count;                   /* of callees, then files, then folders */
    uint32_t first_file_group;
    uint32_t first_directory_group;
    uint32_t callee_count;
    uint32_t file_count;
    uint32_t directory_count;
};

/* How a scope was opened, so what its number `callee` is; NEAR and those behind it are calls. */
enum ksyms_scope_kind {
    KSYMS_SCOPE_OUTER, /* a function: no number */
    KSYMS_SCOPE_NAMED, /* one that no symbol names: of a callee */
    KSYMS_SCOPE_NEAR,  /* among those of the parent's file */
    KSYMS_SCOPE_FREQUENT,
    KSYMS_SCOPE_CALLEE,
    KSYMS_SCOPE_ELSEWHERE, /* of a callee; the call is not in the parent's file */
    KSYMS_SCOPE_NESTED,    /* among the calls of the parent */
};

/* A function, or a call of one that was inlined. */
struct ksyms_scope {
    uint32_t callee : 23; /* KSYMS_LINES_CALLEES_MAX */
    uint32_t kind : 3;    /* enum ksyms_scope_kind */
    uint32_t parent : 6;  /* lower than its own number, or that number: it has none */
    uint32_t line;        /* last one seen in it; of a call: less that of the declaration */
    uint32_t call_line;   /* where it is inlined */
    uint16_t call_file;
    union {
        uint16_t file;      /* where it is declared */
        uint16_t next_call; /* of a call while its chunk is read, before the file is known: behind
                               the last that was opened in it */
    };
};
KSYMS_ASSERT(KSYMS_LINES_SCOPES <= 64, "the width of a parent");

enum ksyms_place_kind {
    KSYMS_PLACE_NONE,
    KSYMS_PLACE_SCOPE,   /* the scope's file and last line */
    KSYMS_PLACE_FOREIGN, /* another file and line */
};

/* Where a row is. */
struct ksyms_row_place {
    uint32_t line;
    uint16_t file;
    uint8_t kind; /* enum ksyms_place_kind */
    uint8_t scope;
    bool is_padding; /* belongs to no function */
};

/* The state of a look-up; fields are for the kit's own use. */
struct ksyms_chain {
    const struct ksyms_lines *lines;
    uint64_t start; /* the answer holds for these addresses ... */
    uint64_t end;   /* ... below this one */
    struct ksyms_row_place place;
    uint32_t outer_line; /* of the last function begun: where it is declared */
    uint32_t outer_file;
    uint8_t current; /* number of a scope */
    uint8_t scope_count;
    bool is_done;
    uint8_t recent[KSYMS_LINES_SCOPES]; /* numbers, the last one current first */
    struct ksyms_scope scopes[KSYMS_LINES_SCOPES];
    char function[256]; /* of the place handed out last; longer ones are cut */
    char directory[160];
    uint32_t directory_number; /* whose name that is */
    char file[64];
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

/* ---- For the writer ---- */

/* The code of the byte of a text behind this one; 0: of the first. */
unsigned ksyms_lines_text_code(uint32_t byte);

KSYMS_END_C

#endif
