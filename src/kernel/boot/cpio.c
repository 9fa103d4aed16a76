// SPDX-License-Identifier: MIT
/*
 * cpio.c: the initrd comes from outside, so each field is checked before it is used.
 *
 *     ┌────────┬──────────────────────┬──────────┬─────┬──────────┬─────┐
 *     │ magic  │ 13 fields of 8 hex   │ name NUL │ pad │ data     │ pad │  ...  TRAILER!!!  zeros
 *     └────────┴──────────────────────┴──────────┴─────┴──────────┴─────┘
 *     0        6                    110                each pad up to the next multiple of 4
 *
 * 1. reader->offset never exceeds reader->size, and what is left is always computed as size minus
 *    offset: nothing can wrap.
 * 2. A reader that met the end or damage says the same for ever.
 * 3. Each call moves the offset forward or ends the reading.
 * The format: cpio(5) "New ASCII Format", and Linux's buffer-format.rst for several archives and
 * for names padded with NULs.
 */
#include "boot/cpio.h"
#include "onoma/string.h"

#define HEADER_SIZE    110
#define FIELDS_OFFSET  6
#define FIELD_DIGITS   8
#define FILE_TYPE_MASK 0170000u
#define FILE_TYPE_FILE 0100000u
#define FILE_TYPE_DIR  0040000u

/* The fields in the order of the format. */
enum field {
    FIELD_INODE,
    FIELD_MODE,
    FIELD_USER,
    FIELD_GROUP,
    FIELD_LINK_COUNT,
    FIELD_TIME,
    FIELD_FILE_SIZE,
    FIELD_DEVICE_MAJOR,
    FIELD_DEVICE_MINOR,
    FIELD_NODE_MAJOR,
    FIELD_NODE_MINOR,
    FIELD_NAME_SIZE,
    FIELD_CHECK,
    FIELD_COUNT
};

_Static_assert(FIELDS_OFFSET + FIELD_COUNT * FIELD_DIGITS == HEADER_SIZE, "cpio(5)");

/* One header, decoded, and where its parts are: offsets from the first byte of all archives. */
struct record {
    uint32_t fields[FIELD_COUNT];
    bool has_checksum;
    size_t name_offset;
    size_t data_offset;
    size_t next_offset;
};

static enum cpio_status fail(struct cpio_reader *reader, enum cpio_status status, size_t offset)
{
    reader->status = status;
    reader->fault_offset = offset;
    return status;
}

/* Up to a multiple of 4, or to the end where the archive stops before its padding does. */
static size_t pad(const struct cpio_reader *reader, size_t offset)
{
    size_t padding = -offset & 3;
    return padding < reader->size - offset ? offset + padding : reader->size;
}

static bool digit_value(uint8_t byte, uint32_t *value)
{
    if (byte >= '0' && byte <= '9') {
        *value = byte - '0';
        return true;
    }
    uint8_t lower_case = byte | 0x20;
    if (lower_case >= 'a' && lower_case <= 'f') {
        *value = lower_case - 'a' + 10u;
        return true;
    }
    return false;
}

static enum cpio_status read_fields(struct cpio_reader *reader, struct record *record)
{
    size_t offset = reader->offset + FIELDS_OFFSET;
    for (size_t field = 0; field < FIELD_COUNT; field++) {
        uint32_t value = 0;
        for (size_t digits = 0; digits < FIELD_DIGITS; digits++, offset++) {
            uint32_t digit;
            if (!digit_value(reader->bytes[offset], &digit)) {
                return fail(reader, CPIO_DIGIT, offset);
            }
            value = value << 4 | digit;
        }
        record->fields[field] = value;
    }
    return CPIO_OK;
}

static enum cpio_status read_header(struct cpio_reader *reader, struct record *record)
{
    const uint8_t *header = reader->bytes + reader->offset;
    size_t left = reader->size - reader->offset;

    if (left < FIELDS_OFFSET) {
        return fail(reader, CPIO_HEADER_CUT, reader->offset);
    }
    record->has_checksum = memcmp(header, "070702", FIELDS_OFFSET) == 0;
    if (!record->has_checksum && memcmp(header, "070701", FIELDS_OFFSET) != 0) {
        return fail(reader, CPIO_MAGIC, reader->offset);
    }
    if (left < HEADER_SIZE) {
        return fail(reader, CPIO_HEADER_CUT, reader->offset);
    }
    return read_fields(reader, record);
}

/* The name ends with NUL.  Writers that align data put more of them there, and nothing else. */
static enum cpio_status check_name(struct cpio_reader *reader, struct record *record)
{
    size_t size = record->fields[FIELD_NAME_SIZE];
    size_t offset = reader->offset + HEADER_SIZE;

    if (size < 2 || size > CPIO_NAME_CAPACITY) {
        return fail(reader, CPIO_NAME_SIZE, offset);
    }
    if (size > reader->size - offset) {
        return fail(reader, CPIO_NAME_CUT, offset);
    }
    const char *name = (const char *)reader->bytes + offset;
    size_t length = strnlen(name, size);
    if (length == size) {
        return fail(reader, CPIO_NAME_END, offset);
    }
    if (length == 0) {
        return fail(reader, CPIO_NAME_SIZE, offset);
    }
    for (size_t i = length; i < size; i++) {
        if (name[i] != '\0') {
            return fail(reader, CPIO_NAME_END, offset + i);
        }
    }
    record->name_offset = offset;
    record->data_offset = pad(reader, offset + size);
    return CPIO_OK;
}

static enum cpio_status check_data(struct cpio_reader *reader, struct record *record)
{
    size_t size = record->fields[FIELD_FILE_SIZE];
    if (size > reader->size - record->data_offset) {
        return fail(reader, CPIO_DATA_CUT, record->data_offset);
    }
    record->next_offset = pad(reader, record->data_offset + size);

    /* cpio(1) writes sums for regular files only: those of symbolic links are 0. */
    if (!record->has_checksum || (record->fields[FIELD_MODE] & FILE_TYPE_MASK) != FILE_TYPE_FILE) {
        return CPIO_OK;
    }
    uint32_t sum = 0;
    for (size_t i = 0; i < size; i++) {
        sum += reader->bytes[record->data_offset + i];
    }
    /* A hard link whose data is with another link carries the sum of that data, or 0. */
    bool is_empty_link = size == 0 && record->fields[FIELD_LINK_COUNT] > 1;
    if (sum != record->fields[FIELD_CHECK] && !is_empty_link) {
        return fail(reader, CPIO_CHECKSUM, record->data_offset);
    }
    return CPIO_OK;
}

static enum cpio_status read_record(struct cpio_reader *reader, struct record *record)
{
    enum cpio_status status = read_header(reader, record);
    if (status == CPIO_OK) {
        status = check_name(reader, record);
    }
    if (status == CPIO_OK) {
        status = check_data(reader, record);
    }
    return status;
}

static bool is_trailer(const struct cpio_reader *reader, const struct record *record)
{
    return strcmp((const char *)reader->bytes + record->name_offset, "TRAILER!!!") == 0;
}

/* Between archives: from a trailer, or the very beginning, to the next header. */
static enum cpio_status skip_zeros(struct cpio_reader *reader)
{
    bool is_start = reader->offset == 0;
    size_t offset = reader->offset;
    while (offset < reader->size && reader->bytes[offset] == 0) {
        offset++;
    }
    if (offset == reader->size) {
        return fail(reader, is_start ? CPIO_EMPTY : CPIO_END, offset);
    }
    /* Padding counts from the first byte of all, so an archive can begin at multiples of 4 only. */
    size_t left = reader->size - offset;
    if (offset % 4 != 0 || memcmp(reader->bytes + offset, "07070", left < 5 ? left : 5) != 0) {
        return fail(reader, is_start ? CPIO_MAGIC : CPIO_JUNK, offset);
    }
    reader->offset = offset;
    reader->archive_offset = offset;
    return CPIO_OK;
}

static void fill_entry(const struct cpio_reader *reader, const struct record *record,
                       struct cpio_entry *entry)
{
    *entry = (struct cpio_entry){
        .name = (const char *)reader->bytes + record->name_offset,
        .data = reader->bytes + record->data_offset,
        .size = record->fields[FIELD_FILE_SIZE],
        .mode = record->fields[FIELD_MODE],
        .inode = record->fields[FIELD_INODE],
        .link_count = record->fields[FIELD_LINK_COUNT],
        .device_major = record->fields[FIELD_DEVICE_MAJOR],
        .device_minor = record->fields[FIELD_DEVICE_MINOR],
        .offset = reader->offset,
        .archive_offset = reader->archive_offset,
    };
}

void cpio_open(struct cpio_reader *reader, const void *bytes, size_t size)
{
    *reader = (struct cpio_reader){.bytes = bytes, .size = size};
}

enum cpio_status cpio_next(struct cpio_reader *reader, struct cpio_entry *entry)
{
    while (reader->status == CPIO_OK) {
        struct record record;
        if (!reader->is_inside && skip_zeros(reader) != CPIO_OK) {
            break;
        }
        if (reader->is_inside && reader->offset == reader->size) {
            fail(reader, CPIO_TRAILER_MISSING, reader->offset);
            break;
        }
        if (read_record(reader, &record) != CPIO_OK) {
            break;
        }
        if (!is_trailer(reader, &record)) {
            fill_entry(reader, &record, entry);
            reader->is_inside = true;
            reader->offset = record.next_offset;
            return CPIO_OK;
        }
        if (record.fields[FIELD_FILE_SIZE] != 0) {
            fail(reader, CPIO_TRAILER_DATA, reader->offset);
            break;
        }
        reader->is_inside = false;
        reader->offset = record.next_offset;
    }
    return reader->status;
}

const char *cpio_path(const char *name)
{
    for (;;) {
        if (name[0] == '/') {
            name++;
        } else if (name[0] == '.' && (name[1] == '/' || name[1] == '\0')) {
            name++;
        } else {
            return name;
        }
    }
}

static bool are_links(const struct cpio_entry *left, const struct cpio_entry *right)
{
    return left->archive_offset == right->archive_offset && left->inode == right->inode &&
           left->device_major == right->device_major && left->device_minor == right->device_minor;
}

/* cpio(1) writes the data of hard links once, with the last of them. */
static void find_link_data(const struct cpio_reader *reader, struct cpio_entry *entry)
{
    struct cpio_reader walk;
    struct cpio_entry candidate;

    cpio_open(&walk, reader->bytes, reader->size);
    while (cpio_next(&walk, &candidate) == CPIO_OK) {
        if (candidate.size != 0 && candidate.link_count > 1 && cpio_is_file(&candidate) &&
            are_links(&candidate, entry)) {
            entry->data = candidate.data;
            entry->size = candidate.size;
        }
    }
}

bool cpio_find(const struct cpio_reader *reader, const char *path, struct cpio_entry *entry)
{
    struct cpio_reader walk;
    struct cpio_entry candidate;
    bool is_found = false;

    cpio_open(&walk, reader->bytes, reader->size);
    while (cpio_next(&walk, &candidate) == CPIO_OK) {
        if (strcmp(cpio_path(candidate.name), cpio_path(path)) == 0) {
            *entry = candidate;
            is_found = true;
        }
    }
    if (is_found && entry->size == 0 && entry->link_count > 1 && cpio_is_file(entry)) {
        find_link_data(reader, entry);
    }
    return is_found;
}

bool cpio_is_file(const struct cpio_entry *entry)
{
    return (entry->mode & FILE_TYPE_MASK) == FILE_TYPE_FILE;
}

bool cpio_is_directory(const struct cpio_entry *entry)
{
    return (entry->mode & FILE_TYPE_MASK) == FILE_TYPE_DIR;
}

const char *cpio_status_text(enum cpio_status status)
{
    static const char *const texts[CPIO_STATUS_COUNT] = {
        [CPIO_OK] = "no fault",
        [CPIO_END] = "end of the archive",
        [CPIO_EMPTY] = "there is no archive: no bytes, or only zeros",
        [CPIO_MAGIC] = "no cpio header of format newc or crc (make it with cpio -H newc, not "
                       "compressed)",
        [CPIO_HEADER_CUT] = "the archive ends within a header",
        [CPIO_DIGIT] = "a header field holds a byte that is no hexadecimal digit",
        [CPIO_NAME_SIZE] = "a name is empty or longer than 4095 bytes",
        [CPIO_NAME_CUT] = "the archive ends within a name",
        [CPIO_NAME_END] = "a name does not end where its size says",
        [CPIO_DATA_CUT] = "the archive ends within the data of a file",
        [CPIO_CHECKSUM] = "the data of a file does not match its checksum",
        [CPIO_TRAILER_DATA] = "the trailer claims to have data",
        [CPIO_TRAILER_MISSING] = "the archive ends without a trailer",
        [CPIO_JUNK] = "behind an archive lies something that is neither zeros nor an archive",
    };
    const char *text = (unsigned)status < CPIO_STATUS_COUNT ? texts[status] : 0;
    return text != 0 ? text : "unknown cpio status";
}
