// SPDX-License-Identifier: MIT
/*
 * modinfo.c: reads a .modinfo section.
 *
 * Invariants of an opened one, which make every later walk short and safe:
 *  1. it is empty or its last byte is NUL, so strlen stays inside from any position;
 *  2. every entry has a `=`, and not as its first byte.
 */
#include "bytes.h"
#include "ksyms/modinfo.h"

static enum ksyms_status refuse(struct ksyms_fault *fault, enum ksyms_status status, size_t offset)
{
    if (fault) {
        *fault = (struct ksyms_fault){
            .status = status,
            .section = KSYMS_NONE,
            .symbol = KSYMS_NONE,
            .relocation = KSYMS_NONE,
            .offset = offset,
        };
    }
    return status;
}

/* Where the entry that ends at the end of the section starts. */
static size_t find_last_entry(const char *bytes, size_t size_bytes)
{
    size_t start = size_bytes;
    while (start > 0 && bytes[start - 1] != '\0') {
        start--;
    }
    return start;
}

/* Length of the tag: up to the first `=`, or the whole entry if it has none. */
static size_t measure_tag(const char *entry)
{
    size_t tag_length = 0;
    while (entry[tag_length] != '\0' && entry[tag_length] != '=') {
        tag_length++;
    }
    return tag_length;
}

enum ksyms_status ksyms_modinfo_open(struct ksyms_modinfo *modinfo, const void *bytes,
                                     size_t size_bytes, struct ksyms_fault *fault)
{
    const char *strings = bytes;

    if (size_bytes > 0 && strings[size_bytes - 1] != '\0') {
        return refuse(fault, KSYMS_MODINFO_END, find_last_entry(strings, size_bytes));
    }
    /* From here strlen is bounded (invariant 1). */
    for (size_t position = 0; position < size_bytes;) {
        const char *entry = strings + position;
        size_t tag_length = measure_tag(entry);
        if (entry[tag_length] == '\0' && tag_length != 0) {
            return refuse(fault, KSYMS_MODINFO_EQUAL, position);
        }
        if (entry[tag_length] == '=' && tag_length == 0) {
            return refuse(fault, KSYMS_MODINFO_TAG, position);
        }
        position += tag_length + strlen(entry + tag_length) + 1;
    }
    *modinfo = (struct ksyms_modinfo){.bytes = strings, .size_bytes = size_bytes};
    return KSYMS_OK;
}

bool ksyms_modinfo_next(const struct ksyms_modinfo *modinfo, size_t *position,
                        struct ksyms_modinfo_entry *entry)
{
    size_t start = *position;

    while (start < modinfo->size_bytes && modinfo->bytes[start] == '\0') {
        start++;
    }
    if (start >= modinfo->size_bytes) {
        return false;
    }
    const char *tag = modinfo->bytes + start;
    size_t tag_length = measure_tag(tag);
    size_t value_length = strlen(tag + tag_length + 1); /* invariant 2 */
    *entry = (struct ksyms_modinfo_entry){
        .tag = tag,
        .tag_length = tag_length,
        .value = tag + tag_length + 1,
        .value_length = value_length,
    };
    *position = start + tag_length + 1 + value_length + 1;
    return true;
}

static bool has_tag(const struct ksyms_modinfo_entry *entry, const char *tag, size_t tag_length)
{
    return entry->tag_length == tag_length && memcmp(entry->tag, tag, tag_length) == 0;
}

const char *ksyms_modinfo_find(const struct ksyms_modinfo *modinfo, const char *tag, size_t rank)
{
    struct ksyms_modinfo_entry entry;
    size_t tag_length = strlen(tag);
    size_t position = 0;

    while (ksyms_modinfo_next(modinfo, &position, &entry)) {
        if (has_tag(&entry, tag, tag_length) && rank-- == 0) {
            return entry.value;
        }
    }
    return NULL;
}

size_t ksyms_modinfo_count(const struct ksyms_modinfo *modinfo, const char *tag)
{
    struct ksyms_modinfo_entry entry;
    size_t tag_length = strlen(tag);
    size_t position = 0;
    size_t count = 0;

    while (ksyms_modinfo_next(modinfo, &position, &entry)) {
        if (has_tag(&entry, tag, tag_length)) {
            count++;
        }
    }
    return count;
}
