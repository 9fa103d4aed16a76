// SPDX-License-Identifier: MIT
/*
 * test_reject.c: one minimal input for each refusal of check, plan, bind and relocate.
 *
 * A good small object is built in memory; each case spoils one field of it (rarely two) and names
 * the exact fault: status, section, symbol, relocation, offset, value, limit.  At the end every
 * status of those groups must have been seen, so that a new one cannot come without its case.
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
#include "../support/link_run.h"
#include "../support/object_builder.h"

#define BASE       0xffffffffc0000000ull
#define FAR_SYMBOL 0xffffffff81234560ull

/* The good object: see build_good. */
enum {
    TEXT = 1,
    DATA,
    BSS,
    INIT_TEXT,
    MODINFO,
    DEBUG_INFO,
    RELA_TEXT,
    RELA_INIT_TEXT,
    RELA_DEBUG_INFO,
    SYMTAB,
    STRTAB,
    SHSTRTAB,
    SECTION_COUNT
};
enum {
    TEXT_SECTION = 1,
    DEBUG_SECTION,
    INIT_SECTION,
    LOCAL_FUNCTION,
    START,
    UNDEFINED,
    WEAK_UNDEFINED,
    ABSOLUTE,
    COMMON,
    SYMBOL_COUNT
};
enum { TEXT_SIZE = 64, BSS_SIZE = 40, TEXT_RELOCATIONS = 5 };

struct good {
    uint8_t *file;
    size_t size_bytes;
    const Elf64_Shdr *sections;
    const char *names; /* the symbols' and the sections' */
    const char *section_names;
};
static struct good good;
static bool seen[KSYMS_STATUS_COUNT];
static unsigned case_count;

static void build_good(void)
{
    static const uint8_t zeros[TEXT_SIZE];
    static const char modinfo[] = "license=MIT";
    static struct object_builder builder;
    const uint64_t text_flags = SHF_ALLOC | SHF_EXECINSTR;

    object_builder_start(&builder);
    object_builder_section(&builder, ".text", SHT_PROGBITS, text_flags, zeros, TEXT_SIZE, 16);
    object_builder_section(&builder, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, zeros, 16, 8);
    object_builder_section(&builder, ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, NULL, BSS_SIZE, 8);
    object_builder_section(&builder, ".init.text", SHT_PROGBITS, text_flags, zeros, 32, 16);
    object_builder_section(&builder, ".modinfo", SHT_PROGBITS, SHF_ALLOC, modinfo, sizeof(modinfo),
                           1);
    object_builder_section(&builder, ".debug_info", SHT_PROGBITS, 0, zeros, 24, 1);

    object_builder_symbol(&builder, "", STB_LOCAL, STT_SECTION, TEXT, 0);
    object_builder_symbol(&builder, "", STB_LOCAL, STT_SECTION, DEBUG_INFO, 0);
    object_builder_symbol(&builder, "", STB_LOCAL, STT_SECTION, INIT_TEXT, 0);
    object_builder_symbol(&builder, "local_function", STB_LOCAL, STT_FUNC, TEXT, 16);
    object_builder_symbol(&builder, "start", STB_GLOBAL, STT_FUNC, TEXT, 0);
    object_builder_symbol(&builder, "undefined", STB_GLOBAL, STT_NOTYPE, SHN_UNDEF, 0);
    object_builder_symbol(&builder, "weak_undefined", STB_WEAK, STT_NOTYPE, SHN_UNDEF, 0);
    object_builder_symbol(&builder, "absolute", STB_GLOBAL, STT_NOTYPE, SHN_ABS, 0x1234);
    object_builder_symbol(&builder, "common", STB_GLOBAL, STT_OBJECT, SHN_COMMON, 8);
    builder.symbols[COMMON].st_size = 8;

    object_builder_relocation(&builder, TEXT, 0, R_X86_64_PC32, UNDEFINED, -4);
    object_builder_relocation(&builder, TEXT, 8, R_X86_64_64, LOCAL_FUNCTION, 0);
    object_builder_relocation(&builder, TEXT, 16, R_X86_64_32S, ABSOLUTE, 0);
    object_builder_relocation(&builder, TEXT, 20, R_X86_64_32, ABSOLUTE, 0);
    object_builder_relocation(&builder, TEXT, 24, R_X86_64_NONE, 0, 0);
    object_builder_relocation(&builder, INIT_TEXT, 0, R_X86_64_PLT32, INIT_SECTION, 0);
    object_builder_relocation(&builder, DEBUG_INFO, 4, R_X86_64_DTPOFF64, DEBUG_SECTION, 0);

    good.file = object_builder_finish(&builder, &good.size_bytes);
    good.sections = (const Elf64_Shdr *)(good.file + ((Elf64_Ehdr *)good.file)->e_shoff);
    good.names = (const char *)good.file + good.sections[STRTAB].sh_offset;
    good.section_names = (const char *)good.file + good.sections[SHSTRTAB].sh_offset;
    assert_int_equal(builder.section_count, SECTION_COUNT);
    assert_int_equal(builder.symbol_count, SYMBOL_COUNT);
}

static bool resolve(void *context, const char *name, uint64_t *address)
{
    (void)context;
    *address = FAR_SYMBOL;
    return strcmp(name, "undefined") == 0;
}

/* ------------------------------------------------------------------ what is spoiled, and how */

struct patch {
    size_t at; /* offset in the file */
    size_t width;
    uint64_t value;
};

#define PATCH(start, structure, field, new_value)                                                  \
    ((struct patch){.at = (start) + offsetof(structure, field),                                    \
                    .width = sizeof(((structure *)0)->field),                                      \
                    .value = (uint64_t)(new_value)})
#define HEADER(field, value)         PATCH(0, Elf64_Ehdr, field, value)
#define SECTION(index, field, value) PATCH(section_at(index), Elf64_Shdr, field, value)
#define SYMBOL(index, field, value)  PATCH(symbol_at(index), Elf64_Sym, field, value)
#define RELOCATION(index, field, value)                                                            \
    PATCH(relocation_at(RELA_TEXT, index), Elf64_Rela, field, value)

static size_t section_at(unsigned index)
{
    return (size_t)((const uint8_t *)&good.sections[index] - good.file);
}

static size_t symbol_at(unsigned index)
{
    return good.sections[SYMTAB].sh_offset + index * sizeof(Elf64_Sym);
}

static size_t relocation_at(unsigned table, unsigned index)
{
    return good.sections[table].sh_offset + index * sizeof(Elf64_Rela);
}

static struct patch contents(unsigned section, size_t offset, uint8_t byte)
{
    return (struct patch){good.sections[section].sh_offset + offset, 1, byte};
}

/* --------------------------------------------------------------------- what is to come of it */

static struct ksyms_fault section_fault(enum ksyms_status status, uint32_t section, uint64_t offset,
                                        uint64_t value, uint64_t limit)
{
    return (struct ksyms_fault){status, section, KSYMS_NONE, KSYMS_NONE, 0, offset, value, limit};
}

static struct ksyms_fault header_fault(enum ksyms_status status, uint64_t offset, uint64_t value,
                                       uint64_t limit)
{
    return section_fault(status, KSYMS_NONE, offset, value, limit);
}

static struct ksyms_fault symbol_fault(enum ksyms_status status, uint32_t symbol, uint32_t section,
                                       uint64_t offset, uint64_t value, uint64_t limit)
{
    return (struct ksyms_fault){status, section, symbol, KSYMS_NONE, 0, offset, value, limit};
}

static struct ksyms_fault relocation_fault(enum ksyms_status status, uint32_t relocation,
                                           uint32_t type, uint32_t symbol, uint64_t offset,
                                           uint64_t value, uint64_t limit)
{
    return (struct ksyms_fault){status, TEXT, symbol, relocation, type, offset, value, limit};
}

static void assert_fault(const char *label, const struct ksyms_fault *found,
                         const struct ksyms_fault *expected)
{
    const struct ksyms_fault *both[] = {expected, found};

    seen[found->status] = true;
    case_count++;
    if (found->status == expected->status && found->section == expected->section &&
        found->symbol == expected->symbol && found->relocation == expected->relocation &&
        found->relocation_type == expected->relocation_type && found->offset == expected->offset &&
        found->value == expected->value && found->limit == expected->limit) {
        return;
    }
    for (unsigned index = 0; index < 2; index++) {
        printf("%s: %s: \"%s\" section %d symbol %d relocation %d type %u offset 0x%" PRIx64
               " value 0x%" PRIx64 " limit 0x%" PRIx64 "\n",
               label, index == 0 ? "expected" : "found   ", ksyms_status_text(both[index]->status),
               (int)both[index]->section, (int)both[index]->symbol, (int)both[index]->relocation,
               both[index]->relocation_type, both[index]->offset, both[index]->value,
               both[index]->limit);
    }
    fail_msg("%s", label);
}

static void expect_file(const char *label, const uint8_t *file, size_t size_bytes,
                        struct ksyms_fault expected)
{
    struct link_run run;
    struct link_layout layout = {.base = BASE};

    enum ksyms_status status = link_run_start(&run, file, size_bytes, layout, resolve, NULL);
    assert_int_equal(status, run.fault.status);
    assert_fault(label, &run.fault, &expected);
    link_run_end(&run);
}

static void expect_two(const char *label, struct patch first, struct patch second,
                       struct ksyms_fault expected)
{
    uint8_t *file = malloc(good.size_bytes);

    assert_non_null(file);
    memcpy(file, good.file, good.size_bytes);
    memcpy(file + first.at, &first.value, first.width);
    memcpy(file + second.at, &second.value, second.width);
    expect_file(label, file, good.size_bytes, expected);
    free(file);
}

static void expect(const char *label, struct patch patch, struct ksyms_fault expected)
{
    expect_two(label, patch, patch, expected);
}

/* ---------------------------------------------------------------------------------- the cases */

static void test_good_object(void **state)
{
    struct link_run run;
    struct link_layout layout = {.base = BASE};
    (void)state;

    assert_int_equal(link_run_start(&run, good.file, good.size_bytes, layout, resolve, NULL),
                     KSYMS_OK);
    link_run_end(&run);
}

static void expect_header(const char *label, struct patch patch, enum ksyms_status status,
                          uint64_t limit)
{
    expect(label, patch, header_fault(status, patch.at, patch.value, limit));
}

static void test_header_fields(void **state)
{
    uint32_t bad_magic;
    uint64_t magic;
    (void)state;

    memcpy(&bad_magic, "\177ELG", 4);
    magic = 0x464c457f;
    expect("magic", (struct patch){3, 1, 'G'},
           header_fault(KSYMS_OBJECT_MAGIC, 0, bad_magic, magic));
    expect_header("32-bit", HEADER(e_ident[EI_CLASS], ELFCLASS32), KSYMS_OBJECT_CLASS, ELFCLASS64);
    expect_header("big-endian", HEADER(e_ident[EI_DATA], ELFDATA2MSB), KSYMS_OBJECT_DATA,
                  ELFDATA2LSB);
    expect_header("EI_VERSION", HEADER(e_ident[EI_VERSION], 0), KSYMS_OBJECT_VERSION, 1);
    expect_header("e_version", HEADER(e_version, 2), KSYMS_OBJECT_VERSION, 1);
    expect_header("FreeBSD", HEADER(e_ident[EI_OSABI], ELFOSABI_FREEBSD), KSYMS_OBJECT_ABI, 0);
    expect_header("ABI version", HEADER(e_ident[EI_ABIVERSION], 1), KSYMS_OBJECT_ABI, 0);
    expect_header("padding first", HEADER(e_ident[9], 1), KSYMS_OBJECT_PADDING, 0);
    expect_header("padding last", HEADER(e_ident[15], 0x80), KSYMS_OBJECT_PADDING, 0);
    expect_header("executable", HEADER(e_type, ET_EXEC), KSYMS_OBJECT_TYPE, ET_REL);
    expect_header("shared", HEADER(e_type, ET_DYN), KSYMS_OBJECT_TYPE, ET_REL);
    expect_header("i386", HEADER(e_machine, EM_386), KSYMS_OBJECT_MACHINE, EM_X86_64);
    expect_header("entry", HEADER(e_entry, 0x40), KSYMS_OBJECT_ENTRY, 0);
    expect_header("e_phoff", HEADER(e_phoff, 64), KSYMS_OBJECT_PROGRAM_HEADERS, 0);
    expect_header("e_phnum", HEADER(e_phnum, 1), KSYMS_OBJECT_PROGRAM_HEADERS, 0);
    expect_header("e_phentsize", HEADER(e_phentsize, 56), KSYMS_OBJECT_PROGRAM_HEADERS, 0);
    expect_header("e_flags", HEADER(e_flags, 1), KSYMS_OBJECT_FLAGS, 0);
    expect_header("e_ehsize", HEADER(e_ehsize, 52), KSYMS_OBJECT_HEADER_SIZE, 64);
    expect_header("e_shentsize", HEADER(e_shentsize, 40), KSYMS_OBJECT_SECTION_ENTRY_SIZE, 64);
}

static void test_section_table(void **state)
{
    const uint64_t room = good.size_bytes - SECTION_COUNT * sizeof(Elf64_Shdr);
    (void)state;

    expect_header("e_shnum 0", HEADER(e_shnum, 0), KSYMS_OBJECT_SECTION_COUNT,
                  KSYMS_OBJECT_SECTIONS_MAX);
    expect_header("e_shnum 1", HEADER(e_shnum, 1), KSYMS_OBJECT_SECTION_COUNT,
                  KSYMS_OBJECT_SECTIONS_MAX);
    expect_header("e_shnum over cap", HEADER(e_shnum, KSYMS_OBJECT_SECTIONS_MAX + 1),
                  KSYMS_OBJECT_SECTION_COUNT, KSYMS_OBJECT_SECTIONS_MAX);
    expect(
        "e_shnum one too many", HEADER(e_shnum, SECTION_COUNT + 1),
        header_fault(KSYMS_OBJECT_SECTION_TABLE, offsetof(Elf64_Ehdr, e_shoff), room, room - 64));
    expect("e_shnum larger than the file", HEADER(e_shnum, 16384),
           header_fault(KSYMS_OBJECT_SECTION_TABLE, offsetof(Elf64_Ehdr, e_shoff), room, 0));
    expect_header("e_shoff 0", HEADER(e_shoff, 0), KSYMS_OBJECT_SECTION_TABLE, room);
    expect_header("e_shoff unaligned", HEADER(e_shoff, room - 4), KSYMS_OBJECT_SECTION_TABLE, room);
    expect_header("e_shoff past", HEADER(e_shoff, room + 8), KSYMS_OBJECT_SECTION_TABLE, room);
    expect_header("e_shoff wraps", HEADER(e_shoff, -64), KSYMS_OBJECT_SECTION_TABLE, room);
    expect_header("e_shstrndx 0", HEADER(e_shstrndx, 0), KSYMS_OBJECT_NAME_TABLE,
                  SECTION_COUNT - 1);
    expect_header("e_shstrndx out", HEADER(e_shstrndx, SECTION_COUNT), KSYMS_OBJECT_NAME_TABLE,
                  SECTION_COUNT - 1);
    expect_header("e_shstrndx XINDEX", HEADER(e_shstrndx, SHN_XINDEX), KSYMS_OBJECT_NAME_TABLE,
                  SECTION_COUNT - 1);
    expect_header("e_shstrndx no strings", HEADER(e_shstrndx, TEXT), KSYMS_OBJECT_NAME_TABLE,
                  SECTION_COUNT - 1);
}

static void test_file_size(void **state)
{
    uint8_t *file = malloc(good.size_bytes + 32);
    struct ksyms_object object;
    struct ksyms_fault fault;
    (void)state;

    assert_non_null(file);
    memcpy(file + 8, good.file, good.size_bytes);
    ksyms_object_check(&object, file + 4, good.size_bytes, &fault);
    assert_fault("unaligned buffer", &fault,
                 &(struct ksyms_fault){KSYMS_OBJECT_ALIGNMENT, KSYMS_NONE, KSYMS_NONE, KSYMS_NONE,
                                       0, 0, 4, 0});
    expect_file("no byte", file, 0, header_fault(KSYMS_OBJECT_SHORT, 0, 0, 64));
    expect_file("63 bytes", good.file, 63, header_fault(KSYMS_OBJECT_SHORT, 0, 63, 64));
    expect_file(
        "too long", good.file, KSYMS_OBJECT_FILE_MAX + 1,
        header_fault(KSYMS_OBJECT_LARGE, 0, KSYMS_OBJECT_FILE_MAX + 1, KSYMS_OBJECT_FILE_MAX));

    memset(file, 0, good.size_bytes + 32);
    memcpy(file, good.file, good.size_bytes);
    assert_int_equal(ksyms_object_check(&object, file, good.size_bytes + 15, &fault), KSYMS_OK);
    expect_file("16 zero bytes after the end", file, good.size_bytes + 16,
                header_fault(KSYMS_OBJECT_TRAILING, good.size_bytes, good.size_bytes + 16,
                             good.size_bytes));
    file[good.size_bytes] = 1;
    expect_file(
        "one byte after the end", file, good.size_bytes + 1,
        header_fault(KSYMS_OBJECT_TRAILING, good.size_bytes, good.size_bytes + 1, good.size_bytes));
    free(file);

    /* The section table is last: every shorter file lacks a part of it or more. */
    for (size_t size = 0; size < good.size_bytes; size++) {
        file = malloc(size);
        memcpy(file, good.file, size);
        assert_int_not_equal(ksyms_object_check(&object, file, size, NULL), KSYMS_OK);
        free(file);
    }
}

static void expect_section(const char *label, unsigned section, struct patch patch,
                           enum ksyms_status status, uint64_t limit)
{
    expect(label, patch,
           section_fault(status, section, patch.at - section_at(section), patch.value, limit));
}

#define LOADED_FLAGS                                                                               \
    (SHF_WRITE | SHF_ALLOC | SHF_EXECINSTR | SHF_MERGE | SHF_STRINGS | SHF_INFO_LINK |             \
     SHF_LINK_ORDER | 0x200000 | 0x10000000)

static void expect_flags(const char *label, unsigned section, uint64_t flags,
                         enum ksyms_status status)
{
    expect_section(label, section, SECTION(section, sh_flags, flags), status, LOADED_FLAGS);
}

static void test_section_types_and_flags(void **state)
{
    const uint64_t text = SHF_ALLOC | SHF_EXECINSTR;
    (void)state;

    expect("section 0 named", SECTION(0, sh_name, 1),
           section_fault(KSYMS_SECTION_NULL, 0, 0, 0, 0));
    expect("section 0 sized", SECTION(0, sh_size, 12),
           section_fault(KSYMS_SECTION_NULL, 0, 0, 0, 0));
    expect_section("SHT_NULL", DATA, SECTION(DATA, sh_type, SHT_NULL), KSYMS_SECTION_TYPE, 0);
    expect_section("SHT_REL", RELA_TEXT, SECTION(RELA_TEXT, sh_type, SHT_REL), KSYMS_SECTION_TYPE,
                   0);
    expect_section("SHT_SYMTAB_SHNDX", DEBUG_INFO, SECTION(DEBUG_INFO, sh_type, SHT_SYMTAB_SHNDX),
                   KSYMS_SECTION_TYPE, 0);
    expect_section("a section read by its name as a table of functions", MODINFO,
                   SECTION(MODINFO, sh_type, SHT_INIT_ARRAY), KSYMS_SECTION_TYPE, 0);
    expect_section("SHT_DYNAMIC", DATA, SECTION(DATA, sh_type, SHT_DYNAMIC), KSYMS_SECTION_TYPE, 0);
    expect_section("loaded OS type", DATA, SECTION(DATA, sh_type, SHT_LOOS + 5), KSYMS_SECTION_TYPE,
                   0);
    expect("SHT_GROUP", SECTION(DEBUG_INFO, sh_type, SHT_GROUP),
           section_fault(KSYMS_SECTION_GROUP, DEBUG_INFO, offsetof(Elf64_Shdr, sh_flags), 0, 0));
    expect_section("SHF_GROUP", TEXT, SECTION(TEXT, sh_flags, text | SHF_GROUP),
                   KSYMS_SECTION_GROUP, 0);
    expect_flags("SHF_TLS", DATA, SHF_ALLOC | SHF_WRITE | SHF_TLS, KSYMS_SECTION_TLS);
    expect_flags("SHF_COMPRESSED", DATA, SHF_ALLOC | SHF_COMPRESSED, KSYMS_SECTION_COMPRESSED);
    expect_flags("unknown flag", DATA, SHF_ALLOC | 0x40000000, KSYMS_SECTION_FLAGS);
    expect_flags("flag in the high half", DATA, SHF_ALLOC | 1ull << 63, KSYMS_SECTION_FLAGS);
    expect_flags("W+X", TEXT, text | SHF_WRITE, KSYMS_SECTION_WRITE_EXECUTE);
    expect_flags("code without contents", BSS, text, KSYMS_SECTION_NO_CODE);
    expect_section("loaded .symtab", SYMTAB, SECTION(SYMTAB, sh_flags, SHF_ALLOC),
                   KSYMS_SECTION_FLAGS, 0);
    expect_section("loaded .strtab", STRTAB, SECTION(STRTAB, sh_flags, SHF_ALLOC),
                   KSYMS_SECTION_FLAGS, 0);
    expect_section("loaded .rela", RELA_TEXT, SECTION(RELA_TEXT, sh_flags, SHF_ALLOC),
                   KSYMS_SECTION_FLAGS, 0);
    expect_section("compressed .symtab", SYMTAB, SECTION(SYMTAB, sh_flags, SHF_COMPRESSED),
                   KSYMS_SECTION_FLAGS, 0);
}

static void test_section_ranges(void **state)
{
    const uint64_t size = good.size_bytes;
    const uint64_t data = good.sections[DATA].sh_offset;
    const uint64_t reserved = 64 + 16; /* .text and .data before .bss: see ksyms_check_reserve */
    (void)state;

    expect_section("address", DATA, SECTION(DATA, sh_addr, 0x1000), KSYMS_SECTION_ADDRESS, 0);
    expect_section("alignment 3", DATA, SECTION(DATA, sh_addralign, 3), KSYMS_SECTION_ALIGNMENT,
                   4096);
    expect_section("alignment 8192", DATA, SECTION(DATA, sh_addralign, 8192),
                   KSYMS_SECTION_ALIGNMENT, 4096);
    expect_section("alignment 2^63", DATA, SECTION(DATA, sh_addralign, 1ull << 63),
                   KSYMS_SECTION_ALIGNMENT, 4096);
    expect_section("debug alignment 3", DEBUG_INFO, SECTION(DEBUG_INFO, sh_addralign, 3),
                   KSYMS_SECTION_ALIGNMENT, 4096);
    expect_section("unaligned .symtab", SYMTAB,
                   SECTION(SYMTAB, sh_offset, good.sections[SYMTAB].sh_offset + 4),
                   KSYMS_SECTION_ALIGNMENT, 8);
    expect_section("unaligned .rela", RELA_TEXT,
                   SECTION(RELA_TEXT, sh_offset, good.sections[RELA_TEXT].sh_offset - 1),
                   KSYMS_SECTION_ALIGNMENT, 8);
    expect_section("sh_link", DATA, SECTION(DATA, sh_link, SECTION_COUNT), KSYMS_SECTION_LINK,
                   SECTION_COUNT - 1);
    expect_section("sh_name", DATA, SECTION(DATA, sh_name, good.sections[SHSTRTAB].sh_size),
                   KSYMS_SECTION_NAME, good.sections[SHSTRTAB].sh_size - 1);
    expect_section("offset past the end", DATA, SECTION(DATA, sh_offset, size + 1),
                   KSYMS_SECTION_BOUNDS, size);
    expect_section(".bss offset past the end", BSS, SECTION(BSS, sh_offset, size + 1),
                   KSYMS_SECTION_BOUNDS, size);
    expect_section("size past the end", DATA, SECTION(DATA, sh_size, size - data + 1),
                   KSYMS_SECTION_BOUNDS, size - data);
    expect_section("offset + size wraps", DATA, SECTION(DATA, sh_size, -data), KSYMS_SECTION_BOUNDS,
                   size - data);
    expect_section("over the header", DATA, SECTION(DATA, sh_offset, 63), KSYMS_SECTION_OVERLAP, 0);
    expect("over the section table", SECTION(SHSTRTAB, sh_offset, section_at(0) - 1),
           section_fault(KSYMS_SECTION_OVERLAP, SHSTRTAB, offsetof(Elf64_Shdr, sh_offset),
                         section_at(0) - 1, 0));
    expect("over another section", SECTION(DEBUG_INFO, sh_offset, data + 1),
           section_fault(KSYMS_SECTION_OVERLAP, DEBUG_INFO, offsetof(Elf64_Shdr, sh_offset),
                         data + 1, data + 16));
    expect("over the last byte of another section", SECTION(DEBUG_INFO, sh_offset, data + 15),
           section_fault(KSYMS_SECTION_OVERLAP, DEBUG_INFO, offsetof(Elf64_Shdr, sh_offset),
                         data + 15, data + 16));
    expect_section(".bss over the cap", BSS, SECTION(BSS, sh_size, KSYMS_OBJECT_LOADED_MAX),
                   KSYMS_SECTION_MEMORY, KSYMS_OBJECT_LOADED_MAX - reserved);
    expect_section(".bss of 2^64 - 1", BSS, SECTION(BSS, sh_size, -1), KSYMS_SECTION_MEMORY,
                   KSYMS_OBJECT_LOADED_MAX - reserved);
}

/* Together longer than the file: seen before anything is read twice. */
static void test_sections_too_long_together(void **state)
{
    const uint64_t room = section_at(0) - sizeof(Elf64_Ehdr);
    uint8_t *file = malloc(good.size_bytes);
    Elf64_Shdr *sections = (Elf64_Shdr *)(file + section_at(0));
    (void)state;

    memcpy(file, good.file, good.size_bytes);
    sections[TEXT].sh_offset = sizeof(Elf64_Ehdr);
    sections[DATA].sh_offset = sizeof(Elf64_Ehdr);
    sections[TEXT].sh_size = room;
    sections[DATA].sh_size = room;
    uint64_t total = 2 * room;
    unsigned last = DATA;
    while (total <= good.size_bytes) {
        last++;
        total += last == BSS ? 0 : sections[last].sh_size;
    }
    expect_file("the same bytes many times", file, good.size_bytes,
                section_fault(KSYMS_SECTION_OVERLAP, last, offsetof(Elf64_Shdr, sh_size), total,
                              good.size_bytes));
    free(file);
}

/* Of an empty section no byte can be shared, wherever it says that it is. */
static void test_empty_section(void **state)
{
    uint8_t *file = malloc(good.size_bytes);
    Elf64_Shdr *section = (Elf64_Shdr *)(file + section_at(DEBUG_INFO));
    struct link_run run;
    struct link_layout layout = {.base = BASE};
    (void)state;

    memcpy(file, good.file, good.size_bytes);
    section->sh_size = 0;
    section->sh_offset = section_at(1) + 8;
    assert_int_equal(link_run_start(&run, file, good.size_bytes, layout, resolve, NULL), KSYMS_OK);
    link_run_end(&run);
    free(file);
}

/* Sections of the same size in any order of the file; then each but the last a byte too far. */
static void test_shuffled_sections(void **state)
{
    enum { COUNT = 48, SIZE = 16 };
    static const uint8_t bytes[SIZE];
    static struct object_builder builder;
    struct link_layout layout = {.base = BASE};
    struct link_run run;
    size_t size_bytes;
    (void)state;

    object_builder_start(&builder);
    for (unsigned index = 0; index < COUNT; index++) {
        object_builder_section(&builder, ".debug", SHT_PROGBITS, 0, bytes, SIZE, 1);
    }
    uint8_t *file = object_builder_finish(&builder, &size_bytes);
    Elf64_Shdr *sections = (Elf64_Shdr *)(file + ((const Elf64_Ehdr *)file)->e_shoff) + 1;
    unsigned order[COUNT]; /* by place in the file: the number of the section */
    uint64_t start = sections[0].sh_offset;
    for (unsigned index = 0; index < COUNT; index++) {
        order[index] = index;
    }
    for (unsigned round = 0; round < 100; round++) {
        for (unsigned place = 0; place < COUNT; place++) {
            unsigned other = (unsigned)rand() % COUNT, moved = order[place];
            order[place] = order[other];
            order[other] = moved;
        }
        for (unsigned place = 0; place < COUNT; place++) {
            sections[order[place]].sh_offset = start + place * SIZE;
        }
        assert_int_equal(link_run_start(&run, file, size_bytes, layout, resolve, NULL), KSYMS_OK);
        link_run_end(&run);
        unsigned place = round % (COUNT - 1);
        sections[order[place]].sh_offset++;
        expect_file("over its neighbour", file, size_bytes,
                    section_fault(KSYMS_SECTION_OVERLAP, order[place + 1] + 1,
                                  offsetof(Elf64_Shdr, sh_offset), start + (place + 1) * SIZE,
                                  start + (place + 1) * SIZE + 1));
    }
    free(file);
}

/* A loader takes the first section of each of these names: a second one must not hide behind it. */
static void test_unique_names(void)
{
    static const char *const names[] = {".ksyms",    ".ksyms_types",  "__versions",
                                        "__ksymtab", "__ksymtab_gpl", "__ksymtab_strings",
                                        "__param",   ".modinfo",      ".gnu.linkonce.this_module"};
    static const uint8_t bytes[8];
    static struct object_builder builder;
    size_t size_bytes;

    for (size_t index = 0; index < sizeof(names) / sizeof(names[0]); index++) {
        object_builder_start(&builder);
        for (unsigned turn = 0; turn < 2; turn++) {
            object_builder_section(&builder, names[index], SHT_PROGBITS, SHF_ALLOC, bytes,
                                   sizeof(bytes), 8);
        }
        uint8_t *file = object_builder_finish(&builder, &size_bytes);
        expect_file(names[index], file, size_bytes,
                    section_fault(KSYMS_SECTION_TWICE, 2, offsetof(Elf64_Shdr, sh_name), 1, 0));
        free(file);
    }
}

static void test_strings_and_names(void **state)
{
    const uint64_t last = good.sections[STRTAB].sh_size - 1;
    const uint32_t text_name = good.sections[MODINFO].sh_name;
    (void)state;

    expect("empty .strtab", SECTION(STRTAB, sh_size, 0),
           section_fault(KSYMS_STRINGS_EMPTY, STRTAB, offsetof(Elf64_Shdr, sh_size), 0, 1));
    expect("first byte", contents(STRTAB, 0, 'x'),
           section_fault(KSYMS_STRINGS_START, STRTAB, 0, 'x', 0));
    expect("last byte", contents(STRTAB, last, 'x'),
           section_fault(KSYMS_STRINGS_END, STRTAB, last, 'x', 0));
    expect("last byte of .shstrtab", contents(SHSTRTAB, good.sections[SHSTRTAB].sh_size - 1, 'x'),
           section_fault(KSYMS_STRINGS_END, SHSTRTAB, good.sections[SHSTRTAB].sh_size - 1, 'x', 0));
    expect(
        "two .modinfo", SECTION(DEBUG_INFO, sh_name, text_name),
        section_fault(KSYMS_SECTION_TWICE, DEBUG_INFO, offsetof(Elf64_Shdr, sh_name), MODINFO, 0));
    test_unique_names();
}

static void test_symbol_table(void **state)
{
    const uint64_t size = good.sections[SYMTAB].sh_size;
    (void)state;

    expect("no symbol table", SECTION(SYMTAB, sh_type, SHT_PROGBITS),
           header_fault(KSYMS_SYMBOLS_MISSING, 0, 0, 1));
    expect(
        "two symbol tables", SECTION(DEBUG_INFO, sh_type, SHT_SYMTAB),
        section_fault(KSYMS_SECTION_TWICE, SYMTAB, offsetof(Elf64_Shdr, sh_type), DEBUG_INFO, 0));
    expect_section("entry size", SYMTAB, SECTION(SYMTAB, sh_entsize, 16), KSYMS_SYMBOLS_ENTRY_SIZE,
                   24);
    expect_section("entry size 0", SYMTAB, SECTION(SYMTAB, sh_entsize, 0), KSYMS_SYMBOLS_ENTRY_SIZE,
                   24);
    expect_section("half an entry", SYMTAB, SECTION(SYMTAB, sh_size, size - 12), KSYMS_SYMBOLS_SIZE,
                   24);
    expect_section("no entry", SYMTAB, SECTION(SYMTAB, sh_size, 0), KSYMS_SYMBOLS_SIZE, 24);
    expect_section("strings elsewhere", SYMTAB, SECTION(SYMTAB, sh_link, TEXT), KSYMS_SYMBOLS_LINK,
                   0);
    expect_section("strings nowhere", SYMTAB, SECTION(SYMTAB, sh_link, 0), KSYMS_SYMBOLS_LINK, 0);
    expect_section("sh_info 0", SYMTAB, SECTION(SYMTAB, sh_info, 0), KSYMS_SYMBOLS_ORDER,
                   SYMBOL_COUNT);
    expect_section("sh_info past the end", SYMTAB, SECTION(SYMTAB, sh_info, SYMBOL_COUNT + 1),
                   KSYMS_SYMBOLS_ORDER, SYMBOL_COUNT);
    expect("sh_info too small", SECTION(SYMTAB, sh_info, LOCAL_FUNCTION),
           symbol_fault(KSYMS_SYMBOLS_ORDER, LOCAL_FUNCTION, TEXT, offsetof(Elf64_Sym, st_info),
                        LOCAL_FUNCTION, LOCAL_FUNCTION));
    expect("sh_info too large", SECTION(SYMTAB, sh_info, START + 1),
           symbol_fault(KSYMS_SYMBOLS_ORDER, START, TEXT, offsetof(Elf64_Sym, st_info), START,
                        START + 1));
}

static void expect_symbol(const char *label, unsigned symbol, unsigned section, struct patch patch,
                          enum ksyms_status status, uint64_t value, uint64_t limit)
{
    expect(label, patch,
           symbol_fault(status, symbol, section, patch.at - symbol_at(symbol), value, limit));
}

static void test_symbols(void **state)
{
    const uint64_t names = good.sections[STRTAB].sh_size;
    const unsigned global = STB_GLOBAL << 4;
    (void)state;

    expect("symbol 0", SYMBOL(0, st_value, 1),
           symbol_fault(KSYMS_SYMBOL_NULL, 0, KSYMS_NONE, 0, 0, 0));
    expect_symbol("name", START, TEXT, SYMBOL(START, st_name, names), KSYMS_SYMBOL_NAME, names,
                  names - 1);
    expect_symbol("unique binding", START, TEXT, SYMBOL(START, st_info, STB_GNU_UNIQUE << 4),
                  KSYMS_SYMBOL_BINDING, STB_GNU_UNIQUE, STB_WEAK);
    expect_symbol("unnamed global", START, TEXT, SYMBOL(START, st_name, 0), KSYMS_SYMBOL_UNNAMED, 0,
                  0);
    expect_symbol("unnamed undefined", UNDEFINED, KSYMS_NONE, SYMBOL(UNDEFINED, st_name, 0),
                  KSYMS_SYMBOL_UNNAMED, 0, 0);
    expect_symbol("st_other", START, TEXT, SYMBOL(START, st_other, 4), KSYMS_SYMBOL_OTHER, 4, 3);
    expect_symbol("section out of range", START, KSYMS_NONE, SYMBOL(START, st_shndx, SECTION_COUNT),
                  KSYMS_SYMBOL_SECTION, SECTION_COUNT, SECTION_COUNT - 1);
    expect_symbol("reserved section", START, KSYMS_NONE, SYMBOL(START, st_shndx, 0xff00),
                  KSYMS_SYMBOL_SECTION, 0xff00, SECTION_COUNT - 1);
    expect_symbol("SHN_XINDEX", START, KSYMS_NONE, SYMBOL(START, st_shndx, SHN_XINDEX),
                  KSYMS_SYMBOL_SECTION, SHN_XINDEX, SECTION_COUNT - 1);
    expect_symbol("TLS", START, TEXT, SYMBOL(START, st_info, global | STT_TLS), KSYMS_SYMBOL_TYPE,
                  STT_TLS, 0);
    expect_symbol("IFUNC", START, TEXT, SYMBOL(START, st_info, global | STT_GNU_IFUNC),
                  KSYMS_SYMBOL_TYPE, STT_GNU_IFUNC, 0);
    expect_symbol("global section symbol", START, TEXT,
                  SYMBOL(START, st_info, global | STT_SECTION), KSYMS_SYMBOL_TYPE, STT_SECTION, 0);
}

/* The longest name that is allowed, wherever it lies, and one letter more. */
static void test_long_names(void **state)
{
    static struct object_builder builder;
    static char name[KSYMS_OBJECT_NAME_MAX + 2];
    static const uint8_t text[16];
    struct ksyms_object object;
    size_t size_bytes;
    (void)state;

    memset(name, 'a', sizeof(name) - 1);
    for (size_t before = 0; before < 20; before++) {
        object_builder_start(&builder);
        unsigned section = object_builder_section(
            &builder, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, text, sizeof(text), 16);
        object_builder_symbol(&builder, name + sizeof(name) - 1 - before, STB_LOCAL, STT_NOTYPE,
                              section, 0);
        object_builder_symbol(&builder, name + 1, STB_LOCAL, STT_NOTYPE, section, 0);
        object_builder_symbol(&builder, "short", STB_LOCAL, STT_NOTYPE, section, 0);
        uint64_t offset = builder.strings_size;
        uint8_t *file = object_builder_finish(&builder, &size_bytes);
        assert_int_equal(ksyms_object_check(&object, file, size_bytes, NULL), KSYMS_OK);
        free(file);

        builder.section_count = section + 1;
        object_builder_symbol(&builder, name, STB_GLOBAL, STT_NOTYPE, section, 0);
        object_builder_symbol(&builder, "behind", STB_GLOBAL, STT_NOTYPE, section, 0);
        file = object_builder_finish(&builder, &size_bytes);
        expect_file("long name", file, size_bytes,
                    section_fault(KSYMS_STRINGS_LONG, 3, offset, KSYMS_OBJECT_NAME_MAX + 1,
                                  KSYMS_OBJECT_NAME_MAX));
        free(file);
    }
}

static void test_symbol_values(void **state)
{
    const unsigned weak = STB_WEAK << 4;
    (void)state;

    expect_two("undefined section symbol", SYMBOL(TEXT_SECTION, st_shndx, 0),
               SYMBOL(TEXT_SECTION, st_value, 0),
               symbol_fault(KSYMS_SYMBOL_TYPE, TEXT_SECTION, KSYMS_NONE,
                            offsetof(Elf64_Sym, st_info), STT_SECTION, 0));
    expect_symbol("file symbol in a section", LOCAL_FUNCTION, TEXT,
                  SYMBOL(LOCAL_FUNCTION, st_info, STT_FILE), KSYMS_SYMBOL_TYPE, STT_FILE, 0);
    expect_symbol("common type in a section", START, TEXT,
                  SYMBOL(START, st_info, weak | STT_COMMON), KSYMS_SYMBOL_TYPE, STT_COMMON, 0);
    expect_symbol("in a debug section", START, DEBUG_INFO, SYMBOL(START, st_shndx, DEBUG_INFO),
                  KSYMS_SYMBOL_UNLOADED, DEBUG_INFO, 0);
    expect_symbol("in .symtab", LOCAL_FUNCTION, SYMTAB, SYMBOL(LOCAL_FUNCTION, st_shndx, SYMTAB),
                  KSYMS_SYMBOL_UNLOADED, SYMTAB, 0);
    expect_symbol("value past the end", START, TEXT, SYMBOL(START, st_value, TEXT_SIZE + 1),
                  KSYMS_SYMBOL_VALUE, TEXT_SIZE + 1, TEXT_SIZE);
    expect_symbol("negative value", START, TEXT, SYMBOL(START, st_value, -1), KSYMS_SYMBOL_VALUE,
                  UINT64_MAX, TEXT_SIZE);
    expect_symbol("section symbol with value", TEXT_SECTION, TEXT,
                  SYMBOL(TEXT_SECTION, st_value, 4), KSYMS_SYMBOL_VALUE, 4, 0);
    expect_symbol("undefined with value", UNDEFINED, KSYMS_NONE, SYMBOL(UNDEFINED, st_value, 4),
                  KSYMS_SYMBOL_VALUE, 4, 0);
    expect_symbol("size past the end", LOCAL_FUNCTION, TEXT,
                  SYMBOL(LOCAL_FUNCTION, st_size, TEXT_SIZE - 15), KSYMS_SYMBOL_SIZE,
                  TEXT_SIZE - 15, TEXT_SIZE - 16);
    expect_symbol("size wraps", LOCAL_FUNCTION, TEXT, SYMBOL(LOCAL_FUNCTION, st_size, -8),
                  KSYMS_SYMBOL_SIZE, (uint64_t)-8, TEXT_SIZE - 16);
    expect("undefined local", SYMBOL(LOCAL_FUNCTION, st_shndx, SHN_UNDEF),
           symbol_fault(KSYMS_SYMBOL_LOCAL, LOCAL_FUNCTION, KSYMS_NONE,
                        offsetof(Elf64_Sym, st_info), STT_FUNC, 0));
    expect("local common", SYMBOL(LOCAL_FUNCTION, st_shndx, SHN_COMMON),
           symbol_fault(KSYMS_SYMBOL_LOCAL, LOCAL_FUNCTION, KSYMS_NONE,
                        offsetof(Elf64_Sym, st_info), STT_FUNC, 0));
    expect_symbol("common alignment 0", COMMON, KSYMS_NONE, SYMBOL(COMMON, st_value, 0),
                  KSYMS_SYMBOL_COMMON, 0, 4096);
    expect_symbol("common alignment 24", COMMON, KSYMS_NONE, SYMBOL(COMMON, st_value, 24),
                  KSYMS_SYMBOL_COMMON, 24, 4096);
    expect_symbol("common alignment 8192", COMMON, KSYMS_NONE, SYMBOL(COMMON, st_value, 8192),
                  KSYMS_SYMBOL_COMMON, 8192, 4096);
    /* Reserved before it: 64 + 16 + 40 + (8 to align) + 32 + 12. */
    expect_symbol("huge common", COMMON, KSYMS_NONE, SYMBOL(COMMON, st_size, -1),
                  KSYMS_SECTION_MEMORY, UINT64_MAX, KSYMS_OBJECT_LOADED_MAX - 172);
}

static void test_relocation_tables(void **state)
{
    const uint64_t size = good.sections[RELA_TEXT].sh_size;
    (void)state;

    expect_section("entry size", RELA_TEXT, SECTION(RELA_TEXT, sh_entsize, 16),
                   KSYMS_RELOCATIONS_ENTRY_SIZE, 24);
    expect_section("half an entry", RELA_TEXT, SECTION(RELA_TEXT, sh_size, size - 1),
                   KSYMS_RELOCATIONS_SIZE, 24);
    expect_section("symbols elsewhere", RELA_TEXT, SECTION(RELA_TEXT, sh_link, STRTAB),
                   KSYMS_RELOCATIONS_LINK, SYMTAB);
    expect_section("of debug: symbols nowhere", RELA_DEBUG_INFO,
                   SECTION(RELA_DEBUG_INFO, sh_link, 0), KSYMS_RELOCATIONS_LINK, SYMTAB);
    static const unsigned targets[] = {0,      SECTION_COUNT, BSS,       RELA_TEXT, RELA_INIT_TEXT,
                                       SYMTAB, STRTAB,        UINT32_MAX};
    for (size_t index = 0; index < sizeof(targets) / sizeof(targets[0]); index++) {
        expect_section("target", RELA_TEXT, SECTION(RELA_TEXT, sh_info, targets[index]),
                       KSYMS_RELOCATIONS_TARGET, SECTION_COUNT - 1);
    }
    expect("two tables for .text", SECTION(RELA_INIT_TEXT, sh_info, TEXT),
           section_fault(KSYMS_RELOCATIONS_TWICE, RELA_INIT_TEXT, offsetof(Elf64_Shdr, sh_info),
                         TEXT, RELA_TEXT));
}

static uint64_t info(uint64_t symbol, uint32_t type)
{
    return ELF64_R_INFO(symbol, type);
}

static void test_relocation_types(void **state)
{
    unsigned refused = 0;
    (void)state;

    for (uint32_t type = 0; type < 300; type++) {
        bool is_handled = type == R_X86_64_NONE || type == R_X86_64_64 || type == R_X86_64_PC32 ||
                          type == R_X86_64_PLT32 || type == R_X86_64_32 || type == R_X86_64_32S ||
                          type == R_X86_64_PC64 || type == R_X86_64_GOTPCREL ||
                          type == R_X86_64_GOTPCRELX || type == R_X86_64_REX_GOTPCRELX;
        if (!is_handled) {
            expect(ksyms_relocation_name(type), RELOCATION(2, r_info, info(ABSOLUTE, type)),
                   relocation_fault(KSYMS_RELOCATION_TYPE, 2, type, ABSOLUTE, 16, type, 0));
            refused++;
        }
    }
    assert_int_equal(refused, 300 - 10);
    expect("type 2^32 - 1", RELOCATION(2, r_info, info(ABSOLUTE, UINT32_MAX)),
           relocation_fault(KSYMS_RELOCATION_TYPE, 2, UINT32_MAX, ABSOLUTE, 16, UINT32_MAX, 0));
}

static void test_relocations(void **state)
{
    (void)state;

    expect("symbol out of range", RELOCATION(2, r_info, info(SYMBOL_COUNT, R_X86_64_32S)),
           relocation_fault(KSYMS_RELOCATION_SYMBOL, 2, R_X86_64_32S, SYMBOL_COUNT, 16,
                            SYMBOL_COUNT, SYMBOL_COUNT - 1));
    static const uint64_t offsets[] = {TEXT_SIZE - 3, TEXT_SIZE, UINT64_MAX, UINT64_MAX - 3,
                                       1ull << 63};
    for (size_t index = 0; index < sizeof(offsets) / sizeof(offsets[0]); index++) {
        expect("offset", RELOCATION(2, r_offset, offsets[index]),
               relocation_fault(KSYMS_RELOCATION_OFFSET, 2, R_X86_64_32S, ABSOLUTE, offsets[index],
                                offsets[index], TEXT_SIZE - 4));
    }
    expect("offset of 8 bytes", RELOCATION(1, r_offset, TEXT_SIZE - 7),
           relocation_fault(KSYMS_RELOCATION_OFFSET, 1, R_X86_64_64, LOCAL_FUNCTION, TEXT_SIZE - 7,
                            TEXT_SIZE - 7, TEXT_SIZE - 8));
    expect("section shorter than a field", SECTION(INIT_TEXT, sh_size, 3),
           (struct ksyms_fault){KSYMS_RELOCATION_OFFSET, INIT_TEXT, INIT_SECTION, 0, R_X86_64_PLT32,
                                0, 0, 0});
    expect("offset of NONE", RELOCATION(4, r_offset, TEXT_SIZE + 1),
           relocation_fault(KSYMS_RELOCATION_OFFSET, 4, R_X86_64_NONE, 0, TEXT_SIZE + 1,
                            TEXT_SIZE + 1, TEXT_SIZE));
    expect("field first byte", contents(TEXT, 16, 1),
           relocation_fault(KSYMS_RELOCATION_FIELD, 2, R_X86_64_32S, ABSOLUTE, 16, 1, 0));
    expect(
        "field last byte", contents(TEXT, 15, 0x80),
        relocation_fault(KSYMS_RELOCATION_FIELD, 1, R_X86_64_64, LOCAL_FUNCTION, 8, 1ull << 63, 0));
    expect("same field", RELOCATION(3, r_offset, 16),
           relocation_fault(KSYMS_RELOCATION_OVERLAP, 3, R_X86_64_32, ABSOLUTE, 16, 0, 0));
    expect("one shared byte", RELOCATION(2, r_offset, 15),
           relocation_fault(KSYMS_RELOCATION_OVERLAP, 2, R_X86_64_32S, ABSOLUTE, 15, 0, 0));
    expect("shared with one long before", RELOCATION(3, r_offset, 3),
           relocation_fault(KSYMS_RELOCATION_OVERLAP, 3, R_X86_64_32, ABSOLUTE, 3, 0, 0));
}

static void test_link_faults(void **state)
{
    const uint64_t text = BASE;
    (void)state;

    expect("relocated twice, one byte apart, backwards", RELOCATION(0, r_offset, 9),
           relocation_fault(KSYMS_RELOCATION_OVERLAP, 1, R_X86_64_64, LOCAL_FUNCTION, 8, 0, 0));
    expect(
        "unresolved",
        (struct patch){good.sections[STRTAB].sh_offset +
                           (size_t)((const Elf64_Sym *)(good.file + symbol_at(UNDEFINED)))->st_name,
                       1, 'U'},
        symbol_fault(KSYMS_LINK_UNRESOLVED, UNDEFINED, KSYMS_NONE, 0, 0, 0));
    expect("32S too large", SYMBOL(ABSOLUTE, st_value, 0x80000000),
           relocation_fault(KSYMS_LINK_OVERFLOW, 2, R_X86_64_32S, ABSOLUTE, 16, 0x80000000,
                            INT32_MAX));
    expect("32 negative", SYMBOL(ABSOLUTE, st_value, -1),
           relocation_fault(KSYMS_LINK_OVERFLOW, 3, R_X86_64_32, ABSOLUTE, 20, UINT64_MAX,
                            UINT32_MAX));
    expect("PC32 too far", RELOCATION(0, r_addend, 1ull << 32),
           relocation_fault(KSYMS_LINK_OVERFLOW, 0, R_X86_64_PC32, UNDEFINED, 0,
                            FAR_SYMBOL + (1ull << 32) - text, INT32_MAX));
    expect("debug section", RELOCATION(1, r_info, info(DEBUG_SECTION, R_X86_64_64)),
           relocation_fault(KSYMS_LINK_UNLOADED, 1, R_X86_64_64, DEBUG_SECTION, 8, DEBUG_INFO, 0));
    expect("core refers to init", RELOCATION(1, r_info, info(INIT_SECTION, R_X86_64_64)),
           relocation_fault(KSYMS_LINK_LIFETIME, 1, R_X86_64_64, INIT_SECTION, 8, INIT_TEXT, 0));
}

static void test_kept_init(void **state)
{
    uint8_t *file = malloc(good.size_bytes);
    struct link_run run;
    struct link_layout layout = {.base = BASE, .keeps_init = true};
    uint64_t value = info(INIT_SECTION, R_X86_64_64);
    (void)state;

    memcpy(file, good.file, good.size_bytes);
    memcpy(file + RELOCATION(1, r_info, 0).at, &value, sizeof(value));
    assert_int_equal(link_run_start(&run, file, good.size_bytes, layout, resolve, NULL), KSYMS_OK);
    memcpy(&value, ksyms_link_section_bytes(&run.link, TEXT) + 8, sizeof(value));
    assert_true(value == ksyms_link_section_address(&run.link, INIT_TEXT));
    link_run_end(&run);
    free(file);
}

/* The caller's places: no memory, unaligned, and past the end of the address space. */
static void test_places(void **state)
{
    struct link_run run;
    struct link_layout layout = {.base = BASE};
    struct ksyms_fault fault;
    (void)state;

    assert_int_equal(link_run_start(&run, good.file, good.size_bytes, layout, resolve, NULL),
                     KSYMS_OK);
    struct ksyms_segment *segment = &run.link.segments[KSYMS_SEGMENT_DATA];
    struct ksyms_segment right = *segment;

    segment->bytes = NULL;
    ksyms_link_bind(&run.link, resolve, NULL, &fault);
    struct ksyms_fault expected =
        header_fault(KSYMS_LINK_PLACE, KSYMS_SEGMENT_DATA, right.address, right.alignment);
    assert_fault("no memory", &fault, &expected);

    *segment = right;
    segment->address += right.alignment / 2;
    ksyms_link_bind(&run.link, resolve, NULL, &fault);
    expected.value = segment->address;
    assert_fault("unaligned", &fault, &expected);

    segment->address = UINT64_MAX - right.alignment + 1;
    ksyms_link_bind(&run.link, resolve, NULL, &fault);
    expected.value = segment->address;
    assert_fault("wraps", &fault, &expected);

    *segment = right;
    assert_int_equal(ksyms_link_bind(&run.link, resolve, NULL, NULL), KSYMS_OK);
    link_run_end(&run);
}

/* GOT types need an array for the slots; without it plan refuses, before it writes anything. */
static void test_got_without_slots(void **state)
{
    struct ksyms_section_place places[SECTION_COUNT];
    uint8_t *file = malloc(good.size_bytes);
    struct ksyms_object object;
    struct ksyms_link link = {.object = &object, .places = places};
    struct ksyms_fault fault;
    const struct patch patch = RELOCATION(0, r_info, info(UNDEFINED, R_X86_64_GOTPCREL));
    (void)state;

    memcpy(file, good.file, good.size_bytes);
    memcpy(file + patch.at, &patch.value, patch.width);
    assert_int_equal(ksyms_object_check(&object, file, good.size_bytes, NULL), KSYMS_OK);
    assert_true(object.needs_got);
    ksyms_link_plan(&link, &fault);
    struct ksyms_fault expected = header_fault(KSYMS_LINK_GOT, 0, 0, 0);
    assert_fault("no slots", &fault, &expected);
    free(file);
}

/* A GOT that is out of reach, and symbols that a slot may not hold either. */
static void test_got_faults(void **state)
{
    (void)state;

    expect_two("GOT out of reach", RELOCATION(0, r_info, info(UNDEFINED, R_X86_64_REX_GOTPCRELX)),
               RELOCATION(0, r_addend, 1ull << 32),
               relocation_fault(KSYMS_LINK_OVERFLOW, 0, R_X86_64_REX_GOTPCRELX, UNDEFINED, 0,
                                0x50 + (1ull << 32), INT32_MAX));
    expect("slot of a debug section",
           RELOCATION(0, r_info, info(DEBUG_SECTION, R_X86_64_GOTPCRELX)),
           relocation_fault(KSYMS_LINK_UNLOADED, 0, R_X86_64_GOTPCRELX, DEBUG_SECTION, 0,
                            DEBUG_INFO, 0));
    expect(
        "slot of init", RELOCATION(0, r_info, info(INIT_SECTION, R_X86_64_GOTPCREL)),
        relocation_fault(KSYMS_LINK_LIFETIME, 0, R_X86_64_GOTPCREL, INIT_SECTION, 0, INIT_TEXT, 0));
}

/* A failed check leaves the object alone, and every function takes a null fault. */
static void test_untouched_outputs(void **state)
{
    struct ksyms_object object;
    struct ksyms_object before;
    struct ksyms_fault fault;
    struct ksyms_fault fault_before;
    (void)state;

    memset(&object, 0x5a, sizeof(object));
    before = object;
    assert_int_equal(ksyms_object_check(&object, good.file, good.size_bytes - 1, NULL),
                     KSYMS_OBJECT_SECTION_TABLE);
    assert_memory_equal(&object, &before, sizeof(object));
    memset(&fault, 0x5a, sizeof(fault));
    fault_before = fault;
    assert_int_equal(ksyms_object_check(&object, good.file, good.size_bytes, &fault), KSYMS_OK);
    assert_memory_equal(&fault, &fault_before, sizeof(fault));
}

static void test_every_status_was_seen(void **state)
{
    unsigned missing = 0;
    (void)state;

    for (int status = KSYMS_OBJECT_ALIGNMENT; status <= KSYMS_LINK_LIFETIME; status++) {
        if (!seen[status]) {
            printf("no case for: %s\n", ksyms_status_text((enum ksyms_status)status));
            missing++;
        }
    }
    printf("%u refusals compared, %d statuses, %u without a case\n", case_count,
           KSYMS_LINK_LIFETIME - KSYMS_OBJECT_ALIGNMENT + 1, missing);
    assert_int_equal(missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_object),
        cmocka_unit_test(test_header_fields),
        cmocka_unit_test(test_section_table),
        cmocka_unit_test(test_file_size),
        cmocka_unit_test(test_section_types_and_flags),
        cmocka_unit_test(test_section_ranges),
        cmocka_unit_test(test_sections_too_long_together),
        cmocka_unit_test(test_empty_section),
        cmocka_unit_test(test_shuffled_sections),
        cmocka_unit_test(test_strings_and_names),
        cmocka_unit_test(test_symbol_table),
        cmocka_unit_test(test_symbols),
        cmocka_unit_test(test_symbol_values),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_relocation_tables),
        cmocka_unit_test(test_relocation_types),
        cmocka_unit_test(test_relocations),
        cmocka_unit_test(test_link_faults),
        cmocka_unit_test(test_kept_init),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_got_without_slots),
        cmocka_unit_test(test_got_faults),
        cmocka_unit_test(test_untouched_outputs),
        cmocka_unit_test(test_every_status_was_seen),
    };
    build_good();
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    free(good.file);
    return failures;
}
