// SPDX-License-Identifier: MIT
/*
 * fuzz_object.c: any bytes as an object: check, plan, bind, relocate.  What is accepted can be
 * named and linked again to the same bytes; what is refused can be told of.
 */
#include <string.h>
#include "../support/link_run.h"
#include "fuzz.h"

#define BASE 0xffffffffc0000000ull

static bool resolve(void *context, const char *name, uint64_t *address)
{
    (void)context;
    *address = BASE + 0x10000000 + strlen(name) * 64;
    return name[0] != '?';
}

static size_t read_names(const struct ksyms_object *object)
{
    size_t length = 0;

    for (uint32_t index = 0; index < object->section_count; index++) {
        length += strlen(ksyms_object_section_name(object, index));
    }
    for (uint32_t index = 0; index < object->symbol_count; index++) {
        length += strlen(ksyms_object_symbol_name(object, index));
    }
    return length;
}

static uint64_t hash_segments(const struct ksyms_link *link)
{
    uint64_t hash = 14695981039346656037ull;

    for (unsigned kind = 0; kind < KSYMS_SEGMENT_COUNT; kind++) {
        const struct ksyms_segment *segment = &link->segments[kind];
        for (uint64_t offset = 0; offset < segment->size_bytes; offset++) {
            hash = (hash ^ segment->bytes[offset]) * 1099511628211ull;
        }
    }
    return hash;
}

/* What a message about a refused file reads. */
static void tell(const uint8_t *data, size_t size, const struct ksyms_fault *fault)
{
    struct ksyms_object object;

    ksyms_object_view(&object, data, size);
    MUST(read_names(&object) <= (object.section_count + object.symbol_count) * (uint64_t)size);
    MUST(ksyms_object_section_name(&object, fault->section) != NULL);
    MUST(ksyms_object_symbol_name(&object, fault->symbol) != NULL);
    MUST(ksyms_relocation_name(fault->relocation_type) != NULL);
    MUST(strlen(ksyms_status_text(fault->status)) > 0);
}

/* A .bss of 200 MB is allowed, but to write it a thousand times is no test. */
static bool is_small(const uint8_t *data, size_t size)
{
    struct ksyms_object object;
    uint64_t loaded = 0;

    if (ksyms_object_check(&object, data, size, NULL) != KSYMS_OK) {
        return true;
    }
    for (uint32_t index = 0; index < object.section_count; index++) {
        if (object.sections[index].sh_type == KSYMS_SHT_NOBITS &&
            (object.sections[index].sh_flags & KSYMS_SHF_ALLOC)) {
            loaded += object.sections[index].sh_size;
        }
    }
    for (uint32_t index = 0; index < object.symbol_count; index++) {
        if (object.symbols[index].st_shndx == KSYMS_SHN_COMMON) {
            loaded += object.symbols[index].st_size;
        }
    }
    return loaded < 1u << 20;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct link_layout layout = {.base = BASE, .keeps_init = size % 2 == 0};
    struct link_run run;

    if (!is_small(data, size)) {
        return 0;
    }
    enum ksyms_status status = link_run_start(&run, data, size, layout, resolve, NULL);
    if (status == KSYMS_OK) {
        uint64_t hash = hash_segments(&run.link);
        MUST(ksyms_link_relocate(&run.link, NULL) == KSYMS_OK);
        MUST(hash == hash_segments(&run.link));
        read_names(&run.object);
    } else {
        MUST(run.fault.status == status);
        tell(data, size, &run.fault);
    }
    link_run_end(&run);
    return 0;
}
