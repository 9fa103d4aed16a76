// SPDX-License-Identifier: MIT
/*
 * read_screen.c: what stands on a text screen, read back from its pixels.
 *
 *     read_screen FONT.psf SCREEN.ppm
 *
 * SCREEN is what QEMU's `screendump` writes (PPM, "P6"), FONT a PSF1 font with a Unicode table.
 * Cells of the font's size, with equal margins above and below, are compared with the glyphs of
 * ASCII; all but black is ink.  Prints one line a row, without the spaces at its end; a cell that
 * is no such glyph is printed as '#'.
 *
 * Knows nothing of the kernel's own code for fonts and screens, which it is to judge.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH      8
#define HEIGHT_MAX 32
#define FIRST      0x20 /* characters */
#define END        0x7f

struct bytes {
    uint8_t data[16 << 20];
    size_t size;
};

struct font {
    unsigned height;
    const uint8_t *glyph[END]; /* of each character of ASCII */
};

struct screen {
    unsigned width, height;
    const uint8_t *pixels; /* red, green, blue */
};

static _Noreturn void fail(const char *path, const char *what)
{
    fprintf(stderr, "read_screen: %s: %s\n", path, what);
    exit(1);
}

static void read_all(struct bytes *file, const char *path)
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        fail(path, "cannot be read");
    }
    file->size = fread(file->data, 1, sizeof(file->data) - 1, stream);
    fclose(stream);
}

static unsigned u16_at(const uint8_t *at)
{
    return at[0] | (unsigned)at[1] << 8;
}

/* PSF1: 36 04, mode, height; glyphs of 8 pixels a row; for each glyph its characters, ended by
 * 0xffff. */
static struct font read_font(const char *path)
{
    static struct bytes file;
    read_all(&file, path);
    if (file.size < 4 || u16_at(file.data) != 0x0436 || (file.data[2] & 2) == 0) {
        fail(path, "not a PSF1 font with a Unicode table");
    }
    struct font font = {.height = file.data[3]};
    unsigned count = (file.data[2] & 1) != 0 ? 512 : 256;
    size_t table = 4 + (size_t)count * font.height;
    if (font.height > HEIGHT_MAX || table > file.size) {
        fail(path, "broken off, or glyphs that are too high");
    }
    unsigned glyph = 0;
    bool is_sequence = false; /* of a letter and accents, behind 0xfffe */
    for (size_t at = table; at + 2 <= file.size && glyph < count; at += 2) {
        unsigned character = u16_at(file.data + at);
        if (character == 0xffff) {
            glyph++;
            is_sequence = false;
        } else if (character == 0xfffe) {
            is_sequence = true;
        } else if (character < END && !is_sequence) {
            font.glyph[character] = file.data + 4 + (size_t)glyph * font.height;
        }
    }
    return font;
}

static struct screen read_screen(const char *path)
{
    static struct bytes file;
    read_all(&file, path);
    struct screen screen = {.width = 0};
    int header = 0;
    if (sscanf((char *)file.data, "P6 %u %u 255%n", &screen.width, &screen.height, &header) != 2 ||
        header == 0) {
        fail(path, "not a PPM file of 8 bits a colour");
    }
    screen.pixels = file.data + header + 1;
    if (file.size < header + 1 + (size_t)screen.width * screen.height * 3) {
        fail(path, "broken off");
    }
    return screen;
}

static bool is_ink(const struct screen *screen, unsigned x, unsigned y)
{
    const uint8_t *pixel = screen->pixels + ((size_t)y * screen->width + x) * 3;
    return (pixel[0] | pixel[1] | pixel[2]) != 0;
}

static char character_at(const struct screen *screen, const struct font *font, unsigned column,
                         unsigned row)
{
    uint8_t cell[HEIGHT_MAX] = {0};
    for (unsigned y = 0; y < font->height; y++) {
        for (unsigned x = 0; x < WIDTH; x++) {
            if (is_ink(screen, column * WIDTH + x,
                       screen->height % font->height / 2 + row * font->height + y)) {
                cell[y] |= 0x80 >> x;
            }
        }
    }
    for (int character = FIRST; character < END; character++) {
        const uint8_t *glyph = font->glyph[character];
        if (glyph != NULL && memcmp(glyph, cell, font->height) == 0) {
            return (char)character;
        }
    }
    return '#';
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: read_screen FONT.psf SCREEN.ppm\n");
        return 2;
    }
    struct font font = read_font(argv[1]);
    struct screen screen = read_screen(argv[2]);
    unsigned columns = screen.width / WIDTH, rows = screen.height / font.height;
    for (unsigned row = 0; row < rows; row++) {
        char line[1024] = "";
        unsigned length = 0;
        for (unsigned column = 0; column < columns && column < sizeof(line) - 1; column++) {
            line[column] = character_at(&screen, &font, column, row);
            if (line[column] != ' ') {
                length = column + 1;
            }
        }
        printf("%.*s\n", (int)length, line);
    }
    return 0;
}
