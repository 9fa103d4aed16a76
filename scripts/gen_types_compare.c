// SPDX-License-Identifier: MIT
/*
 * gen_types_compare.c: texts of types read again, and compared by the kit: what the kernel does
 * when a module does not fit, on the host and before anybody boots.
 *
 *     change <TAB> symbol <TAB> type <TAB> member or parameter <TAB> built <TAB> here
 */
#include <stdlib.h>
#include "gen_types.h"
#include "ksyms/part.h"
#include "ksyms/types.h"

/* What of a blob is needed here. */
struct type_blob {
    const char *path;
    struct buffer file;
    struct ksyms_part text;
    struct ksyms_type_hashes imports;
    struct ksyms_types types; /* see open_text */
    uint32_t *lines;
};

/* The blob of a file, or of the section .ksyms_types of an ELF file. */
static void read_blob(struct type_blob *blob, const char *path)
{
    struct buffer file = {0};
    struct ksyms_table table;

    read_file(&file, path);
    if (file.size > SELFMAG && memcmp(file.bytes, ELFMAG, SELFMAG) == 0) {
        struct input input = {.path = path, .bytes = file.bytes, .size = file.size};
        GElf_Shdr header;
        elf_version(EV_CURRENT);
        input.elf = elf_memory((char *)file.bytes, file.size);
        Elf_Scn *section = input_section(&input, KSYMS_TYPES_SECTION, &header);
        Elf_Data *data = section != NULL ? elf_getdata(section, NULL) : NULL;
        if (data == NULL || data->d_size == 0) {
            fail("%s: no section %s", path, KSYMS_TYPES_SECTION);
        }
        struct buffer inner = {0};
        put_bytes(&inner, data->d_buf, data->d_size);
        elf_end(input.elf);
        buffer_free(&file);
        file = inner;
    }
    open_blob(&table, &file, path);
    *blob = (struct type_blob){.path = path, .file = file};
    if (!ksyms_table_part(&table, KSYMS_PART_TYPE_TEXT, &blob->text)) {
        fail("%s: no text of types", path);
    }
    ksyms_type_hashes_open(&blob->imports, &table);
}

int print_text(const char *path)
{
    struct type_blob blob;
    struct buffer text = {0};

    read_blob(&blob, path);
    put_bytes(&text, blob.text.bytes, blob.text.size_bytes);
    write_stream(stdout, "standard output", &text);
    buffer_free(&text);
    buffer_free(&blob.file);
    return EXIT_SUCCESS;
}

static const char *const change_names[] = {
    [KSYMS_TYPE_KIND] = "kind",
    [KSYMS_TYPE_OBJECT] = "object",
    [KSYMS_TYPE_RETURN] = "return",
    [KSYMS_TYPE_PARAMETER] = "parameter",
    [KSYMS_TYPE_PARAMETER_NEW] = "parameter-new",
    [KSYMS_TYPE_PARAMETER_GONE] = "parameter-gone",
    [KSYMS_TYPE_SIZE] = "size",
    [KSYMS_TYPE_PLACE] = "place",
    [KSYMS_TYPE_MEMBER] = "member",
    [KSYMS_TYPE_MEMBER_NEW] = "member-new",
    [KSYMS_TYPE_MEMBER_GONE] = "member-gone",
    [KSYMS_TYPE_ENUMERATOR] = "enumerator",
    [KSYMS_TYPE_ENUMERATOR_GONE] = "enumerator-gone",
};

static void print_words(struct ksyms_type_text text)
{
    printf("\t%.*s", (int)text.length, text.length > 0 ? text.text : "");
}

static void print_difference(void *context, const struct ksyms_type_difference *difference)
{
    (void)context;
    printf("%s", change_names[difference->change]);
    print_words(difference->symbol);
    print_words(difference->type);
    if (difference->parameter != 0) {
        printf("\t%u", difference->parameter);
    } else {
        print_words(difference->member);
    }
    print_words(difference->built);
    print_words(difference->here);
    printf("\n");
}

/* As the kernel opens one; blob->lines is the caller's to free. */
static void open_text(struct type_blob *blob, const char *path)
{
    enum ksyms_status status;

    read_blob(blob, path);
    blob->lines = allocate(ksyms_types_count_lines(&blob->text), sizeof(*blob->lines));
    status = ksyms_types_open(&blob->types, &blob->text, blob->lines);
    if (status != KSYMS_OK) {
        fail("%s: %s", path, ksyms_status_text(status));
    }
}

static void close_text(struct type_blob *blob)
{
    free(blob->lines);
    buffer_free(&blob->file);
}

static int compare_texts(struct ksyms_type_text left, struct ksyms_type_text right)
{
    uint32_t shorter = left.length < right.length ? left.length : right.length;
    int order = shorter > 0 ? memcmp(left.text, right.text, shorter) : 0;

    return order != 0 ? order : (left.length > right.length) - (left.length < right.length);
}

/*
 * How many symbols `built` imports, and how many of them `here` does not have: those are not
 * compared, and silence about them is no yes.  Lines are in order in both.
 */
static uint32_t count_imports(const struct type_blob *built, const struct type_blob *here,
                              uint32_t *missing)
{
    struct ksyms_type_text head = {0}, before, other, body, name;
    uint32_t count = 0, at = 0;

    *missing = 0;
    for (uint32_t line = 0; line < built->types.line_count; line++) {
        int order = 1;
        before = head;
        ksyms_types_line(&built->types, line, &head, &body);
        if (!ksyms_types_symbol(head, &name) || compare_texts(before, head) == 0 ||
            !ksyms_type_hashes_find(&built->imports, ksyms_types_key(head), NULL)) {
            continue;
        }
        for (; at < here->types.line_count && order > 0; at += order > 0) {
            ksyms_types_line(&here->types, at, &other, &body);
            order = compare_texts(head, other);
        }
        count++;
        *missing += order != 0;
    }
    return count;
}

int compare_files(const char *built_path, const char *here_path)
{
    struct type_blob built, here;
    uint32_t count, missing;

    open_text(&built, built_path);
    open_text(&here, here_path);
    struct ksyms_types_comparison comparison = {
        .built = &built.types,
        .here = &here.types,
        .marks = allocate(built.types.line_count, sizeof(uint32_t)),
        .report = print_difference,
    };
    for (uint32_t line = 0; line < built.types.line_count; line++) {
        enum ksyms_status status = ksyms_types_compare(&comparison, line);
        if (status != KSYMS_OK) {
            fail("%s: %s", built_path, ksyms_status_text(status));
        }
    }
    count = count_imports(&built, &here, &missing);
    if (missing > 0) {
        fprintf(stderr, "%s: %s: %u of %u imports are not exported by %s: not compared\n",
                program_name, built_path, missing, count, here_path);
    }
    free(comparison.marks);
    close_text(&built);
    close_text(&here);
    return comparison.difference_count > 0 || (count > 0 && missing == count) ? EXIT_BAD
                                                                              : EXIT_SUCCESS;
}
