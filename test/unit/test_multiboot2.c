// SPDX-License-Identifier: MIT
/*
 * test_multiboot2.c: the reader of the boot information over blocks made by hand, tag by tag, and
 * over damaged ones.  Each block lies in memory of exactly its size, so that the address sanitizer
 * sees a read of one byte too many.
 *
 * Layouts: Multiboot2 specification 3.6.
 *
 *     ONOMA_SEED  seed of the damage        ONOMA_BLOCKS  how many damaged blocks (300000)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "boot/multiboot2.h"
#include "ksyms/elf.h"

#define PHYSICAL 0x12345000

/* A block while it is made: two words, total size and 0, then the tags. */
struct block {
    uint8_t bytes[1 << 15];
    uint32_t size;
};

static struct block block;
static struct boot_information information;

static void put(const void *bytes, uint32_t size)
{
    assert_true(size <= sizeof(block.bytes) - block.size);
    memcpy(block.bytes + block.size, bytes, size);
    block.size += size;
}

static void put32(uint32_t value)
{
    put(&value, sizeof(value));
}

static void put64(uint64_t value)
{
    put(&value, sizeof(value));
}

static void start_block(void)
{
    memset(&block, 0xa5, sizeof(block)); /* padding must not count */
    block.size = 0;
    put32(0);
    put32(0);
}

static void pad(void)
{
    block.size = (block.size + 7) & ~7u;
}

static void put_tag(uint32_t type, uint32_t payload_size, const void *payload)
{
    pad();
    put32(type);
    put32(8 + payload_size);
    put(payload, payload_size);
}

static void start_tag(uint32_t type, uint32_t payload_size)
{
    pad();
    put32(type);
    put32(8 + payload_size);
}

/* Read what was made, from memory of its size, into a struct that was clear. */
static const char *read_sized(uint32_t size)
{
    uint8_t *copy = malloc(size);
    assert_non_null(copy);
    memcpy(copy, block.bytes, size);
    memset(&information, 0, sizeof(information));
    const char *wrong = multiboot2_read(&information, copy, PHYSICAL);
    free(copy);
    return wrong;
}

static const char *read_block(void)
{
    memcpy(block.bytes, &block.size, sizeof(block.size));
    return read_sized(block.size);
}

/* ... with an end tag; it must be all well. */
static void read_ended(void)
{
    put_tag(0, 0, "");
    assert_null(read_block());
    assert_int_equal(information.physical, PHYSICAL);
    assert_int_equal(information.size_bytes, block.size);
}

/* --- The list of tags ------------------------------------------------------------------------- */

static void test_size_of_the_block(void **state)
{
    static const uint32_t impossible[] = {0, 1, 8, 15, (1u << 20) + 1, 0x7fffffff, UINT32_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof(impossible) / sizeof(impossible[0]); i++) {
        start_block();
        memcpy(block.bytes, &impossible[i], sizeof(uint32_t));
        assert_string_equal(read_sized(sizeof(uint32_t)), "its size is impossible");
        assert_int_equal(information.size_bytes, 0);
    }
    start_block();
    read_ended(); /* nothing but the end: 16 bytes */
    assert_int_equal(block.size, 16);
}

static void test_list_of_tags(void **state)
{
    (void)state;
    /* no end */
    start_block();
    put_tag(2, 5, "GRUB");
    pad();
    assert_string_equal(read_block(), "its end tag is missing");
    assert_string_equal(information.loader, "GRUB");

    /* no room for the padding, nor for an end */
    start_block();
    put_tag(2, 5, "GRUB");
    assert_string_equal(read_block(), "its end tag is missing");
    assert_string_equal(information.loader, "GRUB");

    /* what follows the end is not read */
    start_block();
    put_tag(0, 0, "");
    put_tag(2, 5, "GRUB");
    assert_null(read_block());
    assert_string_equal(information.loader, "");

    /* sizes that lead nowhere; what was read before is kept */
    static const uint32_t sizes[] = {0, 7, 17, 0x7fffffff, 0xfffffff9, UINT32_MAX};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        start_block();
        put_tag(2, 5, "GRUB");
        pad();
        put32(1);
        put32(sizes[i]);
        put64(0);
        assert_string_equal(read_block(), "a tag's size leads out of it");
        assert_string_equal(information.loader, "GRUB");
    }

    /* tags of unknown kinds, and such as are too short for their kind */
    start_block();
    for (uint32_t type = 1; type < 40; type++) {
        if (type != 1 && type != 2 && type != 14 && type != 15) {
            put_tag(type,
                    type == 3 || type == 6 ? 7
                    : type == 8            ? 22
                    : type == 9            ? 11
                                           : 100,
                    "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24\25\26\27\30\31\32\33"
                    "0123456789012345678901234567890123456789012345678901234567890123456789012345");
        }
    }
    put_tag(2, 5, "GRUB");
    read_ended();
    assert_string_equal(information.loader, "GRUB");
    assert_int_equal(information.module_count, 0);
    assert_int_equal(information.region_count, 0);
    assert_false(information.framebuffer.is_present);
    assert_int_equal(information.symbols.symbols, 0);
}

/* --- Texts ------------------------------------------------------------------------------------ */

static void test_texts(void **state)
{
    static char text[2 * BOOT_COMMAND_LINE_MAX];

    (void)state;
    start_block();
    put_tag(1, 12, "panic=halt x");
    put_tag(2, 4, "GRUB"); /* without its NUL */
    read_ended();
    assert_string_equal(information.command_line, "panic=halt x");
    assert_string_equal(information.loader, "GRUB");
    assert_false(information.is_command_line_cut);

    start_block();
    put_tag(1, 8, "one\0two"); /* it ends at its NUL */
    put_tag(2, 0, "");
    read_ended();
    assert_string_equal(information.command_line, "one");
    assert_string_equal(information.loader, "");

    /* the longest that fits, and one byte more; NUL or not */
    for (unsigned i = 0; i < 4; i++) {
        uint32_t length = BOOT_COMMAND_LINE_MAX - 1 + i / 2;
        memset(text, 'x', length);
        text[length] = '\0';
        start_block();
        put_tag(1, length + i % 2, text);
        put_tag(2, length + i % 2, text);
        read_ended();
        assert_int_equal(information.is_command_line_cut, i / 2);
        assert_int_equal(strlen(information.command_line), BOOT_COMMAND_LINE_MAX - 1);
        assert_int_equal(strlen(information.loader), sizeof(information.loader) - 1);
        assert_int_equal(information.region_count, 0); /* what lies behind the texts */
    }
}

/* --- Boot modules ----------------------------------------------------------------------------- */

static void put_module(uint32_t start, uint32_t end, const char *text, uint32_t text_size)
{
    start_tag(3, 8 + text_size);
    put32(start);
    put32(end);
    put(text, text_size);
}

static void test_modules(void **state)
{
    char name[80];

    (void)state;
    start_block();
    put_module(0x200000, 0x200000, "empty", 6);
    put_module(0x200001, 0x200000, "ends before it starts", 22);
    put_module(0x300000, 0xffffffff, "", 0);
    memset(name, 'n', sizeof(name));
    put_module(1, 2, name, sizeof(name));
    read_ended();
    assert_int_equal(information.module_count, 3);
    assert_int_equal(information.modules[0].start, 0x200000);
    assert_int_equal(information.modules[0].end, 0x200000);
    assert_string_equal(information.modules[0].command_line, "empty");
    assert_int_equal(information.modules[1].end, 0xffffffff);
    assert_string_equal(information.modules[1].command_line, "");
    assert_int_equal(information.modules[2].start, 1);
    assert_int_equal(strlen(information.modules[2].command_line), 63);

    start_block();
    for (uint32_t i = 0; i < BOOT_MODULES_MAX + 3; i++) {
        snprintf(name, sizeof(name), "module %u", i);
        put_module(i << 20, (i + 1) << 20, name, (uint32_t)strlen(name) + 1);
    }
    read_ended();
    assert_int_equal(information.module_count, BOOT_MODULES_MAX);
    assert_string_equal(information.modules[BOOT_MODULES_MAX - 1].command_line, "module 7");
    assert_int_equal(information.modules[BOOT_MODULES_MAX - 1].end, 8 << 20);
    assert_false(information.framebuffer.is_present); /* what lies behind the modules */
}

/* --- Memory map ------------------------------------------------------------------------------- */

static void start_map(uint32_t entry_size, uint32_t bytes_of_entries)
{
    start_tag(6, 8 + bytes_of_entries);
    put32(entry_size);
    put32(0);
}

static void put_region(uint64_t start, uint64_t length, uint32_t kind)
{
    put64(start);
    put64(length);
    put32(kind);
    put32(0);
}

static void check_region(unsigned index, uint64_t start, uint64_t end, uint32_t kind)
{
    assert_true(index < information.region_count);
    assert_int_equal(information.regions[index].start, start);
    assert_int_equal(information.regions[index].end, end);
    assert_int_equal(information.regions[index].kind, kind);
}

static void test_memory_map(void **state)
{
    (void)state;
    start_block();
    start_map(24, 4 * 24 + 23);
    put_region(0, 0x9fc00, 1);
    put_region(0xffffffffffff0000, 0xffff, 2);
    put_region(0xffffffffffff0000, 0x10000, 2); /* its end is 0 */
    put_region(1, UINT64_MAX, 2);
    put(&(uint8_t[23]){0}, 23); /* not a whole entry */
    read_ended();
    assert_int_equal(information.region_count, 2);
    check_region(0, 0, 0x9fc00, 1);
    check_region(1, 0xffffffffffff0000, UINT64_MAX, 2);

    /* a later version of the specification may make entries longer */
    start_block();
    start_map(40, 80);
    for (unsigned i = 0; i < 2; i++) {
        put_region(i * 0x1000, 0x1000, 5);
        put64(UINT64_MAX);
        put64(UINT64_MAX);
    }
    read_ended();
    assert_int_equal(information.region_count, 2);
    check_region(1, 0x1000, 0x2000, 5);

    /* sizes of entries that cannot be; a tag of nothing but its head */
    static const uint32_t sizes[] = {0, 1, 23, 25, 0x7fffffff, 0x80000000, 0xfffffff0, UINT32_MAX};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        start_block();
        start_map(sizes[i], 24);
        put_region(0, 0x1000, 1);
        read_ended();
        assert_int_equal(information.region_count, 0);
    }
    start_block();
    start_map(24, 0);
    read_ended();
    assert_int_equal(information.region_count, 0);
}

static void test_long_memory_map(void **state)
{
    (void)state;
    start_block();
    start_map(24, 24 * (BOOT_REGIONS_MAX + 9));
    for (uint64_t i = 0; i < BOOT_REGIONS_MAX + 9; i++) {
        put_region(i << 20, 1 << 20, 1);
    }
    start_map(24, 24); /* a second map comes behind the first */
    put_region(0, 1, 1);
    read_ended();
    assert_int_equal(information.region_count, BOOT_REGIONS_MAX);
    check_region(BOOT_REGIONS_MAX - 1, (uint64_t)(BOOT_REGIONS_MAX - 1) << 20,
                 (uint64_t)BOOT_REGIONS_MAX << 20, 1);
    assert_int_equal(information.module_count, 0);
}

/* --- Framebuffer ------------------------------------------------------------------------------ */

struct screen {
    uint64_t address;
    uint32_t pitch, width, height;
    uint8_t bits, type;
    uint8_t red, green, blue;
    uint32_t payload_size; /* without the tag's head */
    bool is_present;
};

static void put_screen(const struct screen *screen)
{
    uint8_t payload[30] = {0};
    uint8_t colours[] = {screen->red, 8, screen->green, 8, screen->blue, 8};

    memcpy(payload, &screen->address, 8);
    memcpy(payload + 8, &screen->pitch, 4);
    memcpy(payload + 12, &screen->width, 4);
    memcpy(payload + 16, &screen->height, 4);
    payload[20] = screen->bits;
    payload[21] = screen->type;
    memcpy(payload + 24, colours, sizeof(colours));
    put_tag(8, screen->payload_size, payload);
}

static void test_framebuffer(void **state)
{
    static const struct screen screens[] = {
        {0xfd000000, 4096, 1024, 768, 32, 1, 16, 8, 0, 30, true},
        {0xfd000000, 3072, 1024, 768, 24, 1, 16, 8, 0, 30, true},
        {0x7f00000000, 5120, 1280, 800, 32, 1, 0, 8, 24, 30, true},
        {0xb8000, 160, 80, 25, 16, 2, 0, 0, 0, 23, true}, /* text has no colours */
        {0xb8000, 160, 80, 25, 16, 2, 0, 0, 0, 30, true},
        {0xb8000, 160, 80, 25, 16, 2, 0, 0, 0, 22, false}, /* a byte too short */
        {0xa0000, 160, 80, 25, 16, 2, 0, 0, 0, 23, false}, /* text elsewhere */
        {0xfd000000, 4096, 1024, 768, 32, 1, 16, 8, 0, 29, false},
        {0xfd000000, 4096, 1024, 768, 32, 0, 16, 8, 0, 30, false}, /* a palette */
        {0xfd000000, 4096, 1024, 768, 32, 3, 16, 8, 0, 30, false},
        {0, 4096, 1024, 768, 32, 1, 16, 8, 0, 30, false},
        {0xfd000000, 4095, 1024, 768, 32, 1, 16, 8, 0, 30, false}, /* rows overlap */
        {0xfd000000, 2048, 1024, 768, 16, 1, 16, 8, 0, 30, false},
        {0xfd000000, 1 << 18, 1024, 768, 32, 1, 16, 8, 0, 30, false},
        {0xfd000000, 4096, 639, 768, 32, 1, 16, 8, 0, 30, false}, /* not 80 columns */
        {0xfd000000, 4096, 1024, 199, 32, 1, 16, 8, 0, 30, false},
        {0xfd000000, 1 << 17, 16385, 768, 32, 1, 16, 8, 0, 30, false},
        {0xfd000000, 4096, 1024, 16385, 32, 1, 16, 8, 0, 30, false},
        {0xfd000000, 4096, 0x40000400, 768, 32, 1, 16, 8, 0, 30, false}, /* a row wraps */
        {0xfd000000, 4096, 1024, 768, 32, 1, 25, 8, 0, 30, false},
        {0xfd000000, 4096, 1024, 768, 32, 1, 16, 255, 0, 30, false},
        {0xfd000000, 4096, 1024, 768, 32, 1, 16, 8, 32, 30, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(screens) / sizeof(screens[0]); i++) {
        const struct screen *screen = &screens[i];
        start_block();
        put_screen(screen);
        read_ended();
        if (information.framebuffer.is_present != screen->is_present) {
            fail_msg("screen %zu is %spresent", i, screen->is_present ? "not " : "");
        }
        if (screen->is_present) {
            assert_int_equal(information.framebuffer.physical, screen->address);
            assert_int_equal(information.framebuffer.pitch, screen->pitch);
            assert_int_equal(information.framebuffer.width, screen->width);
            assert_int_equal(information.framebuffer.height, screen->height);
            assert_int_equal(information.framebuffer.bits_per_pixel, screen->bits);
            assert_int_equal(information.framebuffer.is_text, screen->type == 2);
            assert_int_equal(information.framebuffer.red_position, screen->red);
            assert_int_equal(information.framebuffer.green_position, screen->green);
            assert_int_equal(information.framebuffer.blue_position, screen->blue);
        }
    }
}

/* Of two the last counts: nothing of the first may vouch for it. */
static void test_two_framebuffers(void **state)
{
    static const struct screen good = {0xfd000000, 4096, 1024, 768, 32, 1, 16, 8, 0, 30, true};
    static const struct screen bad = {0xfd000000, 1, 1u << 31, 768, 32, 0, 99, 8, 0, 30, false};

    (void)state;
    start_block();
    put_screen(&good);
    put_screen(&bad);
    read_ended();
    assert_false(information.framebuffer.is_present);
}

/* --- ELF sections ----------------------------------------------------------------------------- */

struct section_case {
    uint32_t type, link;
    uint64_t symbols, symbols_size, strings, strings_size;
    uint32_t count, entry_size; /* as the tag says; three sections of 64 bytes follow */
    bool is_found;
};

static void put_sections(const struct section_case *c)
{
    struct ksyms_elf_section sections[3] = {0};

    sections[1].sh_type = c->type;
    sections[1].sh_link = c->link;
    sections[1].sh_addr = c->symbols;
    sections[1].sh_size = c->symbols_size;
    sections[2].sh_type = 3;
    sections[2].sh_addr = c->strings;
    sections[2].sh_size = c->strings_size;
    start_tag(9, 12 + sizeof(sections));
    put32(c->count);
    put32(c->entry_size);
    put32(0);
    put(sections, sizeof(sections));
}

static void test_elf_sections(void **state)
{
    static const struct section_case cases[] = {
        {2, 2, 0x400000, 240, 0x500000, 77, 3, 64, true},
        {2, 2, 0x400000, 0, 0x500000, 1, 3, 64, true},
        {2, 2, 0x400000, 0xffbfffff, 0x500000, 0xffafffff, 3, 64, true},
        {2, 2, 0x400000, 0xffc00000, 0x500000, 77, 3, 64, false}, /* ends above 4 GiB */
        {2, 2, 0x400000, 240, 0x500000, 0xffb00000, 3, 64, false},
        {2, 2, 0x400000, ~0ull, 0x500000, 77, 3, 64, false}, /* wraps */
        {2, 2, 0x400000, 240, 0x500000, ~0ull, 3, 64, false},
        {2, 2, 0x400000, 240, 0x500000, 0, 3, 64, false}, /* no names */
        {2, 2, 0, 240, 0x500000, 77, 3, 64, false},       /* not loaded */
        {2, 2, 0x400000, 240, 0, 77, 3, 64, false},
        {2, 3, 0x400000, 240, 0x500000, 77, 3, 64, false}, /* names of no section */
        {2, UINT32_MAX, 0x400000, 240, 0x500000, 77, 3, 64, false},
        {2, 2, 0x400000, 240, 0x500000, 77, 2, 64, false}, /* nor of one that is not told */
        {11, 2, 0x400000, 240, 0x500000, 77, 3, 64, false},
        {2, 2, 0x400000, 240, 0x500000, 77, 3, 40, false}, /* of 32 bits */
        {2, 2, 0x400000, 240, 0x500000, 77, 4, 64, false}, /* more than there are */
        {2, 2, 0x400000, 240, 0x500000, 77, UINT32_MAX, 64, false},
        {2, 2, 0x400000, 240, 0x500000, 77, 0x04000003, 64, false}, /* times 64: wraps to 192 */
        {2, 2, 0x400000, 240, 0x500000, 77, 0, 64, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct boot_symbols *symbols = &information.symbols;
        start_block();
        put_sections(&cases[i]);
        read_ended();
        if ((symbols->symbols != 0) != cases[i].is_found) {
            fail_msg("symbols of case %zu are %sfound", i, cases[i].is_found ? "not " : "");
        }
        assert_int_equal(symbols->symbols, cases[i].is_found ? cases[i].symbols : 0);
        assert_int_equal(symbols->symbols_end,
                         cases[i].is_found ? cases[i].symbols + cases[i].symbols_size : 0);
        assert_int_equal(symbols->strings, cases[i].is_found ? cases[i].strings : 0);
        assert_int_equal(symbols->strings_end,
                         cases[i].is_found ? cases[i].strings + cases[i].strings_size : 0);
    }
}

/* --- ACPI's root pointer ---------------------------------------------------------------------- */

static void test_root_pointer(void **state)
{
    static const char old[] = "RSD PTR of 20 bytes", new[] = "RSD PTR of a later version: 36 bytes";
    uint8_t longest[65] = {1};

    (void)state;
    start_block();
    put_tag(14, 20, old);
    read_ended();
    assert_int_equal(information.rsdp_size, 20);
    assert_memory_equal(information.rsdp, old, 20);

    for (unsigned is_new_first = 0; is_new_first < 2; is_new_first++) {
        start_block();
        put_tag(is_new_first ? 15 : 14, is_new_first ? 36 : 20, is_new_first ? new : old);
        put_tag(is_new_first ? 14 : 15, is_new_first ? 20 : 36, is_new_first ? old : new);
        read_ended();
        assert_int_equal(information.rsdp_size, 36);
        assert_memory_equal(information.rsdp, new, 36);
    }

    start_block();
    put_tag(15, 64, longest);
    read_ended();
    assert_int_equal(information.rsdp_size, 64);

    start_block();
    put_tag(14, 20, old);
    put_tag(15, 65, longest);
    read_ended();
    assert_int_equal(information.rsdp_size, 20);
}

/* --- Damage ----------------------------------------------------------------------------------- */

static uint64_t random_state;

static uint64_t random_number(uint64_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (random_state >> 11) % limit;
}

static void put_everything(void)
{
    static const struct screen screen = {0xfd000000, 4096, 1024, 768, 32, 1, 16, 8, 0, 30, true};
    static const struct section_case sections = {2, 2, 0x400000, 240, 0x500000, 77, 3, 64, true};

    start_block();
    put_tag(1, 11, "init=x y=z");
    put_tag(2, 5, "GRUB");
    put_module(0x200000, 0x300000, "initrd", 7);
    start_map(24, 72);
    put_region(0, 0x9fc00, 1);
    put_region(0x100000, 0x7f00000, 1);
    put_region(0xfffc0000, 0x40000, 2);
    put_screen(&screen);
    put_sections(&sections);
    put_tag(14, 20, "RSD PTR of 20 bytes");
    put_tag(15, 36, "RSD PTR of a later version: 36 bytes");
    put_tag(0, 0, "");
}

/* One to four words, bytes or bits change; the end may be cut off.  The block's size stays true. */
static void damage(void)
{
    static const uint32_t odd[] = {
        0,  1,          2,          3,          6,          7,          8,         9,
        14, 15,         16,         20,         23,         24,         31,        38,
        64, 0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffff8, 0xfffffff9, UINT32_MAX};

    for (uint64_t changes = 1 + random_number(4); changes > 0; changes--) {
        uint32_t offset = 8 + 4 * (uint32_t)random_number(block.size / 4 - 2);
        uint32_t value = odd[random_number(sizeof(odd) / sizeof(odd[0]))];
        switch (random_number(3)) {
        case 0:
            memcpy(block.bytes + offset, &value, sizeof(value));
            break;
        case 1:
            block.bytes[offset + random_number(4)] = (uint8_t)random_number(256);
            break;
        default:
            block.bytes[offset + random_number(4)] ^= (uint8_t)(1 << random_number(8));
        }
    }
    if (random_number(4) == 0) {
        block.size = (uint32_t)(4 + random_number(block.size - 3));
    }
}

/* Whatever was read, the rest of the kernel may trust this. */
static void check_sanity(void)
{
    const struct boot_framebuffer *screen = &information.framebuffer;
    const struct boot_symbols *symbols = &information.symbols;

    assert_non_null(memchr(information.loader, 0, sizeof(information.loader)));
    assert_non_null(memchr(information.command_line, 0, sizeof(information.command_line)));
    assert_true(information.region_count <= BOOT_REGIONS_MAX);
    for (unsigned i = 0; i < information.region_count; i++) {
        assert_true(information.regions[i].start <= information.regions[i].end);
    }
    assert_true(information.module_count <= BOOT_MODULES_MAX);
    for (unsigned i = 0; i < information.module_count; i++) {
        const struct boot_module *module = &information.modules[i];
        assert_true(module->start <= module->end && module->end <= UINT32_MAX);
        assert_non_null(memchr(module->command_line, 0, sizeof(module->command_line)));
    }
    assert_true(information.rsdp_size <= sizeof(information.rsdp));
    assert_true(symbols->symbols <= symbols->symbols_end && symbols->symbols_end <= UINT32_MAX);
    assert_true(symbols->strings <= symbols->strings_end && symbols->strings_end <= UINT32_MAX);
    assert_int_equal(symbols->symbols == 0, symbols->strings_end == 0);
    if (screen->is_present && !screen->is_text) {
        assert_true((uint64_t)screen->width * screen->bits_per_pixel / 8 <= screen->pitch);
        assert_true(screen->width <= 16384 && screen->height <= 16384);
    }
}

static void test_damage(void **state)
{
    const char *seed = getenv("ONOMA_SEED"), *count = getenv("ONOMA_BLOCKS");
    unsigned long blocks = count ? strtoul(count, NULL, 0) : 300000, good = 0;

    (void)state;
    random_state = 0x9e3779b97f4a7c15ull ^ (seed ? strtoull(seed, NULL, 0) << 1 : 0);
    put_everything();
    assert_null(read_block());
    assert_int_equal(information.region_count, 3);
    assert_true(information.symbols.symbols != 0 && information.framebuffer.is_present);
    struct block whole = block;
    for (unsigned long i = 0; i < blocks; i++) {
        memcpy(block.bytes, whole.bytes, whole.size);
        block.size = whole.size;
        damage();
        good += read_block() == NULL;
        check_sanity();
    }
    /* neither are all of them still good, nor all refused at once */
    assert_true(good > blocks / 10 && good < blocks - blocks / 10);
}

/* Each shorter block is read without a fault too. */
static void test_every_cut(void **state)
{
    (void)state;
    put_everything();
    for (uint32_t size = block.size - 1; size >= sizeof(uint32_t); size--) {
        memcpy(block.bytes, &size, sizeof(size));
        assert_non_null(read_sized(size));
        check_sanity();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_size_of_the_block),
        cmocka_unit_test(test_list_of_tags),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_modules),
        cmocka_unit_test(test_memory_map),
        cmocka_unit_test(test_long_memory_map),
        cmocka_unit_test(test_framebuffer),
        cmocka_unit_test(test_two_framebuffers),
        cmocka_unit_test(test_elf_sections),
        cmocka_unit_test(test_root_pointer),
        cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
