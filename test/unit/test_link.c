// SPDX-License-Identifier: MIT
/*
 * test_link.c: the linker against GNU ld.
 *
 * Objects of gcc, GNU as, NASM and ld -r are linked by us and by ld at the same random addresses,
 * and every byte must agree.  At the edges of each relocation type's range, both must accept or
 * both must refuse.
 *
 *     TEST_DIRECTORY  scratch (./files.h)          ONOMA_SEED  seed of the addresses
 *     TEST_SOURCES    the directory test/unit      ONOMA_LINK_OBJECTS  more objects, one path a
 * line
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
#include "../support/ld_oracle.h"
#include "../support/link_run.h"
#include "../support/object_builder.h"

#define KERNEL_BASE 0xffffffffc0000000ull
#define LOW_BASE    0x10000000ull
#define FAR_BASE    0x0000123450000000ull
#define LAYOUTS     3

static uint64_t seed;

/* Undefined symbols: a fixed place for each name, within reach of the object's base. */
struct universe {
    uint64_t base;
    unsigned resolved;
};

static bool resolve(void *context, const char *name, uint64_t *address)
{
    struct universe *universe = context;
    uint64_t hash = 14695981039346656037ull;

    if (strncmp(name, "absent_", 7) == 0) {
        return false;
    }
    for (const char *letter = name; *letter; letter++) {
        hash = (hash ^ (unsigned char)*letter) * 1099511628211ull;
    }
    *address = universe->base + hash % 0x20000000;
    universe->resolved++;
    return true;
}

static void link_and_compare(const char *path, uint64_t base, bool keeps_init, uint64_t *state,
                             struct ld_counts *counts)
{
    size_t size_bytes;
    uint8_t *file = read_file(path, &size_bytes);
    struct universe universe = {.base = base};
    struct link_layout layout = {.base = base, .state = state, .keeps_init = keeps_init};
    struct link_run run;

    enum ksyms_status status = link_run_start(&run, file, size_bytes, layout, resolve, &universe);
    if (status != KSYMS_OK) {
        fail_msg("%s: %s: section %u symbol %u relocation %u (%s) offset 0x%" PRIx64
                 " value 0x%" PRIx64 ": %s",
                 path, run.stage, run.fault.section, run.fault.symbol, run.fault.relocation,
                 ksyms_relocation_name(run.fault.relocation_type), run.fault.offset,
                 run.fault.value, ksyms_status_text(status));
    }
    if (!ld_oracle_link(&run.link)) {
        fail_msg("%s: we link it, ld refuses: see %s", path, scratch_path("ld.log"));
    }
    ld_oracle_compare(&run.link, path, counts);
    link_run_end(&run);
    free(file);
}

static void print_counts(const char *what, const struct ld_counts *counts)
{
    printf("%s: %u links, %u sections, %" PRIu64 " bytes compared with ld, %u differences;", what,
           counts->links, counts->sections, counts->bytes, counts->differences);
    for (unsigned type = 0; type < 64; type++) {
        if (counts->relocations[type] != 0) {
            printf(" %" PRIu64 " %s", counts->relocations[type], ksyms_relocation_name(type) + 9);
        }
    }
    printf(" (%u slots followed)", counts->slots_followed);
    printf("\n");
}

struct recipe {
    const char *command; /* printf format: directory of inputs twice at most, output by -o */
    uint64_t base;
    bool keeps_init; /* its .eh_frame describes .init.text too, and stays */
};

#define KERNEL "gcc -std=c11 -w -ffreestanding -fno-pic -fno-pie -fno-stack-protector "

static const struct recipe recipes[] = {
    {KERNEL "-O0 -mcmodel=kernel -c -o '%s' '%s/calls.c'", KERNEL_BASE, true},
    {KERNEL "-O2 -mcmodel=kernel -c -o '%s' '%s/calls.c'", KERNEL_BASE, true},
    {KERNEL "-O2 -g -mcmodel=kernel -c -o '%s' '%s/calls.c'", KERNEL_BASE, true},
    {KERNEL "-Os -mcmodel=kernel -ffunction-sections -fdata-sections -c -o '%s' '%s/calls.c'",
     KERNEL_BASE, true},
    {KERNEL "-O1 -mcmodel=kernel -fno-asynchronous-unwind-tables -c -o '%s' '%s/calls.c'",
     KERNEL_BASE, false},
    {KERNEL "-O2 -mcmodel=large -c -o '%s' '%s/calls.c'", FAR_BASE, true},
    {KERNEL "-O2 -mcmodel=small -c -o '%s' '%s/calls.c'", LOW_BASE, true},
    {KERNEL "-O2 -mcmodel=kernel -fcommon -c -o '%s' '%s/symbols.c'", KERNEL_BASE, true},
    {KERNEL "-O0 -mcmodel=large -fcommon -g -c -o '%s' '%s/symbols.c'", FAR_BASE, true},
    {KERNEL "-O2 -mcmodel=small -fcommon -c -o '%s' '%s/symbols.c'", LOW_BASE, true},
    {"as -o types.o '%2$s/types.s' && as -o absolute.o '%2$s/absolute.s' && "
     "ld -r -o '%1$s' types.o absolute.o",
     LOW_BASE, true},
    {"as -o '%s' '%s/out_of_order.s'", KERNEL_BASE, true},
    {"as -o '%s' '%s/got.s'", KERNEL_BASE, true},
    {"gcc -std=c11 -w -O2 -fPIC -ffreestanding -c -o '%s' '%s/position_independent.c'", KERNEL_BASE,
     true},
    {"gcc -std=c11 -w -O0 -fPIC -fcommon -g -ffreestanding -c -o '%s' "
     "'%s/position_independent.c'",
     KERNEL_BASE, true},
    {"gcc -std=c11 -w -O1 -fPIC -fno-plt -Wa,-mrelax-relocations=no -ffreestanding -c -o '%s' "
     "'%s/position_independent.c'",
     LOW_BASE, true},
    {"gcc -std=c11 -w -O2 -fPIC -ffreestanding -c -o pic.o '%2$s/position_independent.c' && "
     "as -o got.o '%2$s/got.s' && ld -r -o '%1$s' got.o pic.o",
     KERNEL_BASE, true},
    {"g++ -w -O2 -ffreestanding -fno-exceptions -fno-rtti -fno-pic -fno-pie -mcmodel=kernel -c "
     "-o cpp.o '%2$s/constructors.cpp' && ld -r --force-group-allocation -o '%1$s' cpp.o",
     KERNEL_BASE, true},
    {"g++ -w -O0 -ffreestanding -fno-exceptions -fno-rtti -fPIC -c -o cpp.o "
     "'%2$s/constructors.cpp' && ld -r --force-group-allocation -o '%1$s' cpp.o",
     KERNEL_BASE, true},
    {"nasm -f elf64 -o '%s' '%s/types.nasm'", KERNEL_BASE, true},
    {KERNEL "-O2 -mcmodel=kernel -g -c -o calls.o '%2$s/calls.c' && " KERNEL
            "-O2 -mcmodel=kernel -fcommon -g -c -o symbols.o '%2$s/symbols.c' && "
            "ld -r -o '%1$s' calls.o symbols.o",
     KERNEL_BASE, true},
};

static void test_objects_against_ld(void **state)
{
    uint64_t random = seed;
    struct ld_counts counts = {0};
    char command[4096];
    (void)state;

    for (size_t index = 0; index < sizeof(recipes) / sizeof(recipes[0]); index++) {
        const char *path = scratch_path("object.o");
        snprintf(command, sizeof(command), recipes[index].command, path,
                 source_path("../support/link_inputs"));
        assert_int_equal(run_command("cd '%s' && rm -f object.o && %s", scratch_path("."), command),
                         0);
        for (unsigned layout = 0; layout < LAYOUTS; layout++) {
            link_and_compare(path, recipes[index].base, recipes[index].keeps_init, &random,
                             &counts);
        }
    }
    print_counts("objects", &counts);
    assert_int_equal(counts.differences, 0);
    /* The inputs must go on to hold every type that the linker applies. */
    static const unsigned types[] = {R_X86_64_NONE,         R_X86_64_64,       R_X86_64_PC32,
                                     R_X86_64_PLT32,        R_X86_64_32,       R_X86_64_32S,
                                     R_X86_64_PC64,         R_X86_64_GOTPCREL, R_X86_64_GOTPCRELX,
                                     R_X86_64_REX_GOTPCRELX};
    for (size_t index = 0; index < sizeof(types) / sizeof(types[0]); index++) {
        assert_int_not_equal(counts.relocations[types[index]], 0);
    }
}

/* Objects from outside, Linux's modules for example, whose tables do refer to .init sections. */
static void test_given_objects_against_ld(void **state)
{
    const char *list = getenv("ONOMA_LINK_OBJECTS");
    uint64_t random = seed;
    struct ld_counts counts = {0};
    char path[4096];
    (void)state;

    if (!list) {
        skip();
    }
    FILE *paths = fopen(list, "r");
    assert_non_null(paths);
    while (fgets(path, sizeof(path), paths)) {
        path[strcspn(path, "\n")] = '\0';
        link_and_compare(path, KERNEL_BASE, true, &random, &counts);
    }
    fclose(paths);
    print_counts("given objects", &counts);
    assert_int_equal(counts.differences, 0);
}

/* An object with one relocation at .text + 8, against an undefined symbol. */
static uint8_t *build_single(uint32_t type, int64_t addend, bool is_weak, size_t *size_bytes)
{
    static const uint8_t text[32];
    struct object_builder builder;

    object_builder_start(&builder);
    unsigned section = object_builder_section(&builder, ".text", SHT_PROGBITS,
                                              SHF_ALLOC | SHF_EXECINSTR, text, sizeof(text), 16);
    unsigned symbol = object_builder_symbol(&builder, "far", is_weak ? STB_WEAK : STB_GLOBAL,
                                            STT_NOTYPE, SHN_UNDEF, 0);
    object_builder_relocation(&builder, section, 8, type, symbol, addend);
    return object_builder_finish(&builder, size_bytes);
}

static bool resolve_given(void *context, const char *name, uint64_t *address)
{
    (void)name;
    if (!context) {
        return false;
    }
    *address = *(const uint64_t *)context;
    return true;
}

struct boundary_counts {
    unsigned accepted;
    unsigned refused;
    struct ld_counts ld;
};

/* Relocate to `symbol` (weak and undefined if null) + addend with both linkers. */
static void compare_verdicts(uint32_t type, uint64_t base, const uint64_t *symbol, int64_t addend,
                             struct boundary_counts *counts)
{
    size_t size_bytes;
    uint8_t *file = build_single(type, addend, symbol == NULL, &size_bytes);
    struct link_run run;
    struct link_layout layout = {.base = base};
    uint64_t value = symbol ? *symbol : 0;
    char name[128];

    snprintf(name, sizeof(name), "%s base 0x%" PRIx64 " S 0x%" PRIx64 " A %" PRId64,
             ksyms_relocation_name(type), base, value, addend);
    enum ksyms_status status =
        link_run_start(&run, file, size_bytes, layout, resolve_given, (void *)(uintptr_t)symbol);
    assert_string_equal(run.stage, "relocate");
    bool ld_accepts = ld_oracle_link(&run.link);
    if (ld_accepts != (status == KSYMS_OK)) {
        fail_msg("%s: we say \"%s\", ld %s", name, ksyms_status_text(status),
                 ld_accepts ? "accepts" : "refuses");
    }
    if (status == KSYMS_OK) {
        counts->accepted++;
        ld_oracle_compare(&run.link, name, &counts->ld);
    } else {
        counts->refused++;
        assert_int_equal(status, KSYMS_LINK_OVERFLOW);
        assert_int_equal(run_command("grep -q 'relocation truncated to fit: %s' '%s'",
                                     ksyms_relocation_name(type), scratch_path("ld.log")),
                         0);
        assert_int_equal(run.fault.relocation_type, type);
        assert_int_equal(run.fault.offset, 8);
        bool is_relative = type == R_X86_64_PC32 || type == R_X86_64_PLT32;
        assert_true(run.fault.value == value + (uint64_t)addend - (is_relative ? base + 8 : 0));
        assert_true(run.fault.limit == (type == R_X86_64_32 ? UINT32_MAX : INT32_MAX));
    }
    link_run_end(&run);
    free(file);
}

static const uint32_t ranged_types[] = {R_X86_64_32,    R_X86_64_32S, R_X86_64_PC32,
                                        R_X86_64_PLT32, R_X86_64_64,  R_X86_64_PC64};
#define RANGED_COUNT (sizeof(ranged_types) / sizeof(ranged_types[0]))

/* For each type, results on both sides of each edge of the 32-bit ranges. */
static void test_boundaries_against_ld(void **state)
{
    static const uint64_t results[] = {0,
                                       0x7fffffff,
                                       0x80000000,
                                       0xffffffff,
                                       0x100000000,
                                       0x7fffffffffffffff,
                                       0x8000000000000000,
                                       0xffffffff00000000,
                                       0xffffffff7fffffff,
                                       0xffffffff80000000,
                                       0xffffffffffffffff};
    static const int64_t addends[] = {0, -4, INT32_MAX};
    struct boundary_counts counts = {0};
    (void)state;

    for (size_t type = 0; type < RANGED_COUNT; type++) {
        bool is_relative = ranged_types[type] == R_X86_64_PC32 ||
                           ranged_types[type] == R_X86_64_PLT32 ||
                           ranged_types[type] == R_X86_64_PC64;
        for (size_t result = 0; result < sizeof(results) / sizeof(results[0]); result++) {
            int64_t addend = addends[(type + result) % 3];
            uint64_t place = is_relative ? KERNEL_BASE + 8 : 0;
            uint64_t symbol = results[result] - (uint64_t)addend + place;
            compare_verdicts(ranged_types[type], KERNEL_BASE, &symbol, addend, &counts);
        }
    }
    printf("boundaries: %u accepted and %u refused as ld does, %u differences\n", counts.accepted,
           counts.refused, counts.ld.differences);
    assert_int_equal(counts.ld.differences, 0);
    assert_true(counts.refused > 10);
}

/* A weak undefined symbol is 0, and its relocations overflow or not as with ld. */
static void test_weak_undefined_against_ld(void **state)
{
    struct boundary_counts counts = {0};
    (void)state;

    for (size_t type = 0; type < RANGED_COUNT; type++) {
        compare_verdicts(ranged_types[type], LOW_BASE, NULL, 0, &counts);
        compare_verdicts(ranged_types[type], LOW_BASE, NULL, 7, &counts);
        compare_verdicts(ranged_types[type], KERNEL_BASE, NULL, 0, &counts);
        compare_verdicts(ranged_types[type], FAR_BASE, NULL, 0, &counts);
    }
    printf("weak undefined: %u accepted, %u refused as ld does\n", counts.accepted, counts.refused);
    assert_int_equal(counts.ld.differences, 0);
}

/* Common symbols: aligned, inside the data segment, sharing no byte with anything. */
static void test_common_symbols(void **state)
{
    static const uint8_t data[5] = {1, 2, 3, 4, 5};
    static const uint64_t alignments[] = {1, 64, 8, 4096, 2};
    static const uint64_t sizes[] = {3, 1, 8, 5, 0};
    struct object_builder builder;
    struct link_run run;
    size_t size_bytes;
    char name[16];
    (void)state;

    object_builder_start(&builder);
    object_builder_section(&builder, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, data,
                           sizeof(data), 1);
    for (unsigned index = 0; index < 5; index++) {
        snprintf(name, sizeof(name), "common%u", index);
        unsigned symbol = object_builder_symbol(&builder, name, STB_GLOBAL, STT_OBJECT, SHN_COMMON,
                                                alignments[index]);
        builder.symbols[symbol].st_size = sizes[index];
    }
    uint8_t *file = object_builder_finish(&builder, &size_bytes);
    struct link_layout layout = {.base = KERNEL_BASE};
    assert_int_equal(link_run_start(&run, file, size_bytes, layout, resolve_given, NULL), KSYMS_OK);

    const struct ksyms_segment *segment = &run.link.segments[KSYMS_SEGMENT_DATA];
    uint64_t end = segment->address + sizeof(data);
    assert_int_equal(segment->alignment, 4096);
    for (unsigned index = 0; index < 5; index++) {
        uint64_t address = run.link.symbol_addresses[1 + index];
        assert_true(address % alignments[index] == 0);
        assert_true(address >= end);
        end = address + sizes[index];
    }
    assert_true(end <= segment->address + segment->size_bytes);
    assert_memory_equal(segment->bytes, data, sizeof(data));
    for (uint64_t offset = sizeof(data); offset < segment->size_bytes; offset++) {
        assert_int_equal(segment->bytes[offset], 0);
    }
    link_run_end(&run);
    free(file);
}

/* Where sections go, what their gaps hold, and that segments keep their order of sections. */
static void test_plan(void **state)
{
    static const struct {
        const char *name;
        uint32_t type;
        uint64_t flags;
        uint32_t segment;
    } sections[] = {
        {".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, KSYMS_SEGMENT_TEXT},
        {".exit.text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, KSYMS_SEGMENT_TEXT},
        {".init.text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, KSYMS_SEGMENT_INIT_TEXT},
        {".initialised", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, KSYMS_SEGMENT_INIT_TEXT},
        {".rodata", SHT_PROGBITS, SHF_ALLOC, KSYMS_SEGMENT_RODATA},
        {".modinfo", SHT_PROGBITS, SHF_ALLOC, KSYMS_SEGMENT_RODATA},
        {".note.x", SHT_NOTE, SHF_ALLOC, KSYMS_SEGMENT_RODATA},
        {".init.rodata", SHT_PROGBITS, SHF_ALLOC, KSYMS_SEGMENT_INIT_RODATA},
        {".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, KSYMS_SEGMENT_DATA},
        {".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, KSYMS_SEGMENT_DATA},
        {".data..ro_after_init", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, KSYMS_SEGMENT_RO_AFTER_INIT},
        {".init.data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, KSYMS_SEGMENT_INIT_DATA},
        {".init_array", SHT_INIT_ARRAY, SHF_ALLOC | SHF_WRITE, KSYMS_SEGMENT_INIT_DATA},
        {".early", SHT_PREINIT_ARRAY, SHF_ALLOC | SHF_WRITE, KSYMS_SEGMENT_INIT_DATA},
        {".fini_array", SHT_FINI_ARRAY, SHF_ALLOC | SHF_WRITE, KSYMS_SEGMENT_DATA},
        {".init", SHT_PROGBITS, SHF_ALLOC, KSYMS_SEGMENT_INIT_RODATA},
        {".ini", SHT_PROGBITS, SHF_ALLOC, KSYMS_SEGMENT_RODATA},
        {".comment", SHT_PROGBITS, 0, KSYMS_SEGMENT_NONE},
        {".debug_info", SHT_PROGBITS, 0, KSYMS_SEGMENT_NONE},
    };
    static const uint8_t ones[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    const unsigned count = sizeof(sections) / sizeof(sections[0]);
    struct object_builder builder;
    struct link_run run;
    size_t size_bytes;
    (void)state;

    object_builder_start(&builder);
    for (unsigned index = 0; index < count; index++) {
        bool has_bytes = sections[index].type != SHT_NOBITS;
        object_builder_section(&builder, sections[index].name, sections[index].type,
                               sections[index].flags, has_bytes ? ones : NULL, sizeof(ones), 16);
    }
    uint8_t *file = object_builder_finish(&builder, &size_bytes);
    struct link_layout layout = {.base = KERNEL_BASE};
    assert_int_equal(link_run_start(&run, file, size_bytes, layout, resolve_given, NULL), KSYMS_OK);

    uint64_t expected[KSYMS_SEGMENT_COUNT] = {0};
    for (unsigned index = 0; index < count; index++) {
        const struct ksyms_section_place *place = &run.link.places[1 + index];
        assert_int_equal(place->segment, sections[index].segment);
        if (place->segment == KSYMS_SEGMENT_NONE) {
            assert_null(ksyms_link_section_bytes(&run.link, 1 + index));
            assert_true(ksyms_link_section_address(&run.link, 1 + index) == 0);
            continue;
        }
        const struct ksyms_segment *segment = &run.link.segments[place->segment];
        assert_int_equal(place->offset, expected[place->segment]);
        expected[place->segment] += 16;
        bool is_text = (sections[index].flags & SHF_EXECINSTR) != 0;
        for (uint64_t offset = 0; offset < 16 && place->offset + offset < segment->size_bytes;
             offset++) {
            uint8_t contents = sections[index].type == SHT_NOBITS ? 0 : 1;
            uint8_t gap = is_text ? 0xcc : 0;
            assert_int_equal(segment->bytes[place->offset + offset], offset < 9 ? contents : gap);
        }
    }
    assert_int_equal(run.link.places[0].segment, KSYMS_SEGMENT_NONE);
    assert_null(ksyms_link_section_bytes(&run.link, 1000));
    assert_true(ksyms_link_section_address(&run.link, 1000) == 0);
    link_run_end(&run);
    free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_common_symbols),
        cmocka_unit_test(test_objects_against_ld),
        cmocka_unit_test(test_given_objects_against_ld),
        cmocka_unit_test(test_boundaries_against_ld),
        cmocka_unit_test(test_weak_undefined_against_ld),
    };
    seed = environment_number("ONOMA_SEED", 0x6f6e6f6d61);
    seed += seed == 0;
    printf("ONOMA_SEED=0x%" PRIx64 "\n", seed);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
