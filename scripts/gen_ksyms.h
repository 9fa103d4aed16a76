// SPDX-License-Identifier: MIT
/*
 * gen_ksyms.h: what the files of the host program gen_ksyms share.
 *
 *     gen_ksyms.c          options, and writing a blob
 *     gen_ksyms_read.c     dump, verify, stats through the kernel's own reader
 *     gen_ksyms_map.c      text of nm -> symbols in their two orders
 *     gen_ksyms_tokens.c   names -> tokens
 *     gen_ksyms_pairs.c    pairs of neighbours -> items, for tokens
 *     gen_ksyms_phrases.c  tokens -> phrases of tokens
 *     gen_ksyms_codes.c    tokens -> numbers and codes
 *     gen_ksyms_blocks.c   addresses, letters, sizes and orders -> bytes
 *     gen_ksyms_blob.c     names and tokens -> bytes, and the whole
 *     gen_ksyms_filter.c   what the user leaves out
 *     gen_ksyms_index.c    numbers by hash
 *     gen_ksyms_memory.c   memory and growing buffers
 *     gen_ksyms_output.c   errors, and files that are whole or not there
 *     gen_ksyms_progress.c what a terminal shows
 *
 * Any failure prints one line and exits.  The output depends on nothing but the set of the map's
 * lines.
 */
#ifndef GEN_KSYMS_H
#define GEN_KSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Exit codes. */
enum { EXIT_BAD = 1, EXIT_USAGE = 2 };

/* ---- Ending badly, and writing files (gen_ksyms_output.c) ---- */

/* By each program. */
extern const char program_name[];
extern const char usage_text[];
/* Called before a failure is printed; null: nothing. */
extern void (*before_failure)(void);

/* Print `program: message` and exit with EXIT_BAD; a temporary output is removed. */
__attribute__((format(printf, 1, 2), noreturn)) void fail(const char *format, ...);
/* The same for wrong use, with the usage: EXIT_USAGE. */
__attribute__((format(printf, 1, 2), noreturn)) void refuse_use(const char *format, ...);

/* As malloc and realloc of count * size bytes, zeroed if new; they fail() without memory. */
void *allocate(size_t count, size_t size);
void *reallocate(void *memory, size_t count, size_t size);

/*
 * A growing array is a pointer, a count and a capacity.  Makes room for one entry more:
 *     list = make_room(list, count, &capacity, sizeof(*list));
 *     list[count++] = entry;
 */
void *make_room(void *memory, size_t count, size_t *capacity, size_t size);

/* Bytes that grow at their end, with a cursor for bits. */
struct buffer {
    uint8_t *bytes;
    size_t size;
    size_t capacity;
    unsigned bits_used; /* of the last byte; 0: it is full, or there is none */
};

void put_bytes(struct buffer *buffer, const void *bytes, size_t length);
void put_number(struct buffer *buffer, uint64_t value, unsigned size_bytes); /* little-endian */
void put_bits(struct buffer *buffer, uint64_t value, unsigned width);        /* low bits first */
size_t bits_put(const struct buffer *buffer); /* since the buffer was empty */
void end_bits(struct buffer *buffer);         /* the next bits begin a new byte */
/* To an open file; to a path, whole or not at all. */
void write_stream(FILE *file, const char *path, const struct buffer *buffer);
void write_file(const char *path, const struct buffer *buffer);
uint8_t *buffer_grow(struct buffer *buffer, size_t length); /* where the next bytes go */
void buffer_free(struct buffer *buffer);

/* ---- Progress: to be called often ---- */

void progress_start(void);
void progress(const char *what, uint64_t done, uint64_t total);
void progress_end(void);

/* ---- The map ---- */

struct map_symbol {
    uint64_t address;
    uint64_t size;        /* 0: none */
    const char *name;     /* a string */
    uint32_t name_length; /* at least 1 */
    uint32_t name_rank;
    char type;
};

struct map {
    char *text;                 /* of the file: the names point into it */
    struct map_symbol *symbols; /* in address order, absolute ones last */
    uint32_t *by_name;          /* name rank -> index in symbols */
    uint32_t count;
    uint32_t absolute_count;
    bool has_sizes;
};

/* One line of a filter file. */
struct filter_rule {
    char *pattern;
    bool is_exact; /* has none of the pattern's special characters */
    bool keeps;
};

/* What the user wants of a map. */
struct map_filter {
    bool text_only; /* functions only */
    struct filter_rule *rules;
    size_t rule_count, rule_capacity;
};

enum filter_answer { FILTER_SAYS_NOTHING, FILTER_KEEP, FILTER_LEAVE_OUT };

void filter_read(struct map_filter *filter, const char *path);
enum filter_answer filter_ask(const struct map_filter *filter, const char *name);
void filter_free(struct map_filter *filter);

/* Read and sort.  `path` "-" is standard input. */
void map_read(struct map *map, const char *path, const struct map_filter *filter);
void map_free(struct map *map);

bool is_absolute(char type);

/* Value of a hexadecimal digit, or -1. */
int digit_value(char byte);

/* Byte order; a name comes after its own beginnings. */
int compare_bytes(const char *left, size_t left_length, const char *right, size_t right_length);

/* ---- Tokens ---- */

struct token_entry {
    uint8_t string[16];
    uint32_t offset; /* in the pool; before, of a phrase in phrase_tokens */
    uint32_t length; /* 1 ... KSYMS_TOKEN_LENGTH_MAX, the NUL of a last one counted; of a phrase
                        2 ... KSYMS_PHRASE_LENGTH_MAX tokens */
    bool is_last;    /* ends its name: its string has a NUL behind it */
    bool is_phrase;
};

struct token_names {
    struct token_entry *tokens; /* by number: the most frequent first */
    uint32_t token_count;
    struct buffer pool;
    uint32_t *phrase_tokens; /* numbers of tokens */
    uint32_t phrase_token_count;
    uint32_t *codes;          /* the names of all ranks, as token numbers, one after the other */
    size_t *name_codes;       /* where a rank's codes begin; one entry more at the end */
    uint8_t *kept;            /* by rank: how many codes are the parent's */
    uint32_t first_last;      /* number of the first token that ends a name */
    uint32_t empty;           /* number of the token that ends a name and has no bytes, if used */
    unsigned kept_width;      /* bits of a number of kept tokens */
    uint8_t class_widths[16]; /* FORMAT.md, codes: of the tokens before that one, of the others */
};

/* Whose first tokens a name keeps; itself if nobody's. */
uint32_t name_parent(uint32_t rank);
/* The first codes that a name has in common with its parent; of the first name of a block 0. */
uint32_t count_common(const struct token_names *names, uint32_t rank);

void tokenize_names(struct token_names *names, const struct map *map);

/* Put phrases, which are tokens of another kind, in the place of tokens. */
void find_phrases(struct token_names *names, uint32_t name_count);

/* Before: codes are any numbers of tokens.  After: those of the blob.  Fills `kept` and classes. */
void number_tokens(struct token_names *names, uint32_t name_count);

/* Place all tokens' strings, the NULs left out, in the pool, where they overlap, and the phrases.
 */
void pool_strings(struct token_names *names);
void token_names_free(struct token_names *names);

/* ---- The blob ---- */

struct block_buffers {
    struct buffer bases;
    struct buffer blocks;
    struct buffer data;
};

void put_blocks(struct block_buffers *buffers, const struct map *map);

struct build_id {
    uint8_t bytes[32];
    uint32_t size;
};

void build_blob(struct buffer *blob, const struct map *map, const struct build_id *build_id);

/* ---- Looking into a blob: each returns the exit status ---- */

int dump(const char *path);
int verify(const char *blob_path, const char *map_path, const struct map_filter *filter);
int print_stats(const char *path);

#endif
