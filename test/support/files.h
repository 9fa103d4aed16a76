// SPDX-License-Identifier: MIT
/*
 * files.h: files and commands for host tests.  Everything that goes wrong here is a broken test
 * environment: the functions print what and abort.
 */
#ifndef TEST_SUPPORT_FILES_H
#define TEST_SUPPORT_FILES_H

#include <stddef.h>
#include <stdint.h>

/* "$TEST_DIRECTORY/name" (made if missing; /tmp/onoma-test without the variable).  The
 * string stays valid to the end. */
const char *scratch_path(const char *name);

/* "$TEST_SOURCES/name"; TEST_SOURCES is the directory test/unit, which is the default too. */
const char *source_path(const char *name);

/* The whole file in a malloc of exactly its size, so that ASan sees the first byte read past it. */
uint8_t *read_file(const char *path, size_t *size_bytes);
void write_file(const char *path, const void *bytes, size_t size_bytes);

/* Run a shell command made by printf; returns its exit status. */
int run_command(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The number in the environment variable, or `fallback`. */
uint64_t environment_number(const char *name, uint64_t fallback);

/* xorshift64*: the same sequence for the same seed everywhere.  *state must not be 0. */
uint64_t random_next(uint64_t *state);

#endif
