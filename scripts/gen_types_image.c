// SPDX-License-Identifier: MIT
/*
 * gen_types_image.c: what of a linked kernel or module matters for types: the symbols that it
 * exports and imports, where DWARF says what they are, and all types that have a name.
 *
 * Exported is what has a label `__ksymtab_NAME` (onoma/export.h).  In a kernel without any, it is
 * all that is global, since ksyms_module_load binds to that.  Imported is what is undefined.
 * Compilers declare in DWARF what a unit uses: GCC each function and object, clang what it calls.
 * Two units may declare a symbol differently: both count where it is imported.
 */
#define _GNU_SOURCE
#include <dwarf.h>
#include <stdlib.h>
#include "gen_types.h"

#define EXPORT_PREFIX "__ksymtab_"
#define DEPTH_MAX     64 /* of namespaces and nested classes */

/* ---- DWARF ---- */

bool has_flag(Dwarf_Die *die, unsigned attribute)
{
    Dwarf_Attribute found;
    bool flag = false;

    return dwarf_attr(die, attribute, &found) != NULL && dwarf_formflag(&found, &flag) == 0 && flag;
}

bool attribute_value(Dwarf_Die *die, unsigned attribute, uint64_t *value)
{
    Dwarf_Attribute found;
    Dwarf_Word word;

    if (dwarf_attr(die, attribute, &found) == NULL || dwarf_formudata(&found, &word) != 0) {
        return false;
    }
    *value = word;
    return true;
}

bool type_of(Dwarf_Die *die, Dwarf_Die *type)
{
    Dwarf_Attribute found;

    if (dwarf_attr_integrate(die, DW_AT_type, &found) == NULL) {
        return false;
    }
    if (dwarf_formref_die(&found, type) == NULL) {
        fail("DIE 0x%lx: its type is not in this file: %s (-fdebug-types-section?)",
             (unsigned long)dwarf_dieoffset(die), dwarf_errmsg(-1));
    }
    return true;
}

bool is_aggregate(int tag)
{
    return tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type ||
           tag == DW_TAG_enumeration_type;
}

/* In C++ a class may be declared as a struct and be the same type. */
const char *tag_word(int tag)
{
    return tag == DW_TAG_union_type ? "union" : tag == DW_TAG_enumeration_type ? "enum" : "struct";
}

/* ---- Types with names ---- */

static size_t hash_address(const void *address)
{
    uint64_t hash = (uint64_t)(uintptr_t)address * 0x9e3779b97f4a7c15;
    return (size_t)(hash >> 20);
}

static uint32_t *find_slot(const struct image *image, const void *address)
{
    for (size_t slot = hash_address(address);; slot++) {
        uint32_t *entry = &image->slots[slot & (image->slot_count - 1)];
        if (*entry == 0 || image->types[*entry - 1].die.addr == address) {
            return entry;
        }
    }
}

static void grow_slots(struct image *image)
{
    free(image->slots);
    image->slot_count = image->slot_count > 0 ? image->slot_count * 2 : 4096;
    image->slots = allocate(image->slot_count, sizeof(*image->slots));
    for (size_t i = 0; i < image->type_count; i++) {
        *find_slot(image, image->types[i].die.addr) = (uint32_t)i + 1;
    }
}

/* Names end at the letters that types.c ends them at, but for those in <>.  Others are replaced. */
static void clean_name(char *name)
{
    int depth = 0;
    bool is_balanced = true;

    for (char *letter = name; *letter != '\0'; letter++) {
        depth += (*letter == '<') - (*letter == '>');
        is_balanced &= depth >= 0;
    }
    is_balanced &= depth == 0;
    for (char *letter = name; *letter != '\0'; letter++) {
        depth += (*letter == '<') - (*letter == '>');
        bool is_bad = (unsigned char)*letter < ' ' || strchr(";{}@=", *letter) != NULL ||
                      (depth == 0 && strchr(" ,()[]*&", *letter) != NULL);
        if (is_bad || (!is_balanced && (*letter == '<' || *letter == '>'))) {
            *letter = '_';
        }
    }
}

static uint32_t add_type(struct image *image, Dwarf_Die *die, const char *prefix, const char *name)
{
    struct named_type *type;
    char *clean;

    if (image->type_count * 2 >= image->slot_count) {
        grow_slots(image);
    }
    uint32_t *slot = find_slot(image, die->addr);
    if (*slot != 0) {
        return *slot - 1;
    }
    image->types =
        make_room(image->types, image->type_count, &image->type_capacity, sizeof(*image->types));
    type = &image->types[image->type_count++];
    *type = (struct named_type){.die = *die, .is_complete = !has_flag(die, DW_AT_declaration)};
    if (asprintf(&clean, "%s%s", prefix, name) < 0) {
        fail("out of memory");
    }
    clean_name(clean);
    if (asprintf(&type->head, "%s %s", tag_word(dwarf_tag(die)), clean) < 0) {
        fail("out of memory");
    }
    free(clean);
    *slot = (uint32_t)image->type_count;
    return *slot - 1;
}

uint32_t image_type(struct image *image, Dwarf_Die *die)
{
    const char *name;
    uint32_t *slot = image->slot_count > 0 ? find_slot(image, die->addr) : NULL;

    if (slot != NULL && *slot != 0) {
        return *slot - 1;
    }
    name = dwarf_diename(die); /* in a function */
    return name != NULL ? add_type(image, die, "", name) : NO_TYPE;
}

/* ---- Symbols ---- */

struct wanted_symbol {
    const char *name;
    enum symbol_use use;
    bool is_declared;
};

struct wanted_symbols {
    struct wanted_symbol *symbols; /* by name */
    size_t count, capacity;
};

static int compare_wanted(const void *left, const void *right)
{
    return strcmp(((const struct wanted_symbol *)left)->name,
                  ((const struct wanted_symbol *)right)->name);
}

static void want_symbol(struct wanted_symbols *wanted, const char *name, enum symbol_use use)
{
    wanted->symbols =
        make_room(wanted->symbols, wanted->count, &wanted->capacity, sizeof(*wanted->symbols));
    wanted->symbols[wanted->count++] = (struct wanted_symbol){name, use, false};
}

/* Symbol `number` of the table and its name; false if it has none. */
static bool named_symbol(const struct input *input, Elf_Data *table, size_t number, size_t names,
                         GElf_Sym *symbol, const char **name)
{
    return gelf_getsym(table, (int)number, symbol) != NULL &&
           (*name = elf_strptr(input->elf, names, symbol->st_name)) != NULL && (*name)[0] != '\0';
}

/* Exported without a label, in a kernel that has none: as if everything in it had one. */
static void want_globals(struct wanted_symbols *wanted, const struct input *input)
{
    size_t count, names;
    Elf_Data *table = input_symbols(input, &count, &names);

    for (size_t i = 1; i < count; i++) {
        GElf_Sym symbol;
        const char *name;
        if (named_symbol(input, table, i, names, &symbol, &name) && symbol.st_shndx != SHN_UNDEF &&
            GELF_ST_BIND(symbol.st_info) != STB_LOCAL) {
            want_symbol(wanted, name, SYMBOL_EXPORTED);
        }
    }
}

static bool is_kernel(const struct input *input)
{
    GElf_Ehdr header;

    return gelf_getehdr(input->elf, &header) != NULL && header.e_type != ET_REL;
}

static void find_wanted(struct wanted_symbols *wanted, const struct input *input)
{
    size_t count, names;
    Elf_Data *table = input_symbols(input, &count, &names);
    bool has_labels = false;

    for (size_t i = 1; i < count; i++) {
        GElf_Sym symbol;
        const char *name;
        if (!named_symbol(input, table, i, names, &symbol, &name)) {
            continue;
        }
        if (symbol.st_shndx == SHN_UNDEF) {
            want_symbol(wanted, name, SYMBOL_IMPORTED);
        } else if (strncmp(name, EXPORT_PREFIX, strlen(EXPORT_PREFIX)) == 0) {
            want_symbol(wanted, name + strlen(EXPORT_PREFIX), SYMBOL_EXPORTED);
            has_labels = true;
        }
    }
    if (!has_labels && is_kernel(input)) {
        want_globals(wanted, input);
    }
    if (wanted->count > 0) {
        qsort(wanted->symbols, wanted->count, sizeof(*wanted->symbols), compare_wanted);
    }
}

static struct wanted_symbol *wanted_of_name(const struct wanted_symbols *wanted, const char *name)
{
    struct wanted_symbol key = {.name = name};

    return wanted->count > 0 ? bsearch(&key, wanted->symbols, wanted->count,
                                       sizeof(*wanted->symbols), compare_wanted)
                             : NULL;
}

/* The name that the linker sees. */
static const char *symbol_name(Dwarf_Die *die)
{
    Dwarf_Attribute attribute;

    if (dwarf_attr(die, DW_AT_linkage_name, &attribute) != NULL) {
        return dwarf_formstring(&attribute);
    }
    return dwarf_diename(die);
}

/*
 * One that tells no types: a function of assembly, for which `as -g` writes an entry; a declaration
 * `int f();` in C before C23; what a compiler declares itself, `__builtin_memset` for memset.
 */
static bool tells_nothing(Dwarf_Die *die)
{
    const char *name = dwarf_diename(die);
    Dwarf_Die unit;

    switch (dwarf_diecu(die, &unit, NULL, NULL) != NULL ? dwarf_srclang(&unit) : 0) {
    case DW_LANG_Mips_Assembler: /* of all machines */
        return true;
    case DW_LANG_C:
    case DW_LANG_C89:
    case DW_LANG_C99:
    case DW_LANG_C11:
        if (dwarf_tag(die) == DW_TAG_subprogram && has_flag(die, DW_AT_declaration) &&
            !has_flag(die, DW_AT_prototyped)) {
            return true;
        }
        break;
    default:
        break;
    }
    return name != NULL && strncmp(name, "__builtin_", 10) == 0;
}

static void read_symbol(struct image *image, const struct wanted_symbols *wanted, Dwarf_Die *die)
{
    const char *name = symbol_name(die);
    struct wanted_symbol *found;

    if (name == NULL || !has_flag(die, DW_AT_external) ||
        (found = wanted_of_name(wanted, name)) == NULL || tells_nothing(die)) {
        return;
    }
    found->is_declared = true;
    image->symbols = make_room(image->symbols, image->symbol_count, &image->symbol_capacity,
                               sizeof(*image->symbols));
    image->symbols[image->symbol_count++] =
        (struct declared_symbol){found->name, found->use, !has_flag(die, DW_AT_declaration), *die};
}

/* ---- Units ---- */

/* A typedef lends its name to a type that has none. */
static void read_typedef(struct image *image, Dwarf_Die *die, const char *prefix)
{
    const char *name = dwarf_diename(die);
    Dwarf_Die target;

    if (name != NULL && type_of(die, &target) && is_aggregate(dwarf_tag(&target)) &&
        dwarf_diename(&target) == NULL) {
        add_type(image, &target, prefix, name);
    }
}

static void read_scope(struct image *image, const struct wanted_symbols *wanted, Dwarf_Die *scope,
                       const char *prefix, unsigned depth)
{
    Dwarf_Die child;

    if (depth > DEPTH_MAX || dwarf_child(scope, &child) != 0) {
        return;
    }
    do {
        int tag = dwarf_tag(&child);
        const char *name = dwarf_diename(&child);
        char *inner;
        if (tag == DW_TAG_subprogram || tag == DW_TAG_variable) {
            read_symbol(image, wanted, &child);
        } else if (tag == DW_TAG_typedef) {
            read_typedef(image, &child, prefix);
        }
        if (is_aggregate(tag) && name != NULL) {
            add_type(image, &child, prefix, name);
        } else if (tag != DW_TAG_namespace) {
            continue;
        }
        if (asprintf(&inner, "%s%s::", prefix, name != NULL ? name : "(anonymous)") < 0) {
            fail("out of memory");
        }
        read_scope(image, wanted, &child, inner, depth + 1);
        free(inner);
    } while (dwarf_siblingof(&child, &child) == 0);
}

static int compare_heads(const void *left, const void *right, void *context)
{
    const struct named_type *types = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    int order = strcmp(types[a].head, types[b].head);

    return order != 0 ? order : (a > b) - (a < b);
}

static void sort_heads(struct image *image)
{
    image->by_head = allocate(image->type_count, sizeof(*image->by_head));
    image->by_head_count = image->type_count;
    for (size_t i = 0; i < image->type_count; i++) {
        image->by_head[i] = (uint32_t)i;
    }
    qsort_r(image->by_head, image->by_head_count, sizeof(*image->by_head), compare_heads,
            image->types);
}

size_t image_types_of(const struct image *image, const char *head, size_t *first)
{
    size_t low = 0, high = image->by_head_count, end;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(image->types[image->by_head[middle]].head, head) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *first = low;
    for (end = low;
         end < image->by_head_count && strcmp(image->types[image->by_head[end]].head, head) == 0;) {
        end++;
    }
    return end - low;
}

/* Those of one name in the order of the file: units come one after the other. */
static int compare_symbols(const void *left, const void *right)
{
    const struct declared_symbol *a = left, *b = right;
    int order = strcmp(a->name, b->name);

    if (order == 0) {
        order = b->is_definition - a->is_definition;
    }
    return order != 0 ? order : (a->die.addr > b->die.addr) - (a->die.addr < b->die.addr);
}

void image_read(struct image *image, const char *path)
{
    struct wanted_symbols wanted = {0};
    Dwarf_CU *cu = NULL;
    Dwarf_Die unit, sub_unit;
    uint8_t type;
    int result;

    *image = (struct image){0};
    input_open(&image->input, path);
    find_wanted(&wanted, &image->input);
    while ((result = dwarf_get_units(image->input.dwarf, cu, &cu, NULL, &type, &unit, &sub_unit)) ==
           0) {
        read_scope(image, &wanted, &unit, "", 0);
    }
    if (result < 0) {
        fail("%s: %s", path, dwarf_errmsg(-1));
    }
    for (size_t i = 0; i < wanted.count; i++) {
        image->undeclared_count += !wanted.symbols[i].is_declared;
    }
    free(wanted.symbols);
    sort_heads(image);
    if (image->symbol_count > 0) {
        qsort(image->symbols, image->symbol_count, sizeof(*image->symbols), compare_symbols);
    }
}

void image_free(struct image *image)
{
    for (size_t i = 0; i < image->type_count; i++) {
        free(image->types[i].head);
    }
    free(image->types);
    free(image->slots);
    free(image->by_head);
    free(image->symbols);
    input_close(&image->input);
}
