// SPDX-License-Identifier: MIT
/*
 * table.h: the symbol table of a kernel or a module, read in place from its blob.
 *
 * The blob is made by scripts/gen_ksyms.c and drawn byte by byte in FORMAT.md.  It answers
 *
 *     address -> symbol      which function holds this return address?
 *     name    -> symbols     where is `schedule`?  (several statics may share a name)
 *     prefix  -> symbols     what starts with `uart_`?  (tab completion)
 *
 * Ownership: the caller owns the blob and struct ksyms_table; the table borrows the blob, which
 * must stay mapped and unchanged.  Nothing here allocates, locks, prints, recurses or keeps state:
 * every function may be called from any context (before paging, in an NMI, in a panic, on several
 * CPUs at once) and is bounded in time whatever the bytes say.  Stack: at most 1536 bytes.
 *
 *     struct ksyms_table table;
 *     struct ksyms_symbol symbol;
 *     char name[128];
 *
 *     if (ksyms_table_open(&table, blob, blob_size) == KSYMS_OK &&
 *         ksyms_table_find_address(&table, return_address - 1, &symbol)) {
 *         ksyms_symbol_name(&table, &symbol, name, sizeof(name));
 *         print("%s+0x%lx/0x%lx", name, return_address - symbol.address, symbol.size);
 *     }
 *
 * Addresses are those of the map that the generator read.  A kernel that runs elsewhere subtracts
 * its slide first; a module's blob holds `section index << 32 | offset` (see FORMAT.md).
 */
#ifndef KSYMS_TABLE_H
#define KSYMS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "ksyms/status.h"
#include "ksyms/language.h"

KSYMS_BEGIN_C

#define KSYMS_BUILD_ID_MAX 32 /* bytes; a GNU build id of SHA-1 has 20 */

/* Bytes of a blob that hold one kind of data. */
struct ksyms_part {
    const uint8_t *bytes;
    uint32_t size_bytes;
};

/* A class of codes: the token is `base` plus `width` bits. */
struct ksyms_code_class {
    uint32_t base;
    uint16_t mask;
    uint8_t width; /* at most 16 */
};

/* A checked view of a blob.  Filled by ksyms_table_open; fields are for the kit's own use. */
struct ksyms_table {
    /* What look-ups read most comes first: near offsets are short instructions. */
    uint32_t symbol_count;
    uint32_t absolute_count; /* at most symbol_count: the last ones in address order */
    uint32_t address_blocks; /* blocks of symbols that have a place */
    uint32_t token_count;    /* not 0 unless the table is empty */
    uint32_t names_end;      /* bits of `names` that hold names */
    unsigned base_size;      /* bytes of an entry of `bases`: 4 or 8 */
    unsigned rank_width;     /* bits of a name rank */
    unsigned kept_width;     /* bits of a number of kept tokens: at most 5 */
    unsigned token_width;    /* bits of an entry of `tokens` */
    uint32_t token_offset_mask;
    /* In the order of their kinds. */
    struct ksyms_part bases;  /* block_count addresses */
    struct ksyms_part blocks; /* block_count entries */
    struct ksyms_part block_data;
    struct ksyms_part name_blocks; /* name_block_count entries */
    struct ksyms_part names;
    struct ksyms_part code_classes;
    struct ksyms_part tokens; /* token_count entries */
    struct ksyms_part token_strings;
    struct ksyms_code_class codes[16];
    uint32_t block_count; /* blocks of all symbols */
    uint32_t name_block_count;
    uint32_t part_count; /* of the directory, which lies in the blob */
    const uint8_t *blob;
    uint32_t blob_size;
    uint32_t flags; /* KSYMS_BLOB_HAS_SIZES */
};

struct ksyms_symbol {
    uint64_t address;
    uint64_t size;      /* bytes it covers; 0: a label that covers nothing but its own address */
    uint32_t index;     /* rank in address order: 0 ... count - 1 */
    uint32_t name_rank; /* rank in byte order of names (equal names: by address) */
    char type;          /* the letter of nm: 'T' global text, 't' static text, 'D', 'b', 'A' ... */
};

/* The symbols of name ranks first ... first + count - 1. */
struct ksyms_name_range {
    uint32_t first;
    uint32_t count;
};

/* The symbols of indices first ... first + count - 1. */
struct ksyms_index_range {
    uint32_t first;
    uint32_t count;
};

#define KSYMS_ALIASES_MAX 256u

/*
 * Open a blob.  Checks the header, the version and that all parts lie inside; costs O(1), so that
 * a panic may do it.  Damage beyond that is answered by wrong or missing names, never by a fault.
 * On failure `table` is left as it was.
 */
enum ksyms_status ksyms_table_open(struct ksyms_table *table, const void *blob, size_t size_bytes);

/* KSYMS_OK when all bytes are those that the generator wrote.  O(size of the blob). */
enum ksyms_status ksyms_table_verify(const struct ksyms_table *table);

/* Number of symbols, absolute ones included. */
uint32_t ksyms_table_count(const struct ksyms_table *table);

/* The build id of the kernel or module that the blob was made for: its length, 0 if none was given.
 * `*bytes` borrows from the blob. */
size_t ksyms_table_build_id(const struct ksyms_table *table, const uint8_t **bytes);

/*
 * The symbol that covers `address`: address in [symbol.address, symbol.address + symbol.size).
 * Of several, the best by the rule of aliases (FORMAT.md).  A symbol without a size covers its own
 * address only; where the map had no sizes at all (System.map), each reaches to the next.
 * False in a hole, and for absolute symbols, which no address look-up finds.
 */
bool ksyms_table_find_address(const struct ksyms_table *table, uint64_t address,
                              struct ksyms_symbol *symbol);

/*
 * The last symbol at or below `address` and the first above it, for a message "between a and b".
 * Each is found on its own: returns bit 0 for `below`, bit 1 for `above`.
 */
unsigned ksyms_table_find_neighbours(const struct ksyms_table *table, uint64_t address,
                                     struct ksyms_symbol *below, struct ksyms_symbol *above);

/* All symbols called exactly name[0 ... length).  `count` is 0 when there is none. */
struct ksyms_name_range ksyms_table_find_name(const struct ksyms_table *table, const char *name,
                                              size_t length);

/*
 * The symbols at the address of the symbol `index`, itself among them: the best last.  `index` is
 * below the count; else the range is empty.  At most KSYMS_ALIASES_MAX to either side are seen.
 */
struct ksyms_index_range ksyms_table_find_aliases(const struct ksyms_table *table, uint32_t index);

/* All symbols whose names start with prefix[0 ... length). */
struct ksyms_name_range ksyms_table_find_prefix(const struct ksyms_table *table, const char *prefix,
                                                size_t length);

/* The symbol of a rank in address order; absolute symbols come last.  False past the end. */
bool ksyms_table_symbol_at(const struct ksyms_table *table, uint32_t index,
                           struct ksyms_symbol *symbol);

/* The symbol of a rank in name order.  False past the end. */
bool ksyms_table_symbol_named(const struct ksyms_table *table, uint32_t name_rank,
                              struct ksyms_symbol *symbol);

/*
 * Write the symbol's name into buffer as a string, cut to capacity - 1 bytes, always NUL-ended
 * (capacity 0 writes nothing).  Returns the full length, as snprintf does: a result >= capacity
 * says that it was cut.
 */
size_t ksyms_symbol_name(const struct ksyms_table *table, const struct ksyms_symbol *symbol,
                         char *buffer, size_t capacity);

/*
 * Names in name order, one after the other: several times as fast as one ksyms_symbol_name each.
 *
 *     struct ksyms_names names;
 *     ksyms_names_start(&names, &table, ksyms_table_find_prefix(&table, "uart_", 5), name,
 *                       sizeof(name));
 *     while (ksyms_names_next(&names)) {
 *         print("%u %s", names.rank, name);      ksyms_table_symbol_named has the rest
 *     }
 *
 * The buffer is the caller's, must stay and must not be written between two steps: a name is made
 * from the one before.  Names are cut as by ksyms_symbol_name.
 */
struct ksyms_names {
    uint32_t rank;   /* of the name in the buffer */
    uint32_t length; /* of the whole name, as ksyms_symbol_name returns it */
    /* The rest is for the kit's own use. */
    const struct ksyms_table *table;
    char *buffer;
    size_t capacity;
    uint32_t first, next, end;
    uint64_t cursor[26];
};

/* Start with a range of names; {0, ksyms_table_count(table)} is all.  What is out of range is cut.
 */
void ksyms_names_start(struct ksyms_names *names, const struct ksyms_table *table,
                       struct ksyms_name_range range, char *buffer, size_t capacity);

/* Puts the next name into the buffer; false at the end. */
bool ksyms_names_next(struct ksyms_names *names);

/*
 * The addresses of all symbols in name order: addresses[name rank], for those who have room for
 * ksyms_table_count of them.  One pass over the table, which takes a tenth of the time of as many
 * ksyms_table_symbol_named: so with ksyms_names_next one lists a whole table several times as fast.
 * Of a damaged blob some may be left as they were.
 */
void ksyms_table_list_addresses(const struct ksyms_table *table, uint64_t *addresses);

/*
 * "Did you mean": the names nearest to one that is not there, by edit distance (bytes put in, taken
 * out, replaced, or exchanged with their neighbour).  Candidates are offered by the caller, who may
 * have them from anywhere, as a loader the names that are exported, or from a range of a table:
 *
 *     struct ksyms_nearest nearest;
 *     ksyms_nearest_start(&nearest, "uart_raed", 9, 2);
 *     for each export: ksyms_nearest_offer(&nearest, export->name, strlen(export->name), number);
 *     for (i = 0; i < nearest.count; i++) print(exports[nearest.found[i].id].name);
 *
 * Names are compared up to KSYMS_NEAREST_LENGTH bytes.  An offer costs at most about
 * KSYMS_NEAREST_LENGTH * 2 * limit steps, mostly none: its length is too different.
 */
#define KSYMS_NEAREST_MAX    4u
#define KSYMS_NEAREST_LENGTH 128u
#define KSYMS_NEAREST_LIMIT  16u

struct ksyms_nearest {
    const char *name; /* borrowed */
    uint32_t length;  /* of what is compared */
    uint32_t limit;   /* names that are further away are not found */
    uint32_t count;   /* of found */
    struct {
        uint32_t distance;
        uint32_t id;            /* as it was offered */
    } found[KSYMS_NEAREST_MAX]; /* the nearest first; of equals the one that was offered first */
};

/* `limit` is cut to KSYMS_NEAREST_LIMIT. */
void ksyms_nearest_start(struct ksyms_nearest *nearest, const char *name, size_t length,
                         uint32_t limit);

void ksyms_nearest_offer(struct ksyms_nearest *nearest, const char *candidate, size_t length,
                         uint32_t id);

/*
 * Offer the names of a range, each once; their ids are name ranks.  Bounded by the range: all of a
 * kernel's 100,000 names take some milliseconds, those with a prefix hardly anything.  No
 * look-up takes more stack.
 */
void ksyms_table_find_nearest(const struct ksyms_table *table, struct ksyms_name_range range,
                              struct ksyms_nearest *nearest);

KSYMS_END_C

#endif
