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
 * A chunk begins with no scope open, so it is decoded alone.  While it is, a scope is only how it
 * was opened; what that means (which callee, declared where) is looked up at the end, for those
 * scopes that are in the answer.
 *
 *   1. Each step reads at least a bit, of a chunk at most KSYMS_LINES_CHUNK_STEPS.
 *   2. A scope's parent has a lower number, or it is the scope itself and has none: a chain ends.
 *   3. Numbers of callees and files are checked where they are used, those of scopes where made.
 */
#include "ksyms/lines.h"
#include "ksyms/part.h"
#include "lines_tables.h"

#define NO_DIRECTORY UINT32_MAX

enum ksyms_status ksyms_lines_open(struct ksyms_lines *lines, const struct ksyms_table *table)
{
    struct ksyms_lines opened;
    struct ksyms_part part, tables;

    if (!ksyms_table_part(table, KSYMS_PART_LINES, &part)) {
        return KSYMS_BLOB_PART;
    }
    if (!ksyms_trace_index_open(&opened.index, &part, &tables) ||
        !ksyms_lines_tables_open(&opened, &tables)) {
        return KSYMS_BLOB_COUNT;
    }
    *lines = opened;
    return KSYMS_OK;
}

/* ---- Scopes ---- */

static struct ksyms_scope *current_scope(struct ksyms_chain *chain)
{
    return &chain->scopes[chain->current];
}

/* Make a scope the current one, and the most recent: those before it move on by one. */
static void enter_scope(struct ksyms_chain *chain, unsigned number)
{
    uint8_t moved = (uint8_t)number;

    chain->current = moved;
    for (unsigned place = 0; place < chain->scope_count; place++) {
        uint8_t here = chain->recent[place];
        chain->recent[place] = moved;
        if (here == number) {
            return;
        }
        moved = here;
    }
}

/* False if there is no room, in damaged bytes. */
static bool open_scope(struct ksyms_chain *chain, struct ksyms_scope scope)
{
    unsigned number = chain->scope_count;

    if (number == KSYMS_LINES_SCOPES) {
        return false;
    }
    if (scope.kind <= KSYMS_SCOPE_NAMED) {
        scope.parent = number;
    } else if (number == 0) {
        return false;
    }
    chain->scopes[number] = scope;
    memmove(chain->recent + 1, chain->recent, number);
    chain->recent[0] = (uint8_t)number;
    chain->current = (uint8_t)number;
    chain->scope_count++;
    return true;
}

static uint32_t take_signed(struct bit_cursor *bits, unsigned code)
{
    return unfold_signed(ksyms_trace_take_number(bits, code));
}

static bool open_outer(struct ksyms_chain *chain, struct bit_cursor *bits, uint32_t step)
{
    struct ksyms_scope scope = {.kind = KSYMS_SCOPE_OUTER};

    if (step == KSYMS_LINES_OUTER_NAMED) {
        scope.kind = KSYMS_SCOPE_NAMED;
        scope.callee = ksyms_trace_take_number(bits, KSYMS_CODE_LINES_NUMBER);
        return open_scope(chain, scope);
    }
    if (step == KSYMS_LINES_OUTER) {
        chain->outer_file += take_signed(bits, KSYMS_CODE_LINES_OUTER_FILE);
        chain->outer_line = ksyms_trace_take_number(bits, KSYMS_CODE_LINES_OUTER);
    } else {
        chain->outer_line += take_signed(bits, KSYMS_CODE_LINES_OUTER_NEAR);
    }
    scope.file = (uint16_t)chain->outer_file;
    scope.line = chain->outer_line;
    return open_scope(chain, scope);
}

/* A call in the current scope: the callee is known when the caller is. */
static bool open_call(struct ksyms_chain *chain, struct bit_cursor *bits, uint32_t step)
{
    struct ksyms_scope *parent = current_scope(chain);
    struct ksyms_scope scope = {.parent = chain->current};

    switch (step) {
    case KSYMS_LINES_NESTED:
        scope.kind = KSYMS_SCOPE_NESTED;
        if (parent->next_call == 0) {
            scope.callee = ksyms_trace_take_number(bits, KSYMS_CODE_LINES_NESTED);
        } else {
            scope.callee =
                (uint16_t)(parent->next_call + take_signed(bits, KSYMS_CODE_LINES_NESTED_NEXT));
        }
        parent->next_call = (uint16_t)(scope.callee + 1);
        return open_scope(chain, scope);
    case KSYMS_LINES_CHILD_IN:
        scope.kind = KSYMS_SCOPE_ELSEWHERE;
        scope.callee = ksyms_trace_take_number(bits, KSYMS_CODE_LINES_NUMBER);
        scope.call_file = (uint16_t)ksyms_trace_take_number(bits, KSYMS_CODE_LINES_NUMBER);
        scope.call_line = ksyms_trace_take_number(bits, KSYMS_CODE_LINES_NUMBER);
        return open_scope(chain, scope);
    case KSYMS_LINES_CHILD_NEAR:
        scope.kind = KSYMS_SCOPE_NEAR;
        scope.callee = ksyms_trace_take_number(bits, KSYMS_CODE_LINES_NEAR);
        break;
    case KSYMS_LINES_CHILD_FREQUENT:
        scope.kind = KSYMS_SCOPE_FREQUENT;
        scope.callee = ksyms_trace_take_number(bits, KSYMS_CODE_LINES_FREQUENT);
        break;
    default:
        scope.kind = KSYMS_SCOPE_CALLEE;
        scope.callee = ksyms_trace_take_number(bits, KSYMS_CODE_LINES_NUMBER);
        break;
    }
    parent->line += take_signed(bits, KSYMS_CODE_LINES_CALL_AT);
    scope.call_line = parent->line;
    return open_scope(chain, scope);
}

/* To the scope that was current so many scopes ago, the current one's parent left out. */
static bool go_back(struct ksyms_chain *chain, uint32_t distance)
{
    unsigned parent = current_scope(chain)->parent;

    for (unsigned place = 1; place < chain->scope_count; place++) {
        if (chain->recent[place] != parent && --distance == 0) {
            enter_scope(chain, chain->recent[place]);
            return true;
        }
    }
    return false;
}

/* ---- Steps ---- */

/* The code of the next step: it depends on this one, and how far a row's line went. */
static unsigned code_after(uint32_t step, uint32_t line)
{
    static const uint8_t kinds[] = {KSYMS_AFTER_NOTHING, KSYMS_AFTER_MOVE,   KSYMS_AFTER_MOVE,
                                    KSYMS_AFTER_OUTER,   KSYMS_AFTER_OUTER,  KSYMS_AFTER_OUTER,
                                    KSYMS_AFTER_CALL,    KSYMS_AFTER_CALL,   KSYMS_AFTER_CALL,
                                    KSYMS_AFTER_CALL,    KSYMS_AFTER_CALL,   KSYMS_AFTER_FOREIGN,
                                    KSYMS_AFTER_PADDING, KSYMS_AFTER_NOTHING};
    static const uint8_t sizes[] = {0, 1, 2, 3, 3, 4, 4, 4, 4, 4, 4, 5};
    unsigned base = step / KSYMS_LINES_ROW_LINES;

    if (step > KSYMS_LINES_RECENT) {
        unsigned kind = step - KSYMS_LINES_RECENT;
        return KSYMS_CODE_LINES_STEP + kinds[kind < sizeof(kinds) ? kind : sizeof(kinds) - 1];
    }
    return KSYMS_CODE_LINES_STEP + KSYMS_AFTER_ROWS + (base < 2 ? base : 2) * 6 +
           sizes[line < 11 ? line : 11];
}

/* A step that opens or changes the scope, and has no row. */
static bool change_scope(struct ksyms_chain *chain, struct bit_cursor *bits, uint32_t step)
{
    switch (step) {
    case KSYMS_LINES_TO_PARENT:
        enter_scope(chain, current_scope(chain)->parent);
        return true;
    case KSYMS_LINES_TO_RECENT:
        return go_back(chain, 1 + ksyms_trace_take_number(bits, KSYMS_CODE_LINES_BACK));
    case KSYMS_LINES_OUTER:
    case KSYMS_LINES_OUTER_NEAR:
    case KSYMS_LINES_OUTER_NAMED:
        return open_outer(chain, bits, step);
    case KSYMS_LINES_CHILD_NEAR:
    case KSYMS_LINES_CHILD_FREQUENT:
    case KSYMS_LINES_CHILD:
    case KSYMS_LINES_CHILD_IN:
    case KSYMS_LINES_NESTED:
        return open_call(chain, bits, step);
    default:
        return false;
    }
}

/* A row that says its scope and line.  *line is that difference, folded. */
static bool read_row(struct ksyms_chain *chain, struct bit_cursor *bits, uint32_t step,
                     uint32_t *line)
{
    uint32_t base = step / KSYMS_LINES_ROW_LINES;
    uint32_t symbol = step % KSYMS_LINES_ROW_LINES;

    if (base == KSYMS_LINES_RECENT / KSYMS_LINES_ROW_LINES) {
        base += ksyms_trace_take_number(bits, KSYMS_CODE_LINES_BACK);
        symbol = KSYMS_LINES_ROW_LINES - 1;
    }
    if (base == 1) {
        enter_scope(chain, current_scope(chain)->parent);
    } else if (base > 1 && !go_back(chain, base - 1)) {
        return false;
    }
    if (symbol == KSYMS_LINES_ROW_LINES - 1) {
        symbol = take_number(bits, KSYMS_CODE_LINES_FAR);
    } else {
        symbol = take_number_rest(bits, symbol, KSYMS_NUMBER_BITS);
    }
    *line = symbol;
    current_scope(chain)->line += unfold_signed(*line);
    chain->place = (struct ksyms_row_place){
        .kind = KSYMS_PLACE_SCOPE, .line = current_scope(chain)->line, .scope = chain->current};
    return true;
}

/* Bytes of code that the row just read has. */
static uint32_t read_length(struct bit_cursor *bits, uint32_t step, uint64_t start)
{
    if (step == KSYMS_LINES_PADDING) {
        return 16 - ((uint32_t)start & 15);
    }
    return 1 + take_number(bits, step == KSYMS_LINES_GAP ? KSYMS_CODE_LINES_GAP
                                                         : KSYMS_CODE_LINES_LENGTH);
}

/* A step that has bytes of code.  False if it is none of these, or damaged. */
static bool is_row(struct ksyms_chain *chain, struct bit_cursor *bits, uint32_t step,
                   uint32_t *line)
{
    if (step <= KSYMS_LINES_RECENT) {
        return chain->scope_count > 0 && read_row(chain, bits, step, line);
    }
    switch (step) {
    case KSYMS_LINES_FOREIGN:
        chain->place =
            (struct ksyms_row_place){.kind = KSYMS_PLACE_FOREIGN, .scope = chain->current};
        chain->place.file = (uint16_t)ksyms_trace_take_number(bits, KSYMS_CODE_LINES_NUMBER);
        chain->place.line = ksyms_trace_take_number(bits, KSYMS_CODE_LINES_NUMBER);
        return true;
    case KSYMS_LINES_PADDING:
        chain->place.is_padding = true;
        return true;
    case KSYMS_LINES_GAP:
        chain->place.kind = KSYMS_PLACE_NONE;
        return true;
    default:
        return false;
    }
}

static bool find_in_chunk(struct ksyms_chain *chain, const struct trace_chunk *chunk,
                          uint64_t address)
{
    struct bit_cursor bits = chunk->bits;
    uint64_t start = chunk->start;
    unsigned code = KSYMS_CODE_LINES_STEP + KSYMS_AFTER_NOTHING;

    chain->place = (struct ksyms_row_place){.kind = KSYMS_PLACE_NONE};
    chain->scope_count = 0;
    chain->current = 0;
    chain->scopes[0] = (struct ksyms_scope){0};
    chain->outer_file = chunk->file;
    chain->outer_line = 0;
    for (unsigned i = 0; i < KSYMS_LINES_CHUNK_STEPS && !is_at_end(&bits); i++) {
        uint32_t step = take_symbol(&bits, code);
        uint32_t line = 0, length;

        if (is_row(chain, &bits, step, &line)) {
            length = read_length(&bits, step, start);
            if (address - start < length) {
                chain->start = start;
                chain->end = start + length;
                return chain->place.kind != KSYMS_PLACE_NONE && chain->scope_count > 0;
            }
            start += length;
        } else if (!change_scope(chain, &bits, step)) {
            return false;
        }
        code = code_after(step, line);
    }
    return false;
}

/* ---- What the scopes of an answer are ---- */

/* Of a function, or of a call in a scope that is known: its callee, file and lines.  `base` is the
 * line that the parent's lines were counted from, and becomes that of the scope. */
static bool resolve_scope(const struct ksyms_lines *lines, struct ksyms_scope *scope,
                          const struct ksyms_scope *parent, uint32_t *base)
{
    struct ksyms_lines_declaration declaration;
    uint32_t callee = scope->callee;

    scope->call_file = scope->kind == KSYMS_SCOPE_ELSEWHERE ? scope->call_file : parent->file;
    switch (scope->kind) {
    case KSYMS_SCOPE_OUTER:
        *base = 0;
        return true;
    case KSYMS_SCOPE_NAMED:
    case KSYMS_SCOPE_ELSEWHERE:
        break;
    case KSYMS_SCOPE_NESTED:
        if (!ksyms_lines_call(lines, parent->callee, callee, &callee, &scope->call_line)) {
            return false;
        }
        break;
    default:
        scope->call_line += *base;
        break;
    }
    if (scope->kind == KSYMS_SCOPE_NEAR) {
        callee += ksyms_lines_first_callee(lines, parent->file);
    } else if (scope->kind == KSYMS_SCOPE_FREQUENT) {
        callee = ksyms_lines_frequent_callee(lines, callee);
    }
    if (!ksyms_lines_declaration(lines, callee, &declaration)) {
        return false;
    }
    scope->callee = callee;
    scope->file = (uint16_t)declaration.file;
    scope->line += declaration.line;
    *base = declaration.line;
    return true;
}

/* From the outermost inwards, since a call is known by its caller. */
static bool resolve_place(struct ksyms_chain *chain)
{
    uint8_t *path = chain->recent; /* which is needed no more */
    unsigned count = 0, number = chain->place.scope;
    uint32_t base = 0;

    for (path[count++] = (uint8_t)number; chain->scopes[number].parent != number;) {
        number = chain->scopes[number].parent;
        path[count++] = (uint8_t)number;
    }
    while (count-- > 0) {
        struct ksyms_scope *scope = &chain->scopes[path[count]];
        if (!resolve_scope(chain->lines, scope, &chain->scopes[scope->parent], &base)) {
            return false;
        }
    }
    chain->current = chain->place.scope;
    if (chain->place.kind == KSYMS_PLACE_SCOPE) {
        chain->place.file = current_scope(chain)->file;
        chain->place.line = current_scope(chain)->line;
    }
    return true;
}

bool ksyms_lines_find(const struct ksyms_lines *lines, uint64_t address, struct ksyms_chain *chain)
{
    struct trace_chunk chunk;

    chain->lines = lines;
    chain->is_done = false;
    chain->directory_number = NO_DIRECTORY;
    return ksyms_trace_find_chunk(&lines->index, address, &chunk) &&
           find_in_chunk(chain, &chunk, address) && resolve_place(chain);
}

/* ---- Places ---- */

static void name_file(struct ksyms_chain *chain, uint32_t file)
{
    uint32_t directory;

    if (file == KSYMS_LINES_NO_FILE || file >= chain->lines->file_count) {
        chain->directory[0] = '\0';
        chain->directory_number = NO_DIRECTORY;
        memcpy(chain->file, "??", 3);
        return;
    }
    directory = ksyms_lines_file_name(chain->lines, file, chain->file, sizeof(chain->file));
    if (directory != chain->directory_number) {
        ksyms_lines_directory_name(chain->lines, directory, chain->directory,
                                   sizeof(chain->directory));
        chain->directory_number = directory;
    }
}

bool ksyms_chain_next(struct ksyms_chain *chain, struct ksyms_place *place)
{
    const struct ksyms_scope *scope = current_scope(chain);

    if (chain->is_done) {
        return false;
    }
    name_file(chain, chain->place.file);
    *place = (struct ksyms_place){NULL, chain->directory, chain->file, chain->place.line};
    if (scope->kind != KSYMS_SCOPE_OUTER && !chain->place.is_padding) {
        ksyms_lines_callee_name(chain->lines, scope->callee, chain->function,
                                sizeof(chain->function));
        place->function = chain->function;
    }
    chain->is_done = scope->parent == chain->current || chain->place.is_padding;
    chain->place.file = scope->call_file;
    chain->place.line = scope->call_line;
    chain->current = scope->parent;
    return true;
}
