// SPDX-License-Identifier: MIT
/*
 * ksyms.h: what the files of the host program ksyms share.
 *
 *     ksyms.c           options
 *     ksyms_file.c      a blob, or the section .ksyms of an ELF file
 *     ksyms_answers.c   list, lookup, symbolize, frames
 *     ksyms_decode.c    names for the addresses in a console log
 *     ksyms_decode_module.c  where the log says that a module was
 *     ksyms_demangle.c  names of C++
 *     ksyms_time.c      how long look-ups take
 *     ksyms_dump*.c     a kernel in a memory dump; ksyms_core.c reads the dump
 *
 * Every answer is the kit's (src/ksyms): the program shows what a kernel would know.
 */
#ifndef KSYMS_PROGRAM_H
#define KSYMS_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "ksyms/lines.h"
#include "ksyms/link.h"
#include "ksyms/sections.h"
#include "ksyms/table.h"
#include "ksyms/unwind_table.h"

enum { EXIT_BAD = 1, EXIT_USAGE = 2 };

#define NAME_MAX_SHOWN 4096 /* bytes of a symbol's name */

struct image {
    struct ksyms_table table;
    struct ksyms_lines lines;
    struct ksyms_unwind unwind;
    bool has_lines;
    bool has_unwind;
    bool is_demangling; /* --demangle: names of C++ as their source has them */
};

/* Print `ksyms: <message>` and exit with EXIT_BAD. */
__attribute__((format(printf, 1, 2), noreturn)) void fail(const char *format, ...);

struct bytes {
    const uint8_t *start;
    size_t size;
};

/* A whole file, which is not empty. */
struct bytes file_map(const char *path);
/* `size` bytes at `offset`, or none if they are not all in the file. */
struct bytes file_part(struct bytes file, uint64_t offset, uint64_t size);

/* The blob of a file; its bytes stay until the program ends.  Damage is told on standard error. */
void image_open(struct image *image, const char *path);

/* The same for bytes that are the blob; `path` is for messages. */
void image_of_blob(struct image *image, const char *path, struct bytes blob);

/* A hexadecimal number, with or without 0x.  False if `text` is none, or goes on. */
bool parse_address(const char *text, uint64_t *address);

/* The name of the symbol that covers an address, "??" if there is none; `buffer` holds it. */
const char *name_at(const struct image *image, uint64_t address, char *buffer, size_t capacity);

/* A symbol's name as it is to be printed; may be overwritten by the next call. */
const char *shown_name(const struct image *image, const char *name);

/* A module whose address a log tells (ksyms_decode_module.c). */
struct decode_module {
    struct image image;
    struct ksyms_object object;
    struct ksyms_module_section *sections; /* of code; addresses from the segment's beginning */
    uint64_t address;                      /* of its segment of code */
    bool is_placed;
};

void decode_module_open(struct decode_module *module, const char *path);
/* Take its address out of a line of the log, if that is about this build of it. */
void decode_module_place(struct decode_module *module, const char *line);
/* The address as its own table has it; false if it is not in its code. */
bool decode_module_address(const struct decode_module *module, uint64_t address,
                           uint64_t *table_address);

/* Each returns the exit status. */
int list(const struct image *image);
int lookup(const struct image *image, const char *what);
int symbolize(const struct image *image);
/* Hand `answer` each address of standard input, one a line.  What is none is told: EXIT_BAD. */
int answer_addresses(void (*answer)(const void *subject, uint64_t address), const void *subject);
int print_frames(const struct image *image);
int decode(const struct image *image, char **module_paths, int module_count);
int print_times(const struct image *image);
int demangle_text(void);
int dump(const char *what, const char *kernel, const char *path);

#endif
