// SPDX-License-Identifier: MIT
/*
 * firmware.c: a piece of command line from QEMU's fw_cfg device, so that one ISO serves many boots:
 *
 *     qemu-system-x86_64 ... -fw_cfg name=opt/onoma/cmdline,string="panic=exit run=lsmod"
 *
 * Source: QEMU docs/specs/fw_cfg; numbers in its files are big-endian.
 */
#include "cpu.h"
#include "onoma/io.h"
#include "onoma/string.h"

#define PORT_SELECTOR 0x510
#define PORT_DATA     0x511
#define KEY_SIGNATURE 0x00
#define KEY_DIRECTORY 0x19

#define LEAF1_ECX_HYPERVISOR (1u << 31)
#define FILES_MAX            4096 /* more is no directory */

struct firmware_file {
    uint32_t size;
    uint16_t key;
    uint16_t reserved;
    char name[56];
};

static void select_item(uint16_t key)
{
    outw(PORT_SELECTOR, key);
}

static void read_bytes(void *buffer, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        ((uint8_t *)buffer)[i] = inb(PORT_DATA);
    }
}

static bool is_qemu(void)
{
    char signature[4];

    if (!(cpuid(1, 0).ecx & LEAF1_ECX_HYPERVISOR)) {
        return false;
    }
    select_item(KEY_SIGNATURE);
    read_bytes(signature, sizeof(signature));
    return memcmp(signature, "QEMU", sizeof(signature)) == 0;
}

static bool find_file(const char *name, struct firmware_file *file)
{
    uint32_t count;

    select_item(KEY_DIRECTORY);
    read_bytes(&count, sizeof(count));
    count = __builtin_bswap32(count);
    for (uint32_t i = 0; i < count && count <= FILES_MAX; i++) {
        read_bytes(file, sizeof(*file));
        file->name[sizeof(file->name) - 1] = '\0';
        if (strcmp(file->name, name) == 0) {
            file->size = __builtin_bswap32(file->size);
            file->key = __builtin_bswap16(file->key);
            return true;
        }
    }
    return false;
}

size_t arch_firmware_command_line(char *buffer, size_t capacity)
{
    struct firmware_file file;

    buffer[0] = '\0';
    if (!is_qemu() || !find_file("opt/onoma/cmdline", &file)) {
        return 0;
    }
    size_t length = file.size < capacity - 1 ? file.size : capacity - 1;
    select_item(file.key);
    read_bytes(buffer, length);
    buffer[length] = '\0';
    return file.size;
}
