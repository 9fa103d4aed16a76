// SPDX-License-Identifier: MIT
/*
 * test_object.c: objects that real tools make are accepted and read right.
 *
 * Refusals have their own test (test/reject).  Here: the constants of ksyms/elf.h against libc's
 * <elf.h>; objects of gcc, NASM, ld -r and strip, read by the kit and by nm and readelf; a text for
 * every status.
 */
#define _XOPEN_SOURCE 700 /* popen */

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
#include "../support/object_builder.h"
#include "ksyms/link.h"
#include "ksyms/object.h"

#define SAME(name) _Static_assert(KSYMS_##name == name, #name)
SAME(EI_CLASS);
SAME(EI_DATA);
SAME(EI_VERSION);
SAME(EI_OSABI);
SAME(EI_ABIVERSION);
SAME(EI_PAD);
SAME(EI_NIDENT);
SAME(ELFCLASS64);
SAME(ELFDATA2LSB);
SAME(EV_CURRENT);
SAME(ELFOSABI_NONE);
SAME(ELFOSABI_GNU);
SAME(ET_REL);
SAME(EM_X86_64);
SAME(SHT_NULL);
SAME(SHT_PROGBITS);
SAME(SHT_SYMTAB);
SAME(SHT_STRTAB);
SAME(SHT_RELA);
SAME(SHT_NOTE);
SAME(SHT_NOBITS);
SAME(SHT_REL);
SAME(SHT_INIT_ARRAY);
SAME(SHT_FINI_ARRAY);
SAME(SHT_PREINIT_ARRAY);
SAME(SHT_GROUP);
SAME(SHT_SYMTAB_SHNDX);
SAME(SHT_LOOS);
SAME(SHT_X86_64_UNWIND);
SAME(SHF_WRITE);
SAME(SHF_ALLOC);
SAME(SHF_EXECINSTR);
SAME(SHF_MERGE);
SAME(SHF_STRINGS);
SAME(SHF_INFO_LINK);
SAME(SHF_LINK_ORDER);
SAME(SHF_GROUP);
SAME(SHF_TLS);
SAME(SHF_COMPRESSED);
SAME(SHN_UNDEF);
SAME(SHN_LORESERVE);
SAME(SHN_ABS);
SAME(SHN_COMMON);
SAME(STB_LOCAL);
SAME(STB_GLOBAL);
SAME(STB_WEAK);
SAME(STT_NOTYPE);
SAME(STT_OBJECT);
SAME(STT_FUNC);
SAME(STT_SECTION);
SAME(STT_FILE);
SAME(STT_COMMON);

#define SAME_PLACE(ours, theirs, field)                                                            \
    _Static_assert(offsetof(struct ours, field) == offsetof(theirs, field) &&                      \
                       sizeof(((struct ours *)0)->field) == sizeof(((theirs *)0)->field),          \
                   #field)
SAME_PLACE(ksyms_elf_header, Elf64_Ehdr, e_type);
SAME_PLACE(ksyms_elf_header, Elf64_Ehdr, e_entry);
SAME_PLACE(ksyms_elf_header, Elf64_Ehdr, e_shoff);
SAME_PLACE(ksyms_elf_header, Elf64_Ehdr, e_ehsize);
SAME_PLACE(ksyms_elf_header, Elf64_Ehdr, e_shstrndx);
SAME_PLACE(ksyms_elf_section, Elf64_Shdr, sh_type);
SAME_PLACE(ksyms_elf_section, Elf64_Shdr, sh_flags);
SAME_PLACE(ksyms_elf_section, Elf64_Shdr, sh_offset);
SAME_PLACE(ksyms_elf_section, Elf64_Shdr, sh_link);
SAME_PLACE(ksyms_elf_section, Elf64_Shdr, sh_entsize);
SAME_PLACE(ksyms_elf_symbol, Elf64_Sym, st_info);
SAME_PLACE(ksyms_elf_symbol, Elf64_Sym, st_other);
SAME_PLACE(ksyms_elf_symbol, Elf64_Sym, st_shndx);
SAME_PLACE(ksyms_elf_symbol, Elf64_Sym, st_value);
SAME_PLACE(ksyms_elf_symbol, Elf64_Sym, st_size);
SAME_PLACE(ksyms_elf_rela, Elf64_Rela, r_offset);
_Static_assert(offsetof(struct ksyms_elf_rela, r_type) == offsetof(Elf64_Rela, r_info) &&
                   offsetof(struct ksyms_elf_rela, r_symbol) == offsetof(Elf64_Rela, r_info) + 4,
               "r_info");
SAME_PLACE(ksyms_elf_rela, Elf64_Rela, r_addend);

static void test_relocation_names(void **state)
{
    static const struct {
        const char *name;
        uint32_t type;
    } types[] = {
#define TYPE(name) {#name, name}
        TYPE(R_X86_64_NONE),
        TYPE(R_X86_64_64),
        TYPE(R_X86_64_PC32),
        TYPE(R_X86_64_GOT32),
        TYPE(R_X86_64_PLT32),
        TYPE(R_X86_64_COPY),
        TYPE(R_X86_64_GLOB_DAT),
        TYPE(R_X86_64_JUMP_SLOT),
        TYPE(R_X86_64_RELATIVE),
        TYPE(R_X86_64_GOTPCREL),
        TYPE(R_X86_64_32),
        TYPE(R_X86_64_32S),
        TYPE(R_X86_64_16),
        TYPE(R_X86_64_PC16),
        TYPE(R_X86_64_8),
        TYPE(R_X86_64_PC8),
        TYPE(R_X86_64_DTPMOD64),
        TYPE(R_X86_64_DTPOFF64),
        TYPE(R_X86_64_TPOFF64),
        TYPE(R_X86_64_TLSGD),
        TYPE(R_X86_64_TLSLD),
        TYPE(R_X86_64_DTPOFF32),
        TYPE(R_X86_64_GOTTPOFF),
        TYPE(R_X86_64_TPOFF32),
        TYPE(R_X86_64_PC64),
        TYPE(R_X86_64_GOTOFF64),
        TYPE(R_X86_64_GOTPC32),
        TYPE(R_X86_64_GOT64),
        TYPE(R_X86_64_GOTPCREL64),
        TYPE(R_X86_64_GOTPC64),
        TYPE(R_X86_64_GOTPLT64),
        TYPE(R_X86_64_PLTOFF64),
        TYPE(R_X86_64_SIZE32),
        TYPE(R_X86_64_SIZE64),
        TYPE(R_X86_64_GOTPC32_TLSDESC),
        TYPE(R_X86_64_TLSDESC_CALL),
        TYPE(R_X86_64_TLSDESC),
        TYPE(R_X86_64_IRELATIVE),
        TYPE(R_X86_64_RELATIVE64),
        TYPE(R_X86_64_GOTPCRELX),
        TYPE(R_X86_64_REX_GOTPCRELX),
    };
    const size_t count = sizeof(types) / sizeof(types[0]);
    unsigned unknown = 0;
    (void)state;

    for (size_t index = 0; index < count; index++) {
        assert_string_equal(ksyms_relocation_name(types[index].type), types[index].name);
    }
    for (uint32_t type = 0; type < 1000; type++) {
        unknown += strcmp(ksyms_relocation_name(type), "unknown") == 0;
    }
    assert_int_equal(unknown, 1000 - count);
    assert_string_equal(ksyms_relocation_name(UINT32_MAX), "unknown");
}

static void test_status_texts(void **state)
{
    (void)state;

    for (int status = 0; status < KSYMS_STATUS_COUNT; status++) {
        const char *text = ksyms_status_text((enum ksyms_status)status);
        size_t length = strlen(text);
        assert_true(length > 5 && length < 80);
        assert_true(text[length - 1] != '.' && !strchr(text, '\n'));
        assert_string_not_equal(text, "unknown status");
        for (int other = 0; other < status; other++) {
            assert_string_not_equal(text, ksyms_status_text((enum ksyms_status)other));
        }
    }
    assert_string_equal(ksyms_status_text(KSYMS_STATUS_COUNT), "unknown status");
    assert_string_equal(ksyms_status_text((enum ksyms_status) - 1), "unknown status");
    assert_string_equal(ksyms_status_text((enum ksyms_status)INT32_MAX), "unknown status");
}

struct totals {
    unsigned objects;
    unsigned symbols;
    unsigned sections;
};

/* Every line of nm is a symbol that we find by its name, with its value. */
static void compare_with_nm(const struct ksyms_object *object, const char *path,
                            struct totals *totals)
{
    char command[4096];
    char line[1024];
    char name[512];
    char type;
    uint64_t value;

    snprintf(command, sizeof(command), "nm -p --defined-only --format=posix '%s'", path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    while (fgets(line, sizeof(line), pipe)) {
        assert_int_equal(sscanf(line, "%511s %c %" SCNx64, name, &type, &value), 3);
        uint32_t symbol = ksyms_object_find_symbol(object, name);
        assert_int_not_equal(symbol, 0);
        assert_string_equal(ksyms_object_symbol_name(object, symbol), name);
        /* nm prints the size of a common symbol where others have their value. */
        uint64_t expected =
            type == 'C' ? object->symbols[symbol].st_size : object->symbols[symbol].st_value;
        assert_true(value == expected);
        totals->symbols++;
    }
    assert_int_equal(pclose(pipe), 0);
}

/* Every line of readelf -SW is a section with our name, offset and size. */
static void compare_with_readelf(const struct ksyms_object *object, const char *path,
                                 struct totals *totals)
{
    char command[4096];
    char line[1024];
    char name[512];
    unsigned index;
    uint64_t offset;
    uint64_t size;
    unsigned count = 0;

    snprintf(command, sizeof(command),
             "readelf -SW '%s' | sed -n 's/^ *\\[ *\\([0-9]*\\)\\] \\([^ ]*\\) *[A-Z_0-9]* *0* "
             "\\([0-9a-f]*\\) \\([0-9a-f]*\\) .*/\\1 \\2 \\3 \\4/p'",
             path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    while (fgets(line, sizeof(line), pipe)) {
        size_t our_size;
        if (sscanf(line, "%u %511s %" SCNx64 " %" SCNx64, &index, name, &offset, &size) != 4) {
            continue; /* section 0 */
        }
        assert_string_equal(ksyms_object_section_name(object, index), name);
        const uint8_t *bytes = ksyms_object_section_bytes(object, index, &our_size);
        assert_true(our_size == size);
        assert_true(object->sections[index].sh_type == SHT_NOBITS
                        ? bytes == NULL
                        : bytes == object->bytes + offset);
        assert_string_equal(
            ksyms_object_section_name(object, ksyms_object_find_section(object, name)), name);
        count++;
    }
    assert_int_equal(pclose(pipe), 0);
    assert_int_equal(count, object->section_count - 1);
    totals->sections += count;
}

static void accept_object(const char *path, struct totals *totals)
{
    size_t size_bytes;
    uint8_t *file = read_file(path, &size_bytes);
    struct ksyms_object object;
    struct ksyms_fault fault;

    enum ksyms_status status = ksyms_object_check(&object, file, size_bytes, &fault);
    if (status != KSYMS_OK) {
        fail_msg("%s: section %u symbol %u offset 0x%" PRIx64 " value 0x%" PRIx64 ": %s", path,
                 fault.section, fault.symbol, fault.offset, fault.value, ksyms_status_text(status));
    }
    compare_with_nm(&object, path, totals);
    compare_with_readelf(&object, path, totals);
    totals->objects++;
    free(file);
}

#define GCC "gcc -std=c11 -w -ffreestanding -fno-pic -fno-pie -c -o '%1$s' "

static void test_real_objects(void **state)
{
    static const char *const commands[] = {
        GCC "-O2 -mcmodel=kernel '%2$s/calls.c'",
        GCC "-O0 -g -mcmodel=kernel '%2$s/calls.c'",
        GCC "-O2 -g -gz -mcmodel=kernel '%2$s/calls.c'",
        GCC "-O2 -ffunction-sections -fdata-sections -mcmodel=large '%2$s/calls.c'",
        GCC "-O2 -fcommon -g '%2$s/symbols.c'",
        GCC "-O2 -g -mcmodel=kernel '%2$s/calls.c' && strip -g '%1$s'",
        GCC "-O2 -g -mcmodel=kernel '%2$s/calls.c' && objcopy --compress-debug-sections '%1$s'",
        GCC "-O2 -g -mcmodel=kernel '%2$s/calls.c' && mv '%1$s' a.o && ld -r -o '%1$s' a.o",
        "as -g -o '%1$s' '%2$s/types.s'",
        "nasm -f elf64 -o '%1$s' '%2$s/types.nasm'",
        "nasm -f elf64 -g -F dwarf -o '%1$s' '%2$s/types.nasm'",
        "nasm -f elf64 -o a.o '%2$s/types.nasm' && as -o b.o '%2$s/absolute.s' && "
        "ld -r -o '%1$s' a.o b.o",
    };
    struct totals totals = {0};
    char command[8192];
    (void)state;

    for (size_t index = 0; index < sizeof(commands) / sizeof(commands[0]); index++) {
        const char *path = scratch_path("accepted.o");
        snprintf(command, sizeof(command), commands[index], path,
                 source_path("../support/link_inputs"));
        assert_int_equal(run_command("cd '%s' && %s", scratch_path("."), command), 0);
        accept_object(path, &totals);
    }
    printf("%u objects accepted, %u symbols as in nm, %u sections as in readelf\n", totals.objects,
           totals.symbols, totals.sections);
}

/* -ffunction-sections makes thousands of sections: check and plan stay quick and right. */
static void test_many_sections(void **state)
{
    enum { FUNCTIONS = 3000 };
    struct totals totals = {0};
    const char *source = scratch_path("many.c");
    const char *path = scratch_path("many.o");
    (void)state;

    FILE *file = fopen(source, "w");
    assert_non_null(file);
    for (int index = 0; index < FUNCTIONS; index++) {
        fprintf(file, "int far(int); int function%d(int x) { return far(x + %d) + 1; }\n", index,
                index);
    }
    fclose(file);
    assert_int_equal(run_command("gcc -O1 -fno-pic -mcmodel=kernel -ffunction-sections "
                                 "-fno-asynchronous-unwind-tables -c -o '%s' '%s'",
                                 path, source),
                     0);
    size_t size_bytes;
    uint8_t *bytes = read_file(path, &size_bytes);
    struct ksyms_object object;
    assert_int_equal(ksyms_object_check(&object, bytes, size_bytes, NULL), KSYMS_OK);
    assert_true(object.section_count > 2 * FUNCTIONS);
    struct ksyms_section_place *places = calloc(object.section_count, sizeof(*places));
    struct ksyms_link link = {.object = &object, .places = places};
    assert_int_equal(ksyms_link_plan(&link, NULL), KSYMS_OK);
    compare_with_readelf(&object, path, &totals);
    printf("%u sections planned, %" PRIu64 " bytes of text\n", object.section_count,
           link.segments[KSYMS_SEGMENT_TEXT].size_bytes);
    free(places);
    free(bytes);
}

/* Names: of sections by their symbols, global before local, never an undefined one. */
static void test_look_ups(void **state)
{
    static const uint8_t text[8];
    struct object_builder builder;
    struct ksyms_object object;
    size_t size_bytes;
    (void)state;

    object_builder_start(&builder);
    object_builder_section(&builder, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, text, 8, 1);
    object_builder_section(&builder, ".same", SHT_PROGBITS, SHF_ALLOC, text, 8, 1);
    object_builder_section(&builder, ".same", SHT_PROGBITS, SHF_ALLOC, text, 8, 1);
    object_builder_symbol(&builder, "", STB_LOCAL, STT_SECTION, 1, 0);
    object_builder_symbol(&builder, "both", STB_LOCAL, STT_FUNC, 1, 1);
    object_builder_symbol(&builder, "two", STB_LOCAL, STT_FUNC, 1, 2);
    object_builder_symbol(&builder, "two", STB_LOCAL, STT_FUNC, 1, 3);
    object_builder_symbol(&builder, "file.c", STB_LOCAL, STT_FILE, SHN_ABS, 0);
    object_builder_symbol(&builder, "both", STB_GLOBAL, STT_FUNC, 1, 4);
    object_builder_symbol(&builder, "missing", STB_GLOBAL, STT_NOTYPE, SHN_UNDEF, 0);
    uint8_t *file = object_builder_finish(&builder, &size_bytes);
    assert_int_equal(ksyms_object_check(&object, file, size_bytes, NULL), KSYMS_OK);

    assert_string_equal(ksyms_object_symbol_name(&object, 1), ".text");
    assert_string_equal(ksyms_object_symbol_name(&object, 0), "");
    assert_string_equal(ksyms_object_symbol_name(&object, 8), "");
    assert_string_equal(ksyms_object_symbol_name(&object, UINT32_MAX), "");
    assert_string_equal(ksyms_object_section_name(&object, object.section_count), "");
    assert_int_equal(ksyms_object_find_symbol(&object, "both"), 6);
    assert_int_equal(ksyms_object_find_symbol(&object, "two"), 3);
    assert_int_equal(ksyms_object_find_symbol(&object, "file.c"), 0);
    assert_int_equal(ksyms_object_find_symbol(&object, "missing"), 0);
    assert_int_equal(ksyms_object_find_symbol(&object, "bot"), 0);
    assert_int_equal(ksyms_object_find_symbol(&object, "bothh"), 0);
    assert_int_equal(ksyms_object_find_symbol(&object, ""), 0);
    assert_int_equal(ksyms_object_find_section(&object, ".same"), 2);
    assert_int_equal(ksyms_object_find_section(&object, ".sam"), 0);
    size_t section_size = 1;
    assert_null(ksyms_object_section_bytes(&object, 99, &section_size));
    assert_int_equal(section_size, 0);
    free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_relocation_names), cmocka_unit_test(test_status_texts),
        cmocka_unit_test(test_look_ups),         cmocka_unit_test(test_real_objects),
        cmocka_unit_test(test_many_sections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
