// SPDX-License-Identifier: MIT
/*
 * font.h: glyphs of a PSF console font, version 1 or 2, found by Unicode character.
 *
 * Ownership: the font borrows the file's bytes.  font_open checks all sizes; afterwards font_glyph
 * cannot fail.  No heap; any context after font_open.
 *
 *     struct font font;
 *     enum font_status status = font_open(&font, bytes, size);
 *     if (status == FONT_OK) {
 *         const uint8_t *rows = font_glyph(&font, 'A');    font.height rows of font.row_bytes bytes
 *     }
 */
#ifndef CONSOLE_FONT_H
#define CONSOLE_FONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FONT_WIDTH_MAX      32u /* pixels */
#define FONT_HEIGHT_MAX     64u
#define FONT_GLYPHS_MAX     65536u
#define FONT_CHARACTERS_MAX 4096u /* entries of a Unicode table; further ones are not used */

enum font_status {
    FONT_OK,
    FONT_SHORT,  /* fewer bytes than the header, or than the header says */
    FONT_MAGIC,  /* not a PSF file */
    FONT_HEADER, /* PSF2: a header size or a version that is not known */
    FONT_SIZE,   /* a glyph has no pixels, or is larger than this kernel draws */
    FONT_COUNT,  /* no glyphs, or too many */
    FONT_TABLE,  /* the Unicode table names no glyph for some letter of ASCII, or is broken off */
};

struct font_character {
    uint16_t character;
    uint16_t glyph;
};

struct font {
    const uint8_t *glyphs;
    unsigned width, height; /* pixels */
    unsigned row_bytes;     /* the leftmost pixel is the highest bit of the first byte */
    unsigned glyph_bytes;
    unsigned glyph_count;
    bool has_table; /* without one, a character's number is its glyph's number */
    unsigned character_count;
    struct font_character characters[FONT_CHARACTERS_MAX]; /* sorted by character */
};

/* On failure `font` is undefined. */
enum font_status font_open(struct font *font, const void *bytes, size_t size_bytes);

/* Rows of the character's glyph; of U+FFFD's or '?' if the font does not have it.  Never null. */
const uint8_t *font_glyph(const struct font *font, uint16_t character);

/* One line for a status, without a full stop. */
const char *font_status_text(enum font_status status);

#endif
