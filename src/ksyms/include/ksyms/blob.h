// SPDX-License-Identifier: MIT
/*
 * blob.h: the layout of a symbol blob, shared by its writer (scripts/gen_ksyms*.c) and its reader
 * (table*.c).  FORMAT.md draws it and says why it is so; here are only the numbers.
 *
 *     ┌────────┬───────────┬────────┬────────┬─ ─ ─┬────────┐
 *     │ header │ directory │ part   │ part   │     │ part   │   little-endian, 8-byte aligned,
 *     └────────┴───────────┴────────┴────────┴─ ─ ─┴────────┘   all offsets from the blob's start
 *
 * A reader skips parts of a kind that it does not know, so new kinds need no new version.
 */
#ifndef KSYMS_BLOB_H
#define KSYMS_BLOB_H

#include <stddef.h>
#include <stdint.h>
#include "ksyms/language.h"

/* The high byte tells it from text; the CR LF shows a transfer that rewrote line ends. */
#define KSYMS_BLOB_MAGIC_BYTES "\x89KSYMS\r\n"
#define KSYMS_BLOB_MAGIC_SIZE  8u
#define KSYMS_BLOB_VERSION_NOW 4u

/* Flags.  A reader ignores those that it does not know. */
#define KSYMS_BLOB_HAS_SIZES 1u /* some symbol of the map had a size */

struct ksyms_blob_header {
    uint8_t magic[KSYMS_BLOB_MAGIC_SIZE];
    uint32_t version;
    uint32_t checksum;   /* of all bytes of the blob but these four */
    uint32_t size_bytes; /* of the whole blob */
    uint32_t flags;
    uint32_t symbol_count;   /* absolute ones included */
    uint32_t absolute_count; /* the last ones in address order */
    uint32_t part_count;     /* entries of the directory, which follows the header */
    uint32_t build_id_size;  /* bytes used of build_id */
    uint8_t build_id[32];
};
KSYMS_ASSERT(sizeof(struct ksyms_blob_header) == 72, "FORMAT.md, header");

struct ksyms_blob_part {
    uint32_t kind;
    uint32_t offset;     /* from the blob's start; rises from part to part */
    uint32_t size_bytes; /* without the zero bytes that align the next part */
};
KSYMS_ASSERT(sizeof(struct ksyms_blob_part) == 12, "FORMAT.md, directory");

#define KSYMS_BLOB_PARTS_MAX 32u /* a bound for the directory, whatever a blob says */

enum ksyms_blob_part_kind {
    KSYMS_PART_NONE,          /* never written */
    KSYMS_PART_BASES,         /* the first address of each block of 64 symbols, 8 bytes each */
    KSYMS_PART_BLOCKS,        /* one struct ksyms_blob_block for each */
    KSYMS_PART_BLOCK_DATA,    /* their name ranks, addresses, letters and sizes */
    KSYMS_PART_NAME_BLOCKS,   /* one struct ksyms_blob_name_block for 128 names in byte order */
    KSYMS_PART_NAMES,         /* the names as tokens */
    KSYMS_PART_CODES,         /* struct ksyms_blob_codes */
    KSYMS_PART_TOKENS,        /* where each token's string is, and its length */
    KSYMS_PART_TOKEN_STRINGS, /* the strings, overlapping, and the tokens of phrases */
    KSYMS_PART_KINDS          /* kinds known to this version */
};

/* Arrays of bits end in so many zero bytes, so that a reader may always load 8 bytes. */
#define KSYMS_READ_AHEAD 8u

/* Symbols in address order. */
#define KSYMS_BLOCK_SYMBOLS 64u
#define KSYMS_BLOCK_HIGHS   128u /* bits of a block's unary high parts; then 64 bits of marks */
#define KSYMS_BLOCK_FIXED   24u  /* bytes of both */

struct ksyms_blob_block {
    uint32_t data_offset;    /* of its data in BLOCK_DATA */
    uint8_t rank_width;      /* bits 0-4: low bits of a name rank in its code; 5-7: the rest */
    uint8_t rank_high_count; /* different high parts of name ranks; 0: the ranks are consecutive */
    uint8_t address_low_width; /* bits of an address that are not in its unary high part */
    uint8_t address_shift;     /* bits 0-5: zero bits that all addresses share; the rest: below */
    uint8_t size_width;        /* bits of a size code */
    uint8_t exception_count;   /* sizes that have no code */
    uint8_t look_back;         /* symbols before the nearest one that may hold an address here */
    uint8_t letter_count;
};
KSYMS_ASSERT(sizeof(struct ksyms_blob_block) == 12, "FORMAT.md, blocks");

#define KSYMS_RANK_LOW_MASK    31u
#define KSYMS_RANK_HIGH_SHIFT  5u
#define KSYMS_SHIFT_MASK       63u
#define KSYMS_SHIFT_ALL_SIZED  64u /* size code 0 is no slack, not no size */
#define KSYMS_LOOK_BACK_MAX    255u
#define KSYMS_LETTERS_MAX      64u
#define KSYMS_EXCEPTION_NUMBER 6u /* bits of the symbol's number in its block */
#define KSYMS_EXCEPTION_WIDTH  7u /* bits that say how many bits such a size has */

/* From a rank to its index at most this many steps are walked (FORMAT.md, shortcuts). */
#define KSYMS_SHORTCUT_STEPS 5u

/* Names. */
#define KSYMS_NAME_BLOCK_SYMBOLS 128u
#define KSYMS_NAME_GROUP_SYMBOLS 16u
#define KSYMS_NAME_GROUPS        (KSYMS_NAME_BLOCK_SYMBOLS / KSYMS_NAME_GROUP_SYMBOLS)
#define KSYMS_NAME_OFFSET_BITS   5u /* bits that say how wide the offsets of a block's groups are */
#define KSYMS_NAME_OFFSET_MAX    28u
#define KSYMS_NAME_KEPT_WIDTH    5u /* bits of a number of kept tokens, at most ... */
#define KSYMS_NAME_KEPT_MAX      31u

/* NAMES has so many zero bits first, so that no code's bits can begin before the part. */
#define KSYMS_NAMES_FIRST_BIT KSYMS_CODE_WIDTH_MAX
/* ... and so many zero bytes at its end, so that the numbers of kept tokens of 16 names, and 8
 * bytes more, can be read from the last bit on. */
#define KSYMS_NAMES_AHEAD    24u
#define KSYMS_NAMES_BITS_MAX (UINT32_MAX - 1023) /* so that a place a little behind is a number */

struct ksyms_blob_name_block {
    uint8_t key[16]; /* the first name's beginning, filled up with zeros */
    uint8_t bit[4];  /* of the block in NAMES, a uint32_t */
};
KSYMS_ASSERT(sizeof(struct ksyms_blob_name_block) == 20, "FORMAT.md, name blocks");

/* Codes of tokens: a class of 4 bits, and as many other bits as the class says. */
#define KSYMS_CODE_CLASS_BITS 4u
#define KSYMS_CODE_CLASSES    8u /* of tokens that end a name, and of those that do not */
#define KSYMS_CODE_LAST       8u /* the bit that says which */
#define KSYMS_CODE_WIDTH_MAX  16u

struct ksyms_blob_codes {
    uint8_t widths[2 * KSYMS_CODE_CLASSES];
    uint32_t first_last; /* number of the first token that ends a name */
    uint32_t token_count;
    uint32_t names_end;   /* bits of NAMES that hold names */
    uint8_t kept_width;   /* bits of a number of kept tokens */
    uint8_t offset_width; /* bits of an offset in an entry of TOKENS */
    uint16_t zero;
};
KSYMS_ASSERT(sizeof(struct ksyms_blob_codes) == 32, "FORMAT.md, codes");

/* Tokens: an entry holds its string's length in the low bits, and its offset.  A length above
 * KSYMS_TOKEN_LENGTH_MAX is KSYMS_TOKEN_PHRASE and the number of a phrase's tokens. */
#define KSYMS_TOKEN_LENGTH_BITS 5u
#define KSYMS_TOKEN_LENGTH_MASK 31u
#define KSYMS_TOKEN_LENGTH_MAX  16u
#define KSYMS_TOKEN_PHRASE      15u
#define KSYMS_PHRASE_LENGTH_MAX 16u
#define KSYMS_TOKENS_MAX        65536u
#define KSYMS_TOKEN_OFFSET_MAX  24u

/* TOKEN_STRINGS ends in so many zero bytes: the numbers of a longest phrase's tokens. */
#define KSYMS_STRINGS_AHEAD (KSYMS_PHRASE_LENGTH_MAX * 2)

/* Bits that hold the numbers 0 ... count - 1. */
static inline unsigned ksyms_blob_width(uint64_t count)
{
    return 63 - (unsigned)__builtin_clzll((count > 1 ? count - 1 : 0) * 2 + 1);
}

/* The checksum of a whole blob, of a header at least: every byte but those of the field itself. */
uint32_t ksyms_blob_checksum(const uint8_t *blob, size_t size_bytes);

#endif
