// SPDX-License-Identifier: MIT
/*
 * multiboot2.h: what the boot loader tells, copied out of its information block.
 *
 * Source: Multiboot2 specification 3.4-3.6.
 */
#ifndef BOOT_MULTIBOOT2_H
#define BOOT_MULTIBOOT2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MULTIBOOT2_BOOTLOADER_MAGIC 0x36d76289u

#define BOOT_COMMAND_LINE_MAX 4096 /* bytes, NUL included; longer ones are cut */
#define BOOT_REGIONS_MAX      256
#define BOOT_MODULES_MAX      8

/* Kinds of memory, with the numbers of the specification (table in 3.6.8). */
enum memory_kind {
    MEMORY_AVAILABLE = 1,
    MEMORY_RESERVED = 2,
    MEMORY_ACPI = 3, /* tables; usable after they were read, which we do not do */
    MEMORY_ACPI_NVS = 4,
    MEMORY_DEFECTIVE = 5,
};

struct memory_region {
    uint64_t start, end; /* physical, end exclusive */
    uint32_t kind;       /* enum memory_kind; unknown ones count as reserved */
};

struct boot_module {
    uint64_t start, end; /* physical */
    char command_line[64];
};

struct boot_framebuffer {
    bool is_present, is_text;
    uint64_t physical;
    uint32_t pitch, width, height; /* bytes a row; pixels, or characters when is_text */
    uint8_t bits_per_pixel;
    uint8_t red_position, green_position, blue_position;
};

/* The sections .symtab and .strtab of the kernel's file, which GRUB puts beside the image. */
struct boot_symbols {
    uint64_t symbols, symbols_end; /* physical; both 0 if there are none */
    uint64_t strings, strings_end;
};

struct boot_information {
    uint64_t physical; /* of the block itself, to be reserved */
    uint32_t size_bytes;
    char loader[64];
    char command_line[BOOT_COMMAND_LINE_MAX];
    bool is_command_line_cut;
    struct memory_region regions[BOOT_REGIONS_MAX];
    unsigned region_count;
    unsigned dropped_count; /* regions and modules for which there was no room */
    struct boot_module modules[BOOT_MODULES_MAX];
    unsigned module_count;
    struct boot_framebuffer framebuffer;
    struct boot_symbols symbols;
    uint8_t rsdp[64]; /* copy of the ACPI root pointer */
    uint32_t rsdp_size;
};

/*
 * Read the block at `bytes` (its run-time address; `physical` is where it lies).  Null when all is
 * well, else what is wrong with it, in words; what was read up to there is kept.
 */
const char *multiboot2_read(struct boot_information *information, const uint8_t *bytes,
                            uint64_t physical);

#endif
