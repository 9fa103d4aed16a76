// SPDX-License-Identifier: MIT
/*
 * gen_ksyms_output.c: how the generators end badly, and how they write a file: under another name
 * first, so that a failed run leaves none.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "gen_ksyms.h"

void (*before_failure)(void);

/* The file being written, for fail(); null if there is none. */
static char *temporary_path;

void fail(const char *format, ...)
{
    va_list arguments;

    if (before_failure != NULL) {
        before_failure();
    }
    va_start(arguments, format);
    fprintf(stderr, "%s: ", program_name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    if (temporary_path != NULL) {
        unlink(temporary_path);
    }
    exit(EXIT_BAD);
}

void refuse_use(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fprintf(stderr, "%s: ", program_name);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n%s", usage_text);
    va_end(arguments);
    exit(EXIT_USAGE);
}

void write_stream(FILE *file, const char *path, const struct buffer *blob)
{
    if (blob->size > 0) {
        fwrite(blob->bytes, 1, blob->size, file);
    }
    if (fflush(file) != 0 || ferror(file)) {
        fail("%s: %s", path, strerror(errno));
    }
}

/* Written under another name in the same directory, so that `path` is whole or as it was. */
void write_file(const char *path, const struct buffer *blob)
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
