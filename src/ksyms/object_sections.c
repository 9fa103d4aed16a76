// SPDX-License-Identifier: MIT
/*
 * object_sections.c: checks the section table and the string tables (gABI 4, "Sections").
 *
 * A section is loaded if it has SHF_ALLOC.  What is loaded must be of a type and with flags that
 * the linker gives their meaning; what is not loaded must only lie inside the file.  Unloaded
 * sections of types of an operating system or processor (.llvm_addrsig ...) are therefore no harm.
 *
 * From here every section is inside the file, has a name, and all loaded ones together fit.
 */
#include "bytes.h"
#include "object_check.h"

#define PROTECTION_FLAGS (KSYMS_SHF_WRITE | KSYMS_SHF_ALLOC | KSYMS_SHF_EXECINSTR)

/* Merging is a wish, not a duty: such sections are loaded as they are. */
#define LOADED_FLAGS                                                                               \
    (PROTECTION_FLAGS | KSYMS_SHF_MERGE | KSYMS_SHF_STRINGS | KSYMS_SHF_INFO_LINK |                \
     KSYMS_SHF_LINK_ORDER | KSYMS_SHF_GNU_RETAIN | KSYMS_SHF_X86_64_LARGE)

/* Sections that a loader looks for by name: with two of them it would miss one.  In byte order. */
static const char unique_names[KSYMS_OBJECT_UNIQUE][28] = {
    ".gnu.linkonce.this_module",
    ".ksyms",
    ".ksyms_types",
    ".modinfo",
    "__ksymtab",
    "__ksymtab_gpl",
    "__ksymtab_strings",
    "__param",
    "__versions",
};

#define FIELD(name) offsetof(struct ksyms_elf_section, name)

static bool has_contents_type(const struct ksyms_elf_section *section)
{
    switch (section->sh_type) {
    case KSYMS_SHT_PROGBITS:
    case KSYMS_SHT_NOBITS:
    case KSYMS_SHT_NOTE:
    case KSYMS_SHT_INIT_ARRAY:
    case KSYMS_SHT_FINI_ARRAY:
    case KSYMS_SHT_PREINIT_ARRAY:
    case KSYMS_SHT_X86_64_UNWIND:
        return true;
    default:
        return false;
    }
}

static bool is_array_type(uint32_t type)
{
    return type == KSYMS_SHT_INIT_ARRAY || type == KSYMS_SHT_FINI_ARRAY ||
           type == KSYMS_SHT_PREINIT_ARRAY;
}

static bool is_table_type(const struct ksyms_elf_section *section)
{
    return section->sh_type == KSYMS_SHT_SYMTAB || section->sh_type == KSYMS_SHT_STRTAB ||
           section->sh_type == KSYMS_SHT_RELA;
}

static enum ksyms_status check_null_section(struct ksyms_check *check)
{
    static const struct ksyms_elf_section null_section;

    if (memcmp(check->object.sections, &null_section, sizeof(null_section)) != 0) {
        return ksyms_refuse(check, KSYMS_SECTION_NULL, 0, 0, 0, 0);
    }
    return KSYMS_OK;
}

static enum ksyms_status check_type(struct ksyms_check *check, uint32_t index,
                                    const struct ksyms_elf_section *section)
{
    uint32_t type = section->sh_type;

    if (type == KSYMS_SHT_GROUP || (section->sh_flags & KSYMS_SHF_GROUP)) {
        return ksyms_refuse(check, KSYMS_SECTION_GROUP, index, FIELD(sh_flags), section->sh_flags,
                            0);
    }
    if (has_contents_type(section)) {
        return KSYMS_OK;
    }
    if (is_table_type(section)) {
        if (section->sh_flags & (PROTECTION_FLAGS | KSYMS_SHF_COMPRESSED)) {
            return ksyms_refuse(check, KSYMS_SECTION_FLAGS, index, FIELD(sh_flags),
                                section->sh_flags, 0);
        }
        return KSYMS_OK;
    }
    if (type < KSYMS_SHT_LOOS || ksyms_is_loaded(section)) {
        return ksyms_refuse(check, KSYMS_SECTION_TYPE, index, FIELD(sh_type), type, 0);
    }
    return KSYMS_OK;
}

/* Flags of a loaded section: what memory it needs must be clear, and never both W and X. */
static enum ksyms_status check_loaded_flags(struct ksyms_check *check, uint32_t index,
                                            const struct ksyms_elf_section *section)
{
    uint64_t flags = section->sh_flags;
    enum ksyms_status status = KSYMS_OK;

    if (flags & KSYMS_SHF_TLS) {
        status = KSYMS_SECTION_TLS;
    } else if (flags & KSYMS_SHF_COMPRESSED) {
        status = KSYMS_SECTION_COMPRESSED;
    } else if (flags & ~LOADED_FLAGS) {
        status = KSYMS_SECTION_FLAGS;
    } else if ((flags & KSYMS_SHF_WRITE) && (flags & KSYMS_SHF_EXECINSTR)) {
        status = KSYMS_SECTION_WRITE_EXECUTE;
    } else if ((flags & KSYMS_SHF_EXECINSTR) && section->sh_type == KSYMS_SHT_NOBITS) {
        status = KSYMS_SECTION_NO_CODE;
    }
    if (status != KSYMS_OK) {
        return ksyms_refuse(check, status, index, FIELD(sh_flags), flags, LOADED_FLAGS);
    }
    return KSYMS_OK;
}

static enum ksyms_status check_loaded(struct ksyms_check *check, uint32_t index,
                                      const struct ksyms_elf_section *section)
{
    enum ksyms_status status = check_loaded_flags(check, index, section);
    if (status != KSYMS_OK) {
        return status;
    }
    if (section->sh_addralign > KSYMS_OBJECT_ALIGNMENT_MAX) {
        return ksyms_refuse(check, KSYMS_SECTION_ALIGNMENT, index, FIELD(sh_addralign),
                            section->sh_addralign, KSYMS_OBJECT_ALIGNMENT_MAX);
    }
    uint64_t alignment = section->sh_addralign == 0 ? 1 : section->sh_addralign;
    if (!ksyms_check_reserve(check, section->sh_size, alignment)) {
        return ksyms_refuse(check, KSYMS_SECTION_MEMORY, index, FIELD(sh_size), section->sh_size,
                            KSYMS_OBJECT_LOADED_MAX - check->loaded_bytes);
    }
    return KSYMS_OK;
}

static bool ranges_overlap(uint64_t left, uint64_t left_size, uint64_t right, uint64_t right_size)
{
    return left < right + right_size && right < left + left_size;
}

/* Inside the file, and clear of both headers: the caller has checked those. */
static enum ksyms_status check_file_range(struct ksyms_check *check, uint32_t index,
                                          const struct ksyms_elf_section *section)
{
    const struct ksyms_object *object = &check->object;
    uint64_t table = (uint64_t)((const uint8_t *)object->sections - object->bytes);
    uint64_t table_size = (uint64_t)object->section_count * sizeof(struct ksyms_elf_section);

    if (section->sh_offset > object->size_bytes) {
        return ksyms_refuse(check, KSYMS_SECTION_BOUNDS, index, FIELD(sh_offset),
                            section->sh_offset, object->size_bytes);
    }
    if (section->sh_type == KSYMS_SHT_NOBITS) {
        return KSYMS_OK;
    }
    uint64_t size_limit = object->size_bytes - section->sh_offset;
    if (section->sh_size > size_limit) {
        return ksyms_refuse(check, KSYMS_SECTION_BOUNDS, index, FIELD(sh_size), section->sh_size,
                            size_limit);
    }
    bool meets_headers =
        ranges_overlap(section->sh_offset, section->sh_size, 0, sizeof(struct ksyms_elf_header)) ||
        ranges_overlap(section->sh_offset, section->sh_size, table, table_size);
    if (section->sh_size != 0 && meets_headers) {
        return ksyms_refuse(check, KSYMS_SECTION_OVERLAP, index, FIELD(sh_offset),
                            section->sh_offset, 0);
    }
    if ((section->sh_type == KSYMS_SHT_SYMTAB || section->sh_type == KSYMS_SHT_RELA) &&
        section->sh_offset % 8 != 0) {
        return ksyms_refuse(check, KSYMS_SECTION_ALIGNMENT, index, FIELD(sh_offset),
                            section->sh_offset, 8);
    }
    return KSYMS_OK;
}

/*
 * A string longer than the cap would cost its length each time that somebody reads it, and
 * thousands of symbols may share it.  Where a NUL lies within reach of a start, all strings before
 * that NUL are short enough: so it is looked for from the far end, and most bytes are never read.
 */
static bool has_long_string(const uint8_t *strings, uint64_t size, uint64_t *start)
{
    for (*start = 0; size - *start > KSYMS_OBJECT_NAME_MAX;) {
        uint64_t end = *start + KSYMS_OBJECT_NAME_MAX;
        while (strings[end] != '\0') {
            if (end == *start) {
                return true;
            }
            end--;
        }
        *start = end + 1;
    }
    return false;
}

/* A string table starts and ends with NUL: so every name in it is bounded, and 0 is the empty one.
 */
static enum ksyms_status check_strings(struct ksyms_check *check, uint32_t index,
                                       const struct ksyms_elf_section *section)
{
    const uint8_t *strings = check->object.bytes + section->sh_offset;
    uint64_t start;

    if (section->sh_size == 0) {
        return ksyms_refuse(check, KSYMS_STRINGS_EMPTY, index, FIELD(sh_size), 0, 1);
    }
    if (strings[0] != '\0') {
        return ksyms_refuse(check, KSYMS_STRINGS_START, index, 0, strings[0], 0);
    }
    if (strings[section->sh_size - 1] != '\0') {
        return ksyms_refuse(check, KSYMS_STRINGS_END, index, section->sh_size - 1,
                            strings[section->sh_size - 1], 0);
    }
    if (has_long_string(strings, section->sh_size, &start)) {
        return ksyms_refuse(check, KSYMS_STRINGS_LONG, index, start, KSYMS_OBJECT_NAME_MAX + 1,
                            KSYMS_OBJECT_NAME_MAX);
    }
    return KSYMS_OK;
}

static enum ksyms_status check_section(struct ksyms_check *check, uint32_t index)
{
    const struct ksyms_elf_section *section = &check->object.sections[index];

    enum ksyms_status status = check_type(check, index, section);
    if (status != KSYMS_OK) {
        return status;
    }
    if (section->sh_addr != 0) {
        return ksyms_refuse(check, KSYMS_SECTION_ADDRESS, index, FIELD(sh_addr), section->sh_addr,
                            0);
    }
    if (section->sh_addralign != 0 && !ksyms_is_power_of_two(section->sh_addralign)) {
        return ksyms_refuse(check, KSYMS_SECTION_ALIGNMENT, index, FIELD(sh_addralign),
                            section->sh_addralign, KSYMS_OBJECT_ALIGNMENT_MAX);
    }
    if (section->sh_link >= check->object.section_count) {
        return ksyms_refuse(check, KSYMS_SECTION_LINK, index, FIELD(sh_link), section->sh_link,
                            check->object.section_count - 1);
    }
    status = check_file_range(check, index, section);
    if (status == KSYMS_OK && ksyms_is_loaded(section)) {
        status = check_loaded(check, index, section);
    }
    if (status == KSYMS_OK && section->sh_type == KSYMS_SHT_STRTAB) {
        status = check_strings(check, index, section);
    }
    return status;
}

static enum ksyms_status check_names(struct ksyms_check *check)
{
    struct ksyms_object *object = &check->object;
    const struct ksyms_elf_section *names = &object->sections[check->name_section];

    if (names->sh_type != KSYMS_SHT_STRTAB) {
        return ksyms_refuse(check, KSYMS_OBJECT_NAME_TABLE, KSYMS_NONE,
                            offsetof(struct ksyms_elf_header, e_shstrndx), check->name_section,
                            object->section_count - 1);
    }
    for (uint32_t index = 0; index < object->section_count; index++) {
        if (object->sections[index].sh_name >= names->sh_size) {
            return ksyms_refuse(check, KSYMS_SECTION_NAME, index, FIELD(sh_name),
                                object->sections[index].sh_name, names->sh_size - 1);
        }
    }
    object->section_names = (const char *)object->bytes + names->sh_offset;
    return KSYMS_OK;
}

/* Of most names the second letter tells that they are none of these. */
static bool may_be_unique(const char *name)
{
    return name[0] != '\0' &&
           (name[1] == '_' || name[1] == 'g' || name[1] == 'k' || name[1] == 'm');
}

uint32_t ksyms_unique_number(const char *name)
{
    uint32_t low = 0, high = may_be_unique(name) ? KSYMS_OBJECT_UNIQUE : 0;

    while (low < high) {
        uint32_t middle = (low + high) / 2;
        const char *unique = unique_names[middle];
        uint32_t length = 0;
        while (name[length] != '\0' && name[length] == unique[length]) {
            length++;
        }
        if (name[length] == unique[length]) {
            return middle;
        }
        if ((uint8_t)name[length] < (uint8_t)unique[length]) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return KSYMS_OBJECT_UNIQUE;
}

static enum ksyms_status find_unique_sections(struct ksyms_check *check)
{
    struct ksyms_object *object = &check->object;

    for (uint32_t index = 1; index < object->section_count; index++) {
        uint32_t number = ksyms_unique_number(ksyms_object_section_name(object, index));
        if (number == KSYMS_OBJECT_UNIQUE) {
            continue;
        }
        if (object->unique_sections[number] != 0) {
            return ksyms_refuse(check, KSYMS_SECTION_TWICE, index, FIELD(sh_name),
                                object->unique_sections[number], 0);
        }
        /* A table of functions may be gone after init, or be called. */
        if (is_array_type(object->sections[index].sh_type)) {
            return ksyms_refuse(check, KSYMS_SECTION_TYPE, index, FIELD(sh_type),
                                object->sections[index].sh_type, 0);
        }
        object->unique_sections[number] = index;
    }
    return KSYMS_OK;
}

/*
 * Sections that share no byte are no longer than the file together.  Which two share some is found
 * by the linker, with memory; that none is read twice, and the work stays linear, is seen here.
 */
static enum ksyms_status check_total(struct ksyms_check *check)
{
    const struct ksyms_object *object = &check->object;
    uint64_t total = 0;

    for (uint32_t index = 1; index < object->section_count; index++) {
        const struct ksyms_elf_section *section = &object->sections[index];
        total += section->sh_type == KSYMS_SHT_NOBITS ? 0 : section->sh_size;
        if (total > object->size_bytes) {
            return ksyms_refuse(check, KSYMS_SECTION_OVERLAP, index, FIELD(sh_size), total,
                                object->size_bytes);
        }
    }
    return KSYMS_OK;
}

/* Nothing may hide behind the last section: a signature, say, which the caller has to cut off. */
static enum ksyms_status check_trailing(struct ksyms_check *check)
{
    const struct ksyms_object *object = &check->object;
    uint64_t end =
        (uint64_t)((const uint8_t *)(object->sections + object->section_count) - object->bytes);

    for (uint32_t index = 1; index < object->section_count; index++) {
        const struct ksyms_elf_section *section = &object->sections[index];
        if (section->sh_type != KSYMS_SHT_NOBITS && section->sh_offset + section->sh_size > end) {
            end = section->sh_offset + section->sh_size;
        }
    }
    bool is_padding = object->size_bytes - end <= KSYMS_OBJECT_PADDING_MAX;
    for (uint64_t offset = end; is_padding && offset < object->size_bytes; offset++) {
        is_padding = object->bytes[offset] == 0;
    }
    if (!is_padding) {
        return ksyms_refuse(check, KSYMS_OBJECT_TRAILING, KSYMS_NONE, end, object->size_bytes, end);
    }
    return KSYMS_OK;
}

enum ksyms_status ksyms_check_sections(struct ksyms_check *check)
{
    enum ksyms_status status = check_null_section(check);

    for (uint32_t index = 1; status == KSYMS_OK && index < check->object.section_count; index++) {
        status = check_section(check, index);
    }
    if (status == KSYMS_OK) {
        status = check_names(check);
    }
    if (status == KSYMS_OK) {
        status = find_unique_sections(check);
    }
    if (status == KSYMS_OK) {
        status = check_total(check);
    }
    if (status == KSYMS_OK) {
        status = check_trailing(check);
    }
    return status;
}
