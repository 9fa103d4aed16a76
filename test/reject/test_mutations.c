// SPDX-License-Identifier: MIT
/*
 * test_mutations.c: damages real modules in every field, and at random; nothing may crash.
 *
 * Each field of each header, section, symbol and relocation is set to each of a list of bad values
 * in turn; then bytes are flipped at random.  Every result goes through check, plan, bind and
 * relocate, under ASan and UBSan with every buffer of its exact size.  What is accepted must link
 * twice to the same bytes.
 *
 *     ONOMA_SEED  seed of the flips        ONOMA_FLIPS  how many damaged files of each (10000)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../support/files.h"
#include "../support/link_run.h"

#define BASE 0xffffffffc0000000ull

struct counts {
    unsigned accepted;
    unsigned refused[KSYMS_STATUS_COUNT];
    unsigned total;
};

static uint8_t *module;
static size_t module_size;

static bool resolve(void *context, const char *name, uint64_t *address)
{
    (void)context;
    *address = BASE + 0x10000000 + strlen(name) * 64; /* reads the whole name */
    return true;
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

/* Names of a checked object can all be read. */
static void read_names(const struct ksyms_object *object)
{
    size_t length = 0;

    for (uint32_t index = 0; index < object->section_count; index++) {
        length += strlen(ksyms_object_section_name(object, index));
    }
    for (uint32_t index = 0; index < object->symbol_count; index++) {
        length += strlen(ksyms_object_symbol_name(object, index));
    }
    assert_true(length < (object->section_count + object->symbol_count) * object->size_bytes);
}

static void try_file(const uint8_t *file, size_t size_bytes, struct counts *counts)
{
    struct link_run run;
    struct link_layout layout = {.base = BASE, .keeps_init = counts->total % 2 == 0};

    enum ksyms_status status = link_run_start(&run, file, size_bytes, layout, resolve, NULL);
    counts->total++;
    if (status != KSYMS_OK) {
        assert_int_equal(run.fault.status, status);
        assert_true(status >= KSYMS_OBJECT_ALIGNMENT && status <= KSYMS_LINK_LIFETIME);
        counts->refused[status]++;
    } else {
        counts->accepted++;
        read_names(&run.object);
        uint64_t hash = hash_segments(&run.link);
        assert_int_equal(ksyms_link_relocate(&run.link, NULL), KSYMS_OK);
        assert_true(hash == hash_segments(&run.link));
    }
    link_run_end(&run);
}

static void print_counts(const char *what, const struct counts *counts)
{
    unsigned statuses = 0;

    for (unsigned status = 0; status < KSYMS_STATUS_COUNT; status++) {
        statuses += counts->refused[status] != 0;
    }
    printf("%s: %u files, %u accepted and linked, %u refused with %u statuses\n", what,
           counts->total, counts->accepted, counts->total - counts->accepted, statuses);
}

static void try_field(uint8_t *file, size_t at, size_t width, struct counts *counts)
{
    const uint64_t values[] = {0,
                               1,
                               2,
                               3,
                               4,
                               8,
                               24,
                               64,
                               0xff,
                               0xff00,
                               0xffff,
                               0x7fffffff,
                               0x80000000,
                               0xffffffff,
                               0x100000000,
                               0x7fffffffffffffff,
                               0x8000000000000000,
                               0xfffffffffffffff8,
                               UINT64_MAX,
                               module_size,
                               module_size - 1,
                               module_size + 1,
                               module_size - 64,
                               module_size / 2};
    uint8_t saved[8];

    memcpy(saved, file + at, width);
    for (size_t index = 0; index < sizeof(values) / sizeof(values[0]); index++) {
        memcpy(file + at, &values[index], width);
        try_file(file, module_size, counts);
    }
    for (unsigned bit = 0; bit < 8 * width; bit++) {
        memcpy(file + at, saved, width);
        file[at + bit / 8] ^= (uint8_t)(1u << bit % 8);
        try_file(file, module_size, counts);
    }
    memcpy(file + at, saved, width);
}

struct field {
    uint8_t at;
    uint8_t width;
};
#define FIELD(structure, name)                                                                     \
    {                                                                                              \
        offsetof(structure, name), sizeof(((structure *)0)->name)                                  \
    }

static const struct field header_fields[] = {
    FIELD(Elf64_Ehdr, e_ident[0]),  FIELD(Elf64_Ehdr, e_ident[4]), FIELD(Elf64_Ehdr, e_ident[5]),
    FIELD(Elf64_Ehdr, e_ident[6]),  FIELD(Elf64_Ehdr, e_ident[7]), FIELD(Elf64_Ehdr, e_ident[8]),
    FIELD(Elf64_Ehdr, e_ident[12]), FIELD(Elf64_Ehdr, e_type),     FIELD(Elf64_Ehdr, e_machine),
    FIELD(Elf64_Ehdr, e_version),   FIELD(Elf64_Ehdr, e_entry),    FIELD(Elf64_Ehdr, e_phoff),
    FIELD(Elf64_Ehdr, e_shoff),     FIELD(Elf64_Ehdr, e_flags),    FIELD(Elf64_Ehdr, e_ehsize),
    FIELD(Elf64_Ehdr, e_phentsize), FIELD(Elf64_Ehdr, e_phnum),    FIELD(Elf64_Ehdr, e_shentsize),
    FIELD(Elf64_Ehdr, e_shnum),     FIELD(Elf64_Ehdr, e_shstrndx),
};
static const struct field section_fields[] = {
    FIELD(Elf64_Shdr, sh_name),   FIELD(Elf64_Shdr, sh_type),   FIELD(Elf64_Shdr, sh_flags),
    FIELD(Elf64_Shdr, sh_addr),   FIELD(Elf64_Shdr, sh_offset), FIELD(Elf64_Shdr, sh_size),
    FIELD(Elf64_Shdr, sh_link),   FIELD(Elf64_Shdr, sh_info),   FIELD(Elf64_Shdr, sh_addralign),
    FIELD(Elf64_Shdr, sh_entsize)};
static const struct field symbol_fields[] = {FIELD(Elf64_Sym, st_name),  FIELD(Elf64_Sym, st_info),
                                             FIELD(Elf64_Sym, st_other), FIELD(Elf64_Sym, st_shndx),
                                             FIELD(Elf64_Sym, st_value), FIELD(Elf64_Sym, st_size)};
static const struct field relocation_fields[] = {FIELD(Elf64_Rela, r_offset),
                                                 {offsetof(Elf64_Rela, r_info), 4},     /* type */
                                                 {offsetof(Elf64_Rela, r_info) + 4, 4}, /* symbol */
                                                 FIELD(Elf64_Rela, r_addend)};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void try_structure(uint8_t *file, size_t at, const struct field *fields, size_t count,
                          struct counts *counts)
{
    for (size_t index = 0; index < count; index++) {
        try_field(file, at + fields[index].at, fields[index].width, counts);
    }
}

static void try_entries(uint8_t *file, const Elf64_Shdr *table, size_t entry_size,
                        const struct field *fields, size_t count, struct counts *counts)
{
    uint64_t offset = table->sh_offset;
    uint64_t size_bytes = table->sh_size;

    for (uint64_t at = 0; at < size_bytes; at += entry_size) {
        try_structure(file, offset + at, fields, count, counts);
    }
}

static void test_every_field(void **state)
{
    struct counts counts = {0};
    uint8_t *file = malloc(module_size);
    (void)state;

    assert_non_null(file);
    memcpy(file, module, module_size);
    try_file(file, module_size, &counts);
    assert_int_equal(counts.accepted, 1); /* undamaged, it links: else nothing is learnt below */
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)module;
    const Elf64_Shdr *sections = (const Elf64_Shdr *)(module + header->e_shoff);

    try_structure(file, 0, header_fields, COUNT(header_fields), &counts);
    for (unsigned index = 0; index < header->e_shnum; index++) {
        try_structure(file, header->e_shoff + index * sizeof(Elf64_Shdr), section_fields,
                      COUNT(section_fields), &counts);
    }
    for (unsigned index = 1; index < header->e_shnum; index++) {
        if (sections[index].sh_type == SHT_SYMTAB) {
            try_entries(file, &sections[index], sizeof(Elf64_Sym), symbol_fields,
                        COUNT(symbol_fields), &counts);
        } else if (sections[index].sh_type == SHT_RELA) {
            try_entries(file, &sections[index], sizeof(Elf64_Rela), relocation_fields,
                        COUNT(relocation_fields), &counts);
        }
    }
    assert_memory_equal(file, module, module_size);
    free(file);
    print_counts("single fields", &counts);
    assert_true(counts.total - counts.accepted > counts.total / 2);
}

/* Flips hit contents more often than tables; so half of them aim at the section table. */
static void test_random_flips(void **state)
{
    struct counts counts = {0};
    uint64_t random = environment_number("ONOMA_SEED", 0x6f6e6f6d61) | 1;
    uint64_t files = environment_number("ONOMA_FLIPS", 10000);
    uint8_t *file = malloc(module_size);
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)module;
    (void)state;

    assert_non_null(file);
    for (uint64_t round = 0; round < files; round++) {
        memcpy(file, module, module_size);
        for (uint64_t flips = 1 + random_next(&random) % 6; flips > 0; flips--) {
            size_t at = random_next(&random) % module_size;
            if (random_next(&random) % 2 == 0) {
                at =
                    header->e_shoff + random_next(&random) % (header->e_shnum * sizeof(Elf64_Shdr));
            }
            file[at] ^= (uint8_t)(1u << random_next(&random) % 8);
        }
        try_file(file, module_size, &counts);
    }
    free(file);
    print_counts("random flips", &counts);
    assert_true(counts.accepted > 0);
}

/* Cut files: whatever was cut off, the rest is refused or links. */
static void test_cut_files(void **state)
{
    struct counts counts = {0};
    (void)state;

    for (size_t size = 0; size < module_size; size += size < 128 ? 1 : 37) {
        uint8_t *file = malloc(size);
        memcpy(file, module, size);
        try_file(file, size, &counts);
        free(file);
    }
    print_counts("cut files", &counts);
    assert_int_equal(counts.accepted, 0);
}

/* Modules of different shapes: printf formats of the inputs' folder and the output. */
static const char *const recipes[] = {
    "gcc -std=c11 -w -O1 -ffreestanding -fno-pic -fno-pie -fno-asynchronous-unwind-tables "
    "-mcmodel=kernel -g -c -o calls.o '%1$s/calls.c' && nasm -f elf64 -o nasm.o '%1$s/types.nasm' "
    "&& as -o got.o '%1$s/got.s' && ld -r -o '%2$s' calls.o nasm.o got.o && strip -g '%2$s'",

    "gcc -std=c11 -w -O2 -ffreestanding -fno-pic -fno-pie -fcommon -mcmodel=kernel -c -o '%2$s' "
    "'%1$s/symbols.c'",

    "gcc -std=c11 -w -O2 -ffreestanding -fPIC -c -o '%2$s' '%1$s/position_independent.c'",

    "g++ -w -O1 -ffreestanding -fno-exceptions -fno-rtti -fno-pic -fno-pie -mcmodel=kernel -c "
    "-o cpp.o '%1$s/constructors.cpp' && as -o order.o '%1$s/out_of_order.s' && "
    "ld -r --force-group-allocation -o '%2$s' cpp.o order.o",
};

static int try_recipe(const char *recipe)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_field),
        cmocka_unit_test(test_random_flips),
        cmocka_unit_test(test_cut_files),
    };
    const char *path = scratch_path("mutated.ko");
    char command[2048];

    snprintf(command, sizeof(command), recipe, source_path("../support/link_inputs"), path);
    if (run_command("cd '%s' && %s", scratch_path("."), command) != 0) {
        return 1;
    }
    module = read_file(path, &module_size);
    printf("a module of %zu bytes\n", module_size);
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    free(module);
    return failures;
}

int main(void)
{
    int failures = 0;

    printf("ONOMA_SEED=0x%" PRIx64 "\n", environment_number("ONOMA_SEED", 0x6f6e6f6d61));
    for (size_t index = 0; index < COUNT(recipes); index++) {
        failures += try_recipe(recipes[index]);
    }
    return failures;
}
