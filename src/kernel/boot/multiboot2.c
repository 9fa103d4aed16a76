// SPDX-License-Identifier: MIT
/*
 * multiboot2.c: reads the boot information: a list of tags, each {u32 type, u32 size, …} aligned to
 * 8 bytes, ended by type 0.  Sizes are checked before what they cover is read; a tag that is too
 * short for its kind is passed over like an unknown one.
 */
#include "boot/multiboot2.h"
#include "ksyms/elf.h"
#include "onoma/string.h"

#define TAG_END          0
#define TAG_COMMAND_LINE 1
#define TAG_LOADER       2
#define TAG_MODULE       3
#define TAG_MEMORY_MAP   6
#define TAG_FRAMEBUFFER  8
#define TAG_ELF_SECTIONS 9
#define TAG_RSDP_OLD     14
#define TAG_RSDP_NEW     15

#define FRAMEBUFFER_RGB  1
#define FRAMEBUFFER_TEXT 2

#define INFORMATION_SIZE_MAX (1u << 20)

static uint32_t u32_at(const uint8_t *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof(value));
    return value;
}

static uint64_t u64_at(const uint8_t *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof(value));
    return value;
}

/* Copy a string of at most `size` bytes; true if it was not cut. */
static bool copy_text(char *destination, size_t capacity, const uint8_t *text, size_t size)
{
    size_t length = strnlen((const char *)text, size);
    bool fits = length < capacity;

    length = fits ? length : capacity - 1;
    memcpy(destination, text, length);
    destination[length] = '\0';
    return fits;
}

static void read_memory_map(struct boot_information *information, const uint8_t *tag, uint32_t size)
{
    uint32_t entry_size = u32_at(tag + 8);

    if (entry_size < 24) {
        return;
    }
    for (uint32_t offset = 16; size - offset >= entry_size; offset += entry_size) {
        uint64_t start = u64_at(tag + offset);
        uint64_t length = u64_at(tag + offset + 8);
        if (information->region_count == BOOT_REGIONS_MAX || start + length < start) {
            information->dropped_count++;
            continue;
        }
        information->regions[information->region_count++] =
            (struct memory_region){start, start + length, u32_at(tag + offset + 16)};
    }
}

static void read_module(struct boot_information *information, const uint8_t *tag, uint32_t size)
{
    struct boot_module *module = &information->modules[information->module_count];

    if (information->module_count == BOOT_MODULES_MAX) {
        information->dropped_count++;
        return;
    }
    module->start = u32_at(tag + 8);
    module->end = u32_at(tag + 12);
    if (module->start <= module->end) {
        copy_text(module->command_line, sizeof(module->command_line), tag + 16, size - 16);
        information->module_count++;
    }
}

/* Firmware without a display may report nonsense: believe only what can be drawn on. */
static void read_framebuffer(struct boot_framebuffer *framebuffer, const uint8_t *tag,
                             uint32_t size)
{
    uint8_t type = tag[29];

    *framebuffer =
        (struct boot_framebuffer){0}; /* of two the last counts, and nothing of the first */
    framebuffer->physical = u64_at(tag + 8);
    framebuffer->pitch = u32_at(tag + 16);
    framebuffer->width = u32_at(tag + 20);
    framebuffer->height = u32_at(tag + 24);
    framebuffer->bits_per_pixel = tag[28];
    framebuffer->is_text = type == FRAMEBUFFER_TEXT;
    if (type == FRAMEBUFFER_RGB && size >= 38) {
        uint64_t row = (uint64_t)framebuffer->width * framebuffer->bits_per_pixel / 8;
        framebuffer->red_position = tag[32];
        framebuffer->green_position = tag[34];
        framebuffer->blue_position = tag[36];
        framebuffer->is_present =
            (framebuffer->bits_per_pixel == 24 || framebuffer->bits_per_pixel == 32) &&
            framebuffer->width >= 80 * 8 && framebuffer->width <= 16384 &&
            framebuffer->height >= 200 && framebuffer->height <= 16384 &&
            framebuffer->pitch >= row && framebuffer->pitch <= 16384 * 8 &&
            framebuffer->red_position <= 24 && framebuffer->green_position <= 24 &&
            framebuffer->blue_position <= 24 && framebuffer->physical != 0;
    } else if (framebuffer->is_text) {
        framebuffer->is_present = framebuffer->physical == 0xb8000;
    }
}

/*
 * The section headers of the kernel's file, with sh_addr set to where GRUB has put those that no
 * segment holds.  Of these, .symtab and its string table are wanted, for `ksyms selftest`.
 */
static void read_elf_sections(struct boot_symbols *symbols, const uint8_t *tag, uint32_t size)
{
    uint32_t count = u32_at(tag + 8);
    uint32_t entry_size = u32_at(tag + 12);
    struct ksyms_elf_section section;

    if (entry_size != sizeof(section) || count > (size - 20) / sizeof(section)) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        memcpy(&section, tag + 20 + i * sizeof(section), sizeof(section));
        if (section.sh_type != KSYMS_SHT_SYMTAB || section.sh_link >= count) {
            continue;
        }
        symbols->symbols = section.sh_addr;
        symbols->symbols_end = section.sh_addr + section.sh_size;
        memcpy(&section, tag + 20 + section.sh_link * sizeof(section), sizeof(section));
        symbols->strings = section.sh_addr;
        symbols->strings_end = section.sh_addr + section.sh_size;
    }
    if (symbols->symbols == 0 || symbols->strings == 0 || symbols->symbols_end < symbols->symbols ||
        symbols->strings_end <= symbols->strings || symbols->symbols_end > UINT32_MAX ||
        symbols->strings_end > UINT32_MAX) {
        *symbols = (struct boot_symbols){0};
    }
}

static void read_tag(struct boot_information *information, uint32_t type, const uint8_t *tag,
                     uint32_t size)
{
    if (type == TAG_COMMAND_LINE) {
        information->is_command_line_cut = !copy_text(
            information->command_line, sizeof(information->command_line), tag + 8, size - 8);
    } else if (type == TAG_LOADER) {
        copy_text(information->loader, sizeof(information->loader), tag + 8, size - 8);
    } else if (type == TAG_MODULE && size >= 16) {
        read_module(information, tag, size);
    } else if (type == TAG_MEMORY_MAP && size >= 16) {
        read_memory_map(information, tag, size);
    } else if (type == TAG_FRAMEBUFFER && size >= 31) {
        read_framebuffer(&information->framebuffer, tag, size);
    } else if (type == TAG_ELF_SECTIONS && size >= 20) {
        read_elf_sections(&information->symbols, tag, size);
    } else if (type == TAG_RSDP_NEW || (type == TAG_RSDP_OLD && information->rsdp_size == 0)) {
        uint32_t length = size - 8;
        if (length <= sizeof(information->rsdp)) {
            memcpy(information->rsdp, tag + 8, length);
            information->rsdp_size = length;
        }
    }
}

const char *multiboot2_read(struct boot_information *information, const uint8_t *bytes,
                            uint64_t physical)
{
    uint32_t total = u32_at(bytes);

    information->physical = physical;
    information->size_bytes = total;
    if (total < 16 || total > INFORMATION_SIZE_MAX) {
        information->size_bytes = 0;
        return "its size is impossible";
    }
    for (uint32_t offset = 8; offset + 8 <= total;) {
        uint32_t type = u32_at(bytes + offset);
        uint32_t size = u32_at(bytes + offset + 4);
        if (type == TAG_END) {
            return NULL;
        }
        if (size < 8 || size > total - offset) {
            return "a tag's size leads out of it";
        }
        read_tag(information, type, bytes + offset, size);
        offset += (size + 7) & ~7u;
    }
    return "its end tag is missing";
}
