// SPDX-License-Identifier: MIT
/*
 * gen_trace.h: what the files of the host program gen_trace share.
 *
 *     gen_trace.c          options
 *     gen_trace_blob.c     parts of a blob, taken apart and put together
 *     gen_trace_elf.c      the ELF file, relocated if it is an object
 *     gen_trace_source.c   DWARF -> rows: which code is of which line, inlined where
 *     gen_trace_lines.c    rows -> the part LINES
 *     gen_trace_tables.c   ... and what it says once
 *     gen_trace_frames.c   call frame information, and rows of assembly -> frame rows
 *     gen_trace_unwind.c   frame rows -> the part UNWIND
 *     gen_trace_chunks.c   the index of either part
 *     gen_trace_code.c     symbols -> bits, and the making of codes
 *     gen_trace_strings.c  texts, each once
 *     gen_trace_text.c     ... as symbols
 *
 * Buffers, memory and fail() are those of gen_ksyms.h.  Addresses are the linked file's; of an
 * object `section index << 32 | offset`.
 */
#ifndef GEN_TRACE_H
#define GEN_TRACE_H

#include <elfutils/libdw.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdint.h>
#include "gen_ksyms.h"
#include "ksyms/blob.h"
#include "ksyms/table.h"
#include "ksyms/trace_format.h"
#include "ksyms/unwind_table.h"

/* ---- Blobs ---- */

struct blob_piece {
    uint32_t kind; /* of part */
    const uint8_t *bytes;
    size_t size;
};

void read_file(struct buffer *buffer, const char *path);

/* Open and verify, or fail(). */
void open_blob(struct ksyms_table *table, const struct buffer *blob, const char *path);

/* The parts of a blob but for some kinds; there is room for KSYMS_BLOB_PARTS_MAX. */
size_t list_pieces(struct blob_piece *pieces, const struct buffer *blob, const uint32_t *without,
                   size_t without_count);

/* Header as given, but for what tells the parts and the bytes. */
void assemble_blob(struct buffer *blob, struct ksyms_blob_header header,
                   const struct blob_piece *pieces, size_t count);
void empty_blob(struct buffer *blob);

/* ---- The ELF file ---- */

/* Addresses start ... end - 1 hold instructions. */
struct code_range {
    uint64_t start;
    uint64_t end;
    const char *name; /* of the section or the function; for messages */
};

struct input {
    const char *path;
    uint8_t *bytes; /* of the file: a private mapping */
    size_t size;
    Elf *elf;
    Dwarf *dwarf;
    bool is_object;            /* ET_REL */
    struct code_range *ranges; /* sections with code, by address */
    size_t range_count;
    size_t forgotten; /* bytes of .debug_info whose memory went */
};

void input_open(struct input *input, const char *path);
void input_close(struct input *input);
bool input_has_code(const struct input *input, uint64_t address);

/* The bytes of .debug_info below this offset are not needed for long: their memory can go. */
void input_forget(struct input *input, uint64_t offset);

/* The section of a name; null if there is none. */
Elf_Scn *input_section(const struct input *input, const char *name, GElf_Shdr *header);

/* The symbol table and how many symbols it has; *names is the section of their names. */
Elf_Data *input_symbols(const struct input *input, size_t *count, size_t *names);

/* Does a function cover the address?  Asked of a list of input_functions. */
bool functions_cover(const struct code_range *functions, size_t count, uint64_t address);

/* All functions of the symbol table that have a size, by address; the caller frees. */
size_t input_functions(const struct input *input, struct code_range **functions);

/* ---- Texts ---- */

struct strings {
    const char **texts; /* by number; not copied */
    size_t count;
    size_t capacity;
    uint32_t *slots; /* hash table of numbers + 1 */
    size_t slot_count;
};

uint32_t strings_add(struct strings *strings, const char *text, size_t length);
void strings_free(struct strings *strings);

/* ---- Source rows ---- */

#define NO_SCOPE  UINT32_MAX
#define NO_CALLEE UINT32_MAX

struct source_file {
    uint32_t directory; /* numbers of strings */
    uint32_t name;
};

struct source_callee {
    uint32_t name;
    uint32_t file;
    uint32_t line;
};

/* A function (without a parent; callee NO_CALLEE if a symbol names it) or an inlined call of one.
 */
struct source_scope {
    uint32_t parent; /* NO_SCOPE for a function */
    uint32_t callee;
    uint32_t file; /* of its declaration */
    uint32_t line;
    uint32_t call_file;
    uint32_t call_line;
};

struct source_row {
    uint64_t start;
    uint64_t end;
    uint32_t scope;
    uint32_t file;
    uint32_t line;
};

struct source {
    struct strings strings;
    struct source_file *files; /* number 0: the unknown one */
    size_t file_count, file_capacity;
    struct source_callee *callees;
    size_t callee_count, callee_capacity;
    struct source_scope *scopes;
    size_t scope_count, scope_capacity;
    struct source_row *rows; /* by address, not overlapping */
    size_t row_count, row_capacity;
};

void source_read(struct source *source, struct input *input);
void source_free(struct source *source);

/* The part LINES; it renumbers files and callees. */
void build_lines(struct buffer *part, struct source *source);

/* ---- Frame rows ---- */

struct frames {
    struct ksyms_unwind_row *rows; /* by address, not overlapping, none unknown */
    size_t count, capacity;
    size_t refused_count; /* rules that a row cannot say, and what the first of them is */
    uint64_t refused_address;
    char refused_text[256];
};

void frames_read(struct frames *frames, const struct input *input);
/* Fails unless every function is covered, and nothing was refused. */
void frames_require_all(const struct frames *frames, const struct input *input);
void frames_free(struct frames *frames);

void build_unwind(struct buffer *part, const struct frames *frames);

/* ---- Symbols, and numbers of any size, as bits (gen_trace_code.c) ---- */

struct code_buffer {
    struct buffer bytes;
    size_t bit_count;
};

/* By a code of enum ksyms_code_number. */
void put_symbol(struct code_buffer *buffer, unsigned code, uint32_t symbol);
void put_code_number(struct code_buffer *buffer, unsigned code, uint32_t number);
/* A number whose symbol is part of another: the symbol, and what follows that. */
uint32_t number_symbol(uint32_t number, unsigned direct_bits);
void put_number_rest(struct code_buffer *buffer, uint32_t number, unsigned direct_bits);
void put_high_bits(struct code_buffer *buffer, uint32_t value, unsigned width);
void code_buffer_clear(struct code_buffer *buffer);
/* The codes that fit what was put so far, as the source of trace_codes.c. */
void print_codes(void);
void forget_counts(unsigned first_code, unsigned end_code);

/* ---- Texts as symbols (gen_trace_text.c) ---- */

/* Up to its 0 byte; `before` is the byte before it, or 0. */
void put_text(struct code_buffer *bits, const char *text, uint8_t before);
/* Remember all texts that are put, and choose the tokens that fit them. */
void count_texts(void);
void choose_tokens(void);
void print_tokens(void);

/* ---- Chunks of a stream, and their index ---- */

struct chunk_block {
    uint64_t address;
    uint32_t offset;
    uint32_t file;
};

struct chunks {
    struct chunk_block *blocks;
    size_t block_count, block_capacity;
    struct buffer stream;
    uint32_t chunk_count; /* in the last block, which is not in the stream yet */
    uint32_t spans[KSYMS_TRACE_BLOCK_CHUNKS];
    uint32_t sizes[KSYMS_TRACE_BLOCK_CHUNKS];
    struct buffer bytes; /* of those chunks */
    uint64_t end;        /* of the last chunk */
    bool has_files;      /* the index says a file for each block */
};

/* A chunk that says something of the addresses start ... end - 1; if it begins a block, `file` is
 * that of the block. */
bool begins_block(const struct chunks *chunks, uint64_t start);
void put_chunk(struct chunks *chunks, uint64_t start, uint64_t end, const struct buffer *bytes,
               uint32_t file);
/* All of it, as a part begins; frees the chunks. */
void put_chunks(struct buffer *part, struct chunks *chunks);

/* ---- Numbers ---- */

unsigned bytes_for(uint64_t value); /* 0 for 0 */

void put_varint(struct buffer *buffer, uint32_t value);
uint32_t fold_signed(int64_t value); /* 0 -1 1 -2 2 ... */

#endif
