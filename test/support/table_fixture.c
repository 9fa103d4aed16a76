// SPDX-License-Identifier: MIT
/*
 * table_fixture.c: see table_fixture.h.  Names are a mix of kernel-like words, mangled-like words
 * and arbitrary bytes, with repetitions and now and then a name of thousands of bytes.
 */
#define _POSIX_C_SOURCE 200809L
#include "table_fixture.h"
#include <sys/wait.h>
#include <unistd.h>

static const char *program;
static const char *directory;
static uint64_t seed = 20240611;
static uint64_t random_state;

void fixture_open(void)
{
    const char *text = getenv("KSYMS_SEED");

    program = getenv("GEN_KSYMS");
    directory = getenv("TEST_DIRECTORY");
    if (program == NULL || directory == NULL) {
        fputs("table_fixture: set GEN_KSYMS and TEST_DIRECTORY\n", stderr);
        exit(1);
    }
    seed = text != NULL ? strtoull(text, NULL, 0) : seed;
    random_state = seed;
}

uint64_t random_seed(void)
{
    return seed;
}

/* splitmix64 (S. Vigna, public domain algorithm). */
uint64_t random_number(void)
{
    uint64_t value = random_state += 0x9e3779b97f4a7c15u;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9u;
    value = (value ^ value >> 27) * 0x94d049bb133111ebu;
    return value ^ value >> 31;
}

uint32_t random_below(uint32_t limit)
{
    return limit > 0 ? (uint32_t)(random_number() % limit) : 0;
}

/* ---- Random maps ---- */

static size_t random_words(char *name)
{
    static const char *const words[] = {
        "uart",  "read",  "write", "get",  "set",    "init",  "exit", "page",   "alloc",
        "free",  "lock",  "x86",   "64",   "sys",    "_",     "__",   "module", "symbol",
        "table", "probe", "range", "trap", "handle", "queue", "irq",  "timer",  "_ZN4",
    };
    size_t length = 0;
    for (uint32_t count = 1 + random_below(5); count > 0; count--) {
        length += (size_t)sprintf(name + length, "%s%s", length > 0 ? "_" : "",
                                  words[random_below(sizeof(words) / sizeof(words[0]))]);
    }
    if (random_below(2) == 0) {
        length += (size_t)sprintf(name + length, "%u", random_below(1000));
    }
    return length;
}

/* As C++ mangles; of so few ends that they become phrases. */
static size_t random_mangled(char *name)
{
    static const char *const words[] = {"llvm", "Value",  "raw_ostream", "x86_64", "Pass",
                                        "get",  "create", "operator_",   "Type",   "v4"};
    static const char *const ends[] = {
        "Ev",
        "EPKcm",
        "ERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE",
        "ENS_8ArrayRefINS_9StringRefEEERSt6vectorIiSaIiEEb",
        "C2ERKS0_RNS_15FunctionContextENS_4TypeE",
    };
    size_t length = (size_t)sprintf(name, "_ZN");

    for (uint32_t count = 1 + random_below(4); count > 0; count--) {
        const char *word = words[random_below(sizeof(words) / sizeof(words[0]))];
        length += (size_t)sprintf(name + length, "%zu%s", strlen(word), word);
    }
    return length +
           (size_t)sprintf(name + length, "%s", ends[random_below(sizeof(ends) / sizeof(ends[0]))]);
}

static size_t random_bytes(char *name, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        do {
            name[i] = (char)random_below(256);
        } while (name[i] == '\n' || name[i] == '\0');
    }
    return length;
}

/* Keep away from what gen_ksyms refuses (a CR at the end) or leaves out. */
static void tame_name(struct reference *symbol)
{
    if (symbol->name[symbol->length - 1] == '\r') {
        symbol->name[symbol->length - 1] = '.';
    }
    if (symbol->name[0] == '.' || symbol->name[0] == '$') {
        symbol->name[0] = ',';
    }
    for (size_t i = 0; symbol->size == 0 && i < symbol->length; i++) {
        symbol->name[i] = symbol->name[i] == '.' ? ',' : symbol->name[i];
    }
}

static void make_name(struct reference_map *map, uint32_t number, enum map_shape shape)
{
    struct reference *symbol = &map->symbols[number];
    char name[8192];

    switch (random_below(20)) {
    case 0:
        symbol->length = random_bytes(name, 1 + random_below(40));
        break;
    case 1:
        symbol->length = random_bytes(name, 1 + random_below(2));
        break;
    case 2: /* again a name that is there */
        if (number > 0) {
            const struct reference *other = &map->symbols[random_below(number)];
            symbol->length = other->length;
            memcpy(name, other->name, other->length);
            break;
        }
        /* fallthrough */
    default:
        symbol->length = shape == MAP_CXX ? random_mangled(name) : random_words(name);
    }
    if (random_below(500) == 0) {
        symbol->length = random_bytes(name, 1 + random_below(5000));
    } else if (random_below(500) == 0) {
        symbol->length = 1 + random_below(5000);
        memset(name, 'a', symbol->length);
    }
    symbol->name = malloc(symbol->length);
    memcpy(symbol->name, name, symbol->length);
    tame_name(symbol);
}

static void place_symbol(struct reference *symbol, enum map_shape shape, uint64_t *next)
{
    static const uint32_t alignments[] = {1, 4, 16, 16, 16, 64, 4096};
    uint64_t alignment = alignments[random_below(7)];

    switch (shape) {
    case MAP_NESTED:
        symbol->address = 0x400000 + random_below(1 << 16);
        symbol->size = random_below(3) == 0 ? random_below(8192) : random_below(64);
        return;
    case MAP_SCATTERED:
        symbol->address = random_number() >> random_below(64);
        symbol->size = random_number() >> (8 + random_below(56));
        if (symbol->address + symbol->size < symbol->address) {
            symbol->size = 0 - symbol->address; /* to the very end */
        }
        return;
    default:
        break;
    }
    if (shape == MAP_MODULE && random_below(20) == 0) {
        *next = ((*next >> 32) + 1) << 32;
    }
    if (random_below(10) != 0) {
        *next = (*next + alignment - 1) / alignment * alignment;
    }
    symbol->address = *next;
    symbol->size = random_below(8) == 0 ? 0 : random_below(random_below(20) == 0 ? 1 << 20 : 400);
    if (random_below(10) != 0) { /* else the next one may be an alias, or overlap */
        *next += symbol->size + random_below(2);
    }
}

void make_random_map(struct reference_map *map, uint32_t count, enum map_shape shape)
{
    static const char letters[] = "TTTTttttttttDdBbRrWVviwuA?";
    uint64_t next = shape == MAP_MODULE ? 0 : 0xffffffff80000000u;

    map->symbols = calloc((size_t)count + 1, sizeof(*map->symbols));
    map->count = count;
    map->has_sizes = false;
    for (uint32_t i = 0; i < count; i++) {
        struct reference *symbol = &map->symbols[i];
        symbol->type = letters[random_below(sizeof(letters) - 1)];
        place_symbol(symbol, shape, &next);
        if (shape == MAP_UNSIZED) {
            symbol->size = 0;
        }
        make_name(map, i, shape);
        map->has_sizes |= symbol->size > 0;
    }
}

void free_map(struct reference_map *map)
{
    for (uint32_t i = 0; i < map->count; i++) {
        free(map->symbols[i].name);
    }
    free(map->symbols);
    *map = (struct reference_map){0};
}

/* ---- Running the program ---- */

static void run_generator(const char *map_path, const char *blob_path, const char *build_id)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        setenv("ASAN_OPTIONS", "detect_leaks=0", 1); /* gen_ksyms leaves its memory to exit */
        if (build_id != NULL) {
            execl(program, program, "--build-id", build_id, "-o", blob_path, map_path, NULL);
        } else {
            execl(program, program, "-o", blob_path, map_path, NULL);
        }
        _exit(127);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static struct blob read_blob(const char *path)
{
    struct blob blob;
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    blob.size = (size_t)ftell(file);
    rewind(file);
    blob.bytes = malloc(blob.size);
    assert_int_equal(fread(blob.bytes, 1, blob.size, file), blob.size);
    fclose(file);
    return blob;
}

static void make_paths(char map_path[4096], char blob_path[4096])
{
    snprintf(map_path, 4096, "%s/table_%ld.map", directory, (long)getpid());
    snprintf(blob_path, 4096, "%s/table_%ld.ksyms", directory, (long)getpid());
}

static struct blob generate_file(const char *map_path, const char *blob_path, const char *build_id)
{
    struct blob blob;
    run_generator(map_path, blob_path, build_id);
    blob = read_blob(blob_path);
    unlink(map_path);
    unlink(blob_path);
    return blob;
}

struct blob generate_bytes(const char *text, size_t length, const char *build_id)
{
    char map_path[4096], blob_path[4096];
    FILE *file;

    make_paths(map_path, blob_path);
    file = fopen(map_path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    return generate_file(map_path, blob_path, build_id);
}

struct blob generate(const struct reference_map *map)
{
    char map_path[4096], blob_path[4096];
    FILE *file;

    make_paths(map_path, blob_path);
    file = fopen(map_path, "wb");
    assert_non_null(file);
    for (uint32_t i = 0; i < map->count; i++) {
        const struct reference *symbol = &map->symbols[i];
        fprintf(file, "%016llx ", (unsigned long long)symbol->address);
        if (symbol->size > 0) {
            fprintf(file, "%016llx ", (unsigned long long)symbol->size);
        }
        fprintf(file, "%c ", symbol->type);
        fwrite(symbol->name, 1, symbol->length, file);
        fputc('\n', file);
    }
    assert_int_equal(fclose(file), 0);
    return generate_file(map_path, blob_path, NULL);
}
