// SPDX-License-Identifier: MIT
/*
 * test_video.c: cells after streams of bytes; fonts, good and hostile; pixels of the framebuffer;
 * words of EGA memory.
 *
 * An argument names a PSF file, the one that the kernel is linked with: it is read too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "console/console.h"
#include "console/font.h"
#include "console/video.h"
#include "host_arch.h"
#include "host_screen.h"

static struct host_screen screen;
static const char *font_path;

/* The font that framebuffer.c finds: 256 glyphs of 8x16; each row of glyph i is the byte i. */
__asm__(".pushsection .rodata\n"
        ".globl console_font_start, console_font_end\n"
        "console_font_start:\n"
        "\t.byte 0x36, 0x04, 0x00, 0x10\n"
        "\t.set glyph, 0\n"
        "\t.rept 256\n"
        "\t.fill 16, 1, glyph\n"
        "\t.set glyph, glyph + 1\n"
        "\t.endr\n"
        "console_font_end:\n"
        "\t.popsection\n");

static void show(const char *text)
{
    host_screen_write(&screen, text, strlen(text));
}

#define EXPECT(...)                                                                                \
    do {                                                                                           \
        const char *rows[64] = {__VA_ARGS__};                                                      \
        host_screen_expect(&screen, rows);                                                         \
    } while (0)

static void expect_cursor(unsigned column, unsigned row)
{
    assert_int_equal(screen.terminal.column, column);
    assert_int_equal(screen.terminal.row, row);
}

static int open_small(void **state)
{
    (void)state;
    host_screen_open(&screen, 10, 4);
    return 0;
}

/* --- The terminal ----------------------------------------------------------------------------- */

static void lines_follow_each_other(void **state)
{
    (void)state;
    show("one\ntwo\r\nthree");
    EXPECT("one", "two", "three");
    expect_cursor(5, 2);
}

static void the_screen_scrolls(void **state)
{
    (void)state;
    show("1\n2\n3\n4\n5\n6");
    EXPECT("3", "4", "5", "6");
    expect_cursor(1, 3);
    show("\n");
    EXPECT("4", "5", "6", "");
}

static void long_lines_wrap_late(void **state)
{
    (void)state;
    show("0123456789");
    expect_cursor(9, 0);
    show("\nnext"); /* no blank line between */
    EXPECT("0123456789", "next");
    show("\n0123456789A");
    EXPECT("0123456789", "next", "0123456789", "A");
    expect_cursor(1, 3);
    show("\r0123456789\rX");
    EXPECT("0123456789", "next", "0123456789", "X123456789");
}

static void controls_move_the_cursor(void **state)
{
    (void)state;
    show("abc\b\bX\rY");
    EXPECT("YXc");
    show("\r\b\b"); /* not over the edge */
    expect_cursor(0, 0);
    show("\tT");
    expect_cursor(9, 0);
    show("\t");
    expect_cursor(9, 0);
    show("\a\x0e\x7f\v");
    EXPECT("YXc     T");
}

static void the_line_is_erased_in_three_ways(void **state)
{
    (void)state;
    show("abcdefghij\r\033[3C\033[K");
    EXPECT("abc");
    show("defghij\r\033[3C\033[1K");
    EXPECT("    efghij");
    show("\033[2K");
    EXPECT("");
    expect_cursor(3, 0);
}

static void the_screen_is_erased_in_three_ways(void **state)
{
    (void)state;
    show("aaa\nbbb\nccc\033[2;2H\033[J");
    EXPECT("aaa", "b");
    show("\033[H11\n22\n33\033[2;2H\033[1J");
    EXPECT("", "", "33");
    show("\033[2J");
    EXPECT("");
    expect_cursor(1, 1);
}

static void the_cursor_stays_on_the_screen(void **state)
{
    (void)state;
    show("\033[99;99H");
    expect_cursor(9, 3);
    show("\033[99A\033[99D");
    expect_cursor(0, 0);
    show("\033[2B\033[C");
    expect_cursor(1, 2);
    show("\033[99999999999999999999C\033[4294967295B");
    expect_cursor(9, 3);
    show("\033[0;0H");
    expect_cursor(0, 0);
    show("\033[5G");
    expect_cursor(4, 0);
}

static void what_is_unknown_is_swallowed(void **state)
{
    (void)state;
    show("a\033[?25lb\033(Bc\033=d\033[1;2;3;4;5;6;7;8;9;10;11qe\033[>cf");
    EXPECT("abcdef");
    show("\033[3\nnext"); /* a control within a sequence works */
    show("mg");
    EXPECT("abcdef", "extmg");
}

static struct video_cell drawn_at(unsigned column, unsigned row)
{
    return host_drawn[row * screen.terminal.columns + column];
}

static void expect_colors(unsigned column, unsigned foreground, unsigned background)
{
    assert_int_equal(drawn_at(column, 0).foreground, foreground);
    assert_int_equal(drawn_at(column, 0).background, background);
}

static void colors_come_and_go(void **state)
{
    (void)state;
    show("a\033[31mb\033[1mc\033[0;44md\033[7me\033[me\033[92mf\033[38;5;9mg");
    expect_colors(0, 7, 0);
    expect_colors(1, 1, 0);
    expect_colors(2, 9, 0);
    expect_colors(3, 7, 4);
    expect_colors(4, 4, 7);
    expect_colors(5, 7, 0);
    expect_colors(6, 10, 0);
    expect_colors(7, 10, 0);
}

static void utf8_becomes_one_cell(void **state)
{
    (void)state;
    show("\xc3\xa4\xe2\x94\x82\xf0\x9f\x98\x80x");
    assert_int_equal(drawn_at(0, 0).character, 0xe4);
    assert_int_equal(drawn_at(1, 0).character, 0x2502);
    assert_int_equal(drawn_at(2, 0).character, 0xfffd);
    assert_int_equal(drawn_at(3, 0).character, 'x');
    show("\r\xe2\x94y\x80z\xff\n");
    assert_int_equal(drawn_at(0, 0).character, 0xfffd);
    assert_int_equal(drawn_at(1, 0).character, 'y');
    assert_int_equal(drawn_at(2, 0).character, 0xfffd);
    assert_int_equal(drawn_at(3, 0).character, 'z');
    expect_cursor(0, 1);
}

static void only_changes_are_drawn(void **state)
{
    (void)state;
    show("aaaa\naaab\naaac\naaad");
    host_draw_count = 0;
    show("\naaae"); /* the last letter of each row, and no more */
    assert_int_equal(host_draw_count, 4);
    EXPECT("aaab", "aaac", "aaad", "aaae");
    host_draw_count = 0;
    show("\raaae");
    assert_int_equal(host_draw_count, 0);
}

/* Whatever comes: the cursor stays inside, and what is drawn is what the cells say. */
static void random_bytes_do_no_harm(void **state)
{
    (void)state;
    static const char pool[] = "\033\033[[[;;0123456789ABCDGHJKmfx\n\r\b\t\xc3\xa4\xe2\xff ?";
    uint32_t random = 7;
    for (unsigned round = 0; round < 20000; round++) {
        char text[24];
        for (size_t i = 0; i < sizeof(text); i++) {
            random = random * 1664525 + 1013904223;
            text[i] = pool[(random >> 10) % (sizeof(pool) - 1)];
        }
        host_screen_write(&screen, text, sizeof(text));
        assert_true(screen.terminal.column < 10 && screen.terminal.row < 4);
        assert_memory_equal(screen.cells, host_drawn, 40 * sizeof(struct video_cell));
    }
}

/* --- Fonts ------------------------------------------------------------------------------------ */

static struct font font;

/* A PSF1 file in memory of its exact size, so that the sanitizer sees a byte read too far. */
static uint8_t *make_psf1(uint8_t mode, uint8_t height, size_t table_bytes, size_t *size)
{
    size_t glyphs = (mode & 1) != 0 ? 512 : 256;
    *size = 4 + glyphs * height + table_bytes;
    uint8_t *file = calloc(1, *size);
    file[0] = 0x36;
    file[1] = 0x04;
    file[2] = mode;
    file[3] = height;
    for (size_t i = 0; i < glyphs * height; i++) {
        file[4 + i] = (uint8_t)(i / height);
    }
    return file;
}

static void put16(uint8_t *bytes, unsigned value)
{
    bytes[0] = (uint8_t)value;
    bytes[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *bytes, uint32_t value)
{
    put16(bytes, value & 0xffff);
    put16(bytes + 2, value >> 16);
}

/* PSF1 with a table in which glyph i is the character 255 - i. */
static uint8_t *make_reversed_psf1(size_t *size)
{
    uint8_t *file = make_psf1(2, 14, 256 * 4, size);
    uint8_t *table = file + 4 + 256 * 14;
    for (unsigned glyph = 0; glyph < 256; glyph++) {
        put16(table + glyph * 4, 255 - glyph);
        put16(table + glyph * 4 + 2, 0xffff);
    }
    return file;
}

static void psf1_without_table_maps_by_number(void **state)
{
    (void)state;
    size_t size;
    uint8_t *file = make_psf1(0, 16, 0, &size);
    assert_int_equal(font_open(&font, file, size), FONT_OK);
    assert_int_equal(font.width, 8);
    assert_int_equal(font.height, 16);
    assert_int_equal(font_glyph(&font, 'A')[0], 'A');
    assert_int_equal(font_glyph(&font, 'A')[15], 'A');
    assert_int_equal(font_glyph(&font, 0x2502)[0], '?');
    assert_int_equal(font_open(&font, file, size - 1), FONT_SHORT);
    free(file);
}

static void psf1_table_is_followed(void **state)
{
    (void)state;
    size_t size;
    uint8_t *file = make_reversed_psf1(&size);
    assert_int_equal(font_open(&font, file, size), FONT_OK);
    for (unsigned character = 0; character < 256; character++) {
        assert_int_equal(font_glyph(&font, (uint16_t)character)[3], 255 - character);
    }
    assert_int_equal(font_glyph(&font, 0x1234)[0], 255 - '?');
    /* Of two glyphs for one character the first counts. */
    put16(file + 4 + 256 * 14 + 40 * 4, 255 - 30);
    assert_int_equal(font_open(&font, file, size), FONT_OK);
    assert_int_equal(font_glyph(&font, 255 - 30)[0], 30);
    /* A sequence is no character. */
    put16(file + 4 + 256 * 14, 0xfffe);
    assert_int_equal(font_open(&font, file, size), FONT_OK);
    assert_int_equal(font_glyph(&font, 255)[0], 255 - '?');
    /* ASCII must be there. */
    put16(file + 4 + 256 * 14 + (255 - 'A') * 4, 0xe000);
    assert_int_equal(font_open(&font, file, size), FONT_TABLE);
    free(file);
}

static uint8_t *make_psf2(uint32_t width, uint32_t height, size_t table_bytes, size_t *size)
{
    uint32_t glyph_bytes = (width + 7) / 8 * height;
    *size = 32 + 128 * (size_t)glyph_bytes + table_bytes;
    uint8_t *file = calloc(1, *size);
    const uint32_t header[8] = {0x864ab572, 0,           32,     table_bytes > 0,
                                128,        glyph_bytes, height, width};
    for (unsigned i = 0; i < 8; i++) {
        put32(file + i * 4, header[i]);
    }
    for (size_t i = 0; i < 128 * (size_t)glyph_bytes; i++) {
        file[32 + i] = (uint8_t)(i / glyph_bytes);
    }
    return file;
}

static void psf2_is_read(void **state)
{
    (void)state;
    size_t size;
    uint8_t *file = make_psf2(12, 24, 0, &size);
    assert_int_equal(font_open(&font, file, size), FONT_OK);
    assert_int_equal(font.width, 12);
    assert_int_equal(font.height, 24);
    assert_int_equal(font.row_bytes, 2);
    assert_int_equal(font_glyph(&font, 'z')[47], 'z');
    for (size_t cut = 0; cut < size; cut++) {
        assert_int_not_equal(font_open(&font, file, cut), FONT_OK);
    }
    free(file);
}

static void psf2_table_is_utf8(void **state)
{
    (void)state;
    /* Each glyph: its own character and an end; glyph 1 is U+2502 too, glyph 2 U+00E4. */
    size_t size;
    const size_t table_bytes = 128 * 2 + 5;
    uint8_t *file = make_psf2(8, 8, table_bytes, &size);
    uint8_t *table = file + size - table_bytes;
    size_t at = 0;
    for (unsigned glyph = 0; glyph < 128; glyph++) {
        table[at++] = (uint8_t)glyph;
        if (glyph == 1) {
            memcpy(table + at, "\xe2\x94\x82", 3);
            at += 3;
        } else if (glyph == 2) {
            memcpy(table + at, "\xc3\xa4", 2);
            at += 2;
        }
        table[at++] = 0xff;
    }
    assert_int_equal(at, table_bytes);
    assert_int_equal(font_open(&font, file, size), FONT_OK);
    assert_int_equal(font_glyph(&font, 0x2502)[0], 1);
    assert_int_equal(font_glyph(&font, 0xe4)[0], 2);
    assert_int_equal(font_glyph(&font, 'q')[0], 'q');
    assert_int_equal(font_open(&font, file, size - 1), FONT_TABLE);
    table[at - 2] = 0xc3; /* a character broken off by the end of the glyph */
    assert_int_equal(font_open(&font, file, size), FONT_TABLE);
    free(file);
}

static void hostile_headers_are_refused(void **state)
{
    (void)state;
    static const struct {
        unsigned field;
        uint32_t value;
        enum font_status expected;
    } cases[] = {
        {0, 0x464c457f, FONT_MAGIC}, {1, 1, FONT_HEADER},         {2, 31, FONT_HEADER},
        {2, 0, FONT_HEADER},         {2, 0xffffffff, FONT_SHORT}, {4, 0, FONT_COUNT},
        {4, 129, FONT_SHORT},        {4, 65536, FONT_SHORT},      {4, 0xffffffff, FONT_COUNT},
        {5, 0, FONT_SIZE},           {5, 0xffffffff, FONT_SIZE},  {6, 0, FONT_SIZE},
        {6, 0xffffffff, FONT_SIZE},  {6, 65, FONT_SIZE},          {7, 0, FONT_SIZE},
        {7, 0xffffffff, FONT_SIZE},  {7, 33, FONT_SIZE},          {7, 0xfffffff9, FONT_SIZE},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t size;
        uint8_t *file = make_psf2(8, 16, 0, &size);
        put32(file + cases[i].field * 4, cases[i].value);
        enum font_status status = font_open(&font, file, size);
        if (status != cases[i].expected) {
            fail_msg("field %u = %x: \"%s\"", cases[i].field, cases[i].value,
                     font_status_text(status));
        }
        free(file);
    }
    assert_int_equal(font_open(&font, "", 0), FONT_SHORT);
    assert_int_equal(font_open(&font, "\x36\x04\x00", 3), FONT_SHORT);
    assert_int_equal(font_open(&font, "\x36\x04\x00\x00", 4), FONT_SIZE);
    assert_int_equal(font_open(&font,
                               "\x7f"
                               "ELF....",
                               8),
                     FONT_MAGIC);
}

/* Any bytes changed: a status, never a fault; and a font that opens has all its glyphs. */
static void damaged_fonts_do_no_harm(void **state)
{
    (void)state;
    uint32_t random = 99;
    for (unsigned round = 0; round < 3000; round++) {
        size_t size;
        uint8_t *file = round % 2 == 0 ? make_reversed_psf1(&size) : make_psf2(8, 8, 512, &size);
        for (unsigned change = 0; change < 8; change++) {
            random = random * 1664525 + 1013904223;
            size_t range = change < 4 ? 36 : size;
            file[(random >> 8) % range] = (uint8_t)(random >> 3);
        }
        if (font_open(&font, file, size) == FONT_OK) {
            unsigned sum = 0;
            for (unsigned character = 0; character < 65536; character += 61) {
                const uint8_t *rows = font_glyph(&font, (uint16_t)character);
                sum += rows[0] + rows[font.glyph_bytes - 1];
            }
            assert_true(sum < 65536 * 512u);
        }
        free(file);
    }
}

static void the_linked_font_is_good(void **state)
{
    (void)state;
    if (font_path == NULL) {
        skip();
    }
    static uint8_t file[1 << 20];
    FILE *stream = fopen(font_path, "rb");
    assert_non_null(stream);
    size_t size = fread(file, 1, sizeof(file), stream);
    fclose(stream);
    assert_int_equal(font_open(&font, file, size), FONT_OK);
    /* All letters are different, none but the blank is empty, and frames are there. */
    const uint8_t *unknown = font_glyph(&font, 0xe000);
    for (uint16_t a = '!'; a <= '~'; a++) {
        const uint8_t *rows = font_glyph(&font, a);
        unsigned ink = 0;
        for (unsigned i = 0; i < font.glyph_bytes; i++) {
            ink |= rows[i];
        }
        assert_int_not_equal(ink, 0);
        for (uint16_t b = ' '; b < a; b++) {
            assert_memory_not_equal(rows, font_glyph(&font, b), font.glyph_bytes);
        }
    }
    assert_memory_not_equal(font_glyph(&font, 0x2502), unknown, font.glyph_bytes);
}

/* --- Screens ---------------------------------------------------------------------------------- */

static void write_console(const char *text)
{
    console_write(text, strlen(text));
}

#define WIDTH  330u
#define HEIGHT 100u

static uint32_t pixels32[WIDTH * HEIGHT + 1];
static uint8_t pixels24[(WIDTH * 3 + 2) * HEIGHT + 1];

static uint32_t pixel32(unsigned x, unsigned y)
{
    return pixels32[y * WIDTH + x];
}

static void framebuffers_that_cannot_be_used_are_refused(void **state)
{
    (void)state;
    const struct framebuffer_mode good = {pixels32, WIDTH, HEIGHT, WIDTH * 4, 32, 16, 8, 0};
    struct framebuffer_mode mode = good;
    mode.bits_per_pixel = 16;
    assert_false(framebuffer_init(&mode));
    mode = good;
    mode.pitch = WIDTH * 4 - 1;
    assert_false(framebuffer_init(&mode));
    mode = good;
    mode.red_position = 25;
    assert_false(framebuffer_init(&mode));
    mode = good;
    mode.pixels = NULL;
    assert_false(framebuffer_init(&mode));
    mode = good;
    mode.width = 8;
    assert_false(framebuffer_init(&mode));
    mode = good;
    mode.height = 0;
    assert_false(framebuffer_init(&mode));
    for (unsigned i = 0; i < WIDTH * HEIGHT; i++) {
        assert_int_equal(pixels32[i], 0);
    }
}

/* 330x100: 41x6 letters, two pixels left over in width and four in height, half on each side. */
static void the_framebuffer_shows_letters(void **state)
{
    (void)state;
    const struct framebuffer_mode mode = {pixels32, WIDTH, HEIGHT, WIDTH * 4, 32, 16, 8, 0};
    memset(pixels32, 0x77, sizeof(pixels32));
    assert_true(framebuffer_init(&mode));
    assert_int_equal(pixels32[WIDTH * HEIGHT], 0x77777777);
    assert_int_equal(pixel32(0, 0), 0);
    write_console("\033[H\033[JA\033[31mB");
    for (unsigned y = 0; y < 16; y++) {
        for (unsigned x = 0; x < 8; x++) {
            uint32_t a = ('A' & 0x80 >> x) != 0 ? 0xaaaaaa : 0;
            uint32_t b = ('B' & 0x80 >> x) != 0 ? 0xaa0000 : 0;
            assert_int_equal(pixel32(1 + x, 2 + y), a);
            assert_int_equal(pixel32(9 + x, 2 + y), b);
        }
    }
    /* The cursor: a blank with its colours swapped (a blank's rows are the byte 0x20 here). */
    assert_int_equal(pixel32(17, 2), 0xaaaaaa);
    assert_int_equal(pixel32(17 + 2, 2), 0);
    write_console("\n");
    assert_int_equal(pixel32(17, 2), 0);
    assert_int_equal(pixel32(1, 2 + 16), 0xaaaaaa);
    write_console("\033[m");
}

static void all_of_24_bits_are_placed(void **state)
{
    (void)state;
    const unsigned pitch = WIDTH * 3 + 2;
    const struct framebuffer_mode mode = {pixels24, WIDTH, HEIGHT, pitch, 24, 0, 8, 16};
    memset(pixels24, 0x77, sizeof(pixels24));
    assert_true(framebuffer_init(&mode));
    assert_int_equal(pixels24[WIDTH * 3], 0x77); /* the gap at the end of a line */
    assert_int_equal(pixels24[pitch * HEIGHT], 0x77);
    write_console("\033[H\033[J\033[34m@");
    /* '@' is 0x40: of each row the second pixel, blue: the third byte. */
    const uint8_t *line = pixels24 + 2 * pitch + 3;
    assert_int_equal(line[0] | line[1] | line[2], 0);
    assert_int_equal(line[3], 0);
    assert_int_equal(line[4], 0);
    assert_int_equal(line[5], 0xaa);
    assert_int_equal(line[6] | line[7] | line[8], 0);
    write_console("\033[m");
}

static void large_screens_have_large_letters(void **state)
{
    (void)state;
    const unsigned width = 3840, height = 2160;
    uint32_t *pixels = calloc(width * height, 4);
    const struct framebuffer_mode mode = {pixels, width, height, width * 4, 32, 16, 8, 0};
    assert_true(framebuffer_init(&mode));
    write_console("\033[H\033[J@");
    /* 240x67 letters of 16x32; 16 lines left over.  '@': the third and fourth pixel. */
    const uint32_t *line = pixels + (8 + 31) * width;
    assert_int_equal(line[1], 0);
    assert_int_equal(line[2], 0xaaaaaa);
    assert_int_equal(line[3], 0xaaaaaa);
    assert_int_equal(line[4], 0);
    free(pixels);
}

static void ega_memory_holds_letters_and_colors(void **state)
{
    (void)state;
    uint16_t *memory = calloc(80 * 25, 2);
    ega_init(memory);
    assert_int_equal(memory[80 * 25 - 1], 0x0720);
    write_console("\033[H\033[Jab\033[31mc\033[1;44md\033[m\xe2\x94\x82\xe2\x82\xac");
    assert_int_equal(memory[0], 0x0761);
    assert_int_equal(memory[2], 0x0463);
    assert_int_equal(memory[3], 0x1c64);
    assert_int_equal(memory[4], 0x07b3);
    assert_int_equal(memory[5], 0x073f);
    free(memory);
}

static uint8_t registers[256];

static void write_register(uint16_t port, uint8_t value)
{
    if (port == 0x3d5) {
        registers[host_ports[0x3d4]] = value;
    }
}

static void the_ega_cursor_follows(void **state)
{
    (void)state;
    uint16_t *memory = calloc(80 * 25, 2);
    host_on_outb = write_register;
    ega_init(memory);
    write_console("\033[5;8H");
    assert_int_equal(registers[0x0e] << 8 | registers[0x0f], 4 * 80 + 7);
    assert_int_equal(registers[0x0a] & 0x20, 0);
    host_on_outb = NULL;
    free(memory);
}

int main(int argc, char **argv)
{
    font_path = argc > 1 ? argv[1] : NULL;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(lines_follow_each_other, open_small),
        cmocka_unit_test_setup(the_screen_scrolls, open_small),
        cmocka_unit_test_setup(long_lines_wrap_late, open_small),
        cmocka_unit_test_setup(controls_move_the_cursor, open_small),
        cmocka_unit_test_setup(the_line_is_erased_in_three_ways, open_small),
        cmocka_unit_test_setup(the_screen_is_erased_in_three_ways, open_small),
        cmocka_unit_test_setup(the_cursor_stays_on_the_screen, open_small),
        cmocka_unit_test_setup(what_is_unknown_is_swallowed, open_small),
        cmocka_unit_test_setup(colors_come_and_go, open_small),
        cmocka_unit_test_setup(utf8_becomes_one_cell, open_small),
        cmocka_unit_test_setup(only_changes_are_drawn, open_small),
        cmocka_unit_test_setup(random_bytes_do_no_harm, open_small),
        cmocka_unit_test(psf1_without_table_maps_by_number),
        cmocka_unit_test(psf1_table_is_followed),
        cmocka_unit_test(psf2_is_read),
        cmocka_unit_test(psf2_table_is_utf8),
        cmocka_unit_test(hostile_headers_are_refused),
        cmocka_unit_test(damaged_fonts_do_no_harm),
        cmocka_unit_test(the_linked_font_is_good),
        cmocka_unit_test(framebuffers_that_cannot_be_used_are_refused),
        cmocka_unit_test(the_framebuffer_shows_letters),
        cmocka_unit_test(all_of_24_bits_are_placed),
        cmocka_unit_test(large_screens_have_large_letters),
        cmocka_unit_test(ega_memory_holds_letters_and_colors),
        cmocka_unit_test(the_ega_cursor_follows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
