// SPDX-License-Identifier: MIT
/*
 * object_header.c: checks the ELF header (gABI figure 4-3).
 *
 * Nearly every field of a relocatable object has one right value; those are rows of a table.  What
 * remains says where the section table is.  From here the section table lies inside the file.
 */
#include "bytes.h"
#include "object_check.h"

struct expected_field {
    enum ksyms_status status;
    uint8_t offset;
    uint8_t width;
    uint16_t value;
};

#define EXPECT(field, expected, refusal)                                                           \
    {                                                                                              \
        .status = (refusal), .offset = offsetof(struct ksyms_elf_header, field),                   \
        .width = sizeof(((struct ksyms_elf_header *)0)->field), .value = (expected),               \
    }

static const struct expected_field expected_fields[] = {
    EXPECT(e_ident[KSYMS_EI_CLASS], KSYMS_ELFCLASS64, KSYMS_OBJECT_CLASS),
    EXPECT(e_ident[KSYMS_EI_DATA], KSYMS_ELFDATA2LSB, KSYMS_OBJECT_DATA),
    EXPECT(e_ident[KSYMS_EI_VERSION], KSYMS_EV_CURRENT, KSYMS_OBJECT_VERSION),
    EXPECT(e_ident[KSYMS_EI_ABIVERSION], 0, KSYMS_OBJECT_ABI),
    EXPECT(e_type, KSYMS_ET_REL, KSYMS_OBJECT_TYPE),
    EXPECT(e_machine, KSYMS_EM_X86_64, KSYMS_OBJECT_MACHINE),
    EXPECT(e_version, KSYMS_EV_CURRENT, KSYMS_OBJECT_VERSION),
    EXPECT(e_entry, 0, KSYMS_OBJECT_ENTRY),
    EXPECT(e_phoff, 0, KSYMS_OBJECT_PROGRAM_HEADERS),
    EXPECT(e_phentsize, 0, KSYMS_OBJECT_PROGRAM_HEADERS),
    EXPECT(e_phnum, 0, KSYMS_OBJECT_PROGRAM_HEADERS),
    EXPECT(e_flags, 0, KSYMS_OBJECT_FLAGS),
    EXPECT(e_ehsize, sizeof(struct ksyms_elf_header), KSYMS_OBJECT_HEADER_SIZE),
    EXPECT(e_shentsize, sizeof(struct ksyms_elf_section), KSYMS_OBJECT_SECTION_ENTRY_SIZE),
};

static enum ksyms_status refuse_field(struct ksyms_check *check, enum ksyms_status status,
                                      size_t offset, uint64_t value, uint64_t limit)
{
    return ksyms_refuse(check, status, KSYMS_NONE, offset, value, limit);
}

static uint64_t read_field(const uint8_t *bytes, size_t width)
{
    uint64_t value = 0;
    memcpy(&value, bytes, width);
    return value;
}

static enum ksyms_status check_identification(struct ksyms_check *check)
{
    static const uint8_t magic[4] = {0x7f, 'E', 'L', 'F'};
    const uint8_t *ident = check->object.bytes;

    if (memcmp(ident, magic, sizeof(magic)) != 0) {
        return refuse_field(check, KSYMS_OBJECT_MAGIC, 0, read_u32(ident), read_u32(magic));
    }
    if (ident[KSYMS_EI_OSABI] != KSYMS_ELFOSABI_NONE &&
        ident[KSYMS_EI_OSABI] != KSYMS_ELFOSABI_GNU) {
        return refuse_field(check, KSYMS_OBJECT_ABI, KSYMS_EI_OSABI, ident[KSYMS_EI_OSABI],
                            KSYMS_ELFOSABI_NONE);
    }
    for (size_t offset = KSYMS_EI_PAD; offset < KSYMS_EI_NIDENT; offset++) {
        if (ident[offset] != 0) {
            return refuse_field(check, KSYMS_OBJECT_PADDING, offset, ident[offset], 0);
        }
    }
    return KSYMS_OK;
}

static enum ksyms_status check_expected_fields(struct ksyms_check *check)
{
    size_t count = sizeof(expected_fields) / sizeof(expected_fields[0]);

    for (size_t index = 0; index < count; index++) {
        const struct expected_field *expected = &expected_fields[index];
        uint64_t value = read_field(check->object.bytes + expected->offset, expected->width);
        if (value != expected->value) {
            return refuse_field(check, expected->status, expected->offset, value, expected->value);
        }
    }
    return KSYMS_OK;
}

static enum ksyms_status check_section_table(struct ksyms_check *check,
                                             const struct ksyms_elf_header *header)
{
    size_t file_size = check->object.size_bytes;

    /* More than 0xfeff sections would be counted elsewhere (gABI, e_shnum): far over the cap. */
    if (header->e_shnum < 2 || header->e_shnum > KSYMS_OBJECT_SECTIONS_MAX) {
        return refuse_field(check, KSYMS_OBJECT_SECTION_COUNT,
                            offsetof(struct ksyms_elf_header, e_shnum), header->e_shnum,
                            KSYMS_OBJECT_SECTIONS_MAX);
    }
    uint64_t table_size = (uint64_t)header->e_shnum * sizeof(struct ksyms_elf_section);
    uint64_t limit = table_size > file_size ? 0 : file_size - table_size;
    if (header->e_shoff < sizeof(struct ksyms_elf_header) || header->e_shoff % 8 != 0 ||
        header->e_shoff > limit) {
        return refuse_field(check, KSYMS_OBJECT_SECTION_TABLE,
                            offsetof(struct ksyms_elf_header, e_shoff), header->e_shoff, limit);
    }
    if (header->e_shstrndx == 0 || header->e_shstrndx >= header->e_shnum) {
        return refuse_field(check, KSYMS_OBJECT_NAME_TABLE,
                            offsetof(struct ksyms_elf_header, e_shstrndx), header->e_shstrndx,
                            header->e_shnum - 1u);
    }
    return KSYMS_OK;
}

enum ksyms_status ksyms_check_header(struct ksyms_check *check)
{
    struct ksyms_object *object = &check->object;

    if ((uintptr_t)object->bytes % 8 != 0) {
        return refuse_field(check, KSYMS_OBJECT_ALIGNMENT, 0, (uintptr_t)object->bytes % 8, 0);
    }
    if (object->size_bytes < sizeof(struct ksyms_elf_header)) {
        return refuse_field(check, KSYMS_OBJECT_SHORT, 0, object->size_bytes,
                            sizeof(struct ksyms_elf_header));
    }
    if (object->size_bytes > KSYMS_OBJECT_FILE_MAX) {
        return refuse_field(check, KSYMS_OBJECT_LARGE, 0, object->size_bytes,
                            KSYMS_OBJECT_FILE_MAX);
    }

    const struct ksyms_elf_header *header = (const struct ksyms_elf_header *)object->bytes;
    enum ksyms_status status = check_identification(check);
    if (status == KSYMS_OK) {
        status = check_expected_fields(check);
    }
    if (status == KSYMS_OK) {
        status = check_section_table(check, header);
    }
    if (status == KSYMS_OK) {
        object->sections = (const struct ksyms_elf_section *)(object->bytes + header->e_shoff);
        object->section_count = header->e_shnum;
        check->name_section = header->e_shstrndx;
    }
    return status;
}
