// SPDX-License-Identifier: MIT
/*
 * trace_format.h: the layout of the parts LINES and UNWIND of a blob, shared by their writer
 * (scripts/gen_trace*.c) and their readers (lines.c, unwind_table.c).  FORMAT.md draws them; here
 * are only the numbers.
 *
 * Both have an index of blocks (address, offset of its bytes) to search, and streams of bytes to
 * decode from a block's beginning, at most a few hundred steps.  Each step says how many bytes of
 * code it holds for, so a stream is read up to the step that covers the address.
 */
#ifndef KSYMS_TRACE_FORMAT_H
#define KSYMS_TRACE_FORMAT_H

#include <stdint.h>
#include "ksyms/language.h"
#include "ksyms/table.h"

/* Kinds of parts, beside those of blob.h. */
#define KSYMS_PART_LINES  16u
#define KSYMS_PART_UNWIND 17u

/* ---- The index ---- */

/* Of the layout, and of the codes in trace_codes.c. */
#define KSYMS_TRACE_VERSION 3u

#define KSYMS_TRACE_BLOCK_CHUNKS 8u

/* A block begins with how many chunks it has, less 1 (3 bits), and how many bits it has for the
 * bytes of code of a chunk, less 1 (5), and for those of its steps (4). */
#define KSYMS_BLOCK_HEAD_BITS 12u

/* A checked view of the beginning of a part.  Filled by the kit; fields are for its own use. */
struct ksyms_trace_index {
    const uint8_t *blocks;
    struct ksyms_part stream;
    uint64_t base; /* blocks have their addresses as differences to this one */
    uint32_t count;
    uint8_t block_size;    /* bytes of the fields of a block: */
    uint8_t section_width; /* of its address, in 2^32 */
    uint8_t place_width;   /* ... and the rest of that */
    uint8_t offset_width;
    uint8_t file_width; /* 0 or 2 */
};

KSYMS_BEGIN_C

/* Where a block begins; all ones behind the last. */
uint64_t ksyms_trace_block_address(const struct ksyms_trace_index *index, uint32_t number);

KSYMS_END_C

/* ---- Codes ---- */

/*
 * Which code a symbol is in depends on what it is and what came before it.  How often each symbol
 * comes was counted (gen_trace --count) and is frozen in trace_codes.c.
 */
enum ksyms_code_number {
    KSYMS_CODE_UNWIND_STEP, /* ... one for each step that came before */
    KSYMS_CODE_UNWIND_WORDS = KSYMS_CODE_UNWIND_STEP + 13,
    KSYMS_CODE_UNWIND_LENGTH,
    KSYMS_CODE_UNWIND_OFFSET,
    KSYMS_CODE_LINES_STEP,                             /* ... one for each enum ksyms_lines_after */
    KSYMS_CODE_LINES_FAR = KSYMS_CODE_LINES_STEP + 24, /* line of a row */
    KSYMS_CODE_LINES_LENGTH,
    KSYMS_CODE_LINES_GAP,
    KSYMS_CODE_LINES_BACK,
    KSYMS_CODE_LINES_OUTER_FILE, /* of a function */
    KSYMS_CODE_LINES_OUTER,      /* its line */
    KSYMS_CODE_LINES_OUTER_NEAR,
    KSYMS_CODE_LINES_NUMBER, /* of a file or a callee; lines of what is rare */
    KSYMS_CODE_LINES_NEAR,
    KSYMS_CODE_LINES_FREQUENT,
    KSYMS_CODE_LINES_CALL_AT,
    KSYMS_CODE_LINES_NESTED,
    KSYMS_CODE_LINES_NESTED_NEXT,
    KSYMS_CODE_LINES_SIZE,     /* bits before the names of a group */
    KSYMS_CODE_LINES_DECLARED, /* line of a callee */
    KSYMS_CODE_LINES_CALLS,
    KSYMS_CODE_LINES_CALL_LINE,
    KSYMS_CODE_LINES_CALL_KIND,
    KSYMS_CODE_LINES_CALL_NEAR,
    KSYMS_CODE_LINES_CALL_FREQUENT,
    KSYMS_CODE_LINES_FILE_CALLEES,
    KSYMS_CODE_LINES_FOLDER,
    KSYMS_CODE_LINES_KEPT,
    KSYMS_CODE_LINES_TEXT, /* ... one for each kind of byte before */
    KSYMS_CODES = KSYMS_CODE_LINES_TEXT + 32
};

#define KSYMS_CODE_BITS_MAX 15u
#define KSYMS_CODE_ESCAPE   255u /* then 8 bits: a symbol without a code */
#define KSYMS_NUMBER_BITS   4u   /* numbers of so many bits are symbols */

struct ksyms_code {
    uint16_t first_symbol; /* in ksyms_code_symbols */
    uint16_t long_symbol;  /* of them the first of more than KSYMS_CODE_START_BITS bits ... */
    uint16_t long_code;    /* ... and its code, zeros behind it up to KSYMS_CODE_BITS_MAX bits */
    uint8_t counts[KSYMS_CODE_BITS_MAX]; /* how many symbols have a code of 1, 2, 3 ... bits */
};

/* The shorter codes once more, to be quick: what these bits begin with. */
#define KSYMS_CODE_START_BITS 5u

struct ksyms_code_start {
    uint8_t symbol;
    uint8_t width; /* bits of its code; 0: more than these */
};

KSYMS_BEGIN_C

extern const struct ksyms_code ksyms_codes[KSYMS_CODES];
extern const uint8_t ksyms_code_symbols[];
extern const struct ksyms_code_start ksyms_code_starts[KSYMS_CODES][1u << KSYMS_CODE_START_BITS];

/* Symbols of a text: 0 its end, 1 a byte of 8 bits follows, up to 127 a byte, above a token. */
#define KSYMS_TEXT_RAW         1u
#define KSYMS_TEXT_FIRST_TOKEN 128u
#define KSYMS_TEXT_TOKENS      127u
#define KSYMS_TEXT_TOKEN_SIZE  8u

/* 1 to 8 bytes that are no 0. */
extern const char ksyms_text_tokens[KSYMS_TEXT_TOKENS][KSYMS_TEXT_TOKEN_SIZE];

KSYMS_END_C

/* ---- LINES ---- */

#define KSYMS_LINES_CHUNK_STEPS 1024u /* a bound for the reader, far above what the rows need */
#define KSYMS_LINES_SCOPES      48u   /* open in one chunk */
#define KSYMS_LINES_FILES_MAX   65535u
#define KSYMS_LINES_CALLEES_MAX (1u << 23)
#define KSYMS_LINES_NO_FILE     0u    /* the number of the unknown file */
#define KSYMS_LINES_GROUP       8u    /* callees */
#define KSYMS_LINES_FILE_GROUP  4u    /* files, folders */
#define KSYMS_LINES_CALLS_MAX   4096u /* listed of one callee */
#define KSYMS_LINES_TEXT_MAX    4096u /* bytes of a text */
#define KSYMS_LINES_KEPT_MAX    63u   /* of them shared with the text before */

/*
 * A step below RECENT is a row: base * ROW_LINES + line.  Bases: 0 the current scope, 1 its parent,
 * 2 3 4 the last, second and third last scope but those two.  The line is the symbol of the folded
 * difference to the scope's last line; ROW_LINES - 1: that difference is a number by itself.
 */
enum ksyms_lines_step {
    KSYMS_LINES_ROW_LINES = 32,
    KSYMS_LINES_RECENT = 5 * KSYMS_LINES_ROW_LINES, /* number: row in a scope further back; line */
    KSYMS_LINES_TO_PARENT,                          /* the parent becomes the current scope */
    KSYMS_LINES_TO_RECENT,                          /* number: one further back does */
    KSYMS_LINES_OUTER,          /* file, line of its declaration: a function begins; the file as
                                   signed difference to the last, or to that of the block */
    KSYMS_LINES_OUTER_NEAR,     /* signed difference of lines to the last such, in its file */
    KSYMS_LINES_OUTER_NAMED,    /* callee: a function that no symbol covers begins */
    KSYMS_LINES_CHILD_NEAR,     /* a call in a function: number among the callees of its file,
                                   signed difference of the call's line */
    KSYMS_LINES_CHILD_FREQUENT, /* the same: rank */
    KSYMS_LINES_CHILD,          /* the same: callee */
    KSYMS_LINES_CHILD_IN,       /* callee, file and line: a call that stands elsewhere */
    KSYMS_LINES_NESTED,         /* a call in a call: number among those of the caller */
    KSYMS_LINES_FOREIGN,        /* file, line, length: a row of another file than its scope's */
    KSYMS_LINES_PADDING,        /* row up to the next multiple of 16, of no function */
    KSYMS_LINES_GAP,            /* length: nothing is known here */
};

/* What the step before was: its number chooses the code of a step. */
enum ksyms_lines_after {
    KSYMS_AFTER_NOTHING, /* a GAP, or the beginning of a chunk */
    KSYMS_AFTER_OUTER,
    KSYMS_AFTER_CALL,
    KSYMS_AFTER_MOVE,
    KSYMS_AFTER_PADDING,
    KSYMS_AFTER_FOREIGN,
    KSYMS_AFTER_ROWS, /* 6 numbers for rows in the current scope, 6 in the parent, 6 in others:
                         folded difference 0, 1, 2, up to 4, up to 10, above */
};

/* How a callee's list names what it calls. */
enum ksyms_lines_call {
    KSYMS_LINES_CALL_NEAR,     /* signed difference of numbers */
    KSYMS_LINES_CALL_FREQUENT, /* rank */
    KSYMS_LINES_CALL_FAR,      /* number */
};

KSYMS_ASSERT(KSYMS_CODE_LINES_FAR - KSYMS_CODE_LINES_STEP == KSYMS_AFTER_ROWS + 18,
             "a code for each kind of step before");

/* ---- UNWIND ---- */

#define KSYMS_UNWIND_STEPS_MAX 256u /* in a chunk: a bound for the reader */

/*
 * What changes.  With it the symbol holds the bytes of code that the new state is true for:
 * step * KSYMS_UNWIND_LENGTHS + length - 1 if that is below 8; of longer ones the number's symbol,
 * and the last says that the length is a number by itself.
 */
enum ksyms_unwind_step {
    KSYMS_UNWIND_NONE,     /* nothing is known here */
    KSYMS_UNWIND_START,    /* the state behind a call: CFA = sp + 8 */
    KSYMS_UNWIND_START_16, /* nothing up to the next multiple of 16, from there on as START */
    KSYMS_UNWIND_PUSH,     /* CFA offset + 8 */
    KSYMS_UNWIND_PUSH_BP,  /* the same, and the caller's bp lies there */
    KSYMS_UNWIND_POP,      /* CFA offset - 8 */
    KSYMS_UNWIND_POP_BP,   /* the same, and bp is the caller's again */
    KSYMS_UNWIND_MOVE,     /* from now on the CFA is counted from bp */
    KSYMS_UNWIND_LEAVE,    /* as START, but an end of a function */
    KSYMS_UNWIND_BODY,     /* the state before the last run of POP, POP_BP, FREE, LEAVE; or that of
                              the last SET or START, if that is later */
    KSYMS_UNWIND_ALLOCATE, /* words: CFA offset + 8 times that */
    KSYMS_UNWIND_FREE,     /* words: CFA offset - 8 times that */
    KSYMS_UNWIND_SET,      /* 3 bits: kind, 2: rule for bp; then what they need of: register
                              (4 bits), offset, bp_offset (signed numbers) */
    KSYMS_UNWIND_STEPS
};

#define KSYMS_UNWIND_LENGTHS     19u /* symbols of a step */
#define KSYMS_UNWIND_LENGTH_BITS 3u  /* lengths below so many bits are symbols */

KSYMS_ASSERT(KSYMS_UNWIND_STEPS == KSYMS_CODE_UNWIND_WORDS - KSYMS_CODE_UNWIND_STEP,
             "a code for each step that came before");
KSYMS_ASSERT(KSYMS_UNWIND_STEPS *KSYMS_UNWIND_LENGTHS <= KSYMS_CODE_ESCAPE, "a symbol is a byte");

#endif
