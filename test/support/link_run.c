// SPDX-License-Identifier: MIT
/*
 * link_run.c: see link_run.h.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "files.h"
#include "link_run.h"

#define SPREAD_MAX (1u << 20) /* bytes between two segments of a random layout */

static void *allocate_junk(size_t size_bytes)
{
    void *bytes = malloc(size_bytes);
    assert(bytes || size_bytes == 0);
    if (bytes) {
        memset(bytes, 0xa5, size_bytes);
    }
    return bytes;
}

static void place_segments(struct link_run *run, struct link_layout layout)
{
    unsigned first = layout.state ? (unsigned)(random_next(layout.state) % KSYMS_SEGMENT_COUNT) : 0;
    uint64_t address = layout.base;

    for (unsigned turn = 0; turn < KSYMS_SEGMENT_COUNT; turn++) {
        struct ksyms_segment *segment = &run->link.segments[(first + turn) % KSYMS_SEGMENT_COUNT];
        if (segment->size_bytes == 0) {
            continue;
        }
        if (layout.state) {
            address += random_next(layout.state) % SPREAD_MAX;
        }
        address = (address + segment->alignment - 1) & ~(segment->alignment - 1);
        segment->bytes = allocate_junk(segment->size_bytes);
        segment->address = address;
        address += segment->size_bytes;
    }
}

enum ksyms_status link_run_start(struct link_run *run, const uint8_t *file, size_t size_bytes,
                                 struct link_layout layout, ksyms_resolve_function *resolve,
                                 void *context)
{
    memset(run, 0, sizeof(*run));

    run->stage = "check";
    enum ksyms_status status = ksyms_object_check(&run->object, file, size_bytes, &run->fault);
    if (status != KSYMS_OK) {
        return status;
    }
    run->link.object = &run->object;
    run->link.keeps_init = layout.keeps_init;
    run->link.places =
        allocate_junk(run->object.section_count * sizeof(struct ksyms_section_place));
    run->link.symbol_addresses = allocate_junk(run->object.symbol_count * sizeof(uint64_t));
    run->link.symbol_bars =
        allocate_junk(run->object.symbol_count * sizeof(struct ksyms_symbol_bar));
    if (run->object.needs_got) {
        run->link.got_slots = allocate_junk(run->object.symbol_count * sizeof(uint32_t));
    }

    run->stage = "plan";
    status = ksyms_link_plan(&run->link, &run->fault);
    if (status != KSYMS_OK) {
        return status;
    }
    place_segments(run, layout);
    run->stage = "bind";
    status = ksyms_link_bind(&run->link, resolve, context, &run->fault);
    if (status != KSYMS_OK) {
        return status;
    }
    run->stage = "relocate";
    return ksyms_link_relocate(&run->link, &run->fault);
}

void link_run_end(struct link_run *run)
{
    for (unsigned kind = 0; kind < KSYMS_SEGMENT_COUNT; kind++) {
        free(run->link.segments[kind].bytes);
    }
    free(run->link.places);
    free(run->link.symbol_addresses);
    free(run->link.symbol_bars);
    free(run->link.got_slots);
    memset(run, 0, sizeof(*run));
}
