// SPDX-License-Identifier: MIT
/*
 * gen_ksyms_map.c: read the text of `nm -n -S` or of a System.map, and put its symbols in order.
 *
 *     address SP [size SP] letter SP name LF
 *     SP... letter SP name LF                  an undefined symbol: letter U, w or v
 *
 * address and size are 1 to 16 hexadecimal digits; a size has at least two, since one would look
 * like a letter.  The name is the rest of the line and may hold any byte but NUL.  A last line
 * without LF is a line.  CR LF is refused: the CR would become part of every name.
 *
 *   1. Every line is understood or ends the program with its number; none is skipped.
 *   2. What is left out is decided in is_wanted and is_left_out and nowhere else.
 *   3. Which of several aliases is best is decided in compare_aliases and nowhere else.
 *   4. Both orders are total up to lines that are equal in all columns: the order of the input
 *      cannot be seen in the output.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "gen_ksyms.h"

struct line {
    struct map_symbol symbol;
    bool is_undefined;
    bool is_wanted;
};

struct parser {
    const char *path;
    size_t number; /* of the line, from 1 */
    const char *position;
    const char *end; /* of the line */
};

__attribute__((format(printf, 2, 3), noreturn)) static void refuse(const struct parser *parser,
                                                                   const char *format, ...)
{
    char what[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);
    fail("%s:%zu: %s", parser->path, parser->number, what);
}

static bool is_letter(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '?' ||
           byte == '-';
}

int digit_value(char byte)
{
    static const int8_t values[256] = {
        ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
        ['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
        ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
        ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
    };
    return values[(uint8_t)byte] - 1;
}

/* For messages: a byte of the map that a terminal can show. */
static char printable(char byte)
{
    return byte >= ' ' && byte <= '~' ? byte : '?';
}

static void parse_space(struct parser *parser, const char *after)
{
    if (parser->position == parser->end) {
        refuse(parser, "the line ends after the %s", after);
    }
    if (*parser->position != ' ') {
        refuse(parser, "'%c' instead of a space after the %s", printable(*parser->position), after);
    }
    parser->position++;
}

static uint64_t parse_number(struct parser *parser, const char *what)
{
    const char *start = parser->position;
    const char *position = start;
    uint64_t value = 0;
    int digit;

    /* The text has a NUL behind it, which is no digit. */
    while ((digit = digit_value(*position)) >= 0) {
        value = value << 4 | (uint64_t)digit;
        position++;
    }
    if (position < parser->end && *position != ' ') {
        parser->position = position;
        refuse(parser, "'%c' in the %s: not a hexadecimal digit", printable(*position), what);
    }
    if (position - start > 16) {
        refuse(parser, "the %s has more than 16 digits", what);
    }
    parser->position = position;
    return value;
}

/* A field of one byte is the letter, a longer one a size. */
static bool at_letter(const struct parser *parser)
{
    return parser->position == parser->end || parser->position + 1 == parser->end ||
           parser->position[0] == ' ' || parser->position[1] == ' ';
}

static void parse_letter_and_name(struct parser *parser, struct map_symbol *symbol)
{
    if (parser->position == parser->end) {
        refuse(parser, "no type letter");
    }
    symbol->type = *parser->position;
    if (!is_letter(symbol->type)) {
        refuse(parser, "'%c' is not a type letter of nm", printable(symbol->type));
    }
    parser->position++;
    parse_space(parser, "type letter");
    if (parser->position == parser->end) {
        refuse(parser, "the name is empty");
    }
    if (parser->end - parser->position > UINT32_MAX / 2) {
        refuse(parser, "the name is too long");
    }
    symbol->name = parser->position;
    symbol->name_length = (uint32_t)(parser->end - parser->position);
}

static struct line parse_line(struct parser *parser)
{
    struct line line = {0};
    struct map_symbol *symbol = &line.symbol;

    if (parser->position == parser->end) {
        refuse(parser, "the line is empty");
    }
    if (memchr(parser->position, '\0', (size_t)(parser->end - parser->position)) != NULL) {
        refuse(parser, "a NUL byte");
    }
    if (parser->end[-1] == '\r') {
        refuse(parser, "the line ends in CR LF: convert the map to LF");
    }
    if (*parser->position == ' ') {
        while (parser->position < parser->end && *parser->position == ' ') {
            parser->position++;
        }
        line.is_undefined = true;
        parse_letter_and_name(parser, symbol);
        if (strchr("Uwv", symbol->type) == NULL) {
            refuse(parser, "a symbol of type '%c' without an address", symbol->type);
        }
        return line;
    }
    symbol->address = parse_number(parser, "address");
    parse_space(parser, "address");
    if (!at_letter(parser)) {
        symbol->size = parse_number(parser, "size");
        parse_space(parser, "size");
    }
    parse_letter_and_name(parser, symbol);
    if (symbol->type == 'U') {
        refuse(parser, "an undefined symbol with an address");
    }
    if (symbol->size > 0 && symbol->address + (symbol->size - 1) < symbol->address) {
        refuse(parser, "address 0x%llx and size 0x%llx: the symbol wraps past 2^64",
               (unsigned long long)symbol->address, (unsigned long long)symbol->size);
    }
    return line;
}

static bool starts_with(const struct map_symbol *symbol, const char *start)
{
    size_t length = strlen(start);
    return symbol->name_length >= length && memcmp(symbol->name, start, length) == 0;
}

bool is_absolute(char type)
{
    return type == 'A' || type == 'a';
}

/*
 * What does not come into the blob, if no rule of a filter keeps it:
 *
 *   1. undefined symbols: they have no address;
 *   2. names that begin with `.L`, the assembler's own labels (psABI), and `..@`, those of NASM's
 *      macros;
 *   3. mapping symbols `$a`, `$d`, `$t`, `$x`, alone or before a `.`: they mark code and data;
 *   4. NASM's local labels `function.loop`: a local symbol without a size in a map that has sizes,
 *      with a dot after its first byte.  As a label inside a function it would take the name of
 *      the function's second half.  gcc's `f.cold`, `f.part.0`, `counter.1` have sizes and stay.
 *      A map without any sizes cannot tell the two apart, so there all stay.
 */
static bool is_left_out(const struct line *line, bool map_has_sizes)
{
    const struct map_symbol *symbol = &line->symbol;

    if (line->is_undefined || starts_with(symbol, ".L") || starts_with(symbol, "..@")) {
        return true;
    }
    if (symbol->name_length >= 2 && symbol->name[0] == '$' && memchr("adtx", symbol->name[1], 4) &&
        (symbol->name_length == 2 || symbol->name[2] == '.')) {
        return true;
    }
    return map_has_sizes && symbol->size == 0 && symbol->type >= 'a' && symbol->type <= 'z' &&
           memchr("iuvw", symbol->type, 4) == NULL &&
           memchr(symbol->name + 1, '.', symbol->name_length - 1) != NULL;
}

int compare_bytes(const char *left, size_t left_length, const char *right, size_t right_length)
{
    size_t common = left_length < right_length ? left_length : right_length;
    int order = memcmp(left, right, common);
    return order != 0 ? order : (left_length > right_length) - (left_length < right_length);
}

static int compare_names(const struct map_symbol *left, const struct map_symbol *right)
{
    return compare_bytes(left->name, left->name_length, right->name, right->name_length);
}

static uint32_t leading_underscores(const struct map_symbol *symbol)
{
    uint32_t count = 0;
    while (count < symbol->name_length && symbol->name[count] == '_') {
        count++;
    }
    return count;
}

/* Labels that a linker script puts at the edges of sections; most begin with an underscore. */
static bool is_section_edge(const struct map_symbol *symbol)
{
    static const char *const whole[] = {
        "etext", "edata", "end", "text", "stext", "sdata", "sinittext", "einittext", "data",
    };
    static const char *const starts[] = {"start_", "stop_"};
    static const char *const ends[] = {"_start", "_stop", "_begin", "_end"};
    uint32_t underscores = leading_underscores(symbol);
    const char *name = symbol->name + underscores;
    size_t length = symbol->name_length - underscores;

    for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
        /* `data` and `end` alone are good names; `etext edata end` are the linker's if labels. */
        if (strlen(whole[i]) == length && memcmp(name, whole[i], length) == 0) {
            return underscores > 0 || (symbol->size == 0 && whole[i][0] == 'e');
        }
    }
    if (underscores == 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        size_t part = strlen(starts[i]);
        if (length > part && memcmp(name, starts[i], part) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        size_t part = strlen(ends[i]);
        if (length > part && memcmp(name + length - part, ends[i], part) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_function(char type)
{
    return memchr("TtWwi", type, 5) != NULL;
}

/* 0 local, 1 weak, 2 global. */
static int binding(char type)
{
    if (memchr("WwVv", type, 4) != NULL) {
        return 1;
    }
    return (type >= 'A' && type <= 'Z') || type == 'u' || type == 'i' ? 2 : 0;
}

/*
 * The rule of aliases.  Of symbols with one address the best sorts last:
 *
 *   1. one that has a size;              4. global before weak before local;
 *   2. one that is not a section's edge; 5. the one with fewer leading underscores;
 *   3. a function;                       6. the first in byte order of names.
 *
 * Then the larger and the smaller letter, so that only equal lines are equal.
 */
static int compare_aliases(const struct map_symbol *left, const struct map_symbol *right)
{
    int order = (left->size > 0) - (right->size > 0);
    if (order == 0) {
        order = is_section_edge(right) - is_section_edge(left);
    }
    if (order == 0) {
        order = is_function(left->type) - is_function(right->type);
    }
    if (order == 0) {
        order = binding(left->type) - binding(right->type);
    }
    if (order == 0) {
        uint32_t left_count = leading_underscores(left);
        uint32_t right_count = leading_underscores(right);
        order = (left_count < right_count) - (left_count > right_count);
    }
    if (order == 0) {
        order = compare_names(right, left);
    }
    if (order == 0) {
        order = (left->size > right->size) - (left->size < right->size);
    }
    return order != 0 ? order : right->type - left->type;
}

static int compare_addresses(const void *left_entry, const void *right_entry)
{
    const struct map_symbol *left = left_entry;
    const struct map_symbol *right = right_entry;
    int order = (left->address > right->address) - (left->address < right->address);

    return order != 0 ? order : compare_aliases(left, right);
}

/*
 * A map of `nm -n` has its addresses in order, and only aliases may change places: sort what is not
 * in order.
 */
static void sort_by_address(struct map_symbol *symbols, uint32_t count)
{
    uint32_t first = 0; /* of the symbols at one address */

    for (uint32_t i = 1; i < count; i++) {
        if (symbols[i].address < symbols[i - 1].address) {
            qsort(symbols, count, sizeof(*symbols), compare_addresses);
            return;
        }
    }
    for (uint32_t i = 1; i <= count; i++) {
        if (i == count || symbols[i].address != symbols[first].address) {
            if (i - first > 1) {
                qsort(symbols + first, i - first, sizeof(*symbols), compare_addresses);
            }
            first = i;
        }
    }
}

/* For sorting by name: most pairs differ in their first 16 bytes, which lie here and not far away.
 */
struct named {
    uint64_t start; /* the first 8 bytes as a number, zeros behind a shorter name */
    uint64_t more;  /* the next 8 */
    uint32_t index;
};

static int compare_by_name(const void *left_entry, const void *right_entry, void *context)
{
    const struct map_symbol *symbols = context;
    const struct named *left = left_entry;
    const struct named *right = right_entry;
    int order = (left->start > right->start) - (left->start < right->start);
    if (order == 0) {
        order = (left->more > right->more) - (left->more < right->more);
    }
    if (order == 0) {
        order = compare_names(&symbols[left->index], &symbols[right->index]);
    }
    return order != 0 ? order : (left->index > right->index) - (left->index < right->index);
}

/* 8 bytes of a name as a number. */
static uint64_t name_part(const struct map_symbol *symbol, uint32_t from)
{
    uint64_t part = 0;
    for (uint32_t i = from; i < from + 8; i++) {
        part = part << 8 | (i < symbol->name_length ? (uint8_t)symbol->name[i] : 0);
    }
    return part;
}

static void sort_by_name(struct map *map)
{
    struct named *names = allocate(map->count, sizeof(*names));

    for (uint32_t i = 0; i < map->count; i++) {
        names[i] =
            (struct named){name_part(&map->symbols[i], 0), name_part(&map->symbols[i], 8), i};
    }
    qsort_r(names, map->count, sizeof(*names), compare_by_name, map->symbols);
    map->by_name = allocate(map->count, sizeof(*map->by_name));
    for (uint32_t rank = 0; rank < map->count; rank++) {
        map->by_name[rank] = names[rank].index;
        map->symbols[names[rank].index].name_rank = rank;
    }
    free(names);
}

static char *read_all(const char *path, size_t *size)
{
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(path, "rb");
    size_t capacity = 1 << 16;
    size_t used = 0;
    char *text;

    if (file == NULL) {
        fail("%s: %s", path, strerror(errno));
    }
    text = allocate(capacity, 1);
    for (;;) {
        used += fread(text + used, 1, capacity - used, file);
        if (used < capacity) {
            break;
        }
        capacity *= 2;
        text = reallocate(text, capacity, 1);
    }
    if (ferror(file)) {
        fail("%s: %s", path, strerror(errno));
    }
    text[used] = '\0'; /* used < capacity */
    if (!is_stdin) {
        fclose(file);
    }
    *size = used;
    return text;
}

static struct line *parse_text(const char *path, char *text, size_t size, size_t *line_count)
{
    struct parser parser = {.path = strcmp(path, "-") == 0 ? "standard input" : path};
    struct line *lines = NULL;
    size_t capacity = 0;
    size_t count = 0;

    for (const char *start = text; start < text + size;) {
        const char *end = memchr(start, '\n', (size_t)(text + size - start));
        end = end != NULL ? end : text + size;
        parser.number = count + 1;
        if (count % 65536 == 0) {
            progress("reading", (uint64_t)(start - text), size);
        }
        parser.position = start;
        parser.end = end;
        lines = make_room(lines, count, &capacity, sizeof(*lines));
        lines[count++] = parse_line(&parser);
        start = end + 1;
        text[end - text] = '\0'; /* from here the name is a string */
    }
    *line_count = count;
    return lines;
}

static bool is_wanted(const struct line *line, bool map_has_sizes, const struct map_filter *filter)
{
    enum filter_answer answer;

    if (line->is_undefined || (filter->text_only && !is_function(line->symbol.type))) {
        return false;
    }
    answer = filter_ask(filter, line->symbol.name);
    return answer == FILTER_SAYS_NOTHING ? !is_left_out(line, map_has_sizes)
                                         : answer == FILTER_KEEP;
}

void map_read(struct map *map, const char *path, const struct map_filter *filter)
{
    size_t size, line_count;
    char *text = read_all(path, &size);
    struct line *lines = parse_text(path, text, size, &line_count);
    uint32_t placed;

    memset(map, 0, sizeof(*map));
    map->text = text;
    for (size_t i = 0; i < line_count; i++) {
        map->has_sizes |= lines[i].symbol.size > 0;
    }
    if (line_count > UINT32_MAX / 64) {
        fail("%s: more than %u symbols", path, UINT32_MAX / 64);
    }
    map->symbols = allocate(line_count, sizeof(*map->symbols));
    for (size_t i = 0; i < line_count; i++) {
        lines[i].is_wanted = is_wanted(&lines[i], map->has_sizes, filter);
        if (lines[i].is_wanted && !is_absolute(lines[i].symbol.type)) {
            map->symbols[map->count++] = lines[i].symbol;
        }
    }
    placed = map->count;
    for (size_t i = 0; i < line_count; i++) {
        if (lines[i].is_wanted && is_absolute(lines[i].symbol.type)) {
            map->symbols[map->count++] = lines[i].symbol;
        }
    }
    map->absolute_count = map->count - placed;
    free(lines);
    sort_by_address(map->symbols, placed);
    sort_by_address(map->symbols + placed, map->absolute_count);
    sort_by_name(map);
    /* From here every symbol has its place in both orders. */
}

void map_free(struct map *map)
{
    free(map->by_name);
    free(map->symbols);
    free(map->text);
}
