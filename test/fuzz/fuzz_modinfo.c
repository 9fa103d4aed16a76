// SPDX-License-Identifier: MIT
/*
 * fuzz_modinfo.c: any bytes as a .modinfo section.  What is accepted consists of entries with a tag
 * and a value that end inside, and the three ways to read it agree.
 */
#include <string.h>
#include "fuzz.h"
#include "ksyms/modinfo.h"

static void check_entries(const struct ksyms_modinfo *modinfo, const uint8_t *data, size_t size)
{
    struct ksyms_modinfo_entry entry;
    size_t position = 0;
    size_t count = 0;
    const char *end = (const char *)data;

    while (ksyms_modinfo_next(modinfo, &position, &entry)) {
        MUST(entry.tag_length > 0 && entry.tag[entry.tag_length] == '=');
        MUST(entry.value == entry.tag + entry.tag_length + 1);
        MUST(strlen(entry.value) == entry.value_length);
        MUST(entry.tag >= end);
        end = entry.value + entry.value_length + 1;
        MUST(end <= (const char *)data + size);
        MUST(++count <= size);

        char tag[64] = "";
        if (entry.tag_length < sizeof(tag)) {
            memcpy(tag, entry.tag, entry.tag_length);
            size_t same = ksyms_modinfo_count(modinfo, tag);
            MUST(same > 0 && ksyms_modinfo_find(modinfo, tag, same - 1) >= entry.value);
            MUST(ksyms_modinfo_find(modinfo, tag, same) == NULL);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ksyms_modinfo modinfo;
    struct ksyms_fault fault;

    if (size > 4096) { /* the three ways together are quadratic */
        return 0;
    }
    enum ksyms_status status = ksyms_modinfo_open(&modinfo, data, size, &fault);
    if (status == KSYMS_OK) {
        check_entries(&modinfo, data, size);
    } else {
        MUST(fault.status == status && fault.offset < size);
    }
    return 0;
}
