// SPDX-License-Identifier: MIT
/*
 * link_speed.c: one check, plan, bind and relocate of a module, for callgrind to count; the program
 * of link_speed.sh.  Prints how many relocations of loaded sections there were.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../support/files.h"
#include "../support/link_run.h"

static bool resolve(void *context, const char *name, uint64_t *address)
{
    (void)context;
    (void)name;
    *address = 0xffffffff81000000ull;
    return true;
}

/* Behind a signed module: signature, 12 bytes that end with its length, and a line of 28. */
static size_t size_without_signature(const uint8_t *bytes, size_t size_bytes)
{
    if (size_bytes < 40 || memcmp(bytes + size_bytes - 28, "~Module signature appended~\n", 28)) {
        return size_bytes;
    }
    const uint8_t *length = bytes + size_bytes - 32;
    return size_bytes - 40 -
           ((size_t)length[0] << 24 | (size_t)length[1] << 16 | (size_t)length[2] << 8 |
            (size_t)length[3]);
}

int main(int argc, char **argv)
{
    struct link_layout layout = {.base = 0xffffffffc0000000ull, .keeps_init = true};
    struct link_run run;
    size_t size_bytes;
    uint64_t count = 0;

    if (argc != 2) {
        fprintf(stderr, "usage: link_speed MODULE\n");
        return 2;
    }
    uint8_t *file = read_file(argv[1], &size_bytes);
    size_bytes = size_without_signature(file, size_bytes);
    enum ksyms_status status = link_run_start(&run, file, size_bytes, layout, resolve, NULL);
    if (status != KSYMS_OK) {
        fprintf(stderr, "%s: %s: %s\n", argv[1], run.stage, ksyms_status_text(status));
        return 1;
    }
    for (uint32_t index = 1; index < run.object.section_count; index++) {
        const struct ksyms_elf_section *section = &run.object.sections[index];
        if (section->sh_type == KSYMS_SHT_RELA &&
            (run.object.sections[section->sh_info].sh_flags & KSYMS_SHF_ALLOC)) {
            count += section->sh_size / sizeof(struct ksyms_elf_rela);
        }
    }
    printf("%" PRIu64 " relocations, %u symbols\n", count, run.object.symbol_count);
    link_run_end(&run);
    free(file);
    return 0;
}
