// SPDX-License-Identifier: MIT
/*
 * gen_trace_source.c: DWARF -> rows: which code is of which line, inlined from where.
 *
 * Each unit has a line table, and a tree of functions and calls inlined into them, each with
 * ranges of addresses.  Both are made lists of stretches, which are then cut at each other's edges:
 *
 *     lines     ├─ 10 ─┤├─── 11 ───┤├─ 12 ─┤
 *     scopes    ├──── f ───┤├ g in f ┤├─ f ─┤
 *     rows      ├──────┤├──┤├──────┤├┤├────┤
 *
 *   1. All rows of a line table count, not only the beginnings of statements.  Of several at one
 *      address the last is true.
 *   2. Of scopes that overlap though none lies in the other, what llvm-symbolizer shows is true:
 *      the one that begins last, and of those the one that comes last in the tree.
 *   3. Code that was dropped by the linker (address 0) is no code of a section: it is left out.
 */
#include <dwarf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "gen_trace.h"

/* A stretch of addresses that a scope has. */
struct stretch {
    uint64_t start;
    uint64_t end;
    uint32_t scope;
};

struct line_row {
    uint64_t start;
    uint64_t end;
    uint32_t file;
    uint32_t line;
};

/* What is read of one unit. */
struct unit {
    struct source *source;
    const struct input *input;
    const struct code_range *functions; /* of the symbol table */
    size_t function_count;
    const char *directory; /* that the compiler ran in; null if it is not told */
    Dwarf_Files *files;
    uint32_t *file_numbers; /* of the unit's files; 0: not looked up yet */
    size_t file_count;
    struct stretch *stretches;
    size_t stretch_count, stretch_capacity;
    struct line_row *lines;
    size_t line_count, line_capacity;
    struct code_range *ranges; /* that the unit says it has, by address */
    size_t range_count, range_capacity;
};

/* ---- Numbers of files, callees, scopes ---- */

static size_t mix(size_t hash, uint32_t value)
{
    return (hash ^ value) * 0x9e3779b97f4a7c15 >> 7 ^ hash << 3;
}

/* An open hash table over the entries of one list; `is_same` compares entry number - 1. */
struct finder {
    uint32_t *slots;
    size_t slot_count;
};

static struct finder file_finder, callee_finder, scope_finder;

static uint32_t *find_slot(struct finder *finder, size_t hash, const void *list, size_t size,
                           const void *entry, size_t key_size)
{
    for (;; hash++) {
        uint32_t *slot = &finder->slots[hash & (finder->slot_count - 1)];
        if (*slot == 0 || memcmp((const char *)list + (*slot - 1) * size, entry, key_size) == 0) {
            return slot;
        }
    }
}

static size_t hash_key(const void *entry, size_t key_size)
{
    const uint32_t *words = entry;
    size_t hash = 0;
    for (size_t i = 0; i < key_size / 4; i++) {
        hash = mix(hash, words[i]);
    }
    return hash ^ hash >> 32;
}

/* Entry's slot in a list of `count` entries whose first key_size bytes are their key. */
static uint32_t *finder_find(struct finder *finder, const void *list, size_t count, size_t size,
                             const void *entry, size_t key_size)
{
    if (count * 2 >= finder->slot_count) {
        finder->slot_count = finder->slot_count > 0 ? finder->slot_count * 4 : 4096;
        free(finder->slots);
        finder->slots = allocate(finder->slot_count, sizeof(*finder->slots));
        for (size_t i = 0; i < count; i++) {
            const char *other = (const char *)list + i * size;
            uint32_t *slot =
                find_slot(finder, hash_key(other, key_size), list, size, other, key_size);
            *slot = *slot == 0 ? (uint32_t)i + 1 : *slot;
        }
    }
    return find_slot(finder, hash_key(entry, key_size), list, size, entry, key_size);
}

/* A path as a person would write it: "a/./b" is "a/b", "./a" is "a". */
static void simplify_path(char *path)
{
    char *to = path;

    for (const char *from = path; *from != '\0';) {
        bool is_part_start = to == path || to[-1] == '/';
        if (is_part_start && from[0] == '.' && from[1] == '/') {
            from += 2;
        } else if (to > path && is_part_start && from[0] == '/') {
            from++;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
}

/*
 * A relative path is one from the folder that the compiler ran in.  libdw puts that in front only
 * if it is absolute or the folder itself is meant.
 */
static uint32_t add_file(struct source *source, const char *directory, const char *given)
{
    struct source_file file = {0};
    char path[8192];
    const char *slash;
    uint32_t *slot;
    int length;

    if (given == NULL) {
        return 0;
    }
    if (directory == NULL || given[0] == '/' ||
        (strncmp(given, directory, strlen(directory)) == 0 && given[strlen(directory)] == '/')) {
        length = snprintf(path, sizeof(path), "%s", given);
    } else {
        length = snprintf(path, sizeof(path), "%s/%s", directory, given);
    }
    if (length >= (int)sizeof(path)) {
        fail("a path of %d bytes: %s", length, given);
    }
    simplify_path(path);
    slash = strrchr(path, '/');
    file.directory =
        strings_add(&source->strings, path, slash != NULL ? (size_t)(slash - path) : 0);
    slash = slash != NULL ? slash + 1 : path;
    file.name = strings_add(&source->strings, slash, strlen(slash));
    slot = finder_find(&file_finder, source->files, source->file_count, sizeof(file), &file, 8);
    if (*slot == 0) {
        source->files = make_room(source->files, source->file_count, &source->file_capacity,
                                  sizeof(*source->files));
        source->files[source->file_count++] = file;
        *slot = (uint32_t)source->file_count;
    }
    return *slot - 1;
}

static uint32_t add_callee(struct source *source, const char *name, uint32_t file, uint32_t line)
{
    struct source_callee callee = {.file = file, .line = line};
    uint32_t *slot;

    callee.name = strings_add(&source->strings, name, strlen(name));
    slot = finder_find(&callee_finder, source->callees, source->callee_count, sizeof(callee),
                       &callee, 12);
    if (*slot == 0) {
        source->callees = make_room(source->callees, source->callee_count, &source->callee_capacity,
                                    sizeof(*source->callees));
        source->callees[source->callee_count++] = callee;
        *slot = (uint32_t)source->callee_count;
    }
    return *slot - 1;
}

static uint32_t append_scope(struct source *source, const struct source_scope *scope)
{
    source->scopes = make_room(source->scopes, source->scope_count, &source->scope_capacity,
                               sizeof(*source->scopes));
    source->scopes[source->scope_count++] = *scope;
    return (uint32_t)source->scope_count - 1;
}

/* Calls that nothing tells apart are one. */
static uint32_t add_call(struct source *source, const struct source_scope *scope)
{
    uint32_t *slot = finder_find(&scope_finder, source->scopes, source->scope_count, sizeof(*scope),
                                 scope, sizeof(*scope));
    if (*slot == 0) {
        append_scope(source, scope);
        *slot = (uint32_t)source->scope_count;
    }
    return *slot - 1;
}

/* ---- Scopes ---- */

static size_t first_stretch_above(const struct unit *unit, uint64_t address)
{
    size_t low = 0, high = unit->stretch_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (unit->stretches[middle].start <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* A stretch, in place of one with the same start. */
static void put_stretch(struct unit *unit, uint64_t start, uint64_t end, uint32_t scope)
{
    size_t place = first_stretch_above(unit, start);

    if (place > 0 && unit->stretches[place - 1].start == start) {
        unit->stretches[place - 1] = (struct stretch){start, end, scope};
        return;
    }
    unit->stretches = make_room(unit->stretches, unit->stretch_count, &unit->stretch_capacity,
                                sizeof(*unit->stretches));
    memmove(unit->stretches + place + 1, unit->stretches + place,
            (unit->stretch_count - place) * sizeof(*unit->stretches));
    unit->stretches[place] = (struct stretch){start, end, scope};
    unit->stretch_count++;
}

/* Into a stretch that is there already the new one is put, and what it leaves of it goes on. */
static void add_stretch(struct unit *unit, uint64_t start, uint64_t end, uint32_t scope)
{
    size_t place = first_stretch_above(unit, start);

    if (place > 0 && start < unit->stretches[place - 1].end) {
        struct stretch around = unit->stretches[place - 1];
        if (around.start < start) {
            unit->stretches[place - 1].end = start;
        }
        if (end < around.end) {
            put_stretch(unit, end, around.end, around.scope);
        }
    }
    put_stretch(unit, start, end, scope);
}

static bool add_ranges(struct unit *unit, Dwarf_Die *die, uint32_t scope, bool only_ask)
{
    Dwarf_Addr base, start, end;
    bool has_some = false;

    for (ptrdiff_t offset = 0; (offset = dwarf_ranges(die, offset, &base, &start, &end)) > 0;) {
        if (start < end && input_has_code(unit->input, start)) {
            has_some = true;
            if (only_ask) {
                break;
            }
            add_stretch(unit, start, end, scope);
        }
    }
    return has_some;
}

static uint32_t unit_file(struct unit *unit, size_t index)
{
    if (index >= unit->file_count) {
        return 0;
    }
    if (unit->file_numbers[index] == 0) {
        unit->file_numbers[index] =
            add_file(unit->source, unit->directory, dwarf_filesrc(unit->files, index, NULL, NULL));
    }
    return unit->file_numbers[index];
}

static uint32_t attribute_number(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attribute;
    Dwarf_Word value;

    if (dwarf_attr(die, name, &attribute) == NULL || dwarf_formudata(&attribute, &value) != 0 ||
        value > UINT32_MAX) {
        return 0;
    }
    return (uint32_t)value;
}

static const char *linkage_name(Dwarf_Die *die)
{
    Dwarf_Attribute attribute;
    const char *name = NULL;

    if (dwarf_attr_integrate(die, DW_AT_linkage_name, &attribute) != NULL) {
        name = dwarf_formstring(&attribute);
    }
    if (name == NULL) {
        name = dwarf_diename(die);
    }
    return name != NULL ? name : "??";
}

/* Does a symbol name the function, at the beginning of its first range? A weak one that another
 * replaced has lost its symbol, but not its code. */
static bool has_symbol(const struct unit *unit, Dwarf_Die *die)
{
    Dwarf_Addr base, start, end;

    for (ptrdiff_t offset = 0; (offset = dwarf_ranges(die, offset, &base, &start, &end)) > 0;) {
        if (start < end && input_has_code(unit->input, start)) {
            return functions_cover(unit->functions, unit->function_count, start);
        }
    }
    return true;
}

static uint32_t read_scope(struct unit *unit, Dwarf_Die *die, uint32_t parent)
{
    struct source_scope scope = {.parent = NO_SCOPE, .callee = NO_CALLEE};
    int line = 0;

    scope.file = add_file(unit->source, unit->directory, dwarf_decl_file(die));
    if (dwarf_decl_line(die, &line) == 0 && line > 0) {
        scope.line = (uint32_t)line;
    }
    if (dwarf_tag(die) != DW_TAG_inlined_subroutine) {
        if (!has_symbol(unit, die)) {
            scope.callee = add_callee(unit->source, linkage_name(die), scope.file, scope.line);
        }
        return append_scope(unit->source, &scope);
    }
    if (parent == NO_SCOPE) {
        fail("%s: an inlined call outside a function, DIE 0x%" PRIx64, unit->input->path,
             (uint64_t)dwarf_dieoffset(die));
    }
    scope.parent = parent;
    scope.callee = add_callee(unit->source, linkage_name(die), scope.file, scope.line);
    scope.call_file = unit_file(unit, attribute_number(die, DW_AT_call_file));
    scope.call_line = attribute_number(die, DW_AT_call_line);
    return add_call(unit->source, &scope);
}

/* May code be inside? */
static bool is_container(int tag)
{
    switch (tag) {
    case DW_TAG_subprogram:
    case DW_TAG_inlined_subroutine:
    case DW_TAG_lexical_block:
    case DW_TAG_namespace:
    case DW_TAG_structure_type:
    case DW_TAG_class_type:
    case DW_TAG_try_block:
    case DW_TAG_catch_block:
        return true;
    default:
        return false;
    }
}

static void read_children(struct unit *unit, Dwarf_Die *die, uint32_t scope)
{
    Dwarf_Die child;

    if (dwarf_child(die, &child) != 0) {
        return;
    }
    do {
        int tag = dwarf_tag(&child);
        uint32_t inner = scope;
        if (!is_container(tag)) {
            continue;
        }
        if (tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine) {
            if (!add_ranges(unit, &child, 0, true)) {
                continue;
            }
            inner = read_scope(unit, &child, scope);
            add_ranges(unit, &child, inner, false);
        }
        read_children(unit, &child, inner);
    } while (dwarf_siblingof(&child, &child) == 0);
}

/* ---- Lines ---- */

static void check_dwarf(const struct unit *unit, bool is_good)
{
    if (!is_good) {
        fail("%s: line table: %s", unit->input->path, dwarf_errmsg(-1));
    }
}

static int compare_ranges(const void *left, const void *right)
{
    const struct code_range *a = left, *b = right;
    return (a->start > b->start) - (a->start < b->start);
}

/* Ranges that touch are one: a row may go on from the one into the other. */
static void join_ranges(struct unit *unit)
{
    size_t kept = 0;

    for (size_t i = 1; i < unit->range_count; i++) {
        struct code_range *last = &unit->ranges[kept];
        if (unit->ranges[i].start > last->end) {
            unit->ranges[++kept] = unit->ranges[i];
        } else if (unit->ranges[i].end > last->end) {
            last->end = unit->ranges[i].end;
        }
    }
    unit->range_count = kept + 1;
}

static void read_ranges(struct unit *unit, Dwarf_Die *unit_die)
{
    Dwarf_Addr base, start, end;

    unit->range_count = 0;
    for (ptrdiff_t offset = 0;
         (offset = dwarf_ranges(unit_die, offset, &base, &start, &end)) > 0;) {
        if (start < end && input_has_code(unit->input, start)) {
            unit->ranges = make_room(unit->ranges, unit->range_count, &unit->range_capacity,
                                     sizeof(*unit->ranges));
            unit->ranges[unit->range_count++] = (struct code_range){start, end, NULL};
        }
    }
    if (unit->range_count > 0) {
        qsort(unit->ranges, unit->range_count, sizeof(*unit->ranges), compare_ranges);
        join_ranges(unit);
    }
}

/*
 * Cut a row off at the end of the unit's range that it begins in.  A sequence may end with a row of
 * no bytes, which libdw puts behind its end, so that it would reach to the next sequence.
 */
static bool cut_line(const struct unit *unit, struct line_row *row)
{
    size_t low = 0, high = unit->range_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (unit->ranges[middle].start <= row->start) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0 || row->start >= unit->ranges[low - 1].end) {
        return false;
    }
    row->end = row->end < unit->ranges[low - 1].end ? row->end : unit->ranges[low - 1].end;
    return true;
}

static void add_line(struct unit *unit, struct line_row *row)
{
    struct line_row *last = unit->line_count > 0 ? &unit->lines[unit->line_count - 1] : NULL;

    if (row->start >= row->end || !cut_line(unit, row)) {
        return;
    }
    if (last != NULL && last->end == row->start && last->file == row->file &&
        last->line == row->line) {
        last->end = row->end;
        return;
    }
    unit->lines =
        make_room(unit->lines, unit->line_count, &unit->line_capacity, sizeof(*unit->lines));
    unit->lines[unit->line_count++] = *row;
}

/* libdw sorts the rows by address; those of one address stay in order. */
static void read_lines(struct unit *unit, Dwarf_Die *unit_die)
{
    Dwarf_Lines *lines;
    size_t count = 0;
    struct line_row open = {0};
    bool is_open = false;

    if (dwarf_getsrclines(unit_die, &lines, &count) != 0) {
        return; /* a unit without a line table */
    }
    for (size_t i = 0; i < count; i++) {
        Dwarf_Line *line = dwarf_onesrcline(lines, i);
        Dwarf_Addr address;
        Dwarf_Files *files;
        size_t file;
        int number;
        bool is_end;

        check_dwarf(unit, dwarf_lineaddr(line, &address) == 0 && dwarf_lineno(line, &number) == 0 &&
                              dwarf_line_file(line, &files, &file) == 0 &&
                              dwarf_lineendsequence(line, &is_end) == 0);
        if (is_open) {
            open.end = address;
            add_line(unit, &open);
        }
        is_open = !is_end;
        if (is_open) {
            open = (struct line_row){.start = address, .line = (uint32_t)number};
            open.file = unit_file(unit, file);
        }
    }
}

/* ---- Rows: both, cut at each other's edges ---- */

static void add_row(struct source *source, const struct source_row *row)
{
    struct source_row *last = source->row_count > 0 ? &source->rows[source->row_count - 1] : NULL;

    if (last != NULL && last->end == row->start && last->scope == row->scope &&
        last->file == row->file && last->line == row->line) {
        last->end = row->end;
        return;
    }
    source->rows =
        make_room(source->rows, source->row_count, &source->row_capacity, sizeof(*source->rows));
    source->rows[source->row_count++] = *row;
}

/* Lines without a function, as of assembly: a scope without a name, one for each file. */
static uint32_t bare_scope(struct source *source, const struct line_row *line)
{
    struct source_scope scope = {NO_SCOPE, NO_CALLEE, line->file, line->line, 0, 0};
    const struct source_row *last =
        source->row_count > 0 ? &source->rows[source->row_count - 1] : NULL;

    if (last != NULL && last->end == line->start && last->file == line->file) {
        const struct source_scope *before = &source->scopes[last->scope];
        if (before->parent == NO_SCOPE && before->file == line->file) {
            return last->scope;
        }
    }
    return append_scope(source, &scope);
}

static void merge_unit(struct unit *unit)
{
    size_t line = 0, stretch = 0;
    uint64_t address = 0;

    while (line < unit->line_count || stretch < unit->stretch_count) {
        const struct line_row *l = line < unit->line_count ? &unit->lines[line] : NULL;
        const struct stretch *s = stretch < unit->stretch_count ? &unit->stretches[stretch] : NULL;
        uint64_t scope_end = s ? s->end : 0;
        if (s && stretch + 1 < unit->stretch_count && s[1].start < scope_end) {
            scope_end = s[1].start;
        }
        if (l && l->end <= address) {
            line++;
            continue;
        }
        if (s && scope_end <= address) {
            stretch++;
            continue;
        }
        /* The next edge above the address: one of either begins or ends there. */
        uint64_t line_start = l ? (l->start > address ? l->start : address) : UINT64_MAX;
        uint64_t scope_start = s ? (s->start > address ? s->start : address) : UINT64_MAX;
        uint64_t start = line_start < scope_start ? line_start : scope_start;
        uint64_t end = UINT64_MAX;
        bool has_line = l && l->start <= start;
        bool has_scope = s && s->start <= start;
        if (l) {
            end = has_line ? l->end : l->start;
        }
        if (s) {
            uint64_t edge = has_scope ? scope_end : s->start;
            end = edge < end ? edge : end;
        }
        struct source_row row = {start, end, 0, 0, 0};
        if (has_line) {
            row.file = l->file;
            row.line = l->line;
        }
        row.scope = has_scope ? s->scope : bare_scope(unit->source, l);
        add_row(unit->source, &row);
        address = end;
    }
}

static int compare_rows(const void *left, const void *right)
{
    const struct source_row *a = left, *b = right;
    return (a->start > b->start) - (a->start < b->start);
}

static void sort_rows(struct source *source, const struct input *input)
{
    qsort(source->rows, source->row_count, sizeof(*source->rows), compare_rows);
    for (size_t i = 1; i < source->row_count; i++) {
        if (source->rows[i].start < source->rows[i - 1].end) {
            fail("%s: two units have lines for 0x%" PRIx64, input->path, source->rows[i].start);
        }
    }
}

static void read_unit(struct unit *unit, Dwarf_Die *unit_die)
{
    Dwarf_Attribute attribute;

    unit->stretch_count = unit->line_count = 0;
    unit->directory = dwarf_formstring(dwarf_attr(unit_die, DW_AT_comp_dir, &attribute));
    unit->file_count = 0;
    unit->files = NULL;
    if (dwarf_getsrcfiles(unit_die, &unit->files, &unit->file_count) != 0) {
        unit->file_count = 0;
    }
    unit->file_numbers = allocate(unit->file_count, sizeof(*unit->file_numbers));
    read_ranges(unit, unit_die);
    read_lines(unit, unit_die);
    read_children(unit, unit_die, NO_SCOPE);
    merge_unit(unit);
    free(unit->file_numbers);
}

void source_read(struct source *source, struct input *input)
{
    struct unit unit = {.source = source, .input = input};
    struct code_range *functions;
    Dwarf_CU *cu = NULL;
    Dwarf_Die unit_die, sub_die;
    uint8_t type;
    int result;

    unit.function_count = input_functions(input, &functions);
    unit.functions = functions;
    *source = (struct source){0};
    source->files = make_room(NULL, 0, &source->file_capacity, sizeof(*source->files));
    source->files[source->file_count++] = (struct source_file){UINT32_MAX, UINT32_MAX};
    while ((result = dwarf_get_units(input->dwarf, cu, &cu, NULL, &type, &unit_die, &sub_die)) ==
           0) {
        input_forget(input, dwarf_dieoffset(&unit_die));
        if (type == DW_UT_compile || type == DW_UT_partial) {
            read_unit(&unit, &unit_die);
        }
    }
    if (result < 0) {
        fail("%s: %s", input->path, dwarf_errmsg(-1));
    }
    free(unit.stretches);
    free(unit.lines);
    free(unit.ranges);
    free(functions);
    sort_rows(source, input);
}

void source_free(struct source *source)
{
    strings_free(&source->strings);
    free(source->files);
    free(source->callees);
    free(source->scopes);
    free(source->rows);
    free(file_finder.slots);
    free(callee_finder.slots);
    free(scope_finder.slots);
    file_finder = callee_finder = scope_finder = (struct finder){0};
}
