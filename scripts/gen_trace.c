// SPDX-License-Identifier: MIT
/*
 * gen_trace.c: what DWARF says of a kernel's or a module's code, as parts of its symbol blob.
 *
 *     gen_trace -o kernel.ksyms --into kernel.ksyms kernel.stage1
 *     gen_trace --stats kernel.ksyms
 *     gen_trace --count vmlinux >src/ksyms/trace_codes.c
 *
 * LINES holds file, line and inlined calls of each instruction, UNWIND how to find its caller's
 * frame.  They are put beside the parts that gen_ksyms wrote; those of the same kinds are replaced.
 * The format is drawn in src/ksyms/FORMAT.md.
 *
 *   1. What cannot be said in the format ends the program: no wrong row is written.
 *   2. A failed run leaves no output, and the same input gives the same bytes.
 *   3. Exit codes: 0 done, 1 bad input, 2 wrong use.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "gen_trace.h"
#include "ksyms/lines.h"
#include "ksyms/part.h"
#include "ksyms/table.h"

const char program_name[] = "gen_trace";

const char usage_text[] =
    "usage: gen_trace -o BLOB [--into BLOB] [--lines] [--unwind] [--require-all] ELF\n"
    "       gen_trace --stats BLOB\n"
    "       gen_trace --count ELF...\n"
    "       gen_trace --help\n";

static const char help_text[] =
    "\n"
    "Add lines, inlined calls and unwind rows of ELF, a kernel or an object with debug\n"
    "information, to a symbol blob.\n"
    "\n"
    "  -o, --output BLOB  write to this file\n"
    "      --into BLOB    to the parts of this blob, not to an empty one\n"
    "      --lines        the part LINES; without this and the next, both parts\n"
    "      --unwind       the part UNWIND\n"
    "      --require-all  fail unless every function can be unwound from everywhere\n"
    "      --stats        print the bytes of both parts\n"
    "      --count        print the codes that fit these files: src/ksyms/trace_codes.c\n"
    "      --help         print this\n"
    "\n"
    "Exit status: 0 done, 1 bad input, 2 wrong use.\n";

/* ---- What is asked for ---- */

struct request {
    const char *output;
    const char *into;
    bool lines; /* neither: both */
    bool unwind;
    bool require_all;
    bool stats;
    bool count;
};

static int generate(const struct request *request, const char *path)
{
    struct buffer old = {0}, blob = {0}, lines = {0}, unwind = {0};
    struct ksyms_blob_header header;
    struct ksyms_table table;
    struct blob_piece pieces[KSYMS_BLOB_PARTS_MAX + 2];
    uint32_t kinds[2];
    size_t kind_count = 0, count;
    struct input input;

    input_open(&input, path);
    if (request->into != NULL) {
        read_file(&old, request->into);
    } else {
        empty_blob(&old);
    }
    open_blob(&table, &old, request->into != NULL ? request->into : path);
    if (request->lines || !request->unwind) {
        struct source source;
        source_read(&source, &input);
        build_lines(&lines, &source);
        source_free(&source);
        kinds[kind_count++] = KSYMS_PART_LINES;
    }
    if (request->unwind || !request->lines) {
        struct frames frames;
        frames_read(&frames, &input);
        if (request->require_all) {
            frames_require_all(&frames, &input);
        } else if (frames.refused_count > 0) {
            fprintf(stderr, "gen_trace: %s: no row for %zu rules, first at 0x%" PRIx64 ": %s\n",
                    path, frames.refused_count, frames.refused_address, frames.refused_text);
        }
        build_unwind(&unwind, &frames);
        frames_free(&frames);
        kinds[kind_count++] = KSYMS_PART_UNWIND;
    }
    count = list_pieces(pieces, &old, kinds, kind_count);
    if (count + kind_count > KSYMS_BLOB_PARTS_MAX) {
        fail("%s: too many parts", request->into);
    }
    if (lines.size > 0) {
        pieces[count++] = (struct blob_piece){KSYMS_PART_LINES, lines.bytes, lines.size};
    }
    if (unwind.size > 0) {
        pieces[count++] = (struct blob_piece){KSYMS_PART_UNWIND, unwind.bytes, unwind.size};
    }
    memcpy(&header, old.bytes, sizeof(header));
    assemble_blob(&blob, header, pieces, count);
    write_file(request->output, &blob);
    input_close(&input);
    buffer_free(&old);
    buffer_free(&lines);
    buffer_free(&unwind);
    buffer_free(&blob);
    return EXIT_SUCCESS;
}

static void print_index(const struct ksyms_trace_index *index)
{
    printf("  index   %9u %u blocks\n",
           index->count * index->block_size,
           index->count);
    printf("  stream  %9u\n", index->stream.size_bytes);
}

/* What the symbols of both parts would best be coded with. */
static int count_symbols(char **paths)
{
    count_texts();
    for (; *paths != NULL; paths++) {
        struct buffer lines = {0}, unwind = {0};
        struct source source;
        struct frames frames;
        struct input input;

        input_open(&input, *paths);
        source_read(&source, &input);
        build_lines(&lines, &source);
        source_free(&source);
        frames_read(&frames, &input);
        build_unwind(&unwind, &frames);
        frames_free(&frames);
        input_close(&input);
        buffer_free(&lines);
        buffer_free(&unwind);
    }
    choose_tokens();
    print_codes();
    return EXIT_SUCCESS;
}

static int print_sizes(const char *path)
{
    struct buffer blob = {0};
    struct ksyms_table table;
    struct ksyms_lines lines;
    struct ksyms_unwind unwind;
    struct ksyms_part part;

    read_file(&blob, path);
    open_blob(&table, &blob, path);
    if (ksyms_lines_open(&lines, &table) == KSYMS_OK) {
        ksyms_table_part(&table, KSYMS_PART_LINES, &part);
        printf("LINES     %9u bytes\n", part.size_bytes);
        print_index(&lines.index);
        printf("  tables  %9u %u functions inlined somewhere, %u files\n",
               part.size_bytes - (uint32_t)(lines.index.stream.bytes - part.bytes) -
                   lines.index.stream.size_bytes,
               lines.callee_count, lines.file_count);
    }
    if (ksyms_unwind_open(&unwind, &table) == KSYMS_OK) {
        ksyms_table_part(&table, KSYMS_PART_UNWIND, &part);
        printf("UNWIND    %9u bytes\n", part.size_bytes);
        print_index(&unwind.index);
    }
    printf("blob      %9zu bytes\n", blob.size);
    buffer_free(&blob);
    return EXIT_SUCCESS;
}

/* ---- Options ---- */

enum option_code {
    OPTION_INTO = 256,
    OPTION_LINES,
    OPTION_UNWIND,
    OPTION_REQUIRE_ALL,
    OPTION_STATS,
    OPTION_COUNT,
    OPTION_HELP
};

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"into", required_argument, NULL, OPTION_INTO},
    {"lines", no_argument, NULL, OPTION_LINES},
    {"unwind", no_argument, NULL, OPTION_UNWIND},
    {"require-all", no_argument, NULL, OPTION_REQUIRE_ALL},
    {"stats", no_argument, NULL, OPTION_STATS},
    {"count", no_argument, NULL, OPTION_COUNT},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static void parse_options(struct request *request, int argument_count, char **arguments)
{
    int option;

    opterr = 0;
    while ((option = getopt_long(argument_count, arguments, ":o:", long_options, NULL)) != -1) {
        switch (option) {
        case 'o':
            request->output = optarg;
            break;
        case OPTION_INTO:
            request->into = optarg;
            break;
        case OPTION_LINES:
            request->lines = true;
            break;
        case OPTION_UNWIND:
            request->unwind = true;
            break;
        case OPTION_REQUIRE_ALL:
            request->require_all = true;
            break;
        case OPTION_STATS:
            request->stats = true;
            break;
        case OPTION_COUNT:
            request->count = true;
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
    if (request->require_all && request->lines && !request->unwind) {
        refuse_use("--require-all is for unwind rows");
    }
    if (argument_count - optind != 1 && !(request->count && argument_count > optind)) {
        refuse_use("%d file names given, 1 expected", argument_count - optind);
    }
}

int main(int argument_count, char **arguments)
{
    struct request request = {0};

    parse_options(&request, argument_count, arguments);
    if (request.stats) {
        return print_sizes(arguments[optind]);
    }
    if (request.count) {
        return count_symbols(arguments + optind);
    }
    if (request.output == NULL) {
        refuse_use("-o BLOB is needed");
    }
    return generate(&request, arguments[optind]);
}
