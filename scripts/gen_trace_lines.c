// SPDX-License-Identifier: MIT
/*
 * gen_trace_lines.c: rows -> the part LINES (src/ksyms/FORMAT.md, trace_format.h).
 *
 * The writer keeps the scopes of a chunk exactly as the reader will (src/ksyms/lines.c), and ends
 * the chunk where the reader's room for them would.
 */
#include <inttypes.h>
#include <stdlib.h>
#include "gen_trace.h"
#include "ksyms/trace_format.h"

void put_varint(struct buffer *buffer, uint32_t value)
{
    for (; value >= 0x80; value >>= 7) {
        put_number(buffer, (value & 0x7f) | 0x80, 1);
    }
    put_number(buffer, value, 1);
}

uint32_t fold_signed(int64_t value)
{
    return value < 0 ? (uint32_t)(-value * 2 - 1) : (uint32_t)(value * 2);
}

unsigned varint_size(uint32_t value)
{
    unsigned size = 1;
    for (; value >= 0x80; value >>= 7) {
        size++;
    }
    return size;
}

/* ---- Numbers by use: the most frequent are the smallest ---- */

struct by_use {
    uint32_t use_count;
    uint32_t number;
};

static int compare_use(const void *left, const void *right)
{
    const struct by_use *a = left, *b = right;
    if (a->use_count != b->use_count) {
        return a->use_count < b->use_count ? 1 : -1;
    }
    return (a->number > b->number) - (a->number < b->number);
}

/* order[i].number: which one becomes number i.  new_numbers: the inverse; the caller frees both. */
static uint32_t *number_by_use(struct by_use *order, size_t count)
{
    uint32_t *new_numbers = allocate(count, sizeof(*new_numbers));

    qsort(order, count, sizeof(*order), compare_use);
    for (size_t i = 0; i < count; i++) {
        new_numbers[order[i].number] = (uint32_t)i;
    }
    return new_numbers;
}

/* How often a chunk will name each, about. */
static void count_uses(struct source *source)
{
    uint8_t *is_used = allocate(source->scope_count, 1);

    for (size_t i = 0; i < source->row_count; i++) {
        const struct source_row *row = &source->rows[i];
        if (row->file != source->scopes[row->scope].file) {
            source->files[row->file].use_count += row->file != 0;
        }
        for (uint32_t s = row->scope; s != NO_SCOPE && !is_used[s]; s = source->scopes[s].parent) {
            const struct source_scope *scope = &source->scopes[s];
            is_used[s] = 1;
            if (scope->callee == NO_CALLEE) {
                source->files[scope->file].use_count += scope->file != 0;
                continue;
            }
            source->callees[scope->callee].use_count++;
            if (scope->parent != NO_SCOPE &&
                scope->call_file != source->scopes[scope->parent].file) {
                source->files[scope->call_file].use_count += scope->call_file != 0;
            }
        }
    }
    free(is_used);
}

static void renumber(struct source *source)
{
    struct by_use *order = allocate(
        source->file_count > source->callee_count ? source->file_count : source->callee_count,
        sizeof(*order));
    struct source_file *files = allocate(source->file_count, sizeof(*files));
    struct source_callee *callees = allocate(source->callee_count, sizeof(*callees));
    uint32_t *file_numbers, *callee_numbers;

    for (size_t i = 0; i < source->file_count; i++) {
        order[i] = (struct by_use){source->files[i].use_count, (uint32_t)i};
    }
    file_numbers = number_by_use(order, source->file_count);
    for (size_t i = 0; i < source->file_count; i++) {
        files[i] = source->files[order[i].number];
    }
    for (size_t i = 0; i < source->callee_count; i++) {
        order[i] = (struct by_use){source->callees[i].use_count, (uint32_t)i};
    }
    callee_numbers = number_by_use(order, source->callee_count);
    for (size_t i = 0; i < source->callee_count; i++) {
        callees[i] = source->callees[order[i].number];
        callees[i].file = file_numbers[callees[i].file];
    }
    for (size_t i = 0; i < source->scope_count; i++) {
        struct source_scope *scope = &source->scopes[i];
        scope->file = file_numbers[scope->file];
        scope->call_file = file_numbers[scope->call_file];
        if (scope->callee != NO_CALLEE) {
            scope->callee = callee_numbers[scope->callee];
        }
    }
    for (size_t i = 0; i < source->row_count; i++) {
        source->rows[i].file = file_numbers[source->rows[i].file];
    }
    if (source->callee_count > 0) {
        memcpy(source->callees, callees, source->callee_count * sizeof(*callees));
    }
    memcpy(source->files, files, source->file_count * sizeof(*files));
    free(files);
    free(callees);
    free(order);
    free(file_numbers);
    free(callee_numbers);
}

/* ---- A chunk ---- */

struct open_scope {
    uint32_t scope;
    uint32_t line; /* the last one seen in it */
};

struct chunk {
    const struct source *source;
    struct open_scope open[KSYMS_LINES_SCOPES];
    uint32_t open_count;
    uint32_t current;
    bool has_outer; /* a function was begun, with this declaration */
    uint32_t outer_file;
    uint32_t outer_line;
    uint32_t row_count;
    uint64_t start;
    uint64_t end;
    struct buffer bytes;
};

static uint32_t find_open(const struct chunk *chunk, uint32_t scope)
{
    for (uint32_t i = chunk->open_count; i-- > 0;) {
        if (chunk->open[i].scope == scope) {
            return i;
        }
    }
    return UINT32_MAX;
}

/* Scopes that a row would have to open. */
static uint32_t count_unopened(const struct chunk *chunk, uint32_t scope)
{
    uint32_t count = 0;
    for (; scope != NO_SCOPE && find_open(chunk, scope) == UINT32_MAX; count++) {
        scope = chunk->source->scopes[scope].parent;
    }
    return count;
}

static void go_to(struct chunk *chunk, uint32_t number)
{
    const struct source_scope *scope;
    uint32_t distance = chunk->open_count - 1 - number;

    if (number == chunk->current) {
        return;
    }
    scope = &chunk->source->scopes[chunk->open[chunk->current].scope];
    if (scope->parent == chunk->open[number].scope) {
        put_number(&chunk->bytes, KSYMS_LINES_PARENT, 1);
    } else if (distance < KSYMS_LINES_TO_SHORT_COUNT) {
        put_number(&chunk->bytes, KSYMS_LINES_TO_SHORT + distance, 1);
    } else {
        put_number(&chunk->bytes, KSYMS_LINES_TO, 1);
        put_varint(&chunk->bytes, distance);
    }
    chunk->current = number;
}

/* The step that opens a call in the current scope. */
static void put_child(struct chunk *chunk, const struct source_scope *scope)
{
    struct open_scope *parent = &chunk->open[chunk->current];
    struct buffer *bytes = &chunk->bytes;

    if (scope->call_file != chunk->source->scopes[scope->parent].file) {
        put_number(bytes, KSYMS_LINES_CHILD_IN, 1);
        put_varint(bytes, scope->callee);
        put_varint(bytes, scope->call_file);
        put_varint(bytes, scope->call_line);
        return;
    }
    if (scope->call_line == parent->line) {
        put_number(bytes, KSYMS_LINES_CHILD, 1);
        put_varint(bytes, scope->callee);
    } else {
        put_number(bytes, KSYMS_LINES_CHILD_AT, 1);
        put_varint(bytes, scope->callee);
        put_varint(bytes, fold_signed((int64_t)scope->call_line - parent->line));
    }
    parent->line = scope->call_line;
}

static void put_outer(struct chunk *chunk, const struct source_scope *scope)
{
    if (scope->callee != NO_CALLEE) {
        put_number(&chunk->bytes, KSYMS_LINES_OUTER_NAMED, 1);
        put_varint(&chunk->bytes, scope->callee);
        return;
    }
    if (chunk->has_outer && scope->file == chunk->outer_file) {
        put_number(&chunk->bytes, KSYMS_LINES_OUTER_NEAR, 1);
        put_varint(&chunk->bytes, fold_signed((int64_t)scope->line - chunk->outer_line));
    } else {
        put_number(&chunk->bytes, KSYMS_LINES_OUTER, 1);
        put_varint(&chunk->bytes, scope->file);
        put_varint(&chunk->bytes, scope->line);
    }
    chunk->has_outer = true;
    chunk->outer_file = scope->file;
    chunk->outer_line = scope->line;
}

/* Make a scope the current one, and open it and those around it if need be. */
static void enter_scope(struct chunk *chunk, uint32_t number)
{
    uint32_t missing[KSYMS_LINES_SCOPES];
    uint32_t missing_count = 0, place = UINT32_MAX;

    while (number != NO_SCOPE && (place = find_open(chunk, number)) == UINT32_MAX) {
        missing[missing_count++] = number;
        number = chunk->source->scopes[number].parent;
    }
    if (place != UINT32_MAX) {
        go_to(chunk, place);
    }
    while (missing_count > 0) {
        const struct source_scope *scope = &chunk->source->scopes[missing[--missing_count]];
        if (scope->parent == NO_SCOPE) {
            put_outer(chunk, scope);
        } else {
            put_child(chunk, scope);
        }
        chunk->current = chunk->open_count;
        chunk->open[chunk->open_count++] = (struct open_scope){missing[missing_count], scope->line};
    }
}

static void put_gap(struct chunk *chunk, uint64_t until)
{
    if (until > chunk->end) {
        put_number(&chunk->bytes, KSYMS_LINES_GAP, 1);
        put_varint(&chunk->bytes, (uint32_t)(until - chunk->end));
    }
    chunk->end = until;
}

static void put_row(struct chunk *chunk, const struct source_row *row)
{
    uint32_t length = (uint32_t)(row->end - row->start);
    struct buffer *bytes = &chunk->bytes;
    struct open_scope *scope;
    int64_t difference;

    put_gap(chunk, row->start);
    enter_scope(chunk, row->scope);
    scope = &chunk->open[chunk->current];
    difference = (int64_t)row->line - scope->line;
    chunk->end = row->end;
    chunk->row_count++;
    if (row->file != chunk->source->scopes[row->scope].file) {
        put_number(bytes, KSYMS_LINES_FOREIGN, 1);
        put_varint(bytes, length);
        put_varint(bytes, row->file);
        put_varint(bytes, row->line);
        return;
    }
    scope->line = row->line;
    difference -= KSYMS_LINES_ROW_LINE_MIN;
    if (length <= KSYMS_LINES_ROW_LENGTHS && difference >= 0 &&
        difference < KSYMS_LINES_ROW_LINES) {
        put_number(bytes,
                   KSYMS_LINES_ROWS + (length - 1) * KSYMS_LINES_ROW_LINES + (uint32_t)difference,
                   1);
        return;
    }
    put_number(bytes, KSYMS_LINES_ROW, 1);
    put_varint(bytes, length);
    put_varint(bytes, fold_signed(difference + KSYMS_LINES_ROW_LINE_MIN));
}

/* ---- Blocks ---- */

struct writer {
    struct chunk chunk;
    struct buffer blocks;
    struct buffer stream;
    uint32_t block_count;
    uint32_t chunk_count; /* in the block */
    uint64_t block_end;
};

static void end_chunk(struct writer *writer)
{
    struct chunk *chunk = &writer->chunk;

    if (chunk->row_count == 0) {
        return;
    }
    if (writer->chunk_count == KSYMS_LINES_BLOCK_CHUNKS || writer->block_count == 0 ||
        writer->block_end != chunk->start) {
        put_number(&writer->blocks, chunk->start, 8);
        put_number(&writer->blocks, writer->stream.size, 4);
        writer->block_count++;
        writer->chunk_count = 0;
    }
    put_varint(&writer->stream, (uint32_t)(chunk->end - chunk->start));
    put_varint(&writer->stream, (uint32_t)chunk->bytes.size);
    put_bytes(&writer->stream, chunk->bytes.bytes, chunk->bytes.size);
    writer->chunk_count++;
    writer->block_end = chunk->end;
    chunk->bytes.size = 0;
    chunk->row_count = chunk->open_count = chunk->current = 0;
    chunk->has_outer = false;
}

/* Between two blocks no gap is stored: it is cheaper for a hole longer than this. */
#define LONGEST_GAP 65536

static void write_rows(struct writer *writer)
{
    struct chunk *chunk = &writer->chunk;
    const struct source *source = chunk->source;

    for (size_t i = 0; i < source->row_count; i++) {
        const struct source_row *row = &source->rows[i];
        uint32_t unopened = count_unopened(chunk, row->scope);
        if (row->end - row->start > UINT32_MAX / 2) {
            fail("a line of %" PRIu64 " bytes at 0x%" PRIx64, row->end - row->start, row->start);
        }
        if (chunk->row_count > 0 && row->start - chunk->end > LONGEST_GAP) {
            end_chunk(writer);
            chunk->start = chunk->end = row->start;
        } else if (chunk->row_count == KSYMS_LINES_CHUNK_ROWS ||
                   chunk->open_count + unopened > KSYMS_LINES_SCOPES) {
            put_gap(chunk, row->start);
            end_chunk(writer);
            chunk->start = chunk->end = row->start;
        } else if (chunk->row_count == 0) {
            chunk->start = chunk->end = row->start;
        }
        if (count_unopened(chunk, row->scope) > KSYMS_LINES_SCOPES) {
            fail("calls are inlined more than %u deep at 0x%" PRIx64, KSYMS_LINES_SCOPES,
                 row->start);
        }
        put_row(chunk, row);
    }
    end_chunk(writer);
}

/* ---- The part ---- */

static unsigned width_of(uint64_t value)
{
    unsigned width = 1;
    while (width < 8 && value >> 8 * width != 0) {
        width++;
    }
    return width;
}

static void put_tables(struct buffer *part, const struct source *source,
                       const struct ksyms_lines_header *header)
{
    const uint32_t *offsets = source->strings.offsets;

    for (size_t i = 0; i < source->file_count; i++) {
        const struct source_file *file = &source->files[i];
        bool is_unknown = i == KSYMS_LINES_NO_FILE;
        put_number(part, is_unknown ? 0 : offsets[file->directory], header->string_width);
        put_number(part, is_unknown ? 0 : offsets[file->name], header->string_width);
    }
    for (size_t i = 0; i < source->callee_count; i++) {
        put_number(part, offsets[source->callees[i].name], header->string_width);
        put_number(part, source->callees[i].file, header->file_width);
        put_number(part, source->callees[i].line, header->line_width);
    }
}

void build_lines(struct buffer *part, struct source *source)
{
    struct writer *writer = allocate(1, sizeof(*writer));
    struct buffer strings = {0};
    struct ksyms_lines_header header = {0};
    uint32_t highest_line = 0;

    if (source->file_count > KSYMS_LINES_FILES_MAX) {
        fail("%zu source files, more than %u", source->file_count, KSYMS_LINES_FILES_MAX);
    }
    count_uses(source);
    renumber(source);
    put_number(&strings, 0, 1);
    strings_lay_out(&source->strings, &strings);
    writer->chunk.source = source;
    write_rows(writer);
    for (size_t i = 0; i < source->callee_count; i++) {
        highest_line =
            source->callees[i].line > highest_line ? source->callees[i].line : highest_line;
    }
    header.block_count = writer->block_count;
    header.file_count = (uint32_t)source->file_count;
    header.callee_count = (uint32_t)source->callee_count;
    header.stream_size = (uint32_t)writer->stream.size;
    header.strings_size = (uint32_t)strings.size;
    header.string_width = (uint8_t)width_of(strings.size - 1);
    header.file_width = (uint8_t)width_of(source->file_count - 1);
    header.line_width = (uint8_t)width_of(highest_line);
    put_bytes(part, &header, sizeof(header));
    put_bytes(part, writer->blocks.bytes, writer->blocks.size);
    put_tables(part, source, &header);
    put_bytes(part, writer->stream.bytes, writer->stream.size);
    put_bytes(part, strings.bytes, strings.size);
    buffer_free(&strings);
    buffer_free(&writer->blocks);
    buffer_free(&writer->stream);
    buffer_free(&writer->chunk.bytes);
    free(writer);
}
