// SPDX-License-Identifier: MIT
/*
 * gen_types.c: what DWARF says of the types of a kernel's or a module's exports and imports.
 *
 *     gen_types -o kernel.ksyms --into kernel.ksyms --text kernel.types kernel.stage1
 *     gen_types --print kernel.types
 *     gen_types --compare hello.ko kernel.types
 *
 * Into the symbol blob go hashes of what is exported.  The text, and the hashes of what is
 * imported, go into a blob of their own, which the running kernel does not keep: the section
 * .ksyms_types of a module, a file of its own for the kernel.  The format is drawn in
 * src/ksyms/FORMAT.md.
 *
 *   1. A failed run leaves no output, and the same input gives the same bytes.
 *   2. Exit codes: 0 done, 1 bad input, types differ, or no import could be compared, 2 wrong use.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <stdlib.h>
#include "gen_types.h"
#include "ksyms/part.h"
#include "ksyms/types.h"

const char program_name[] = "gen_types";

const char usage_text[] = "usage: gen_types -o BLOB --into BLOB --text FILE ELF\n"
                          "       gen_types --print FILE\n"
                          "       gen_types --compare BUILT HERE\n"
                          "       gen_types --help\n";

static const char help_text[] =
    "\n"
    "Write down the types of what ELF, a kernel or a module with debug information, exports and\n"
    "imports; and look into that.\n"
    "\n"
    "  -o, --output BLOB  write the symbol blob with hashes of what is exported to this file\n"
    "      --into BLOB    the symbol blob\n"
    "      --text FILE    write the text of all types, and hashes of what is imported, to this "
    "file\n"
    "      --print        print the text of such a file, or of a module\n"
    "      --compare      print what differs between a file, as it was built, and the one it uses\n"
    "      --help         print this\n"
    "\n"
    "Exit status: 0 done, 1 bad input, types differ, or no import could be compared, 2 wrong "
    "use.\n";

struct request {
    const char *output;
    const char *into;
    const char *text;
    bool prints;
    bool compares;
};

/* The symbol blob with hashes of what is exported; without them if that is nothing. */
static void write_hashes(const struct request *request, const struct buffer *old,
                         const struct type_lines *exported)
{
    static const uint32_t kind = KSYMS_PART_TYPE_HASHES;
    struct blob_piece pieces[KSYMS_BLOB_PARTS_MAX + 1];
    struct ksyms_blob_header header;
    struct buffer blob = {0}, hashes = {0};
    size_t count = list_pieces(pieces, old, &kind, 1);

    lines_put_hashes(exported, &hashes);
    if (hashes.size > 0) {
        pieces[count++] = (struct blob_piece){kind, hashes.bytes, hashes.size};
    }
    if (count > KSYMS_BLOB_PARTS_MAX) {
        fail("%s: too many parts", request->into);
    }
    memcpy(&header, old->bytes, sizeof(header));
    assemble_blob(&blob, header, pieces, count);
    write_file(request->output, &blob);
    buffer_free(&blob);
    buffer_free(&hashes);
}

/* A blob without symbols, but of the same build. */
static void write_text(const struct request *request, const struct buffer *old,
                       const struct type_lines *imported, const struct type_lines *all)
{
    struct ksyms_blob_header header;
    struct buffer blob = {0}, hashes = {0}, text = {0};

    memcpy(&header, old->bytes, sizeof(header));
    header.flags = header.symbol_count = header.absolute_count = 0;
    lines_put_hashes(imported, &hashes);
    lines_put_text(all, &text);
    struct blob_piece pieces[] = {{KSYMS_PART_TYPE_HASHES, hashes.bytes, hashes.size},
                                  {KSYMS_PART_TYPE_TEXT, text.bytes, text.size}};
    assemble_blob(&blob, header, pieces, sizeof(pieces) / sizeof(pieces[0]));
    write_file(request->text, &blob);
    buffer_free(&blob);
    buffer_free(&hashes);
    buffer_free(&text);
}

static int generate(const struct request *request, const char *path)
{
    struct type_lines imported, exported, all = {0};
    struct buffer old = {0};
    struct ksyms_table table;
    struct image image;

    read_file(&old, request->into);
    open_blob(&table, &old, request->into);
    image_read(&image, path);
    lines_collect(&imported, &image, SYMBOL_IMPORTED);
    lines_collect(&exported, &image, SYMBOL_EXPORTED);
    lines_add(&all, &imported);
    lines_add(&all, &exported);
    write_text(request, &old, &imported, &all);
    write_hashes(request, &old, &exported);
    lines_free(&imported);
    lines_free(&exported);
    lines_free(&all);
    image_free(&image);
    buffer_free(&old);
    return EXIT_SUCCESS;
}

/* ---- Options ---- */

enum option_code { OPTION_INTO = 256, OPTION_TEXT, OPTION_PRINT, OPTION_COMPARE, OPTION_HELP };

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"into", required_argument, NULL, OPTION_INTO},
    {"text", required_argument, NULL, OPTION_TEXT},
    {"print", no_argument, NULL, OPTION_PRINT},
    {"compare", no_argument, NULL, OPTION_COMPARE},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static void parse_options(struct request *request, int argument_count, char **arguments)
{
    int option, expected;

    opterr = 0;
    while ((option = getopt_long(argument_count, arguments, ":o:", long_options, NULL)) != -1) {
        switch (option) {
        case 'o':
            request->output = optarg;
            break;
        case OPTION_INTO:
            request->into = optarg;
            break;
        case OPTION_TEXT:
            request->text = optarg;
            break;
        case OPTION_PRINT:
            request->prints = true;
            break;
        case OPTION_COMPARE:
            request->compares = true;
            break;
        case OPTION_HELP:
            printf("%s%s", usage_text, help_text);
            exit(EXIT_SUCCESS);
        case ':':
            refuse_use("%s needs an argument", arguments[optind - 1]);
        default:
            refuse_use("unknown option %s", arguments[optind - 1]);
        }
    }
    expected = request->compares ? 2 : 1;
    if (argument_count - optind != expected) {
        refuse_use("%d file names given, %d expected", argument_count - optind, expected);
    }
    if (!request->prints && !request->compares &&
        (request->output == NULL || request->into == NULL || request->text == NULL)) {
        refuse_use("-o, --into and --text are needed");
    }
}

int main(int argument_count, char **arguments)
{
    struct request request = {0};

    parse_options(&request, argument_count, arguments);
    if (request.prints) {
        return print_text(arguments[optind]);
    }
    if (request.compares) {
        return compare_files(arguments[optind], arguments[optind + 1]);
    }
    return generate(&request, arguments[optind]);
}
