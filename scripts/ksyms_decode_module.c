// SPDX-License-Identifier: MIT
/*
 * ksyms_decode_module.c: where a module was, by the log of the kernel that loaded it.
 *
 *     [    1.234567]  crash: 0xffffffffc0000000 BuildID: 3b1f...
 *
 * That line tells where its code began; where each section of code was in it, the kit's linker
 * says as it said in the kernel.  Only a file of the same build id is meant.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ksyms.h"
#include "ksyms/link.h"

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    if (memory == NULL) {
        fail("out of memory");
    }
    return memory;
}

void decode_module_open(struct decode_module *module, const char *path)
{
    struct bytes file = file_map(path);
    struct ksyms_fault fault = {0};

    *module = (struct decode_module){0};
    image_open(&module->image, path);
    enum ksyms_status status = ksyms_object_check(&module->object, file.start, file.size, &fault);
    if (status == KSYMS_OK) {
        struct ksyms_link link = {.object = &module->object};
        link.places = allocate(module->object.section_count, sizeof(*link.places));
        link.got_slots = allocate(module->object.symbol_count + 1, sizeof(*link.got_slots));
        status = ksyms_link_plan(&link, &fault);
        module->sections = allocate(module->object.section_count, sizeof(*module->sections));
        for (uint32_t i = 1; i < module->object.section_count; i++) {
            if (link.places[i].segment == KSYMS_SEGMENT_TEXT) {
                module->sections[i].address = link.places[i].offset;
                module->sections[i].size = module->object.sections[i].sh_size;
            }
        }
        free(link.places);
        free(link.got_slots);
    }
    if (status != KSYMS_OK) {
        fail("%s: %s", path, ksyms_status_text(status));
    }
}

void decode_module_place(struct decode_module *module, const char *line)
{
    static const char mark[] = " BuildID: ";
    const char *found = strstr(line, mark), *start = found;
    char digits[2 * KSYMS_BUILD_ID_MAX + 1] = "", address[20] = "";
    const uint8_t *build_id;
    uint32_t size = ksyms_table_build_id(&module->image.table, &build_id);

    for (uint32_t i = 0; i < size; i++) {
        snprintf(digits + 2 * i, 3, "%02x", build_id[i]);
    }
    size_t length = strlen(digits);
    if (found == NULL || length == 0 || strncmp(found + strlen(mark), digits, length) != 0) {
        return;
    }
    while (start > line && start[-1] != ' ') {
        start--;
    }
    snprintf(address, sizeof(address), "%.*s", (int)(found - start), start);
    module->is_placed |= parse_address(address, &module->address);
}

bool decode_module_address(const struct decode_module *module, uint64_t address,
                           uint64_t *table_address)
{
    uint32_t count = module->object.section_count;
    uint64_t offset = address - module->address;

    if (!module->is_placed) {
        return false;
    }
    if (ksyms_sections_table_address(module->sections, count, offset, table_address)) {
        return true;
    }
    /* A return address may lie just past its section. */
    if (!ksyms_sections_table_address(module->sections, count, offset - 1, table_address)) {
        return false;
    }
    ++*table_address;
    return true;
}
