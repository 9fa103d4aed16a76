// SPDX-License-Identifier: MIT
/*
 * gen_types_lines.c: from symbols to the lines of all types that they reach.
 *
 * A unit that only declares `struct device` means the one that another unit of the same file
 * defines, if there is just one.  Where units define it differently, a reference from a unit that
 * defines it means that one, and both get a line.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include "gen_types.h"
#include "ksyms/types.h"

struct walk {
    struct type_lines *lines;
    struct image *image;
    uint8_t *is_met; /* by number of type */
    size_t met_capacity;
    uint8_t *is_sought; /* by place in by_head: its declarations were asked for */
    uint32_t *queue;    /* of types */
    size_t queue_count, queue_capacity;
};

static void mention(void *context, uint32_t type)
{
    struct walk *walk = context;

    if (type >= walk->met_capacity) {
        size_t capacity = ((size_t)type + 1) * 2;
        walk->is_met = reallocate(walk->is_met, capacity, 1);
        memset(walk->is_met + walk->met_capacity, 0, capacity - walk->met_capacity);
        walk->met_capacity = capacity;
    }
    if (!walk->is_met[type]) {
        walk->is_met[type] = 1;
        walk->queue =
            make_room(walk->queue, walk->queue_count, &walk->queue_capacity, sizeof(*walk->queue));
        walk->queue[walk->queue_count++] = type;
    }
}

static char *copy_text(const char *text)
{
    char *copy = strdup(text);
    if (copy == NULL) {
        fail("out of memory");
    }
    return copy;
}

static size_t hash_line(const struct type_line *line)
{
    uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */
    for (const char *letter = line->head; *letter != '\0'; letter++) {
        hash = (hash ^ (uint8_t)*letter) * 0x100000001b3;
    }
    for (const char *letter = line->body; *letter != '\0'; letter++) {
        hash = (hash ^ (uint8_t)*letter) * 0x100000001b3;
    }
    return (size_t)(hash ^ hash >> 32);
}

static uint32_t *find_line(const struct type_lines *lines, const struct type_line *line)
{
    for (size_t slot = hash_line(line);; slot++) {
        uint32_t *entry = &lines->slots[slot & (lines->slot_count - 1)];
        if (*entry == 0 || (strcmp(lines->lines[*entry - 1].head, line->head) == 0 &&
                            strcmp(lines->lines[*entry - 1].body, line->body) == 0)) {
            return entry;
        }
    }
}

static void grow_slots(struct type_lines *lines)
{
    free(lines->slots);
    lines->slot_count = lines->slot_count > 0 ? lines->slot_count * 2 : 1024;
    lines->slots = allocate(lines->slot_count, sizeof(*lines->slots));
    for (size_t i = 0; i < lines->count; i++) {
        *find_line(lines, &lines->lines[i]) = (uint32_t)i + 1;
    }
}

/* Takes both texts.  Many units say the same. */
static void add_line(struct type_lines *lines, char *head, char *body)
{
    struct type_line line = {head, body};

    if (lines->count * 2 >= lines->slot_count) {
        grow_slots(lines);
    }
    uint32_t *slot = find_line(lines, &line);
    if (*slot != 0) {
        free(head);
        free(body);
        return;
    }
    lines->lines = make_room(lines->lines, lines->count, &lines->capacity, sizeof(*lines->lines));
    lines->lines[lines->count++] = line;
    *slot = (uint32_t)lines->count;
}

static void define_type(struct walk *walk, struct describer *describer, uint32_t number)
{
    Dwarf_Die die = walk->image->types[number].die;
    char *body = describe_aggregate(describer, &die);

    add_line(walk->lines, copy_text(walk->image->types[number].head), body);
}

/* The definition that a declaration means: the only one in the file. */
static void define_declared(struct walk *walk, struct describer *describer, const char *head)
{
    size_t first, count = image_types_of(walk->image, head, &first);
    uint32_t found = NO_TYPE;
    char *found_body = NULL;
    bool is_one = true;

    if (count == 0 || walk->is_sought[first]) {
        return;
    }
    walk->is_sought[first] = 1;
    for (size_t i = first; i < first + count && is_one; i++) {
        uint32_t number = walk->image->by_head[i];
        if (!walk->image->types[number].is_complete) {
            continue;
        }
        Dwarf_Die die = walk->image->types[number].die;
        char *body = describe_aggregate(describer, &die);
        is_one = found_body == NULL || strcmp(found_body, body) == 0;
        free(found_body);
        found_body = body;
        found = number;
    }
    if (is_one && found != NO_TYPE) {
        add_line(walk->lines, copy_text(head), found_body);
    } else {
        free(found_body);
    }
}

static int compare_lines(const void *left, const void *right)
{
    const struct type_line *a = left, *b = right;
    int order = strcmp(a->head, b->head);

    return order != 0 ? order : strcmp(a->body, b->body);
}

static void sort_lines(struct type_lines *lines)
{
    if (lines->count > 0) {
        qsort(lines->lines, lines->count, sizeof(*lines->lines), compare_lines);
    }
    free(lines->slots); /* they know another order */
    lines->slots = NULL;
    lines->slot_count = 0;
}

/* Symbols are by name, definitions first: of an exported one the definition counts, if there is
 * one. */
static bool is_described(const struct image *image, size_t number)
{
    const struct declared_symbol *symbol = &image->symbols[number];
    const struct declared_symbol *before = number > 0 ? symbol - 1 : NULL;

    return symbol->use == SYMBOL_IMPORTED || symbol->is_definition || before == NULL ||
           strcmp(before->name, symbol->name) != 0;
}

void lines_collect(struct type_lines *lines, struct image *image, enum symbol_use use)
{
    struct walk walk = {.lines = lines, .image = image};
    struct describer describer = {.image = image, .mention = mention, .context = &walk};

    *lines = (struct type_lines){0};
    walk.is_sought = allocate(image->by_head_count, 1);
    for (size_t i = 0; i < image->symbol_count; i++) {
        const struct declared_symbol *symbol = &image->symbols[i];
        char *head;
        if (symbol->use != use || !is_described(image, i)) {
            continue;
        }
        if (asprintf(&head, "symbol %s", symbol->name) < 0) {
            fail("out of memory");
        }
        add_line(lines, head, describe_symbol(&describer, symbol));
    }
    for (size_t i = 0; i < walk.queue_count; i++) {
        uint32_t number = walk.queue[i];
        if (image->types[number].is_complete) {
            define_type(&walk, &describer, number);
        } else {
            define_declared(&walk, &describer, image->types[number].head);
        }
    }
    sort_lines(lines);
    free(walk.is_sought);
    free(walk.queue);
    free(walk.is_met);
}

void lines_add(struct type_lines *lines, const struct type_lines *more)
{
    for (size_t i = 0; i < more->count; i++) {
        add_line(lines, copy_text(more->lines[i].head), copy_text(more->lines[i].body));
    }
    sort_lines(lines);
}

void lines_put_text(const struct type_lines *lines, struct buffer *out)
{
    for (size_t i = 0; i < lines->count; i++) {
        put_bytes(out, lines->lines[i].head, strlen(lines->lines[i].head));
        put_bytes(out, " ", 1);
        put_bytes(out, lines->lines[i].body, strlen(lines->lines[i].body));
        put_bytes(out, "\n", 1);
    }
}

static struct ksyms_type_text text_of_string(const char *string)
{
    return (struct ksyms_type_text){string, (uint32_t)strlen(string)};
}

static int compare_numbers(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

void lines_put_hashes(const struct type_lines *lines, struct buffer *out)
{
    uint64_t *entries = allocate(lines->count, sizeof(*entries));

    for (size_t i = 0; i < lines->count; i++) {
        entries[i] = (uint64_t)ksyms_types_key(text_of_string(lines->lines[i].head)) << 32 |
                     ksyms_types_hash(text_of_string(lines->lines[i].body));
    }
    qsort(entries, lines->count, sizeof(*entries), compare_numbers);
    for (size_t i = 0; i < lines->count; i++) {
        put_number(out, entries[i] >> 32, 4);
        put_number(out, (uint32_t)entries[i], 4);
    }
    free(entries);
}

void lines_free(struct type_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        free(lines->lines[i].head);
        free(lines->lines[i].body);
    }
    free(lines->lines);
    free(lines->slots);
    *lines = (struct type_lines){0};
}
