// SPDX-License-Identifier: MIT
/*
 * types.c: tables of hashes, and the lines of a text of types.
 *
 * Invariants of an opened text:
 *  1. each line ends with a newline, and lines[] has where each begins;
 *  2. each has a head of two words and a space behind it;
 *  3. heads do not fall from line to line.  A head that comes twice is of two types of one name.
 */
#include "types_text.h"
#include "ksyms/blob.h"
#include "ksyms/part.h"

/* ---- Hashes ---- */

void ksyms_type_hashes_open(struct ksyms_type_hashes *hashes, const struct ksyms_table *blob)
{
    struct ksyms_part part;

    *hashes = (struct ksyms_type_hashes){0};
    if (ksyms_table_part(blob, KSYMS_PART_TYPE_HASHES, &part)) {
        hashes->entries = part.bytes;
        hashes->count = part.size_bytes / KSYMS_TYPE_HASH_SIZE;
    }
}

uint32_t ksyms_type_hashes_key(const struct ksyms_type_hashes *hashes, uint32_t number)
{
    return read_u32(hashes->entries + (size_t)number * KSYMS_TYPE_HASH_SIZE);
}

uint32_t ksyms_type_hashes_hash(const struct ksyms_type_hashes *hashes, uint32_t number)
{
    return read_u32(hashes->entries + (size_t)number * KSYMS_TYPE_HASH_SIZE + 4);
}

/* Key and hash as one number.  Entries rise by it. */
static uint64_t entry_at(const struct ksyms_type_hashes *hashes, uint32_t number)
{
    return (uint64_t)ksyms_type_hashes_key(hashes, number) << 32 |
           ksyms_type_hashes_hash(hashes, number);
}

/*
 * The first entry, `low` or above, that is not below `entry`.  Steps that double, and then
 * halves: an entry nearby is found at once.
 */
static uint32_t find_entry(const struct ksyms_type_hashes *hashes, uint64_t entry, uint32_t low)
{
    uint32_t high = low, step = 1;

    while (high < hashes->count && entry_at(hashes, high) < entry) {
        low = high + 1;
        step *= 2;
        high = hashes->count - high > step ? high + step : hashes->count;
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (entry_at(hashes, middle) < entry) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool has_key(const struct ksyms_type_hashes *hashes, uint32_t number, uint32_t key)
{
    return number < hashes->count && ksyms_type_hashes_key(hashes, number) == key;
}

bool ksyms_type_hashes_find(const struct ksyms_type_hashes *hashes, uint32_t key, uint32_t *number)
{
    uint32_t found = find_entry(hashes, (uint64_t)key << 32, 0);

    if (!has_key(hashes, found, key)) {
        return false;
    }
    if (number) {
        *number = found;
    }
    return true;
}

uint32_t ksyms_type_hashes_differ(const struct ksyms_type_hashes *needed,
                                  const struct ksyms_type_hashes *offered, uint32_t first)
{
    uint32_t place = 0;

    for (uint32_t number = first; number < needed->count; number++) {
        uint64_t entry = entry_at(needed, number);
        uint32_t key = ksyms_type_hashes_key(needed, number);
        place = find_entry(offered, entry, place);
        if (place < offered->count && entry_at(offered, place) == entry) {
            continue;
        }
        /* Entries of one key are types of one name: others of it lie beside. */
        if (has_key(offered, place, key) || (place > 0 && has_key(offered, place - 1, key))) {
            return number;
        }
    }
    return needed->count;
}

uint32_t ksyms_types_key(struct ksyms_type_text head)
{
    return ksyms_types_crc(0, (const uint8_t *)head.text, head.length);
}

uint32_t ksyms_types_hash(struct ksyms_type_text body)
{
    return ksyms_types_crc(0, (const uint8_t *)body.text, body.length);
}

/* ---- Text ---- */

static bool ends_name(char letter)
{
    switch (letter) {
    case ' ':
    case ',':
    case ';':
    case '(':
    case ')':
    case '[':
    case ']':
    case '{':
    case '}':
    case '*':
    case '&':
        return true;
    default:
        return false;
    }
}

uint32_t ksyms_types_measure_name(struct ksyms_type_text text)
{
    uint32_t length = 0, depth = 0;

    while (length < text.length && (depth > 0 || !ends_name(text.text[length]))) {
        char letter = text.text[length++];
        depth += letter == '<';
        depth -= letter == '>' && depth > 0;
    }
    return length;
}

/* Letters of the head of a line: a word, a space, a name. */
static uint32_t measure_head(struct ksyms_type_text line)
{
    struct ksyms_type_text name = line;
    uint32_t word = length_to(line, ' ');

    take_text(&name, word + 1);
    return name.length > 0 ? word + 1 + ksyms_types_measure_name(name) : word;
}

static struct ksyms_type_text line_from(struct ksyms_type_text text, uint32_t start)
{
    take_text(&text, start);
    text.length = length_to(text, '\n');
    return text;
}

uint32_t ksyms_types_count_lines(const struct ksyms_part *text)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < text->size_bytes; i++) {
        count += text->bytes[i] == '\n';
    }
    return count;
}

void ksyms_types_line(const struct ksyms_types *types, uint32_t number,
                      struct ksyms_type_text *head, struct ksyms_type_text *body)
{
    bool is_last = number + 1 == types->line_count;
    uint32_t end = is_last ? types->text.length : types->lines[number + 1];
    uint32_t start = types->lines[number];

    *body = (struct ksyms_type_text){types->text.text + start, end - start - 1};
    *head = take_text(body, measure_head(*body));
    take_text(body, 1);
}

enum ksyms_status ksyms_types_open(struct ksyms_types *types, const struct ksyms_part *text,
                                   uint32_t *lines)
{
    struct ksyms_types opened = {{(const char *)text->bytes, text->size_bytes}, lines, 0};
    struct ksyms_type_text before = {NULL, 0};

    if (text->size_bytes > 0 && text->bytes[text->size_bytes - 1] != '\n') {
        return KSYMS_TYPES_END;
    }
    for (uint32_t start = 0; start < text->size_bytes;) {
        struct ksyms_type_text line = line_from(opened.text, start);
        struct ksyms_type_text head = {line.text, measure_head(line)};
        if (head.length >= line.length || line.text[head.length] != ' ' || line.text[0] == ' ' ||
            length_to(head, ' ') + 1 >= head.length) {
            return KSYMS_TYPES_HEAD;
        }
        if (before.length > 0 && compare_texts(before, head) > 0) {
            return KSYMS_TYPES_ORDER;
        }
        lines[opened.line_count++] = start;
        start += line.length + 1;
        before = head;
    }
    *types = opened;
    return KSYMS_OK;
}

static struct ksyms_type_text head_of(const struct ksyms_types *types, uint32_t number)
{
    struct ksyms_type_text head, body;

    ksyms_types_line(types, number, &head, &body);
    return head;
}

struct line_range ksyms_types_find_lines(const struct ksyms_types *types,
                                         struct ksyms_type_text head)
{
    struct line_range range = {.looked_at = 0};
    uint32_t low = 0, high = types->line_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct ksyms_type_text met = head_of(types, middle);
        range.looked_at += met.length;
        if (compare_texts(met, head) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    range.first = low;
    while (low < types->line_count && is_same_text(head_of(types, low), head)) {
        low++;
    }
    range.count = low - range.first;
    range.looked_at += ((uint64_t)range.count + 1) * head.length;
    return range;
}

bool ksyms_types_symbol(struct ksyms_type_text head, struct ksyms_type_text *name)
{
    static const char word[] = "symbol ";
    const uint32_t length = sizeof(word) - 1;

    if (head.length <= length || memcmp(head.text, word, length) != 0) {
        return false;
    }
    *name = (struct ksyms_type_text){head.text + length, head.length - length};
    return true;
}
