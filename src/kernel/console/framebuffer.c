// SPDX-License-Identifier: MIT
/*
 * framebuffer.c: draw cells as pixels.
 *
 * Glyphs are drawn larger by a whole factor when the grid would otherwise exceed what video.h has
 * room for: on a 4K screen the letters double.  What the grid does not fill stays black around it.
 * The framebuffer is only written, in whole pixels, never read: reading it is slow.
 */
#include "console/video.h"
#include "console/font.h"
#include "onoma/compiler.h"
#include "onoma/printk.h"
#include "onoma/string.h"

#define COLUMNS_MIN 20u
#define ROWS_MIN    4u
#define SCALE_MAX   16u

/* Linked in by the build: a PSF file. */
extern const char console_font_start[], console_font_end[];

/* The 16 colours of VGA's text modes, 0xRRGGBB, in the order of SGR. */
static const uint32_t palette[16] = {
    0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa, 0x00aaaa, 0xaaaaaa,
    0x555555, 0xff5555, 0x55ff55, 0xffff55, 0x5555ff, 0xff55ff, 0x55ffff, 0xffffff,
};

static struct framebuffer_mode mode;
static struct font font;
static uint32_t colors[16]; /* the palette in the mode's pixel format */
static unsigned scale;      /* pixels of the screen per pixel of a glyph, in both directions */
static unsigned origin_x, origin_y;

static uint32_t pixel_of(uint32_t color)
{
    return (color >> 16 & 0xff) << mode.red_position | (color >> 8 & 0xff) << mode.green_position |
           (color & 0xff) << mode.blue_position;
}

/* Write one pixel and return the place of the next. */
static volatile uint8_t *put_pixel(volatile uint8_t *at, uint32_t pixel)
{
    if (mode.bits_per_pixel == 32) {
        *(volatile uint32_t *)at = pixel;
        return at + 4;
    }
    at[0] = (uint8_t)pixel;
    at[1] = (uint8_t)(pixel >> 8);
    at[2] = (uint8_t)(pixel >> 16);
    return at + 3;
}

static volatile uint8_t *pixel_at(unsigned x, unsigned y)
{
    return (volatile uint8_t *)mode.pixels + (size_t)y * mode.pitch +
           (size_t)x * (mode.bits_per_pixel / 8);
}

static void draw_line(unsigned x, unsigned y, const uint8_t *bits, uint32_t foreground,
                      uint32_t background)
{
    volatile uint8_t *at = pixel_at(x, y);
    for (unsigned column = 0; column < font.width; column++) {
        bool is_set = (bits[column / 8] & 0x80 >> column % 8) != 0;
        for (unsigned repeat = 0; repeat < scale; repeat++) {
            at = put_pixel(at, is_set ? foreground : background);
        }
    }
}

static void draw(unsigned column, unsigned row, struct video_cell cell)
{
    const uint8_t *bits = font_glyph(&font, cell.character);
    unsigned x = origin_x + column * font.width * scale;
    unsigned y = origin_y + row * font.height * scale;
    for (unsigned line = 0; line < font.height * scale; line++) {
        draw_line(x, y + line, bits + line / scale * font.row_bytes, colors[cell.foreground],
                  colors[cell.background]);
    }
}

static void clear_screen(void)
{
    for (unsigned y = 0; y < mode.height; y++) {
        volatile uint8_t *at = pixel_at(0, y);
        for (unsigned x = 0; x < mode.width; x++) {
            at = put_pixel(at, 0);
        }
    }
}

static bool is_usable(const struct framebuffer_mode *wanted)
{
    return wanted->pixels != NULL &&
           (wanted->bits_per_pixel == 24 || wanted->bits_per_pixel == 32) &&
           wanted->pitch >= (uint64_t)wanted->width * (wanted->bits_per_pixel / 8) &&
           wanted->red_position <= wanted->bits_per_pixel - 8 &&
           wanted->green_position <= wanted->bits_per_pixel - 8 &&
           wanted->blue_position <= wanted->bits_per_pixel - 8;
}

/* The smallest factor with which the grid is within its limits. */
static unsigned choose_scale(const struct framebuffer_mode *wanted)
{
    unsigned factor = 1;
    while (factor < SCALE_MAX && (wanted->width / (font.width * factor) > VIDEO_COLUMNS_MAX ||
                                  wanted->height / (font.height * factor) > VIDEO_ROWS_MAX)) {
        factor++;
    }
    return factor;
}

bool framebuffer_init(const struct framebuffer_mode *wanted)
{
    if (!is_usable(wanted)) {
        pr_warn("video: framebuffer of %ux%u with %u bits and pitch %u cannot be used: no screen\n",
                wanted->width, wanted->height, wanted->bits_per_pixel, wanted->pitch);
        return false;
    }
    size_t font_bytes = (size_t)(console_font_end - console_font_start);
    enum font_status status = font_open(&font, console_font_start, font_bytes);
    if (status != FONT_OK) {
        pr_warn("video: %s (%zu bytes): no screen\n", font_status_text(status), font_bytes);
        return false;
    }
    scale = choose_scale(wanted);
    unsigned columns = wanted->width / (font.width * scale);
    unsigned rows = wanted->height / (font.height * scale);
    columns = columns < VIDEO_COLUMNS_MAX ? columns : VIDEO_COLUMNS_MAX;
    rows = rows < VIDEO_ROWS_MAX ? rows : VIDEO_ROWS_MAX;
    if (columns < COLUMNS_MIN || rows < ROWS_MIN) {
        pr_warn("video: framebuffer of %ux%u is too small for a %ux%u font: no screen\n",
                wanted->width, wanted->height, font.width, font.height);
        return false;
    }
    static const struct video_operations operations = {.draw = draw};
    mode = *wanted;
    origin_x = (mode.width - columns * font.width * scale) / 2;
    origin_y = (mode.height - rows * font.height * scale) / 2;
    for (unsigned i = 0; i < ARRAY_SIZE(palette); i++) {
        colors[i] = pixel_of(palette[i]);
    }
    clear_screen();
    video_start(columns, rows, &operations);
    pr_info("video: framebuffer %ux%u, %u bits, %ux%u characters of %ux%u\n", mode.width,
            mode.height, mode.bits_per_pixel, columns, rows, font.width * scale,
            font.height * scale);
    return true;
}
