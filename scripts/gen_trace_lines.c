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
#include "gen_trace_lines.h"
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

/* ---- A chunk ---- */

struct open_scope {
    uint32_t scope;
    uint32_t line;      /* the last one seen in it */
    uint32_t next_call; /* behind the last one of its callee's calls that was opened */
};

struct chunk {
    const struct source *source;
    const struct tables *tables;
    struct code_buffer bits;
    struct open_scope open[KSYMS_LINES_SCOPES];
    uint32_t open_count;
    uint32_t current;
    uint32_t recent[KSYMS_LINES_SCOPES]; /* the current scope first */
    unsigned code;                       /* of the next step */
    bool has_outer;                      /* a function was begun, with this declaration */
    uint32_t outer_file;
    uint32_t outer_line;
    uint32_t block_file; /* that the first such is counted from */
    uint32_t row_count;
    const struct source_row *last; /* row; null behind a gap */
    uint64_t start;
    uint64_t end;
};

static void put_step(struct chunk *chunk, uint32_t step, enum ksyms_lines_after after)
{
    put_symbol(&chunk->bits, chunk->code, step);
    chunk->code = KSYMS_CODE_LINES_STEP + (unsigned)after;
}

static void put_value(struct chunk *chunk, unsigned code, uint32_t number)
{
    put_code_number(&chunk->bits, code, number);
}

static void put_difference(struct chunk *chunk, unsigned code, uint32_t number, uint32_t from)
{
    put_code_number(&chunk->bits, code, fold_signed((int32_t)(number - from)));
}

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

static void enter_scope(struct chunk *chunk, uint32_t number)
{
    uint32_t place = 0;

    while (chunk->recent[place] != number) {
        place++;
    }
    memmove(chunk->recent + 1, chunk->recent, place * sizeof(chunk->recent[0]));
    chunk->recent[0] = number;
    chunk->current = number;
}

/* How a scope is reached from the current one: 0 it is that, 1 its parent, n + 1: n-th last. */
static uint32_t find_base(const struct chunk *chunk, uint32_t number)
{
    uint32_t parent_scope = chunk->source->scopes[chunk->open[chunk->current].scope].parent;
    uint32_t base = 1;

    if (number == chunk->current) {
        return 0;
    }
    if (chunk->open[number].scope == parent_scope) {
        return 1;
    }
    for (uint32_t place = 1;; place++) {
        base += chunk->open[chunk->recent[place]].scope != parent_scope;
        if (chunk->recent[place] == number) {
            return base;
        }
    }
}

/* ---- Scopes ---- */

static void put_call(struct chunk *chunk, uint32_t number)
{
    const struct tables *tables = chunk->tables;
    const struct source_scope *scope = &chunk->source->scopes[number];
    const struct source_scope *caller = &chunk->source->scopes[scope->parent];
    struct open_scope *parent = &chunk->open[chunk->current];
    uint32_t first = tables->first_callees[caller->file];

    if (is_nested(chunk->source, number)) {
        uint32_t call = call_number(tables, number);
        put_step(chunk, KSYMS_LINES_NESTED, KSYMS_AFTER_CALL);
        if (parent->next_call == 0) {
            put_value(chunk, KSYMS_CODE_LINES_NESTED, call);
        } else {
            put_difference(chunk, KSYMS_CODE_LINES_NESTED_NEXT, call, parent->next_call);
        }
        parent->next_call = call + 1;
        return;
    }
    if (scope->call_file != caller->file) {
        put_step(chunk, KSYMS_LINES_CHILD_IN, KSYMS_AFTER_CALL);
        put_value(chunk, KSYMS_CODE_LINES_NUMBER, scope->callee);
        put_value(chunk, KSYMS_CODE_LINES_NUMBER, scope->call_file);
        put_value(chunk, KSYMS_CODE_LINES_NUMBER, scope->call_line);
        return;
    }
    if (chunk->source->callees[scope->callee].file == caller->file) {
        put_step(chunk, KSYMS_LINES_CHILD_NEAR, KSYMS_AFTER_CALL);
        put_value(chunk, KSYMS_CODE_LINES_NEAR, scope->callee - first);
    } else if (tables->ranks[scope->callee] != UINT32_MAX) {
        put_step(chunk, KSYMS_LINES_CHILD_FREQUENT, KSYMS_AFTER_CALL);
        put_value(chunk, KSYMS_CODE_LINES_FREQUENT, tables->ranks[scope->callee]);
    } else {
        put_step(chunk, KSYMS_LINES_CHILD, KSYMS_AFTER_CALL);
        put_value(chunk, KSYMS_CODE_LINES_NUMBER, scope->callee);
    }
    put_difference(chunk, KSYMS_CODE_LINES_CALL_AT, scope->call_line, parent->line);
    parent->line = scope->call_line;
}

static void put_outer(struct chunk *chunk, const struct source_scope *scope)
{
    if (scope->callee != NO_CALLEE) {
        put_step(chunk, KSYMS_LINES_OUTER_NAMED, KSYMS_AFTER_OUTER);
        put_value(chunk, KSYMS_CODE_LINES_NUMBER, scope->callee);
        return;
    }
    if (chunk->has_outer && scope->file == chunk->outer_file) {
        put_step(chunk, KSYMS_LINES_OUTER_NEAR, KSYMS_AFTER_OUTER);
        put_difference(chunk, KSYMS_CODE_LINES_OUTER_NEAR, scope->line, chunk->outer_line);
    } else {
        put_step(chunk, KSYMS_LINES_OUTER, KSYMS_AFTER_OUTER);
        put_difference(chunk, KSYMS_CODE_LINES_OUTER_FILE, scope->file, chunk->outer_file);
        put_value(chunk, KSYMS_CODE_LINES_OUTER, scope->line);
    }
    chunk->has_outer = true;
    chunk->outer_file = scope->file;
    chunk->outer_line = scope->line;
}

static void open_scope(struct chunk *chunk, uint32_t number)
{
    const struct source_scope *scope = &chunk->source->scopes[number];

    if (scope->parent == NO_SCOPE) {
        put_outer(chunk, scope);
    } else {
        put_call(chunk, number);
    }
    chunk->recent[chunk->open_count] = chunk->open_count;
    chunk->open[chunk->open_count] = (struct open_scope){number, scope->line, 0};
    enter_scope(chunk, chunk->open_count++);
}

/* Go to an open scope by a step of its own, for one that has no row there. */
static void go_to(struct chunk *chunk, uint32_t number)
{
    uint32_t base = find_base(chunk, number);

    if (base == 1) {
        put_step(chunk, KSYMS_LINES_TO_PARENT, KSYMS_AFTER_MOVE);
    } else if (base > 1) {
        put_step(chunk, KSYMS_LINES_TO_RECENT, KSYMS_AFTER_MOVE);
        put_value(chunk, KSYMS_CODE_LINES_BACK, base - 2);
    }
    enter_scope(chunk, number);
}

/* Open a scope and those around it that are not yet. */
static void open_scopes(struct chunk *chunk, uint32_t number)
{
    uint32_t missing[KSYMS_LINES_SCOPES];
    uint32_t missing_count = 0, place = UINT32_MAX;

    while (number != NO_SCOPE && (place = find_open(chunk, number)) == UINT32_MAX) {
        missing[missing_count++] = number;
        number = chunk->source->scopes[number].parent;
    }
    if (place != UINT32_MAX && missing_count > 0) {
        go_to(chunk, place);
    }
    while (missing_count > 0) {
        open_scope(chunk, missing[--missing_count]);
    }
}

/* ---- Rows ---- */

static void put_gap(struct chunk *chunk, uint64_t until)
{
    if (until > chunk->end) {
        put_step(chunk, KSYMS_LINES_GAP, KSYMS_AFTER_NOTHING);
        put_value(chunk, KSYMS_CODE_LINES_GAP, (uint32_t)(until - chunk->end) - 1);
        chunk->last = NULL;
    }
    chunk->end = until;
}

/* A row in an open scope, of its file. */
static void put_own_row(struct chunk *chunk, uint32_t number, uint32_t line)
{
    struct open_scope *scope = &chunk->open[number];
    uint32_t difference = fold_signed((int32_t)(line - scope->line));
    uint32_t symbol = number_symbol(difference, KSYMS_NUMBER_BITS);
    uint32_t base = find_base(chunk, number), kind = base < 2 ? base : 2;
    uint32_t far = KSYMS_LINES_ROW_LINES - 1;
    uint32_t size = difference < 3 ? difference : difference <= 4 ? 3 : difference <= 10 ? 4 : 5;
    unsigned after = KSYMS_AFTER_ROWS + kind * 6 + size;
    uint32_t far_base = KSYMS_LINES_RECENT / KSYMS_LINES_ROW_LINES;

    if (base >= far_base) {
        put_step(chunk, KSYMS_LINES_RECENT, after);
        put_value(chunk, KSYMS_CODE_LINES_BACK, base - far_base);
        put_value(chunk, KSYMS_CODE_LINES_FAR, difference);
    } else if (symbol < far) {
        put_step(chunk, base * KSYMS_LINES_ROW_LINES + symbol, after);
        put_number_rest(&chunk->bits, difference, KSYMS_NUMBER_BITS);
    } else {
        put_step(chunk, base * KSYMS_LINES_ROW_LINES + far, after);
        put_value(chunk, KSYMS_CODE_LINES_FAR, difference);
    }
    enter_scope(chunk, number);
    scope->line = line;
}

/* Bytes behind a function, which the line table says are of its last line; `next` may be null. */
static bool is_padding(const struct chunk *chunk, const struct source_row *row,
                       const struct source_row *next)
{
    const struct source_scope *scope = &chunk->source->scopes[row->scope];

    return scope->parent == NO_SCOPE && scope->callee == NO_CALLEE && chunk->last != NULL &&
           chunk->last->end == row->start && chunk->last->file == row->file &&
           chunk->last->line == row->line && row->end == ((row->start | 15) + 1) &&
           find_open(chunk, row->scope) == UINT32_MAX &&
           (next == NULL || next->scope != row->scope);
}

static void put_row(struct chunk *chunk, const struct source_row *row,
                    const struct source_row *next)
{
    uint32_t length = (uint32_t)(row->end - row->start);

    put_gap(chunk, row->start);
    if (is_padding(chunk, row, next)) {
        put_step(chunk, KSYMS_LINES_PADDING, KSYMS_AFTER_PADDING);
    } else {
        open_scopes(chunk, row->scope);
        if (row->file == chunk->source->scopes[row->scope].file) {
            put_own_row(chunk, find_open(chunk, row->scope), row->line);
        } else {
            go_to(chunk, find_open(chunk, row->scope));
            put_step(chunk, KSYMS_LINES_FOREIGN, KSYMS_AFTER_FOREIGN);
            put_value(chunk, KSYMS_CODE_LINES_NUMBER, row->file);
            put_value(chunk, KSYMS_CODE_LINES_NUMBER, row->line);
        }
        put_value(chunk, KSYMS_CODE_LINES_LENGTH, length - 1);
    }
    chunk->last = row;
    chunk->end = row->end;
    chunk->row_count++;
}

/* ---- Chunks ---- */

/* A chunk ends before the function behind so many rows, or in one behind twice as many. */
#define CHUNK_ROWS 112u

/* A hole longer than this is not put into a chunk. */
#define LONGEST_GAP 65536

static void end_chunk(struct chunk *chunk, struct chunks *chunks, uint64_t next)
{
    if (chunk->row_count > 0) {
        if (next - chunk->end <= LONGEST_GAP) {
            put_gap(chunk, next);
        }
        put_chunk(chunks, chunk->start, chunk->end, &chunk->bits.bytes, chunk->block_file);
    }
}

/* `file` is that of the first function. */
static void begin_chunk(struct chunk *chunk, const struct chunks *chunks, uint64_t start,
                        uint32_t file)
{
    if (begins_block(chunks, start)) {
        chunk->block_file = chunks->has_files ? file : 0;
    }
    chunk->outer_file = chunk->block_file;
    code_buffer_clear(&chunk->bits);
    chunk->row_count = chunk->open_count = chunk->current = 0;
    chunk->code = KSYMS_CODE_LINES_STEP + KSYMS_AFTER_NOTHING;
    chunk->has_outer = false;
    chunk->last = NULL;
    chunk->start = chunk->end = start;
}

static uint32_t outermost(const struct source *source, uint32_t scope)
{
    while (source->scopes[scope].parent != NO_SCOPE) {
        scope = source->scopes[scope].parent;
    }
    return scope;
}

static bool needs_new_chunk(const struct chunk *chunk, const struct source_row *row,
                            const struct source_row *next)
{
    bool is_function = find_open(chunk, outermost(chunk->source, row->scope)) == UINT32_MAX &&
                       !is_padding(chunk, row, next);

    return row->start - chunk->end > LONGEST_GAP || chunk->row_count >= 2 * CHUNK_ROWS ||
           (is_function && chunk->row_count >= CHUNK_ROWS) ||
           chunk->open_count + count_unopened(chunk, row->scope) > KSYMS_LINES_SCOPES;
}

static void put_rows(struct chunks *chunks, const struct tables *tables)
{
    const struct source *source = tables->source;
    struct chunk chunk = {.source = source, .tables = tables};

    for (size_t i = 0; i < source->row_count; i++) {
        const struct source_row *row = &source->rows[i];
        const struct source_row *next = i + 1 < source->row_count ? row + 1 : NULL;
        if (row->end - row->start > UINT32_MAX / 2) {
            fail("a line of %" PRIu64 " bytes at 0x%" PRIx64, row->end - row->start, row->start);
        }
        if (i == 0 || needs_new_chunk(&chunk, row, next)) {
            end_chunk(&chunk, chunks, row->start);
            begin_chunk(&chunk, chunks, row->start,
                        source->scopes[outermost(source, row->scope)].file);
        }
        if (count_unopened(&chunk, row->scope) > KSYMS_LINES_SCOPES) {
            fail("calls are inlined more than %u deep at 0x%" PRIx64, KSYMS_LINES_SCOPES,
                 row->start);
        }
        put_row(&chunk, row, next);
    }
    end_chunk(&chunk, chunks, chunk.end);
    buffer_free(&chunk.bits.bytes);
}

void build_lines(struct buffer *part, struct source *source)
{
    /* A file for each block does not pay where there are few. */
    struct chunks chunks = {.has_files = source->file_count > 256};
    struct tables tables;

    if (source->file_count > KSYMS_LINES_FILES_MAX) {
        fail("%zu source files, more than %u", source->file_count, KSYMS_LINES_FILES_MAX);
    }
    if (source->callee_count > KSYMS_LINES_CALLEES_MAX) {
        fail("%zu functions are inlined, more than %u", source->callee_count,
             KSYMS_LINES_CALLEES_MAX);
    }
    tables_make(&tables, source);
    put_rows(&chunks, &tables);
    put_chunks(part, &chunks);
    put_tables(part, &tables);
    tables_free(&tables);
}
