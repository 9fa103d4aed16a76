// SPDX-License-Identifier: MIT
/*
 * font.c: read a PSF font.
 *
 *     version 1   36 04 | mode | glyph bytes | glyphs ... | table      8 pixels wide
 *                 mode bit 0: 512 glyphs, else 256; bits 1, 2: a table follows
 *                 table: for each glyph 16-bit characters up to ffff; from fffe on, sequences
 *     version 2   72 b5 4a 86 | version, header size, flags, count, glyph bytes, height, width
 *                 flag bit 0: a table follows, in UTF-8, each glyph's up to ff; fe: sequences
 *
 * Source: the header file psf.h of Linux's kbd package.  All numbers little-endian.  Sequences
 * (several characters that make one glyph) are skipped: a cell shows one character.
 */
#include "console/font.h"
#include "onoma/string.h"

#define PSF1_MAGIC          0x0436u
#define PSF1_HEADER         4u
#define PSF1_MODE_512       1u
#define PSF1_MODE_HAS_TABLE 6u
#define PSF1_END            0xffffu
#define PSF1_SEQUENCE       0xfffeu
#define PSF2_MAGIC          0x864ab572u
#define PSF2_HEADER         32u
#define PSF2_HAS_TABLE      1u
#define PSF2_END            0xffu
#define PSF2_SEQUENCE       0xfeu
#define REPLACEMENT         0xfffdu

static uint32_t read16(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8;
}

static uint32_t read32(const uint8_t *bytes)
{
    return read16(bytes) | read16(bytes + 2) << 16;
}

/* ------------------------------------------------------------------------------ character table */

/* Index of the first entry that is not below `character`. */
static unsigned lower_bound(const struct font *font, uint16_t character)
{
    unsigned low = 0;
    unsigned high = font->character_count;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (font->characters[middle].character < character) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool find_character(const struct font *font, uint16_t character, unsigned *glyph)
{
    if (!font->has_table) {
        *glyph = character;
        return character < font->glyph_count;
    }
    unsigned at = lower_bound(font, character);
    if (at >= font->character_count || font->characters[at].character != character) {
        return false;
    }
    *glyph = font->characters[at].glyph;
    return true;
}

/* The first glyph of a character counts. */
static void add_character(struct font *font, uint32_t character, unsigned glyph)
{
    if (character > UINT16_MAX || font->character_count >= FONT_CHARACTERS_MAX) {
        return;
    }
    unsigned at = lower_bound(font, (uint16_t)character);
    struct font_character *place = &font->characters[at];
    if (at < font->character_count && place->character == character) {
        return;
    }
    memmove(place + 1, place, (font->character_count - at) * sizeof(*place));
    *place = (struct font_character){(uint16_t)character, (uint16_t)glyph};
    font->character_count++;
}

static enum font_status read_table1(struct font *font, const uint8_t *table, size_t size_bytes)
{
    unsigned glyph = 0;
    bool in_sequence = false;
    for (size_t offset = 0; offset + 2 <= size_bytes && glyph < font->glyph_count; offset += 2) {
        uint32_t value = read16(table + offset);
        if (value == PSF1_END) {
            glyph++;
            in_sequence = false;
        } else if (value == PSF1_SEQUENCE) {
            in_sequence = true;
        } else if (!in_sequence) {
            add_character(font, value, glyph);
        }
    }
    return glyph == font->glyph_count ? FONT_OK : FONT_TABLE;
}

/* Bytes of the UTF-8 character at `bytes`, 0 if it is none. */
static size_t read_utf8(const uint8_t *bytes, size_t size_bytes, uint32_t *character)
{
    uint8_t first = bytes[0];
    size_t length = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (length == 0 || length > size_bytes) {
        return 0;
    }
    *character = length == 1 ? first : first & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return 0;
        }
        *character = *character << 6 | (bytes[i] & 0x3f);
    }
    return length;
}

static enum font_status read_table2(struct font *font, const uint8_t *table, size_t size_bytes)
{
    unsigned glyph = 0;
    bool in_sequence = false;
    size_t offset = 0;
    while (offset < size_bytes && glyph < font->glyph_count) {
        uint32_t character;
        size_t length = 1;
        if (table[offset] == PSF2_END) {
            glyph++;
            in_sequence = false;
        } else if (table[offset] == PSF2_SEQUENCE) {
            in_sequence = true;
        } else {
            length = read_utf8(table + offset, size_bytes - offset, &character);
            if (length == 0) {
                return FONT_TABLE;
            }
            if (!in_sequence) {
                add_character(font, character, glyph);
            }
        }
        offset += length;
    }
    return glyph == font->glyph_count ? FONT_OK : FONT_TABLE;
}

/* -------------------------------------------------------------------------------------- headers */

/* Where things lie, as a header of either version says. */
struct layout {
    uint64_t header_bytes;
    uint64_t glyph_count, glyph_bytes;
    uint64_t width, height;
    bool has_table;
};

static enum font_status read_header1(struct layout *layout, const uint8_t *bytes, size_t size_bytes)
{
    if (size_bytes < PSF1_HEADER) {
        return FONT_SHORT;
    }
    *layout = (struct layout){
        .header_bytes = PSF1_HEADER,
        .glyph_count = (bytes[2] & PSF1_MODE_512) != 0 ? 512 : 256,
        .glyph_bytes = bytes[3],
        .width = 8,
        .height = bytes[3],
        .has_table = (bytes[2] & PSF1_MODE_HAS_TABLE) != 0,
    };
    return FONT_OK;
}

static enum font_status read_header2(struct layout *layout, const uint8_t *bytes, size_t size_bytes)
{
    if (size_bytes < PSF2_HEADER) {
        return FONT_SHORT;
    }
    *layout = (struct layout){
        .header_bytes = read32(bytes + 8),
        .glyph_count = read32(bytes + 16),
        .glyph_bytes = read32(bytes + 20),
        .height = read32(bytes + 24),
        .width = read32(bytes + 28),
        .has_table = (read32(bytes + 12) & PSF2_HAS_TABLE) != 0,
    };
    if (read32(bytes + 4) != 0 || layout->header_bytes < PSF2_HEADER) {
        return FONT_HEADER;
    }
    return FONT_OK;
}

static enum font_status read_header(struct layout *layout, const uint8_t *bytes, size_t size_bytes)
{
    if (size_bytes >= 2 && read16(bytes) == PSF1_MAGIC) {
        return read_header1(layout, bytes, size_bytes);
    }
    if (size_bytes >= 4 && read32(bytes) == PSF2_MAGIC) {
        return read_header2(layout, bytes, size_bytes);
    }
    return size_bytes < 4 ? FONT_SHORT : FONT_MAGIC;
}

static enum font_status check_layout(const struct layout *layout, size_t size_bytes)
{
    if (layout->width == 0 || layout->width > FONT_WIDTH_MAX || layout->height == 0 ||
        layout->height > FONT_HEIGHT_MAX ||
        layout->glyph_bytes != (layout->width + 7) / 8 * layout->height) {
        return FONT_SIZE;
    }
    if (layout->glyph_count == 0 || layout->glyph_count > FONT_GLYPHS_MAX) {
        return FONT_COUNT;
    }
    /* No sum here can wrap: a 32-bit header size, and 65536 glyphs of 256 bytes. */
    if (layout->header_bytes + layout->glyph_count * layout->glyph_bytes > size_bytes) {
        return FONT_SHORT;
    }
    return FONT_OK;
}

static bool has_ascii(const struct font *font)
{
    unsigned glyph;
    for (uint16_t character = ' '; character <= '~'; character++) {
        if (!find_character(font, character, &glyph)) {
            return false;
        }
    }
    return true;
}

enum font_status font_open(struct font *font, const void *bytes, size_t size_bytes)
{
    const uint8_t *file = bytes;
    struct layout layout;
    enum font_status status = read_header(&layout, file, size_bytes);
    if (status == FONT_OK) {
        status = check_layout(&layout, size_bytes);
    }
    if (status != FONT_OK) {
        return status;
    }
    /* From here all glyphs are known to lie within the file. */
    font->glyphs = file + layout.header_bytes;
    font->width = (unsigned)layout.width;
    font->height = (unsigned)layout.height;
    font->row_bytes = (font->width + 7) / 8;
    font->glyph_bytes = (unsigned)layout.glyph_bytes;
    font->glyph_count = (unsigned)layout.glyph_count;
    font->has_table = layout.has_table;
    font->character_count = 0;
    if (layout.has_table) {
        const uint8_t *table = font->glyphs + (size_t)font->glyph_count * font->glyph_bytes;
        size_t table_bytes = (size_t)(file + size_bytes - table);
        status = file[0] == (PSF1_MAGIC & 0xff) ? read_table1(font, table, table_bytes)
                                                : read_table2(font, table, table_bytes);
    }
    if (status == FONT_OK && !has_ascii(font)) {
        status = FONT_TABLE;
    }
    return status;
}

const uint8_t *font_glyph(const struct font *font, uint16_t character)
{
    unsigned glyph = 0;
    if (!find_character(font, character, &glyph) && !find_character(font, REPLACEMENT, &glyph)) {
        find_character(font, '?', &glyph);
    }
    return font->glyphs + (size_t)glyph * font->glyph_bytes;
}

const char *font_status_text(enum font_status status)
{
    switch (status) {
    case FONT_OK:
        return "font is fine";
    case FONT_SHORT:
        return "font file is shorter than its header says";
    case FONT_MAGIC:
        return "font file is not a PSF font";
    case FONT_HEADER:
        return "font file is of an unknown version";
    case FONT_SIZE:
        return "font's glyphs have no size or are too large";
    case FONT_COUNT:
        return "font has no glyphs or too many";
    case FONT_TABLE:
        return "font's Unicode table is broken off or lacks ASCII";
    }
    return "unknown font status";
}
