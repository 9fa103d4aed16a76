// SPDX-License-Identifier: MIT
/*
 * gen_ksyms.c: make the symbol blob of a kernel or a module, and look into one.
 *
 *     nm -n -S kernel.stage1 | gen_ksyms -o kernel.ksyms
 *     gen_ksyms --dump kernel.ksyms          the map again
 *     gen_ksyms --verify kernel.ksyms map    the first difference, if there is one
 *     gen_ksyms --stats kernel.ksyms         where the bytes are
 *
 * The format is drawn in src/ksyms/FORMAT.md.  What is read back is read by the kernel's own
 * reader, src/ksyms/table*.c.
 *
 *   1. The same lines give the same bytes, in any order and on any machine.
 *   2. A failed run leaves no output: the blob is written under another name and renamed.
 *   3. Exit codes: 0 done, 1 bad input or a difference, 2 wrong use.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "gen_ksyms.h"
#include "ksyms/blob.h"
#include "ksyms/table.h"

const char program_name[] = "gen_ksyms";

const char usage_text[] =
    "usage: gen_ksyms [-o BLOB] [--build-id HEX] [--symbols text|all]\n"
    "                 [--filter FILE] [MAP]\n"
    "       gen_ksyms --dump BLOB\n"
    "       gen_ksyms --verify [--symbols text|all] [--filter FILE] BLOB MAP\n"
    "       gen_ksyms --stats BLOB\n"
    "       gen_ksyms --help\n";

static const char help_text[] =
    "\n"
    "Make a symbol blob from MAP, the output of `nm -n -S` or a System.map; from standard\n"
    "input without MAP or if it is `-`.  An empty map gives an empty blob.\n"
    "\n"
    "  -o, --output BLOB   write to this file, not to standard output\n"
    "      --build-id HEX  note the build id of the image, at most 32 bytes\n"
    "      --symbols WHAT  `text`: functions only; `all`: everything (the default)\n"
    "      --filter FILE   leave out what the rules in this file say, see below\n"
    "      --dump          print what a blob holds, as `nm -n -S` does\n"
    "      --verify        compare a blob with a map; name the first difference\n"
    "      --stats         print the bytes of each part\n"
    "      --help          print this\n"
    "\n"
    "A filter has one rule a line: a name or a shell pattern (* ? [...]) of symbols to leave out;\n"
    "with a ! before it, of symbols to keep, even such as are left out by themselves: names that\n"
    "begin with .L or ..@, mapping symbols as $x, NASM's function.loop.  The last rule that fits "
    "a\n"
    "name decides.  Empty lines and lines that begin with # say nothing; \\# and \\! are those "
    "bytes.\n"
    "\n"
    "Exit status: 0 done, 1 bad input or a difference, 2 wrong use.\n";

/* ---- Writing a blob ---- */

static void parse_build_id(struct build_id *build_id, const char *text)
{
    size_t length = strlen(text);

    if (length == 0 || length % 2 != 0 || length / 2 > sizeof(build_id->bytes)) {
        refuse_use("--build-id %s: not an even number of digits for 1 to %zu bytes", text,
                   sizeof(build_id->bytes));
    }
    for (size_t i = 0; i < length; i += 2) {
        int high = digit_value(text[i]);
        int low = digit_value(text[i + 1]);
        if (high < 0 || low < 0) {
            refuse_use("--build-id %s: not hexadecimal", text);
        }
        build_id->bytes[build_id->size++] = (uint8_t)(high << 4 | low);
    }
}

static void write_blob(const char *path, const struct buffer *blob)
{
    struct stat status;

    if (path == NULL) {
        write_stream(stdout, "standard output", blob);
    } else if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        /* A device or a pipe, as /dev/null: a rename would put a file in its place. */
        FILE *file = fopen(path, "wb");
        if (file == NULL) {
            fail("%s: %s", path, strerror(errno));
        }
        write_stream(file, path, blob);
        fclose(file);
    } else {
        write_file(path, blob);
    }
}

static int generate(const char *output, const struct build_id *build_id, const char *map_path,
                    const struct map_filter *filter)
{
    struct map map;
    struct buffer blob = {0};

    if (output == NULL && isatty(STDOUT_FILENO)) {
        refuse_use("a blob is not for a terminal: give -o");
    }
    progress_start();
    map_read(&map, map_path, filter);
    build_blob(&blob, &map, build_id);
    progress_end();
    write_blob(output, &blob);
    buffer_free(&blob);
    map_free(&map);
    return EXIT_SUCCESS;
}

/* ---- Options ---- */

enum option_code {
    OPTION_BUILD_ID = 256,
    OPTION_SYMBOLS,
    OPTION_FILTER,
    OPTION_HELP,
    OPTION_DUMP,
    OPTION_VERIFY,
    OPTION_STATS
};

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"build-id", required_argument, NULL, OPTION_BUILD_ID},
    {"symbols", required_argument, NULL, OPTION_SYMBOLS},
    {"filter", required_argument, NULL, OPTION_FILTER},
    {"dump", no_argument, NULL, OPTION_DUMP},
    {"verify", no_argument, NULL, OPTION_VERIFY},
    {"stats", no_argument, NULL, OPTION_STATS},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

struct request {
    int mode; /* 0: generate */
    const char *output;
    struct build_id build_id;
    struct map_filter filter;
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
        case OPTION_BUILD_ID:
            request->build_id = (struct build_id){0};
            parse_build_id(&request->build_id, optarg);
            break;
        case OPTION_SYMBOLS:
            if (strcmp(optarg, "text") != 0 && strcmp(optarg, "all") != 0) {
                refuse_use("--symbols %s: neither text nor all", optarg);
            }
            request->filter.text_only = strcmp(optarg, "text") == 0;
            break;
        case OPTION_FILTER:
            filter_read(&request->filter, optarg);
            break;
        case OPTION_DUMP:
        case OPTION_VERIFY:
        case OPTION_STATS:
        case OPTION_HELP:
            if (request->mode != 0) {
                refuse_use("one of --dump, --verify, --stats and --help");
            }
            request->mode = option;
            break;
        case ':':
            refuse_use("%s needs an argument", arguments[optind - 1]);
        default:
            refuse_use("unknown option %s", arguments[optind - 1]);
        }
    }
    if (request->mode != 0 && (request->output != NULL || request->build_id.size > 0)) {
        refuse_use("-o and --build-id are for making a blob");
    }
    if (request->mode != 0 && request->mode != OPTION_VERIFY &&
        (request->filter.text_only || request->filter.rule_count > 0)) {
        refuse_use("--symbols and --filter are for maps");
    }
}

static void expect_files(int found, int least, int most)
{
    if (found < least || found > most) {
        refuse_use("%d file name%s given, %d expected", found, found == 1 ? "" : "s", most);
    }
}

int main(int argument_count, char **arguments)
{
    struct request request = {0};
    char **files;
    int file_count, status;

    before_failure = progress_end;
    parse_options(&request, argument_count, arguments);
    files = arguments + optind;
    file_count = argument_count - optind;

    switch (request.mode) {
    case OPTION_HELP:
        printf("%s%s", usage_text, help_text);
        return EXIT_SUCCESS;
    case OPTION_DUMP:
        expect_files(file_count, 1, 1);
        return dump(files[0]);
    case OPTION_VERIFY:
        expect_files(file_count, 2, 2);
        status = verify(files[0], files[1], &request.filter);
        filter_free(&request.filter);
        return status;
    case OPTION_STATS:
        expect_files(file_count, 1, 1);
        return print_stats(files[0]);
    default:
        expect_files(file_count, 0, 1);
        status = generate(request.output, &request.build_id, file_count == 1 ? files[0] : "-",
                          &request.filter);
        filter_free(&request.filter);
        return status;
    }
}
