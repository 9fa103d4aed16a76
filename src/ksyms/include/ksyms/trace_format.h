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

/* An entry of either index: address (8 bytes) and offset in the stream (4), unaligned. */
#define KSYMS_TRACE_BLOCK_SIZE 12u

/* ---- LINES ---- */

struct ksyms_lines_header {
    uint32_t block_count;
    uint32_t file_count;
    uint32_t callee_count;
    uint32_t stream_size;
    uint32_t strings_size; /* all end with a 0 byte, and so does the last */
    uint8_t string_width;  /* bytes of an offset of a string: 1 ... 4 */
    uint8_t file_width;    /* of a file's number */
    uint8_t line_width;    /* of a line */
    uint8_t zero;
};
KSYMS_ASSERT(sizeof(struct ksyms_lines_header) == 24, "FORMAT.md, LINES");

#define KSYMS_LINES_BLOCK_CHUNKS 16u
#define KSYMS_LINES_CHUNK_ROWS   128u
#define KSYMS_LINES_CHUNK_STEPS  1024u /* a bound for the reader, far above what the rows need */
#define KSYMS_LINES_SCOPES       64u   /* open in one chunk */
#define KSYMS_LINES_FILES_MAX    65535u
#define KSYMS_LINES_NO_FILE      0u /* the number of the unknown file */

/*
 * Steps of a chunk.  Operands are varints (7 bits a byte, the low ones first); signed ones are
 * folded: 0 -1 1 -2 2 ...  The steps from ROWS on are rows whose length and line are in the step.
 */
enum ksyms_lines_step {
    KSYMS_LINES_GAP,        /* length: nothing is known here */
    KSYMS_LINES_ROW,        /* length, signed line difference */
    KSYMS_LINES_FOREIGN,    /* length, file, line: a row of another file than its function's */
    KSYMS_LINES_OUTER,      /* file, line of its declaration: a function begins */
    KSYMS_LINES_CHILD,      /* callee: inlined where its caller's last line is */
    KSYMS_LINES_CHILD_AT,   /* callee, signed difference of the call's line to that */
    KSYMS_LINES_CHILD_IN,   /* callee, file and line of the call */
    KSYMS_LINES_TO,         /* distance: to the scope that was opened so many before the last one */
    KSYMS_LINES_PARENT,     /* to the current scope's caller */
    KSYMS_LINES_OUTER_NEAR, /* signed difference of lines to the last function begun, in its file */
    KSYMS_LINES_OUTER_NAMED, /* callee: a function that no symbol covers begins */
    KSYMS_LINES_TO_SHORT,    /* ... up to TO_SHORT + 4: distance 0 ... 4 without an operand */
    KSYMS_LINES_ROWS = 16,   /* row: length - 1 and line difference - ROW_LINE_MIN, see below */
};

#define KSYMS_LINES_TO_SHORT_COUNT 5u
#define KSYMS_LINES_ROW_LINES      12 /* line differences -3 ... 8 */
#define KSYMS_LINES_ROW_LINE_MIN   (-3)
#define KSYMS_LINES_ROW_LENGTHS    20u /* lengths 1 ... 20 */
KSYMS_ASSERT(KSYMS_LINES_ROWS + KSYMS_LINES_ROW_LINES * KSYMS_LINES_ROW_LENGTHS == 256,
             "a step is a byte");

/* ---- The index ---- */

/* Of the layout, and of the codes in trace_codes.c. */
#define KSYMS_TRACE_VERSION 1u

#define KSYMS_TRACE_BLOCK_CHUNKS 16u

/* A checked view of the beginning of a part.  Filled by the kit; fields are for its own use. */
struct ksyms_trace_index {
    const uint8_t *blocks;
    struct ksyms_part stream;
    uint64_t base; /* blocks have their addresses as differences to this one */
    uint32_t count;
    unsigned address_width; /* bytes */
    unsigned offset_width;
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
    KSYMS_CODES
};

#define KSYMS_CODE_BITS_MAX 15u
#define KSYMS_CODE_ESCAPE   255u /* then 8 bits: a symbol without a code */
#define KSYMS_NUMBER_BITS   4u   /* numbers of so many bits are symbols */

struct ksyms_code {
    uint16_t first_symbol;               /* in ksyms_code_symbols */
    uint8_t counts[KSYMS_CODE_BITS_MAX]; /* how many symbols have a code of 1, 2, 3 ... bits */
};

KSYMS_BEGIN_C

extern const struct ksyms_code ksyms_codes[KSYMS_CODES];
extern const uint8_t ksyms_code_symbols[];

KSYMS_END_C

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
