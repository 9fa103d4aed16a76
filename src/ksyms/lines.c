// SPDX-License-Identifier: MIT
/*
 * lines.c: from an address to file, line and inlined calls.
 *
 * Code is a row of stretches, each with a line in a scope: a function, or a call inlined into one.
 * A line is stored as its difference to the last line *of that scope*, since the compiler mixes
 * the instructions of several inlined calls, but each of them walks on slowly:
 *
 *      stretch   ├──┤├────┤├─┤├───┤├──┤         outer  10      11          12
 *      scope      f   g     f  g    f           g          40        41
 *
 * A chunk of at most 128 rows begins with no scope open, so it is decoded alone.
 *
 *   1. Each step reads at least a byte, of a chunk at most KSYMS_LINES_CHUNK_STEPS.
 *   2. A scope's parent has a lower number, or it is the scope itself and has none: a chain ends.
 *   3. Numbers of files and callees are checked where they are used, those of scopes where made.
 */
#include "ksyms/lines.h"
#include "ksyms/part.h"
#include "trace_parts.h"

#define OUTERMOST UINT32_MAX

/* ---- Bytes ---- */

struct cursor {
    const uint8_t *next;
    const uint8_t *end;
};

static uint32_t take_byte(struct cursor *cursor)
{
    return cursor->next < cursor->end ? *cursor->next++ : 0;
}

/* At most 5 bytes; bits above the 32nd are lost. */
static uint32_t take_varint(struct cursor *cursor)
{
    uint32_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        uint32_t byte = take_byte(cursor);
        value |= (byte & 0x7f) << shift;
        if (byte < 0x80) {
            break;
        }
    }
    return value;
}

/* The signed number that was folded, as the unsigned one to add. */
static uint32_t take_signed(struct cursor *cursor)
{
    uint32_t value = take_varint(cursor);
    return value >> 1 ^ (0u - (value & 1));
}

struct block_index {
    const uint8_t *entries;
    uint32_t count;
    struct ksyms_part stream;
};

static uint64_t block_address(const struct block_index *index, uint32_t number)
{
    return read_u64(index->entries + (size_t)number * KSYMS_TRACE_BLOCK_SIZE);
}

static uint32_t block_offset(const struct block_index *index, uint32_t number)
{
    uint32_t size = index->stream.size_bytes;
    uint32_t offset = size;
    if (number < index->count) {
        offset = read_u32(index->entries + (size_t)number * KSYMS_TRACE_BLOCK_SIZE + 8);
    }
    return offset < size ? offset : size;
}

/* The last block that begins at or below the address: its number, its beginning, its bytes. */
static bool find_block(const struct block_index *index, uint64_t address, uint32_t *number,
                       uint64_t *start, struct cursor *bytes)
{
    uint32_t low = 0;
    uint32_t high = index->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (block_address(index, middle) <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) {
        return false;
    }
    *number = low - 1;
    *start = block_address(index, low - 1);
    bytes->next = index->stream.bytes + block_offset(index, low - 1);
    bytes->end = index->stream.bytes + block_offset(index, low);
    return true;
}

static bool is_width(unsigned width)
{
    return width >= 1 && width <= 4;
}

enum ksyms_status ksyms_lines_open(struct ksyms_lines *lines, const struct ksyms_table *table)
{
    struct ksyms_lines_header header;
    struct ksyms_part part;
    uint64_t blocks_size, files_size, callees_size;

    if (!ksyms_table_part(table, KSYMS_PART_LINES, &part)) {
        return KSYMS_BLOB_PART;
    }
    if (part.size_bytes < sizeof(header)) {
        return KSYMS_BLOB_COUNT;
    }
    memcpy(&header, part.bytes, sizeof(header));
    if (!is_width(header.string_width) || !is_width(header.file_width) ||
        !is_width(header.line_width)) {
        return KSYMS_BLOB_COUNT;
    }
    blocks_size = (uint64_t)header.block_count * KSYMS_TRACE_BLOCK_SIZE;
    files_size = (uint64_t)header.file_count * 2 * header.string_width;
    callees_size = (uint64_t)header.callee_count *
                   ((unsigned)header.string_width + header.file_width + header.line_width);
    if (sizeof(header) + blocks_size + files_size + callees_size + header.stream_size +
                (uint64_t)header.strings_size !=
            part.size_bytes ||
        header.strings_size == 0 || part.bytes[part.size_bytes - 1] != 0) {
        return KSYMS_BLOB_COUNT;
    }
    *lines = (struct ksyms_lines){
        .blocks = part.bytes + sizeof(header),
        .block_count = header.block_count,
        .file_count = header.file_count,
        .callee_count = header.callee_count,
        .string_width = header.string_width,
        .file_width = header.file_width,
        .line_width = header.line_width,
    };
    lines->files = lines->blocks + blocks_size;
    lines->callees = lines->files + files_size;
    lines->stream = (struct ksyms_part){lines->callees + callees_size, header.stream_size};
    lines->strings =
        (struct ksyms_part){lines->stream.bytes + header.stream_size, header.strings_size};
    return KSYMS_OK;
}

/* ---- Tables ---- */

static uint32_t read_field(const uint8_t *bytes, unsigned width)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < width; i++) {
        value |= (uint32_t)bytes[i] << 8 * i;
    }
    return value;
}

/* The part ends with a 0 byte, so every string in it does. */
static const char *string_at(const struct ksyms_lines *lines, uint32_t offset)
{
    return (const char *)lines->strings.bytes + (offset < lines->strings.size_bytes ? offset : 0);
}

static const uint8_t *callee_entry(const struct ksyms_lines *lines, uint32_t callee)
{
    return lines->callees +
           (size_t)callee * (lines->string_width + lines->file_width + lines->line_width);
}

/* ---- Scopes ---- */

/* A new scope becomes the current one.  False if there is no room, in damaged bytes. */
static bool open_scope(struct ksyms_chain *chain, struct ksyms_scope scope)
{
    if (chain->scope_count == KSYMS_LINES_SCOPES) {
        return false;
    }
    chain->current = chain->scope_count++;
    chain->scopes[chain->current] = scope;
    return true;
}

static bool open_outer(struct ksyms_chain *chain, struct cursor *bytes, uint32_t step)
{
    struct ksyms_scope scope = {.callee = OUTERMOST, .parent = chain->scope_count};

    if (step == KSYMS_LINES_OUTER) {
        chain->outer_file = (uint16_t)take_varint(bytes);
        chain->outer_line = take_varint(bytes);
    } else {
        chain->outer_line += take_signed(bytes);
    }
    scope.file = chain->outer_file;
    scope.line = chain->outer_line;
    return open_scope(chain, scope);
}

/* File and line of a callee's declaration.  False if there is no such callee. */
static bool read_callee(const struct ksyms_lines *lines, struct ksyms_scope *scope)
{
    const uint8_t *entry;

    if (scope->callee >= lines->callee_count) {
        return false;
    }
    entry = callee_entry(lines, scope->callee) + lines->string_width;
    scope->file = (uint16_t)read_field(entry, lines->file_width);
    scope->line = read_field(entry + lines->file_width, lines->line_width);
    return true;
}

static bool open_named(struct ksyms_chain *chain, struct cursor *bytes)
{
    struct ksyms_scope scope = {.parent = chain->scope_count, .callee = take_varint(bytes)};
    return read_callee(chain->lines, &scope) && open_scope(chain, scope);
}

static bool open_child(struct ksyms_chain *chain, struct cursor *bytes, uint32_t step)
{
    struct ksyms_scope *parent = &chain->scopes[chain->current];
    struct ksyms_scope scope = {.parent = chain->current, .callee = take_varint(bytes)};

    if (chain->scope_count == 0 || !read_callee(chain->lines, &scope)) {
        return false;
    }
    scope.call_file = parent->file;
    if (step == KSYMS_LINES_CHILD_IN) {
        scope.call_file = (uint16_t)take_varint(bytes);
        scope.call_line = take_varint(bytes);
    } else {
        parent->line += step == KSYMS_LINES_CHILD_AT ? take_signed(bytes) : 0;
        scope.call_line = parent->line;
    }
    return open_scope(chain, scope);
}

static bool go_to(struct ksyms_chain *chain, uint32_t distance)
{
    if (distance >= chain->scope_count) {
        return false;
    }
    chain->current = (uint8_t)(chain->scope_count - 1 - distance);
    return true;
}

/* A step that changes the scope. */
static bool change_scope(struct ksyms_chain *chain, struct cursor *bytes, uint32_t step)
{
    switch (step) {
    case KSYMS_LINES_OUTER:
    case KSYMS_LINES_OUTER_NEAR:
        return open_outer(chain, bytes, step);
    case KSYMS_LINES_OUTER_NAMED:
        return open_named(chain, bytes);
    case KSYMS_LINES_CHILD:
    case KSYMS_LINES_CHILD_AT:
    case KSYMS_LINES_CHILD_IN:
        return open_child(chain, bytes, step);
    case KSYMS_LINES_TO:
        return go_to(chain, take_varint(bytes));
    case KSYMS_LINES_PARENT:
        chain->current = chain->scopes[chain->current].parent;
        return chain->scope_count > 0;
    default:
        return go_to(chain, step - KSYMS_LINES_TO_SHORT);
    }
}

/* ---- Rows ---- */

/* The row of a step; its length.  chain->file and chain->line are its place. */
static uint32_t read_row(struct ksyms_chain *chain, struct cursor *bytes, uint32_t step)
{
    struct ksyms_scope *scope = &chain->scopes[chain->current];
    uint32_t length;

    if (step >= KSYMS_LINES_ROWS) {
        step -= KSYMS_LINES_ROWS;
        length = 1 + step / KSYMS_LINES_ROW_LINES;
        scope->line += step % KSYMS_LINES_ROW_LINES + (uint32_t)KSYMS_LINES_ROW_LINE_MIN;
    } else {
        length = take_varint(bytes);
        if (step == KSYMS_LINES_FOREIGN) {
            chain->file = take_varint(bytes);
            chain->line = take_varint(bytes);
            return length;
        }
        scope->line += take_signed(bytes);
    }
    chain->file = scope->file;
    chain->line = scope->line;
    return length;
}

static bool is_row(uint32_t step)
{
    return step >= KSYMS_LINES_ROWS || step == KSYMS_LINES_ROW || step == KSYMS_LINES_FOREIGN;
}

static bool find_in_chunk(struct ksyms_chain *chain, struct cursor bytes, uint64_t start,
                          uint64_t address)
{
    chain->scope_count = 0;
    chain->current = 0;
    chain->scopes[0] = (struct ksyms_scope){0};
    chain->outer_file = 0;
    chain->outer_line = 0;
    for (unsigned steps = 0; steps < KSYMS_LINES_CHUNK_STEPS && bytes.next < bytes.end; steps++) {
        uint32_t step = take_byte(&bytes);
        bool is_gap = step == KSYMS_LINES_GAP;
        uint32_t length;

        if (!is_gap && !is_row(step)) {
            if (!change_scope(chain, &bytes, step)) {
                return false;
            }
            continue;
        }
        length = is_gap ? take_varint(&bytes) : read_row(chain, &bytes, step);
        if (address - start < length) {
            chain->start = start;
            chain->end = start + length;
            return !is_gap && chain->scope_count > 0;
        }
        start += length;
    }
    return false;
}

bool ksyms_lines_find(const struct ksyms_lines *lines, uint64_t address, struct ksyms_chain *chain)
{
    struct block_index index = {lines->blocks, lines->block_count, lines->stream};
    struct cursor bytes;
    uint64_t start;
    uint32_t number;

    if (!find_block(&index, address, &number, &start, &bytes)) {
        return false;
    }
    chain->lines = lines;
    chain->is_done = false;
    for (unsigned i = 0; i < KSYMS_LINES_BLOCK_CHUNKS && bytes.next < bytes.end; i++) {
        uint32_t span = take_varint(&bytes);
        uint32_t size = take_varint(&bytes);
        size_t rest = (size_t)(bytes.end - bytes.next);
        struct cursor chunk = {bytes.next, bytes.next + (size < rest ? size : rest)};
        if (address - start < span) {
            return find_in_chunk(chain, chunk, start, address);
        }
        start += span;
        bytes.next = chunk.end;
    }
    return false;
}

/* ---- Places ---- */

static void name_file(const struct ksyms_lines *lines, uint32_t file, struct ksyms_place *place)
{
    const uint8_t *entry = lines->files + (size_t)file * 2 * lines->string_width;

    place->directory = "";
    place->file = "??";
    if (file != KSYMS_LINES_NO_FILE && file < lines->file_count) {
        place->directory = string_at(lines, read_field(entry, lines->string_width));
        place->file =
            string_at(lines, read_field(entry + lines->string_width, lines->string_width));
    }
}

bool ksyms_chain_next(struct ksyms_chain *chain, struct ksyms_place *place)
{
    const struct ksyms_lines *lines = chain->lines;
    const struct ksyms_scope *scope = &chain->scopes[chain->current];

    if (chain->is_done) {
        return false;
    }
    name_file(lines, chain->file, place);
    place->line = chain->line;
    place->function = NULL;
    if (scope->callee < lines->callee_count) { /* not OUTERMOST */
        place->function =
            string_at(lines, read_field(callee_entry(lines, scope->callee), lines->string_width));
    }
    chain->is_done = scope->parent == chain->current;
    chain->file = scope->call_file;
    chain->line = scope->call_line;
    chain->current = scope->parent;
    return true;
}
