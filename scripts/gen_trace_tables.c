// SPDX-License-Identifier: MIT
/*
 * gen_trace_tables.c: what LINES says once (src/ksyms/lines_tables.c): callees by file and line,
 * the calls inlined into each of them, files by path, folders; and the callees that are called
 * most.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include "gen_trace.h"
#include "gen_trace_lines.h"
#include "ksyms/lines.h"
#include "ksyms/trace_format.h"

/* ---- Order ---- */

static const struct source *sorted_source; /* for the comparisons: qsort passes nothing else */

static const char *text_of(uint32_t string)
{
    return sorted_source->strings.texts[string];
}

static int compare_files(const void *left, const void *right)
{
    const struct source_file *a = &sorted_source->files[*(const uint32_t *)left];
    const struct source_file *b = &sorted_source->files[*(const uint32_t *)right];
    int order;

    if (a == sorted_source->files || b == sorted_source->files) { /* the unknown one is first */
        return (a > b) - (a < b);
    }
    order = strcmp(text_of(a->directory), text_of(b->directory));
    return order != 0 ? order : strcmp(text_of(a->name), text_of(b->name));
}

static int compare_callees(const void *left, const void *right)
{
    const struct source_callee *a = &sorted_source->callees[*(const uint32_t *)left];
    const struct source_callee *b = &sorted_source->callees[*(const uint32_t *)right];

    if (a->file != b->file) {
        return (a->file > b->file) - (a->file < b->file);
    }
    if (a->line != b->line) {
        return (a->line > b->line) - (a->line < b->line);
    }
    return strcmp(text_of(a->name), text_of(b->name));
}

/* order[i]: which one becomes number i.  Returns the inverse; the caller frees both. */
static uint32_t *sort_numbers(uint32_t **order, size_t count,
                              int (*compare)(const void *, const void *))
{
    uint32_t *numbers = allocate(count, sizeof(*numbers));

    *order = allocate(count, sizeof(**order));
    for (size_t i = 0; i < count; i++) {
        (*order)[i] = (uint32_t)i;
    }
    qsort(*order, count, sizeof(**order), compare);
    for (size_t i = 0; i < count; i++) {
        numbers[(*order)[i]] = (uint32_t)i;
    }
    return numbers;
}

static void sort_files(struct source *source)
{
    uint32_t *order, *numbers = sort_numbers(&order, source->file_count, compare_files);
    struct source_file *files = allocate(source->file_count, sizeof(*files));

    for (size_t i = 0; i < source->file_count; i++) {
        files[i] = source->files[order[i]];
    }
    free(source->files);
    source->files = files;
    for (size_t i = 0; i < source->callee_count; i++) {
        source->callees[i].file = numbers[source->callees[i].file];
    }
    for (size_t i = 0; i < source->scope_count; i++) {
        source->scopes[i].file = numbers[source->scopes[i].file];
        source->scopes[i].call_file = numbers[source->scopes[i].call_file];
    }
    for (size_t i = 0; i < source->row_count; i++) {
        source->rows[i].file = numbers[source->rows[i].file];
    }
    free(order);
    free(numbers);
}

static void sort_callees(struct source *source)
{
    uint32_t *order, *numbers = sort_numbers(&order, source->callee_count, compare_callees);
    struct source_callee *callees = allocate(source->callee_count, sizeof(*callees));

    for (size_t i = 0; i < source->callee_count; i++) {
        callees[i] = source->callees[order[i]];
    }
    free(source->callees);
    source->callees = callees;
    for (size_t i = 0; i < source->scope_count; i++) {
        if (source->scopes[i].callee != NO_CALLEE) {
            source->scopes[i].callee = numbers[source->scopes[i].callee];
        }
    }
    free(order);
    free(numbers);
}

static void find_first_callees(struct tables *tables)
{
    const struct source *source = tables->source;
    uint32_t callee = 0;

    tables->first_callees = allocate(source->file_count + 1, sizeof(uint32_t));
    for (size_t file = 0; file <= source->file_count; file++) {
        while (callee < source->callee_count && source->callees[callee].file < file) {
            callee++;
        }
        tables->first_callees[file] = callee;
    }
}

/* ---- Calls ---- */

static int compare_calls(const void *left, const void *right)
{
    const struct call *a = left, *b = right;

    if (a->caller != b->caller) {
        return (a->caller > b->caller) - (a->caller < b->caller);
    }
    if (a->line != b->line) {
        return (a->line > b->line) - (a->line < b->line);
    }
    return (a->callee > b->callee) - (a->callee < b->callee);
}

bool is_nested(const struct source *source, uint32_t scope)
{
    uint32_t parent = source->scopes[scope].parent;

    return parent != NO_SCOPE && source->scopes[parent].parent != NO_SCOPE &&
           source->scopes[scope].call_file == source->scopes[parent].file;
}

static struct call call_of(const struct source *source, uint32_t scope)
{
    const struct source_scope *child = &source->scopes[scope];
    return (struct call){source->scopes[child->parent].callee, child->call_line, child->callee};
}

/* The distinct calls in callees of the scopes that are used; and how often all else is called. */
static void find_calls(struct tables *tables, const uint8_t *is_used, uint32_t *use_counts)
{
    const struct source *source = tables->source;
    size_t kept = 0, capacity = 0;

    for (uint32_t i = 0; i < source->scope_count; i++) {
        if (is_used[i] && is_nested(source, i)) {
            tables->calls =
                make_room(tables->calls, tables->call_count, &capacity, sizeof(*tables->calls));
            tables->calls[tables->call_count++] = call_of(source, i);
        } else if (is_used[i] && source->scopes[i].parent != NO_SCOPE) {
            use_counts[source->scopes[i].callee]++;
        }
    }
    if (tables->call_count > 0) {
        qsort(tables->calls, tables->call_count, sizeof(*tables->calls), compare_calls);
    }
    for (size_t i = 0; i < tables->call_count; i++) {
        if (kept == 0 || compare_calls(&tables->calls[kept - 1], &tables->calls[i]) != 0) {
            use_counts[tables->calls[i].callee]++;
            tables->calls[kept++] = tables->calls[i];
        }
    }
    tables->call_count = kept;
    tables->first_calls = allocate(source->callee_count + 1, sizeof(uint32_t));
    for (uint32_t callee = 0, call = 0; callee <= source->callee_count; callee++) {
        while (call < kept && tables->calls[call].caller < callee) {
            call++;
        }
        tables->first_calls[callee] = call;
        if (callee > 0 && call - tables->first_calls[callee - 1] > KSYMS_LINES_CALLS_MAX) {
            fail("%s has more than %u calls inlined",
                 source->strings.texts[source->callees[callee - 1].name], KSYMS_LINES_CALLS_MAX);
        }
    }
}

uint32_t call_number(const struct tables *tables, uint32_t scope)
{
    struct call wanted = call_of(tables->source, scope);
    const struct call *found =
        bsearch(&wanted, tables->calls, tables->call_count, sizeof(*tables->calls), compare_calls);
    return (uint32_t)(found - tables->calls) - tables->first_calls[wanted.caller];
}

/* ---- Callees that are called most ---- */

#define FREQUENT_MAX 4096
#define FREQUENT_MIN 5 /* uses: each saves a third of what the entry costs, or less */

struct use {
    uint32_t count;
    uint32_t callee;
};

static int compare_uses(const void *left, const void *right)
{
    const struct use *a = left, *b = right;
    return a->count != b->count ? (a->count < b->count) - (a->count > b->count)
                                : (a->callee > b->callee) - (a->callee < b->callee);
}

static void find_frequent(struct tables *tables, const uint32_t *use_counts)
{
    size_t count = tables->source->callee_count;
    struct use *uses = allocate(count, sizeof(*uses));

    tables->ranks = allocate(count, sizeof(*tables->ranks));
    tables->frequent = allocate(FREQUENT_MAX, sizeof(*tables->frequent));
    for (size_t i = 0; i < count; i++) {
        uses[i] = (struct use){use_counts[i], (uint32_t)i};
        tables->ranks[i] = UINT32_MAX;
    }
    qsort(uses, count, sizeof(*uses), compare_uses);
    for (uint32_t i = 0; i < count && i < FREQUENT_MAX && uses[i].count >= FREQUENT_MIN; i++) {
        tables->frequent[i] = uses[i].callee;
        tables->ranks[uses[i].callee] = i;
        tables->frequent_count = i + 1;
    }
    free(uses);
}

void tables_make(struct tables *tables, struct source *source)
{
    uint8_t *is_used = allocate(source->scope_count, 1);
    uint32_t *use_counts = allocate(source->callee_count, sizeof(*use_counts));

    *tables = (struct tables){.source = source};
    sorted_source = source;
    sort_files(source);
    sort_callees(source);
    find_first_callees(tables);
    for (size_t i = 0; i < source->row_count; i++) {
        for (uint32_t s = source->rows[i].scope; s != NO_SCOPE && !is_used[s];
             s = source->scopes[s].parent) {
            is_used[s] = 1;
        }
    }
    find_calls(tables, is_used, use_counts);
    find_frequent(tables, use_counts);
    free(is_used);
    free(use_counts);
}

void tables_free(struct tables *tables)
{
    free(tables->first_callees);
    free(tables->calls);
    free(tables->first_calls);
    free(tables->ranks);
    free(tables->frequent);
}

/* ---- Groups ---- */

struct groups {
    struct code_buffer bits; /* of a group */
    struct buffer bytes;     /* of all */
    uint32_t *offsets;
    size_t count, capacity;
};

static void end_group(struct groups *groups)
{
    groups->offsets =
        make_room(groups->offsets, groups->count, &groups->capacity, sizeof(*groups->offsets));
    groups->offsets[groups->count++] = (uint32_t)groups->bytes.size;
    put_bytes(&groups->bytes, groups->bits.bytes.bytes, groups->bits.bytes.size);
    code_buffer_clear(&groups->bits);
}

static void put_name(struct groups *groups, const char *text, const char *before)
{
    size_t kept = 0;

    if (strlen(text) >= KSYMS_LINES_TEXT_MAX) {
        fail("a name of %zu bytes: %s", strlen(text), text);
    }
    if (before != NULL) {
        while (kept < KSYMS_LINES_KEPT_MAX && before[kept] != '\0' && before[kept] == text[kept]) {
            kept++;
        }
        put_code_number(&groups->bits, KSYMS_CODE_LINES_KEPT, (uint32_t)kept);
    }
    put_text(&groups->bits, text + kept, kept > 0 ? (uint8_t)text[kept - 1] : 0);
}

/* The bits that were put become what stands before the names, and how many they are. */
static void put_size(struct groups *groups)
{
    struct code_buffer numbers = groups->bits;

    groups->bits = (struct code_buffer){0};
    put_code_number(&groups->bits, KSYMS_CODE_LINES_SIZE, (uint32_t)numbers.bit_count);
    for (size_t i = 0; i < numbers.bit_count; i += 8) {
        unsigned width = numbers.bit_count - i < 8 ? (unsigned)(numbers.bit_count - i) : 8;
        put_high_bits(&groups->bits, numbers.bytes.bytes[i / 8] >> (8 - width), width);
    }
    buffer_free(&numbers.bytes);
}

static void put_call(struct code_buffer *bits, const struct tables *tables, const struct call *call,
                     uint32_t line_before)
{
    int64_t distance = (int64_t)call->callee - call->caller;
    uint32_t rank = tables->ranks[call->callee];

    put_code_number(bits, KSYMS_CODE_LINES_CALL_LINE,
                    fold_signed((int32_t)(call->line - line_before)));
    if (distance >= -24 && distance <= 24) {
        put_symbol(bits, KSYMS_CODE_LINES_CALL_KIND, KSYMS_LINES_CALL_NEAR);
        put_code_number(bits, KSYMS_CODE_LINES_CALL_NEAR, fold_signed(distance));
    } else if (rank != UINT32_MAX) {
        put_symbol(bits, KSYMS_CODE_LINES_CALL_KIND, KSYMS_LINES_CALL_FREQUENT);
        put_code_number(bits, KSYMS_CODE_LINES_CALL_FREQUENT, rank);
    } else {
        put_symbol(bits, KSYMS_CODE_LINES_CALL_KIND, KSYMS_LINES_CALL_FAR);
        put_code_number(bits, KSYMS_CODE_LINES_NUMBER, call->callee);
    }
}

static void put_callees(struct groups *groups, const struct tables *tables)
{
    const struct source *source = tables->source;

    for (size_t first = 0; first < source->callee_count; first += KSYMS_LINES_GROUP) {
        size_t end = first + KSYMS_LINES_GROUP;
        uint32_t line = 0;
        end = end < source->callee_count ? end : source->callee_count;
        for (size_t i = first; i < end; i++) {
            uint32_t calls = tables->first_calls[i], calls_end = tables->first_calls[i + 1];
            uint32_t call_line = source->callees[i].line;
            put_code_number(&groups->bits, KSYMS_CODE_LINES_DECLARED,
                            fold_signed((int32_t)(source->callees[i].line - line)));
            line = source->callees[i].line;
            put_code_number(&groups->bits, KSYMS_CODE_LINES_CALLS, calls_end - calls);
            for (; calls < calls_end; calls++) {
                put_call(&groups->bits, tables, &tables->calls[calls], call_line);
                call_line = tables->calls[calls].line;
            }
        }
        put_size(groups);
        for (size_t i = first; i < end; i++) {
            put_name(groups, source->strings.texts[source->callees[i].name],
                     i > first ? source->strings.texts[source->callees[i - 1].name] : NULL);
        }
        end_group(groups);
    }
}

static const char *file_text(const struct source *source, size_t file)
{
    return file == KSYMS_LINES_NO_FILE ? "" : source->strings.texts[source->files[file].name];
}

/* Folder numbers of the files, which are sorted; returns how many there are. */
static uint32_t number_folders(const struct source *source, uint32_t *folders)
{
    uint32_t count = 1;

    for (size_t i = 2; i < source->file_count; i++) {
        count += source->files[i].directory != source->files[i - 1].directory;
        folders[i] = count - 1;
    }
    return source->file_count > 1 ? count : 0;
}

static void put_files(struct groups *groups, const struct tables *tables, const uint32_t *folders)
{
    const struct source *source = tables->source;

    for (size_t first = 0; first < source->file_count; first += KSYMS_LINES_FILE_GROUP) {
        size_t end = first + KSYMS_LINES_FILE_GROUP;
        uint32_t folder = 0;
        end = end < source->file_count ? end : source->file_count;
        for (size_t i = first; i < end; i++) {
            put_code_number(&groups->bits, KSYMS_CODE_LINES_FILE_CALLEES,
                            tables->first_callees[i + 1] - tables->first_callees[i]);
            put_code_number(&groups->bits, KSYMS_CODE_LINES_FOLDER, folders[i] - folder);
            folder = folders[i];
        }
        put_size(groups);
        for (size_t i = first; i < end; i++) {
            put_name(groups, file_text(source, i), i > first ? file_text(source, i - 1) : NULL);
        }
        end_group(groups);
    }
}

/* With fewer files a root does not pay. */
#define ROOT_FILES 16

/* What two folders of the sorted list have in common, and so all between them: most of them. */
static size_t find_root(const struct source *source, const char **root)
{
    const char *high;
    size_t size = 0;

    *root = "";
    if (source->file_count < ROOT_FILES) {
        return 0;
    }
    *root = source->strings.texts[source->files[source->file_count / 8].directory];
    high = source->strings.texts[source->files[source->file_count / 8 * 7].directory];
    while (high[size] != '\0' && (*root)[size] == high[size] && size + 1 < KSYMS_LINES_KEPT_MAX) {
        size++;
    }
    return size;
}

static void put_folders(struct groups *groups, const struct source *source, const uint32_t *folders,
                        uint32_t count, const char *root)
{
    const char *before = NULL;

    for (size_t i = 1; i < source->file_count; i++) {
        const char *text = source->strings.texts[source->files[i].directory];
        if (i > 1 && folders[i] == folders[i - 1]) {
            continue;
        }
        put_name(groups, text, folders[i] % KSYMS_LINES_FILE_GROUP != 0 ? before : root);
        before = text;
        if (folders[i] % KSYMS_LINES_FILE_GROUP == KSYMS_LINES_FILE_GROUP - 1 ||
            folders[i] == count - 1) {
            end_group(groups);
        }
    }
}

void put_tables(struct buffer *part, const struct tables *tables)
{
    const struct source *source = tables->source;
    uint32_t *folders = allocate(source->file_count + 1, sizeof(*folders));
    uint32_t folder_count = number_folders(source, folders);
    struct groups groups = {0};
    const char *root;
    size_t root_size = find_root(source, &root);
    char *root_text = strndup(root, root_size);
    unsigned callee_width = bytes_for(source->callee_count), offset_width;

    put_callees(&groups, tables);
    put_files(&groups, tables, folders);
    put_folders(&groups, source, folders, folder_count, root_size > 0 ? root_text : NULL);
    offset_width = bytes_for(groups.count > 0 ? groups.offsets[groups.count - 1] : 0);
    put_varint(part, (uint32_t)source->callee_count);
    put_varint(part, (uint32_t)source->file_count);
    put_varint(part, folder_count);
    put_varint(part, tables->frequent_count);
    put_varint(part, offset_width | callee_width << 3);
    put_varint(part, (uint32_t)root_size);
    put_bytes(part, root_text, root_size);
    for (uint32_t i = 0; i < tables->frequent_count; i++) {
        put_number(part, tables->frequent[i], callee_width);
    }
    /* Of these the first ones are 0. */
    for (size_t i = KSYMS_LINES_FILE_GROUP; i < source->file_count; i += KSYMS_LINES_FILE_GROUP) {
        put_number(part, tables->first_callees[i], callee_width);
    }
    for (size_t i = 1; i < groups.count; i++) {
        put_number(part, groups.offsets[i], offset_width);
    }
    put_bytes(part, groups.bytes.bytes, groups.bytes.size);
    free(root_text);
    free(folders);
    free(groups.offsets);
    buffer_free(&groups.bits.bytes);
    buffer_free(&groups.bytes);
}
