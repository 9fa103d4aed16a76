// SPDX-License-Identifier: MIT
/*
 * lines_tables.c: what LINES says once: the functions that are inlined somewhere, what is inlined
 * into them, the files and folders.
 *
 * Each table has groups of 8 or 4 entries, decoded from their beginning:
 *
 *     callees      size of │ line, calls │ line, calls │ … │ name │ name │ …
 *     files        size of │ callees, folder │ …           │ name │ name │ …
 *     folders                                                name │ name │ …
 *
 * Callees are sorted by file and line, so a file is known by how many callees all before it have.
 * A name begins as the one before it, so it is decoded over that.
 *
 *   1. A group has at most 8 entries, a callee at most KSYMS_LINES_CALLS_MAX calls, a text at most
 *      KSYMS_LINES_TEXT_MAX bytes: every loop is bounded.
 */
#include "lines_tables.h"

static uint32_t groups_of(uint32_t count, uint32_t group_size)
{
    return count / group_size + (count % group_size != 0);
}

/* ---- The view ---- */

/* False if it does not fit into what is left. */
static bool take_array(struct ksyms_lines_array *array, struct ksyms_part *rest, uint32_t count,
                       unsigned width)
{
    uint64_t size = (uint64_t)count * width;

    if (size > rest->size_bytes) {
        return false;
    }
    *array = (struct ksyms_lines_array){rest->bytes, count, width};
    *rest = (struct ksyms_part){rest->bytes + size, rest->size_bytes - (uint32_t)size};
    return true;
}

/* An array whose first number is 0, and not there. */
static bool take_rising(struct ksyms_lines_array *array, struct ksyms_part *rest, uint32_t count,
                        unsigned width)
{
    return take_array(array, rest, count > 0 ? count - 1 : 0, width);
}

bool ksyms_lines_tables_open(struct ksyms_lines *lines, const struct ksyms_part *tables)
{
    const uint8_t *next = tables->bytes, *end = tables->bytes + tables->size_bytes;
    uint32_t frequent_count, widths, root_size, file_groups;
    uint32_t *numbers[] = {&lines->callee_count,
                           &lines->file_count,
                           &lines->directory_count,
                           &frequent_count,
                           &widths,
                           &root_size};
    unsigned offset_width, callee_width;
    struct ksyms_part rest;

    for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (next == end) {
            return false;
        }
        *numbers[i] = ksyms_trace_take_varint(&next, end);
    }
    offset_width = widths & 7;
    callee_width = widths >> 3;
    if (lines->callee_count > KSYMS_LINES_CALLEES_MAX ||
        lines->file_count > KSYMS_LINES_FILES_MAX || lines->directory_count > lines->file_count ||
        offset_width > 4 || callee_width > 4 || root_size >= KSYMS_LINES_KEPT_MAX ||
        root_size > (size_t)(end - next)) {
        return false;
    }
    lines->root = (struct ksyms_part){next, root_size};
    rest = (struct ksyms_part){next + root_size, (uint32_t)(end - next) - root_size};
    file_groups = groups_of(lines->file_count, KSYMS_LINES_FILE_GROUP);
    lines->first_file_group = groups_of(lines->callee_count, KSYMS_LINES_GROUP);
    lines->first_directory_group = lines->first_file_group + file_groups;
    lines->group_count =
        lines->first_directory_group + groups_of(lines->directory_count, KSYMS_LINES_FILE_GROUP);
    if (!take_array(&lines->frequent, &rest, frequent_count, callee_width) ||
        !take_rising(&lines->file_callees, &rest, file_groups, callee_width) ||
        !take_rising(&lines->group_offsets, &rest, lines->group_count, offset_width)) {
        return false;
    }
    lines->groups = rest;
    return true;
}

/* 0 behind the last. */
static uint32_t array_at(const struct ksyms_lines *lines, const struct ksyms_lines_array *array,
                         uint32_t number)
{
    const uint8_t *end = lines->groups.bytes + lines->groups.size_bytes;

    return number < array->count
               ? (uint32_t)read_field(array->entries + (size_t)number * array->width, array->width,
                                      end)
               : 0;
}

static uint32_t rising_at(const struct ksyms_lines *lines, const struct ksyms_lines_array *array,
                          uint32_t number)
{
    return number > 0 ? array_at(lines, array, number - 1) : 0;
}

/* The bits of a group, up to the end of all: a group does not know its own. */
static struct bit_cursor open_group(const struct ksyms_lines *lines, uint32_t group)
{
    uint32_t offset = rising_at(lines, &lines->group_offsets, group);
    uint32_t size = lines->groups.size_bytes;

    if (group >= lines->group_count || offset > size) {
        offset = size;
    }
    return bits_of(lines->groups.bytes + offset, size - offset);
}

static struct bit_cursor open_callees(const struct ksyms_lines *lines, uint32_t callee)
{
    return open_group(lines, callee / KSYMS_LINES_GROUP);
}

/* Step over what a group says before its names. */
static void skip_to_names(struct bit_cursor *bits)
{
    ksyms_trace_skip_bits(bits, ksyms_trace_take_number(bits, KSYMS_CODE_LINES_SIZE));
}

static uint32_t take_signed(struct bit_cursor *bits, unsigned code)
{
    return unfold_signed(ksyms_trace_take_number(bits, code));
}

/* ---- Texts ---- */

unsigned ksyms_lines_text_code(uint32_t byte)
{
    unsigned kind = 0;

    if (byte >= 'a' && byte <= 'z') {
        kind = byte - 'a' + 1;
    } else if (byte >= '0' && byte <= '9') {
        kind = 27;
    } else if (byte >= 'A' && byte <= 'Z') {
        kind = 28;
    } else if (byte == '_') {
        kind = 29;
    } else if (byte == '.') {
        kind = 30;
    } else if (byte == '-') {
        kind = 31;
    }
    return KSYMS_CODE_LINES_TEXT + kind;
}

struct text {
    char *bytes;
    size_t capacity;
    uint32_t length; /* may be above the capacity: what is behind that is lost */
    uint32_t last;   /* byte */
};

static void add_byte(struct text *text, uint32_t byte)
{
    if (text->length < text->capacity) {
        text->bytes[text->length] = (char)byte;
    }
    text->length++;
    text->last = byte;
}

/* 1 to 8 bytes, the others of which are 0: all are written if there is room. */
static void add_token(struct text *text, const char *token)
{
    uint64_t word = read_u64((const uint8_t *)token);
    unsigned length = 8 - (unsigned)__builtin_clzll(word | 1) / 8;

    if (text->length + sizeof(word) <= text->capacity) {
        memcpy(text->bytes + text->length, &word, sizeof(word));
        text->length += length;
        text->last = (uint8_t)token[length - 1];
        return;
    }
    for (unsigned i = 0; i < length; i++) {
        add_byte(text, (uint8_t)token[i]);
    }
}

/* A byte, or some.  False at the end. */
static bool take_piece(struct bit_cursor *bits, struct text *text)
{
    uint32_t symbol = take_symbol(bits, ksyms_lines_text_code(text->last));

    if (symbol >= KSYMS_TEXT_FIRST_TOKEN && symbol < KSYMS_CODE_ESCAPE) {
        add_token(text, ksyms_text_tokens[symbol - KSYMS_TEXT_FIRST_TOKEN]);
        return true;
    }
    if (symbol == KSYMS_TEXT_RAW) {
        symbol = take_bits(bits, 8);
    }
    if (symbol != 0) {
        add_byte(text, symbol);
    }
    return symbol != 0;
}

/* The text of a group's entry; `bytes` has room for `capacity`, more than KSYMS_LINES_KEPT_MAX,
 * and begins with the `root_size` bytes that the first text may share, if there are any. */
static void take_text(struct bit_cursor *bits, uint32_t place, char *bytes, size_t capacity,
                      uint32_t root_size)
{
    struct text text = {.bytes = bytes, .capacity = capacity - 1, .length = root_size};

    for (uint32_t i = 0; i <= place; i++) {
        uint32_t kept = 0;
        if (i > 0 || root_size > 0) {
            kept = ksyms_trace_take_number(bits, KSYMS_CODE_LINES_KEPT);
        }

        text.length = kept < text.length ? kept : text.length;
        text.length =
            text.length < KSYMS_LINES_KEPT_MAX ? text.length : (uint32_t)KSYMS_LINES_KEPT_MAX;
        text.last = text.length > 0 ? (uint8_t)bytes[text.length - 1] : 0;
        while (text.length < KSYMS_LINES_TEXT_MAX && take_piece(bits, &text)) {
        }
    }
    bytes[text.length < capacity ? text.length : capacity - 1] = '\0';
}

/* ---- Callees ---- */

/* A callee of a group: reading goes on behind its calls. */
struct callee_cursor {
    struct bit_cursor bits;
    uint32_t line;
    uint32_t call_count;
};

static void next_callee(struct callee_cursor *cursor)
{
    cursor->line += take_signed(&cursor->bits, KSYMS_CODE_LINES_DECLARED);
    cursor->call_count = ksyms_trace_take_number(&cursor->bits, KSYMS_CODE_LINES_CALLS);
    if (cursor->call_count > KSYMS_LINES_CALLS_MAX) {
        cursor->call_count = KSYMS_LINES_CALLS_MAX;
    }
}

struct call_cursor {
    uint32_t caller; /* number of the callee that has the calls */
    uint32_t line;
    uint32_t kind; /* of how the callee is given, and that */
    uint32_t value;
};

static void next_call(struct callee_cursor *cursor, struct call_cursor *call)
{
    call->line += take_signed(&cursor->bits, KSYMS_CODE_LINES_CALL_LINE);
    call->kind = ksyms_trace_take_symbol(&cursor->bits, KSYMS_CODE_LINES_CALL_KIND);
    call->value = ksyms_trace_take_number(
        &cursor->bits, call->kind == KSYMS_LINES_CALL_NEAR       ? KSYMS_CODE_LINES_CALL_NEAR
                       : call->kind == KSYMS_LINES_CALL_FREQUENT ? KSYMS_CODE_LINES_CALL_FREQUENT
                                                                 : KSYMS_CODE_LINES_NUMBER);
}

/* The cursor at a callee, before its calls. */
static bool find_callee(const struct ksyms_lines *lines, uint32_t callee,
                        struct callee_cursor *cursor)
{
    if (callee >= lines->callee_count) {
        return false;
    }
    *cursor = (struct callee_cursor){.bits = open_callees(lines, callee)};
    ksyms_trace_take_number(&cursor->bits, KSYMS_CODE_LINES_SIZE);
    next_callee(cursor);
    for (uint32_t i = 0; i < callee % KSYMS_LINES_GROUP; i++) {
        struct call_cursor call = {0};
        for (uint32_t j = 0; j < cursor->call_count && !is_at_end(&cursor->bits); j++) {
            next_call(cursor, &call);
        }
        next_callee(cursor);
    }
    return !is_at_end(&cursor->bits);
}

bool ksyms_lines_call(const struct ksyms_lines *lines, uint32_t caller, uint32_t number,
                      uint32_t *callee, uint32_t *line)
{
    struct callee_cursor cursor;
    struct call_cursor call;

    if (!find_callee(lines, caller, &cursor) || number >= cursor.call_count) {
        return false;
    }
    call.line = cursor.line;
    for (uint32_t i = 0; i <= number; i++) {
        next_call(&cursor, &call);
    }
    *line = call.line;
    *callee = call.kind == KSYMS_LINES_CALL_NEAR ? caller + unfold_signed(call.value)
              : call.kind == KSYMS_LINES_CALL_FREQUENT
                  ? ksyms_lines_frequent_callee(lines, call.value)
                  : call.value;
    return *callee < lines->callee_count;
}

uint32_t ksyms_lines_frequent_callee(const struct ksyms_lines *lines, uint32_t rank)
{
    return rank < lines->frequent.count ? array_at(lines, &lines->frequent, rank) : UINT32_MAX;
}

void ksyms_lines_callee_name(const struct ksyms_lines *lines, uint32_t callee, char *text,
                             size_t capacity)
{
    struct bit_cursor bits = open_callees(lines, callee);

    skip_to_names(&bits);
    take_text(&bits, callee % KSYMS_LINES_GROUP, text, capacity, 0);
}

/* ---- Files ---- */

struct file_cursor {
    struct bit_cursor bits;
    uint32_t first_callee;
    uint32_t callee_count;
    uint32_t directory;
};

static void next_file(struct file_cursor *cursor)
{
    cursor->first_callee += cursor->callee_count;
    cursor->callee_count = ksyms_trace_take_number(&cursor->bits, KSYMS_CODE_LINES_FILE_CALLEES);
    cursor->directory += ksyms_trace_take_number(&cursor->bits, KSYMS_CODE_LINES_FOLDER);
}

/* The cursor at the first file of a group. */
static void open_files(const struct ksyms_lines *lines, uint32_t file, struct file_cursor *cursor)
{
    *cursor = (struct file_cursor){
        .bits = open_group(lines, lines->first_file_group + file / KSYMS_LINES_FILE_GROUP)};
    cursor->first_callee = rising_at(lines, &lines->file_callees, file / KSYMS_LINES_FILE_GROUP);
    ksyms_trace_take_number(&cursor->bits, KSYMS_CODE_LINES_SIZE);
    next_file(cursor);
}

uint32_t ksyms_lines_first_callee(const struct ksyms_lines *lines, uint32_t file)
{
    struct file_cursor cursor;

    open_files(lines, file, &cursor);
    for (uint32_t i = 0; i < file % KSYMS_LINES_FILE_GROUP; i++) {
        next_file(&cursor);
    }
    return cursor.first_callee;
}

/* The last file whose first callee is not above this one: those before it have none.  Apart, so
 * that its stack is not there while that of find_callee is. */
__attribute__((noinline)) static uint32_t file_of_callee(const struct ksyms_lines *lines,
                                                         uint32_t callee)
{
    uint32_t low = 0, high = lines->file_callees.count; /* of the groups behind the first */
    struct file_cursor cursor;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (array_at(lines, &lines->file_callees, middle) <= callee) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low *= KSYMS_LINES_FILE_GROUP;
    open_files(lines, low, &cursor);
    for (uint32_t i = 0; i < KSYMS_LINES_FILE_GROUP; i++) {
        if (callee - cursor.first_callee < cursor.callee_count) {
            return low + i;
        }
        next_file(&cursor);
    }
    return KSYMS_LINES_NO_FILE;
}

bool ksyms_lines_declaration(const struct ksyms_lines *lines, uint32_t callee,
                             struct ksyms_lines_declaration *declaration)
{
    struct callee_cursor cursor;

    if (!find_callee(lines, callee, &cursor)) {
        return false;
    }
    declaration->file = file_of_callee(lines, callee);
    declaration->line = cursor.line;
    return true;
}

uint32_t ksyms_lines_file_name(const struct ksyms_lines *lines, uint32_t file, char *text,
                               size_t capacity)
{
    struct file_cursor cursor;
    struct bit_cursor names =
        open_group(lines, lines->first_file_group + file / KSYMS_LINES_FILE_GROUP);

    open_files(lines, file, &cursor);
    for (uint32_t i = 0; i < file % KSYMS_LINES_FILE_GROUP; i++) {
        next_file(&cursor);
    }
    skip_to_names(&names);
    take_text(&names, file % KSYMS_LINES_FILE_GROUP, text, capacity, 0);
    return cursor.directory;
}

void ksyms_lines_directory_name(const struct ksyms_lines *lines, uint32_t directory, char *text,
                                size_t capacity)
{
    struct bit_cursor bits =
        open_group(lines, lines->first_directory_group + directory / KSYMS_LINES_FILE_GROUP);

    memcpy(text, lines->root.bytes, lines->root.size_bytes);
    take_text(&bits, directory % KSYMS_LINES_FILE_GROUP, text, capacity, lines->root.size_bytes);
}
