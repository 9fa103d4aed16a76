// SPDX-License-Identifier: MIT
/*
 * ega.c: draw cells as EGA text: 80x25 pairs of a byte of code page 437 and one of colours.
 *
 * The machine's own cursor is used: CRT controller registers 0x0e and 0x0f hold its place, 0x0a its
 * first scan line (bit 5 hides it) and 0x0b the last.
 */
#include "console/video.h"
#include "onoma/compiler.h"
#include "onoma/io.h"
#include "onoma/printk.h"

#define EGA_COLUMNS  80u
#define EGA_ROWS     25u
#define CRTC_INDEX   0x3d4
#define CRTC_DATA    0x3d5
#define CURSOR_START 0x0a
#define CURSOR_END   0x0b
#define CURSOR_HIGH  0x0e
#define CURSOR_LOW   0x0f

/* Code page 437 from 0x80 on, in Unicode. */
static const uint16_t page437[128] = {
    0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7, 0x00ea, 0x00eb, 0x00e8, 0x00ef,
    0x00ee, 0x00ec, 0x00c4, 0x00c5, 0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9,
    0x00ff, 0x00d6, 0x00dc, 0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192, 0x00e1, 0x00ed, 0x00f3, 0x00fa,
    0x00f1, 0x00d1, 0x00aa, 0x00ba, 0x00bf, 0x2310, 0x00ac, 0x00bd, 0x00bc, 0x00a1, 0x00ab, 0x00bb,
    0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557,
    0x255d, 0x255c, 0x255b, 0x2510, 0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f,
    0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256c, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559,
    0x2558, 0x2552, 0x2553, 0x256b, 0x256a, 0x2518, 0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580,
    0x03b1, 0x00df, 0x0393, 0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4, 0x03a6, 0x0398, 0x03a9, 0x03b4,
    0x221e, 0x03c6, 0x03b5, 0x2229, 0x2261, 0x00b1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00f7, 0x2248,
    0x00b0, 0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2, 0x25a0, 0x00a0,
};

static volatile uint16_t *text;

static uint8_t page437_of(uint16_t character)
{
    if (character < 0x80) {
        return (uint8_t)character;
    }
    for (unsigned i = 0; i < ARRAY_SIZE(page437); i++) {
        if (page437[i] == character) {
            return (uint8_t)(0x80 + i);
        }
    }
    return '?';
}

/* EGA has blue in bit 0 and red in bit 2, SGR the other way round. */
static unsigned ega_color(unsigned color)
{
    return (color & 0xa) | (color & 1) << 2 | (color >> 2 & 1);
}

static void draw(unsigned column, unsigned row, struct video_cell cell)
{
    unsigned attribute = ega_color(cell.background) << 4 | ega_color(cell.foreground);
    text[row * EGA_COLUMNS + column] = (uint16_t)(attribute << 8 | page437_of(cell.character));
}

static void write_register(uint8_t index, uint8_t value)
{
    outb(CRTC_INDEX, index);
    outb(CRTC_DATA, value);
}

static void move_cursor(unsigned column, unsigned row)
{
    unsigned place = row * EGA_COLUMNS + column;
    write_register(CURSOR_HIGH, (uint8_t)(place >> 8));
    write_register(CURSOR_LOW, (uint8_t)place);
}

void ega_init(void *text_memory)
{
    static const struct video_operations operations = {.draw = draw, .move_cursor = move_cursor};
    static const struct video_cell blank = {' ', VIDEO_FOREGROUND, VIDEO_BACKGROUND};
    text = text_memory;
    for (unsigned row = 0; row < EGA_ROWS; row++) {
        for (unsigned column = 0; column < EGA_COLUMNS; column++) {
            draw(column, row, blank);
        }
    }
    write_register(CURSOR_START, 14);
    write_register(CURSOR_END, 15);
    video_start(EGA_COLUMNS, EGA_ROWS, &operations);
    pr_info("video: EGA text, %ux%u characters\n", EGA_COLUMNS, EGA_ROWS);
}
