// SPDX-License-Identifier: MIT
/*
 * gen_types.h: what the files of the host program gen_types share.
 *
 *     gen_types.c          options, and the parts of blobs that are written
 *     gen_types_image.c    DWARF: exported and imported symbols, and types that have names
 *     gen_types_text.c     a type, a symbol or a struct as text
 *     gen_types_lines.c    symbols -> lines of them and of all types that they reach
 *     gen_types_compare.c  two texts compared, by the kit
 *
 * Opening the file and writing blobs is shared with gen_trace (gen_trace.h).
 */
#ifndef GEN_TYPES_H
#define GEN_TYPES_H

#include "gen_trace.h"

/* ---- What the file has ---- */

#define NO_TYPE UINT32_MAX

/* A struct, union or enum that has a name, or a typedef for one. */
struct named_type {
    Dwarf_Die die;
    char *head; /* "struct device" */
    bool is_complete;
};

enum symbol_use { SYMBOL_EXPORTED, SYMBOL_IMPORTED, SYMBOL_USES };

/* A symbol and an entry of DWARF that declares or defines it. */
struct declared_symbol {
    const char *name;
    enum symbol_use use;
    bool is_definition;
    Dwarf_Die die;
};

struct image {
    struct input input;
    struct named_type *types;
    size_t type_count, type_capacity;
    uint32_t *slots; /* hash table of type numbers + 1, by the entry's place in memory */
    size_t slot_count;
    uint32_t *by_head; /* type numbers, of those that image_read found */
    size_t by_head_count;
    struct declared_symbol *symbols; /* by name, definitions first */
    size_t symbol_count, symbol_capacity;
    size_t undeclared_count; /* exported or imported, but DWARF does not have them */
};

void image_read(struct image *image, const char *path);
void image_free(struct image *image);

/* The number of a struct, union or enum; NO_TYPE if it has no name. */
uint32_t image_type(struct image *image, Dwarf_Die *die);

/* The types of a head are by_head[first ... first + count - 1]. */
size_t image_types_of(const struct image *image, const char *head, size_t *first);

/* ---- DWARF ---- */

bool has_flag(Dwarf_Die *die, unsigned attribute);
/* The number that an attribute holds; false if it has none, or is not a number. */
bool attribute_value(Dwarf_Die *die, unsigned attribute, uint64_t *value);
/* The entry that DW_AT_type names; false for none: void. */
bool type_of(Dwarf_Die *die, Dwarf_Die *type);
bool is_aggregate(int tag); /* struct, class, union or enum */
const char *tag_word(int tag);

/* ---- Text ---- */

/* Called for each named type that a text mentions. */
typedef void mention_function(void *context, uint32_t type);

struct describer {
    struct image *image;
    mention_function *mention;
    void *context;
    unsigned depth;
};

/* What stands behind the head in its line.  The caller frees. */
char *describe_symbol(struct describer *describer, const struct declared_symbol *symbol);
char *describe_aggregate(struct describer *describer, Dwarf_Die *die);

/* ---- Lines ---- */

struct type_line {
    char *head;
    char *body;
};

struct type_lines {
    struct type_line *lines; /* by head, then by body; each once */
    size_t count, capacity;
    uint32_t *slots; /* while lines are added: hash table of their numbers + 1 */
    size_t slot_count;
};

/* All that symbols of that use reach. */
void lines_collect(struct type_lines *lines, struct image *image, enum symbol_use use);
void lines_add(struct type_lines *lines, const struct type_lines *more);
void lines_put_text(const struct type_lines *lines, struct buffer *out);
void lines_put_hashes(const struct type_lines *lines, struct buffer *out);
void lines_free(struct type_lines *lines);

/* ---- Looking into what was written: each returns the exit status ---- */

int print_text(const char *path);
int compare_files(const char *built_path, const char *here_path);

#endif
