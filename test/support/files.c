// SPDX-License-Identifier: MIT
/*
 * files.c: see files.h.
 */
#define _XOPEN_SOURCE 700 /* fileno, realpath */

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "files.h"

#define COMMAND_SIZE 16384

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "test support: %s: %s: %s\n", name, what, strerror(errno));
    abort();
}

struct kept_path {
    struct kept_path *next;
    char path[];
};

/* Kept to the end of the program, one of each, so that callers need not think about them. */
static const char *join_path(const char *directory, const char *name)
{
    static struct kept_path *kept;
    size_t size = strlen(directory) + strlen(name) + 2;
    struct kept_path *path = malloc(sizeof(*path) + size);

    if (!path) {
        fail("malloc", name);
    }
    snprintf(path->path, size, "%s/%s", directory, name);
    for (const struct kept_path *known = kept; known; known = known->next) {
        if (strcmp(known->path, path->path) == 0) {
            free(path);
            return known->path;
        }
    }
    path->next = kept;
    kept = path;
    return path->path;
}

const char *scratch_path(const char *name)
{
    static char absolute[PATH_MAX]; /* commands run elsewhere */
    const char *directory = getenv("TEST_DIRECTORY");

    if (!directory) {
        directory = "/tmp/onoma-test";
    }
    if (mkdir(directory, 0777) != 0 && errno != EEXIST) {
        fail("mkdir", directory);
    }
    if (!realpath(directory, absolute)) {
        fail("realpath", directory);
    }
    return join_path(absolute, name);
}

const char *source_path(const char *name)
{
    static char absolute[PATH_MAX];
    const char *directory = getenv("TEST_SOURCES");

    if (!realpath(directory ? directory : "test/unit", absolute)) {
        fail("TEST_SOURCES", name);
    }
    return join_path(absolute, name);
}

uint8_t *read_file(const char *path, size_t *size_bytes)
{
    struct stat status;
    FILE *file = fopen(path, "rb");

    if (!file || fstat(fileno(file), &status) != 0) {
        fail("open", path);
    }
    *size_bytes = (size_t)status.st_size;
    uint8_t *bytes = malloc(*size_bytes);
    if (!bytes || fread(bytes, 1, *size_bytes, file) != *size_bytes) {
        fail("read", path);
    }
    fclose(file);
    return bytes;
}

void write_file(const char *path, const void *bytes, size_t size_bytes)
{
    FILE *file = fopen(path, "wb");

    if (!file || fwrite(bytes, 1, size_bytes, file) != size_bytes || fclose(file) != 0) {
        fail("write", path);
    }
}

int run_command(const char *format, ...)
{
    char command[COMMAND_SIZE];
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(command, sizeof(command), format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof(command)) {
        errno = E2BIG;
        fail("command", format);
    }
    int result = system(command);
    if (result == -1 || !WIFEXITED(result)) {
        fail("run", command);
    }
    return WEXITSTATUS(result);
}

uint64_t environment_number(const char *name, uint64_t fallback)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 0) : fallback;
}

uint64_t random_next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1dull;
}
