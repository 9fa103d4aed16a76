// SPDX-License-Identifier: MIT
/*
 * replay.c: drives a fuzz target without libFuzzer: each file of the corpus as it is, then so many
 * mutations of them.  The same seed gives the same inputs.
 *
 *     fuzz_object --runs 30000 [--seed N] CORPUS...        files or folders of them
 *
 * When a run dies (a sanitizer, an abort, or TIME_LIMIT_SECONDS in one run) its input is left in
 * the file crash-<run>, which `fuzz_object crash-<run>` repeats.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sanitizer/common_interface_defs.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../support/files.h"
#include "fuzz.h"

#define CORPUS_MAX         512
#define INPUT_MAX          (256u << 10)
#define TIME_LIMIT_SECONDS 20

struct input {
    uint8_t *bytes;
    size_t size;
};

static struct input corpus[CORPUS_MAX];
static size_t corpus_count;
static uint64_t state;

/* Of the run that goes on, for the one who comes when it dies. */
static struct input current;
static uint64_t current_run;

static void save_current(void)
{
    char name[64];

    snprintf(name, sizeof(name), "crash-%" PRIu64, current_run);
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file >= 0) {
        size_t written = 0;
        while (written < current.size) {
            ssize_t result = write(file, current.bytes + written, current.size - written);
            if (result <= 0) {
                break;
            }
            written += (size_t)result;
        }
        close(file);
        fprintf(stderr, "run %" PRIu64 ": its %zu bytes are in %s\n", current_run, current.size,
                name);
    }
}

static void on_signal(int number)
{
    fprintf(stderr, "run %" PRIu64 ": %s\n", current_run,
            number == SIGALRM ? "it does not come back" : strsignal(number));
    save_current();
    _exit(1);
}

static void run(const uint8_t *bytes, size_t size)
{
    uint8_t *exact = malloc(size > 0 ? size : 1);

    if (size > 0) {
        memcpy(exact, bytes, size);
    }
    current = (struct input){exact, size};
    alarm(TIME_LIMIT_SECONDS);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    current_run++;
}

/* --- The corpus ------------------------------------------------------------------------------- */

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void add_file(const char *path)
{
    if (corpus_count < CORPUS_MAX) {
        struct input *input = &corpus[corpus_count++];
        input->bytes = read_file(path, &input->size);
    }
}

/* A folder's files in the order of their names: the same on each machine. */
static void add_path(const char *path)
{
    struct stat status;
    struct dirent **entries;

    if (stat(path, &status) != 0) {
        fprintf(stderr, "%s: there is no such corpus\n", path);
        exit(2);
    }
    if (!S_ISDIR(status.st_mode)) {
        add_file(path);
        return;
    }
    int count = scandir(path, &entries, is_visible, alphasort);
    for (int index = 0; index < count; index++) {
        char *file;
        if (asprintf(&file, "%s/%s", path, entries[index]->d_name) < 0) {
            abort();
        }
        add_file(file);
        free(file);
        free(entries[index]);
    }
    free(entries);
}

/* --- Mutations -------------------------------------------------------------------------------- */

static size_t below(size_t limit)
{
    return limit == 0 ? 0 : random_next(&state) % limit;
}

static void set_number(uint8_t *bytes, size_t size)
{
    static const uint64_t values[] = {
        0,          1,          2,           7,         8,          0x10,
        0x7f,       0x80,       0xff,        0xfff1,    0xffff,     0x7fffffff,
        0x80000000, 0xffffffff, 0x100000000, INT64_MAX, 1ull << 63, UINT64_MAX - 7,
        UINT64_MAX};
    size_t width = (size_t)1 << below(4);
    uint64_t value = values[below(sizeof(values) / sizeof(values[0]))];

    if (below(4) == 0) {
        value = size - below(3);
    }
    if (size >= width) {
        memcpy(bytes + below(size - width + 1), &value, width);
    }
}

static void copy_block(uint8_t *bytes, size_t size, const struct input *source)
{
    size_t length = 1 + below(64);

    if (length <= size && length <= source->size) {
        memmove(bytes + below(size - length + 1), source->bytes + below(source->size - length + 1),
                length);
    }
}

/* Take bytes out, or put some in. */
static size_t change_size(uint8_t *bytes, size_t size)
{
    size_t length = 1 + below(16);
    size_t at = below(size + 1);

    if (below(2) == 0) {
        length = length <= size - at ? length : size - at;
        memmove(bytes + at, bytes + at + length, size - at - length);
        return size - length;
    }
    if (size + length > INPUT_MAX) {
        return size;
    }
    memmove(bytes + at + length, bytes + at, size - at);
    memset(bytes + at, (int)below(256), length);
    return size + length;
}

static size_t mutate(uint8_t *bytes, size_t size)
{
    switch (below(8)) {
    case 0:
    case 1:
        if (size > 0) {
            bytes[below(size)] ^= (uint8_t)(1u << below(8));
        }
        return size;
    case 2:
        if (size > 0) {
            bytes[below(size)] = (uint8_t)below(256);
        }
        return size;
    case 3:
    case 4:
        set_number(bytes, size);
        return size;
    case 5:
        copy_block(bytes, size, &(struct input){bytes, size});
        return size;
    case 6:
        copy_block(bytes, size, &corpus[below(corpus_count)]);
        return size;
    default:
        if (below(8) == 0) {
            return below(size + 1);
        }
        return below(2) == 0 ? change_size(bytes, size) : size;
    }
}

static void run_mutations(uint64_t runs)
{
    static uint8_t bytes[INPUT_MAX];

    for (uint64_t index = 0; index < runs; index++) {
        const struct input *seed = &corpus[below(corpus_count)];
        size_t size = seed->size < INPUT_MAX ? seed->size : INPUT_MAX;

        memcpy(bytes, seed->bytes, size);
        for (size_t count = 1 + below(5); count > 0; count--) {
            size = mutate(bytes, size);
        }
        run(bytes, size);
    }
}

int main(int argc, char **argv)
{
    uint64_t runs = 0;

    state = environment_number("ONOMA_SEED", 0x6f6e6f6d61);
    for (int index = 1; index < argc; index++) {
        if (strcmp(argv[index], "--runs") == 0 && index + 1 < argc) {
            runs = strtoull(argv[++index], NULL, 0);
        } else if (strcmp(argv[index], "--seed") == 0 && index + 1 < argc) {
            state = strtoull(argv[++index], NULL, 0);
        } else {
            add_path(argv[index]);
        }
    }
    state |= 1;
    if (corpus_count == 0) {
        fprintf(stderr, "usage: %s [--runs N] [--seed N] CORPUS...\n", argv[0]);
        return 2;
    }
    __sanitizer_set_death_callback(save_current);
    signal(SIGALRM, on_signal);
    signal(SIGABRT, on_signal);

    printf("seed 0x%" PRIx64 "\n", state);
    for (size_t index = 0; index < corpus_count; index++) {
        run(corpus[index].bytes, corpus[index].size);
    }
    run_mutations(runs);
    printf("%zu files of the corpus, %" PRIu64 " mutations\n", corpus_count, runs);
    for (size_t index = 0; index < corpus_count; index++) {
        free(corpus[index].bytes);
    }
    return 0;
}
