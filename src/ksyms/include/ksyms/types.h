// SPDX-License-Identifier: MIT
/*
 * types.h: do a module and what it imports mean the same types?  If not, which member differs?
 *
 * A kernel or module that exports has, of each exported symbol and of each named type that can be
 * reached from one, a hash: the part TYPE_HASHES of its blob, 8 bytes an entry.  A module has the
 * same of what it imports, as its own headers said it, and beside it the text that the hashes are
 * of.  Writer: scripts/gen_types*.c, from DWARF.  FORMAT.md draws both.
 *
 *     symbol command_register function;int;struct command *
 *     struct command 48;name@0 const char *;run@24 int (*)(int, char **)
 *
 * 1. The check (ksyms_type_hashes_differ) needs no text.  A line mentions other types by name only,
 *    and each has its own hash: so a type that one side has seen declared only is in no way of the
 *    other's.  A hash that the other side does not have is not compared.
 * 2. The explanation (ksyms_types_compare) goes from a symbol through both texts and reports each
 *    difference as facts.  It is the judge: what it finds no difference in is compatible, though
 *    the hashes differ, as where a type of the same name is another one, never reached from here.
 *
 * Ownership: everything borrows the caller's bytes, and the arrays that the caller gives.  Nothing
 * allocates, prints, recurses or keeps state.  Any context.  Stack: at most 1536 bytes.
 * Texts may be hostile: the work is bounded by their size, and what comes out lies inside them.
 *
 *     struct ksyms_types built = {0}, here = {0};
 *     uint32_t *built_lines = allocate(4 * ksyms_types_count_lines(&built_text)), ...
 *     ksyms_types_open(&built, &built_text, built_lines);   // the module's
 *     ksyms_types_open(&here, &here_text, here_lines);      // the kernel's
 *     struct ksyms_types_comparison comparison = {
 *         .built = &built, .here = &here, .marks = zeroes, .report = print_difference};
 *     for each line of `built` that is about a symbol: ksyms_types_compare(&comparison, line);
 */
#ifndef KSYMS_TYPES_H
#define KSYMS_TYPES_H

#include <stdbool.h>
#include <stdint.h>
#include "ksyms/language.h"
#include "ksyms/status.h"
#include "ksyms/table.h"

KSYMS_BEGIN_C

/* Kinds of parts, beside those of blob.h and trace_format.h. */
#define KSYMS_PART_TYPE_HASHES 18u
#define KSYMS_PART_TYPE_TEXT   19u

/* The section of a module, not loaded, that holds a blob with both: what it was built against. */
#define KSYMS_TYPES_SECTION ".ksyms_types"

/* ---- Hashes ---- */

#define KSYMS_TYPE_HASH_SIZE 8u /* an entry: key (4 bytes), hash (4); by key, then by hash */

struct ksyms_type_hashes {
    const uint8_t *entries;
    uint32_t count;
};

/* Those of a blob; none if it has no such part. */
void ksyms_type_hashes_open(struct ksyms_type_hashes *hashes, const struct ksyms_table *blob);

/*
 * The number, `first` or above, of the first entry of `needed` whose key `offered` has, but with
 * other hashes only; needed->count if there is none.  Keys rise in both: a few steps an entry, or
 * twice as many as offered->count has bits, if that is less.
 */
uint32_t ksyms_type_hashes_differ(const struct ksyms_type_hashes *needed,
                                  const struct ksyms_type_hashes *offered, uint32_t first);

/* Does the table have this key?  If so, *number is its first entry; `number` may be null. */
bool ksyms_type_hashes_find(const struct ksyms_type_hashes *hashes, uint32_t key, uint32_t *number);
/* The key and the hash of entry `number`, below hashes->count. */
uint32_t ksyms_type_hashes_key(const struct ksyms_type_hashes *hashes, uint32_t number);
uint32_t ksyms_type_hashes_hash(const struct ksyms_type_hashes *hashes, uint32_t number);

/* ---- Text ---- */

/* Letters of a text, without a NUL. */
struct ksyms_type_text {
    const char *text;
    uint32_t length;
};

/* An opened text.  Filled by ksyms_types_open. */
struct ksyms_types {
    struct ksyms_type_text text;
    const uint32_t *lines; /* where each begins */
    uint32_t line_count;
};

/* How many lines a text has: entries of the array that ksyms_types_open wants. */
uint32_t ksyms_types_count_lines(const struct ksyms_part *text);

/*
 * Find and check the lines: KSYMS_TYPES_END, KSYMS_TYPES_HEAD, KSYMS_TYPES_ORDER.  `lines` is as
 * long as ksyms_types_count_lines says, and stays the text's.  On failure `types` is as it was.
 */
enum ksyms_status ksyms_types_open(struct ksyms_types *types, const struct ksyms_part *text,
                                   uint32_t *lines);

/* Line `number`, below line_count: what it is about, `struct device`, and the rest of it. */
void ksyms_types_line(const struct ksyms_types *types, uint32_t number,
                      struct ksyms_type_text *head, struct ksyms_type_text *body);

/*
 * CRC-32 as in IEEE 802.3, gzip and PNG: reflected, polynomial 0x04c11db7, all ones before and
 * after.  `crc` is 0 at the start, then the result of the bytes before.
 */
uint32_t ksyms_types_crc(uint32_t crc, const uint8_t *bytes, size_t length);

/* The key and the hash of a line in a table of hashes: CRC-32 of its two halves. */
uint32_t ksyms_types_key(struct ksyms_type_text head);
uint32_t ksyms_types_hash(struct ksyms_type_text body);

/* The name of a symbol that a head is about; false if it is about a type. */
bool ksyms_types_symbol(struct ksyms_type_text head, struct ksyms_type_text *name);

/* ---- Differences ---- */

enum ksyms_type_change {
    KSYMS_TYPE_KIND,            /* of the symbol: here, built: "function" or "object" */
    KSYMS_TYPE_OBJECT,          /* the type of an object */
    KSYMS_TYPE_RETURN,          /* the type that a function returns */
    KSYMS_TYPE_PARAMETER,       /* the type of a parameter */
    KSYMS_TYPE_PARAMETER_NEW,   /* here: its type; built: empty */
    KSYMS_TYPE_PARAMETER_GONE,  /* the other way round */
    KSYMS_TYPE_SIZE,            /* of a struct, union or enum, in bytes */
    KSYMS_TYPE_PLACE,           /* of a member: byte, or byte.bit..bit */
    KSYMS_TYPE_MEMBER,          /* the type of a member */
    KSYMS_TYPE_MEMBER_NEW,      /* here: its place; built: empty */
    KSYMS_TYPE_MEMBER_GONE,     /* the other way round */
    KSYMS_TYPE_ENUMERATOR,      /* the value of an enumerator */
    KSYMS_TYPE_ENUMERATOR_GONE, /* built: its value; here: empty */
};

/* One difference.  All texts point into those that are compared. */
struct ksyms_type_difference {
    enum ksyms_type_change change;
    uint32_t parameter;            /* its number, from 1; else 0 */
    struct ksyms_type_text symbol; /* that led to it */
    struct ksyms_type_text type;   /* `struct device`; empty if it is the symbol's own type */
    struct ksyms_type_text member; /* or enumerator; may be empty */
    struct ksyms_type_text here;   /* how it is here ... */
    struct ksyms_type_text built;  /* ... and how the module was built with it */
};

typedef void ksyms_types_report_function(void *context,
                                         const struct ksyms_type_difference *difference);

struct ksyms_types_comparison {
    /* By the caller. */
    const struct ksyms_types *built; /* the module's */
    const struct ksyms_types *here;  /* of what it imports from */
    uint32_t *marks;                 /* built->line_count entries, all 0 at first */
    ksyms_types_report_function *report;
    void *context;

    /* Filled by ksyms_types_compare; 0 at first. */
    uint32_t difference_count;
    struct {
        struct ksyms_type_text symbol;
        bool has_begun;
        uint64_t work;        /* that is left */
        uint32_t first, last; /* of the queue, + 1; 0: it is empty */
    } private_state;
};

/*
 * Compare the type of a symbol, of a line of `built` that is about one, and each type that is
 * reached from it and was not reached before.  What `here` does not have is not compared. KSYMS_OK,
 * or KSYMS_TYPES_WORK: the texts would take too long.
 */
enum ksyms_status ksyms_types_compare(struct ksyms_types_comparison *comparison, uint32_t line);

KSYMS_END_C

#endif
