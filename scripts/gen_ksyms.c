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

static const char usage_text[] = "usage: gen_ksyms [-o BLOB] [--build-id HEX] [MAP]\n"
                                 "       gen_ksyms --dump BLOB\n"
                                 "       gen_ksyms --verify BLOB MAP\n"
                                 "       gen_ksyms --stats BLOB\n"
                                 "       gen_ksyms --help\n";

static const char help_text[] =
    "\n"
    "Make a symbol blob from MAP, the output of `nm -n -S` or a System.map; from standard\n"
    "input without MAP or if it is `-`.  An empty map gives an empty blob.\n"
    "\n"
    "  -o, --output BLOB   write to this file, not to standard output\n"
    "      --build-id HEX  note the build id of the image, at most 32 bytes\n"
    "      --dump          print what a blob holds, as `nm -n -S` does\n"
    "      --verify        compare a blob with a map; name the first difference\n"
    "      --stats         print the bytes of each part\n"
    "      --help          print this\n"
    "\n"
    "Exit status: 0 done, 1 bad input or a difference, 2 wrong use.\n";

/* The file being written, for fail(); null if there is none. */
static char *temporary_path;

void fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("gen_ksyms: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    if (temporary_path != NULL) {
        unlink(temporary_path);
    }
    exit(EXIT_BAD);
}

__attribute__((format(printf, 1, 2), noreturn)) static void refuse_use(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("gen_ksyms: ", stderr);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n%s", usage_text);
    va_end(arguments);
    exit(EXIT_USAGE);
}

/* ---- Memory ---- */

void *reallocate(void *memory, size_t count, size_t size)
{
    memory = reallocarray(memory, count > 0 ? count : 1, size);
    if (memory == NULL) {
        fail("out of memory for %zu entries of %zu bytes", count, size);
    }
    return memory;
}

void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size);
    if (memory == NULL) {
        fail("out of memory for %zu entries of %zu bytes", count, size);
    }
    return memory;
}

void *make_room(void *memory, size_t count, size_t *capacity, size_t size)
{
    if (count == *capacity) {
        *capacity = *capacity > 0 ? *capacity * 2 : 256;
        memory = reallocate(memory, *capacity, size);
    }
    return memory;
}

static uint8_t *grow(struct buffer *buffer, size_t length)
{
    while (buffer->capacity - buffer->size < length) {
        buffer->capacity = buffer->capacity > 0 ? buffer->capacity * 2 : 4096;
        buffer->bytes = reallocate(buffer->bytes, buffer->capacity, 1);
    }
    buffer->size += length;
    return buffer->bytes + buffer->size - length;
}

void put_bytes(struct buffer *buffer, const void *bytes, size_t length)
{
    if (length > 0) {
        memcpy(grow(buffer, length), bytes, length);
    }
}

void put_number(struct buffer *buffer, uint64_t value, unsigned size_bytes)
{
    uint8_t *bytes = grow(buffer, size_bytes);
    for (unsigned i = 0; i < size_bytes; i++) {
        bytes[i] = (uint8_t)(value >> 8 * i);
    }
}

void put_bits(struct buffer *buffer, uint64_t value, unsigned width)
{
    for (unsigned done = 0; done < width;) {
        unsigned room, taken;
        if (buffer->bits_used == 0) {
            *grow(buffer, 1) = 0;
        }
        room = 8 - buffer->bits_used;
        taken = width - done < room ? width - done : room;
        buffer->bytes[buffer->size - 1] |=
            (uint8_t)((value >> done & ((1u << taken) - 1)) << buffer->bits_used);
        buffer->bits_used = (buffer->bits_used + taken) % 8;
        done += taken;
    }
}

void end_bits(struct buffer *buffer)
{
    buffer->bits_used = 0;
}

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

static void write_stream(FILE *file, const char *path, const struct buffer *blob)
{
    fwrite(blob->bytes, 1, blob->size, file);
    if (fflush(file) != 0 || ferror(file)) {
        fail("%s: %s", path, strerror(errno));
    }
}

/* Written under another name in the same directory, so that `path` is whole or as it was. */
static void write_file(const char *path, const struct buffer *blob)
{
    mode_t mask = umask(0);
    char *name;
    FILE *file;
    int descriptor;

    umask(mask);
    if (asprintf(&name, "%s.XXXXXX", path) < 0) {
        fail("out of memory");
    }
    descriptor = mkstemp(name);
    if (descriptor < 0) {
        fail("%s: %s", path, strerror(errno));
    }
    temporary_path = name;
    file = fdopen(descriptor, "wb");
    if (file == NULL || fchmod(descriptor, 0666 & ~mask) != 0) {
        fail("%s: %s", path, strerror(errno));
    }
    write_stream(file, path, blob);
    if (fclose(file) != 0 || rename(name, path) != 0) {
        fail("%s: %s", path, strerror(errno));
    }
    temporary_path = NULL;
    free(name);
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

static int generate(const char *output, const struct build_id *build_id, const char *map_path)
{
    struct map map;
    struct buffer blob = {0};

    if (output == NULL && isatty(STDOUT_FILENO)) {
        refuse_use("a blob is not for a terminal: give -o");
    }
    map_read(&map, map_path);
    build_blob(&blob, &map, build_id);
    write_blob(output, &blob);
    return EXIT_SUCCESS;
}

/* ---- Reading a blob ---- */

static void open_blob(struct ksyms_table *table, const char *path)
{
    FILE *file = fopen(path, "rb");
    struct buffer blob = {0};
    uint8_t chunk[1 << 16];
    size_t length;
    enum ksyms_status status;

    if (file == NULL) {
        fail("%s: %s", path, strerror(errno));
    }
    while ((length = fread(chunk, 1, sizeof(chunk), file)) > 0) {
        put_bytes(&blob, chunk, length);
    }
    if (ferror(file)) {
        fail("%s: %s", path, strerror(errno));
    }
    fclose(file);
    status = ksyms_table_open(table, blob.bytes, blob.size);
    if (status == KSYMS_OK) {
        status = ksyms_table_verify(table);
    }
    if (status != KSYMS_OK) {
        fail("%s: %s", path, ksyms_status_text(status));
    }
}

/* A symbol's name in a buffer that is reused. */
static size_t load_name(const struct ksyms_table *table, const struct ksyms_symbol *symbol,
                        struct buffer *name)
{
    size_t length = ksyms_symbol_name(table, symbol, (char *)name->bytes, name->capacity);
    if (length >= name->capacity) {
        name->size = 0;
        grow(name, length + 1);
        ksyms_symbol_name(table, symbol, (char *)name->bytes, name->capacity);
    }
    return length;
}

/* The size that the map gave: the reader makes one up where the map had none. */
static uint64_t size_in_map(const struct ksyms_table *table, const struct ksyms_symbol *symbol)
{
    return (table->flags & KSYMS_BLOB_HAS_SIZES) != 0 ? symbol->size : 0;
}

/* By address, then by name; nm has no order beyond that, ours is the alias rule. */
static int compare_lines(const void *left_entry, const void *right_entry)
{
    const struct ksyms_symbol *left = left_entry;
    const struct ksyms_symbol *right = right_entry;
    int order = (left->address > right->address) - (left->address < right->address);
    return order != 0 ? order
                      : (left->name_rank > right->name_rank) - (left->name_rank < right->name_rank);
}

static int dump(const char *path)
{
    struct ksyms_table table;
    struct ksyms_symbol *symbols;
    struct buffer name = {0};
    uint32_t count;

    open_blob(&table, path);
    count = ksyms_table_count(&table);
    symbols = allocate(count, sizeof(*symbols));
    for (uint32_t i = 0; i < count; i++) {
        ksyms_table_symbol_at(&table, i, &symbols[i]);
    }
    qsort(symbols, count, sizeof(*symbols), compare_lines);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t size = size_in_map(&table, &symbols[i]);
        size_t length = load_name(&table, &symbols[i], &name);
        printf("%016llx ", (unsigned long long)symbols[i].address);
        if (size > 0) {
            printf("%016llx ", (unsigned long long)size);
        }
        printf("%c ", symbols[i].type);
        fwrite(name.bytes, 1, length, stdout);
        putchar('\n');
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fail("standard output: %s", strerror(errno));
    }
    return EXIT_SUCCESS;
}

/* ---- Verifying ---- */

struct comparison {
    struct ksyms_table table;
    struct map map;
    const char *blob_path;
    const char *map_path;
};

static struct ksyms_name_range find_in_map(const struct map *map, const char *name, size_t length)
{
    struct ksyms_name_range range = {0, 0};
    uint32_t low = 0;
    uint32_t high = map->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct map_symbol *symbol = &map->symbols[map->by_name[middle]];
        if (compare_bytes(symbol->name, symbol->name_length, name, length) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    range.first = low;
    while (low + range.count < map->count) {
        const struct map_symbol *symbol = &map->symbols[map->by_name[low + range.count]];
        if (compare_bytes(symbol->name, symbol->name_length, name, length) != 0) {
            break;
        }
        range.count++;
    }
    return range;
}

static void fail_number(const struct comparison *both, const char *name, const char *what,
                        uint64_t in_blob, uint64_t in_map)
{
    fail("%s: symbol '%s': %s 0x%llx, in %s it is 0x%llx", both->blob_path, name, what,
         (unsigned long long)in_blob, both->map_path, (unsigned long long)in_map);
}

/* Fail if the symbols of a name differ; return if they do not. */
static void compare_name(const struct comparison *both, const char *name, size_t length)
{
    struct ksyms_name_range in_blob = ksyms_table_find_name(&both->table, name, length);
    struct ksyms_name_range in_map = find_in_map(&both->map, name, length);

    if (in_blob.count == 0 && in_map.count > 0) {
        fail("%s: symbol '%s' is missing, %s has it", both->blob_path, name, both->map_path);
    }
    if (in_blob.count > 0 && in_map.count == 0) {
        fail("%s: symbol '%s' is not in %s", both->blob_path, name, both->map_path);
    }
    for (uint32_t i = 0; i < in_blob.count && i < in_map.count; i++) {
        const struct map_symbol *wanted = &both->map.symbols[both->map.by_name[in_map.first + i]];
        struct ksyms_symbol symbol = {0};

        ksyms_table_symbol_named(&both->table, in_blob.first + i, &symbol);
        if (symbol.address != wanted->address) {
            fail_number(both, name, "address", symbol.address, wanted->address);
        }
        if (size_in_map(&both->table, &symbol) != wanted->size) {
            fail_number(both, name, "size", size_in_map(&both->table, &symbol), wanted->size);
        }
        if (symbol.type != wanted->type) {
            fail("%s: symbol '%s': type %c, in %s it is %c", both->blob_path, name, symbol.type,
                 both->map_path, wanted->type);
        }
    }
    if (in_blob.count != in_map.count) {
        fail("%s: symbol '%s' is there %u times, in %s %u times", both->blob_path, name,
             in_blob.count, both->map_path, in_map.count);
    }
}

/* The map's name is not a string: it ends at the end of its line. */
static void compare_map_name(const struct comparison *both, const struct map_symbol *wanted)
{
    char *name = allocate((size_t)wanted->name_length + 1, 1);
    memcpy(name, wanted->name, wanted->name_length);
    compare_name(both, name, wanted->name_length);
    free(name);
}

/* The symbol at `index` is what the map says, and all look-ups lead to it. */
static bool is_same(const struct comparison *both, uint32_t index, struct buffer *name)
{
    const struct ksyms_table *table = &both->table;
    const struct map_symbol *wanted = &both->map.symbols[index];
    struct ksyms_symbol symbol, named, found;
    struct ksyms_name_range range;
    size_t length;

    if (!ksyms_table_symbol_at(table, index, &symbol)) {
        return false;
    }
    length = load_name(table, &symbol, name);
    if (compare_bytes((char *)name->bytes, length, wanted->name, wanted->name_length) != 0 ||
        symbol.address != wanted->address || size_in_map(table, &symbol) != wanted->size ||
        symbol.type != wanted->type) {
        return false;
    }
    range = ksyms_table_find_name(table, wanted->name, wanted->name_length);
    if (symbol.name_rank - range.first >= range.count ||
        !ksyms_table_symbol_named(table, symbol.name_rank, &named) || named.index != index) {
        return false;
    }
    return is_absolute(symbol.type) ||
           (ksyms_table_find_address(table, symbol.address, &found) &&
            (symbol.address - found.address < found.size || symbol.address == found.address));
}

static int verify(const char *blob_path, const char *map_path)
{
    struct comparison both = {.blob_path = blob_path, .map_path = map_path};
    struct buffer name = {0};
    uint32_t count;

    open_blob(&both.table, blob_path);
    map_read(&both.map, map_path);
    count = ksyms_table_count(&both.table);

    for (uint32_t i = 0; i < count || i < both.map.count; i++) {
        struct ksyms_symbol symbol;
        if (i < both.map.count && is_same(&both, i, &name)) {
            continue;
        }
        /* Here the two part: one of the two names that stand here says how. */
        if (i < both.map.count) {
            compare_map_name(&both, &both.map.symbols[i]);
        }
        if (ksyms_table_symbol_at(&both.table, i, &symbol)) {
            size_t length = load_name(&both.table, &symbol, &name);
            compare_name(&both, (char *)name.bytes, length);
        }
        fail("%s: symbol %u is not found by its name or address", blob_path, i);
    }
    return EXIT_SUCCESS;
}

/* ---- Statistics ---- */

static void print_size(const char *what, uint64_t size_bytes, uint32_t symbol_count)
{
    printf("%-22s %10llu", what, (unsigned long long)size_bytes);
    if (symbol_count > 0) {
        printf(" %8.3f", (double)size_bytes / symbol_count);
    }
    putchar('\n');
}

static int print_stats(const char *path)
{
    struct ksyms_table table;
    uint32_t count, rest;

    open_blob(&table, path);
    count = ksyms_table_count(&table);
    rest = table.blob_size - table.blocks.size_bytes - table.block_data.size_bytes -
           table.ranks.size_bytes - table.indices.size_bytes - table.name_blocks.size_bytes -
           table.names.size_bytes - table.tokens.size_bytes - table.token_strings.size_bytes;
    printf("%-22s %10u\n", "symbols", count);
    printf("%-22s %10u\n", "absolute symbols", table.absolute_count);
    printf("%-22s %10u\n", "tokens", table.token_count);
    printf("%-22s %10s %8s\n", "part", "bytes", "a symbol");
    print_size("address blocks", table.blocks.size_bytes, count);
    print_size("address block data", table.block_data.size_bytes, count);
    print_size("ranks", table.ranks.size_bytes, count);
    print_size("indices", table.indices.size_bytes, count);
    print_size("name blocks", table.name_blocks.size_bytes, count);
    print_size("names", table.names.size_bytes, count);
    print_size("tokens", table.tokens.size_bytes, count);
    print_size("token strings", table.token_strings.size_bytes, count);
    print_size("header and padding", rest, count);
    print_size("total", table.blob_size, count);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fail("standard output: %s", strerror(errno));
    }
    return EXIT_SUCCESS;
}

/* ---- Options ---- */

enum option_code { OPTION_BUILD_ID = 256, OPTION_HELP, OPTION_DUMP, OPTION_VERIFY, OPTION_STATS };

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"build-id", required_argument, NULL, OPTION_BUILD_ID},
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
    int file_count;

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
        return verify(files[0], files[1]);
    case OPTION_STATS:
        expect_files(file_count, 1, 1);
        return print_stats(files[0]);
    default:
        expect_files(file_count, 0, 1);
        return generate(request.output, &request.build_id, file_count == 1 ? files[0] : "-");
    }
}
