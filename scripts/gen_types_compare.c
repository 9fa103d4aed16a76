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

void read_text(struct buffer *text, const char *path)
{
    struct buffer file = {0};
    struct ksyms_table table;
    struct ksyms_part part;

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
        struct buffer blob = {0};
        put_bytes(&blob, data->d_buf, data->d_size);
        elf_end(input.elf);
        buffer_free(&file);
        file = blob;
    }
    open_blob(&table, &file, path);
    if (!ksyms_table_part(&table, KSYMS_PART_TYPE_TEXT, &part)) {
        fail("%s: no text of types", path);
    }
    put_bytes(text, part.bytes, part.size_bytes);
    buffer_free(&file);
}

int print_text(const char *path)
{
    struct buffer text = {0};

    read_text(&text, path);
    write_stream(stdout, "standard output", &text);
    buffer_free(&text);
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

/* As the kernel opens one; *lines is the caller's to free. */
static void open_text(struct ksyms_types *types, struct buffer *text, uint32_t **lines,
                      const char *path)
{
    struct ksyms_part part;
    enum ksyms_status status;

    read_text(text, path);
    part = (struct ksyms_part){text->bytes, (uint32_t)text->size};
    *lines = allocate(ksyms_types_count_lines(&part), sizeof(**lines));
    status = ksyms_types_open(types, &part, *lines);
    if (status != KSYMS_OK) {
        fail("%s: %s", path, ksyms_status_text(status));
    }
}

int compare_files(const char *built_path, const char *here_path)
{
    struct ksyms_types built = {0}, here = {0};
    struct buffer built_text = {0}, here_text = {0};
    uint32_t *built_lines, *here_lines;

    open_text(&built, &built_text, &built_lines, built_path);
    open_text(&here, &here_text, &here_lines, here_path);
    struct ksyms_types_comparison comparison = {
        .built = &built,
        .here = &here,
        .marks = allocate(built.line_count, sizeof(uint32_t)),
        .report = print_difference,
    };
    for (uint32_t line = 0; line < built.line_count; line++) {
        enum ksyms_status status = ksyms_types_compare(&comparison, line);
        if (status != KSYMS_OK) {
            fail("%s: %s", built_path, ksyms_status_text(status));
        }
    }
    free(comparison.marks);
    free(built_lines);
    free(here_lines);
    buffer_free(&built_text);
    buffer_free(&here_text);
    return comparison.difference_count == 0 ? EXIT_SUCCESS : EXIT_BAD;
}
