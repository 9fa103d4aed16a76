// SPDX-License-Identifier: MIT
/*
 * types_compare.c: from a symbol through two texts of types, and what differs on the way.
 *
 * A queue of the module's lines, which begins with a symbol: a line is compared with that of the
 * same head in the other text, and the types that it mentions are put at the end.  The queue is a
 * list through marks[]: 0, not met yet; 1, the last one, or taken out already; else the line that
 * follows, + 2.  So each line is met once, cycles end, and nothing recurses.
 *
 * Where both sides have the same bytes nothing needs to be understood.  Members and enumerators are
 * found by name, beginning where the last one was found: linear as long as their order is the same.
 * Each step is charged to a budget that is linear in the texts, for those that hostile hands made.
 */
#include "types_text.h"

#define WORK_A_BYTE 128u

#define NO_TEXT ((struct ksyms_type_text){"", 0})

static void charge(struct ksyms_types_comparison *comparison, uint64_t steps)
{
    uint64_t left = comparison->private_state.work;
    comparison->private_state.work = steps < left ? left - steps : 0;
}

static bool is_exhausted(const struct ksyms_types_comparison *comparison)
{
    return comparison->private_state.work == 0;
}

static void report(struct ksyms_types_comparison *comparison,
                   struct ksyms_type_difference difference)
{
    difference.symbol = comparison->private_state.symbol;
    comparison->difference_count++;
    comparison->report(comparison->context, &difference);
}

/* ---- The queue ---- */

static void enqueue(struct ksyms_types_comparison *comparison, uint32_t line)
{
    uint32_t *marks = comparison->marks;

    if (marks[line] != 0) {
        return;
    }
    marks[line] = 1;
    if (comparison->private_state.first == 0) {
        comparison->private_state.first = line + 1;
    } else {
        marks[comparison->private_state.last - 1] = line + 2;
    }
    comparison->private_state.last = line + 1;
}

static uint32_t dequeue(struct ksyms_types_comparison *comparison)
{
    uint32_t line = comparison->private_state.first - 1;
    uint32_t mark = comparison->marks[line];

    comparison->private_state.first = mark > 1 ? mark - 1 : 0;
    return line;
}

static bool is_tag_word(struct ksyms_type_text word)
{
    return is_same_text(word, (struct ksyms_type_text){"struct", 6}) ||
           is_same_text(word, (struct ksyms_type_text){"union", 5}) ||
           is_same_text(word, (struct ksyms_type_text){"enum", 4});
}

/* All named types that a line mentions. */
static void enqueue_mentioned(struct ksyms_types_comparison *comparison,
                              struct ksyms_type_text rest)
{
    while (rest.length > 0 && !is_exhausted(comparison)) {
        struct ksyms_type_text head = take_text(&rest, ksyms_types_measure_name(rest));
        struct ksyms_type_text name = rest;
        bool is_tag = is_tag_word(head);

        take_text(&name, 1);
        uint32_t length = is_tag ? ksyms_types_measure_name(name) : 0;
        if (length == 0) { /* a word of another kind, or a type without a name */
            take_text(&rest, head.length == 0);
            continue;
        }
        take_text(&rest, 1 + length);
        head.length += 1 + length;
        struct line_range range = ksyms_types_find_lines(comparison->built, head);
        charge(comparison, 32 + range.looked_at);
        for (uint32_t i = 0; i < range.count && !is_exhausted(comparison); i++) {
            enqueue(comparison, range.first + i);
        }
    }
}

/* ---- Types as texts ---- */

/* The same but for the length of an array that one side does not know. */
static bool types_match(struct ksyms_type_text here, struct ksyms_type_text built)
{
    while (here.length > 0 && built.length > 0 && *here.text == *built.text) {
        char letter = *here.text;
        take_text(&here, 1);
        take_text(&built, 1);
        bool is_unknown =
            here.length > 0 && built.length > 0 && (*here.text == ']' || *built.text == ']');
        if (letter == '[' && is_unknown) {
            take_text(&here, length_to(here, ']'));
            take_text(&built, length_to(built, ']'));
        }
    }
    return here.length == 0 && built.length == 0;
}

/* Report unless they match; `difference` says all but the two. */
static void compare_types(struct ksyms_types_comparison *comparison, struct ksyms_type_text here,
                          struct ksyms_type_text built, struct ksyms_type_difference difference)
{
    charge(comparison, (uint64_t)here.length + built.length);
    if (!types_match(here, built)) {
        difference.here = here;
        difference.built = built;
        report(comparison, difference);
    }
}

/* ---- Symbols: `function;RETURN;PARAMETER;PARAMETER` or `object;TYPE` ---- */

static void compare_parameters(struct ksyms_types_comparison *comparison,
                               struct ksyms_type_text here, struct ksyms_type_text built)
{
    struct ksyms_type_difference difference = {.parameter = 1};

    for (; here.length > 0 && built.length > 0; difference.parameter++) {
        difference.change = KSYMS_TYPE_PARAMETER;
        compare_types(comparison, take_field(&here), take_field(&built), difference);
    }
    for (; here.length > 0 && !is_exhausted(comparison); difference.parameter++) {
        difference.change = KSYMS_TYPE_PARAMETER_NEW;
        compare_types(comparison, take_field(&here), NO_TEXT, difference);
    }
    for (; built.length > 0 && !is_exhausted(comparison); difference.parameter++) {
        difference.change = KSYMS_TYPE_PARAMETER_GONE;
        compare_types(comparison, NO_TEXT, take_field(&built), difference);
    }
}

static void compare_symbols(struct ksyms_types_comparison *comparison, struct ksyms_type_text here,
                            struct ksyms_type_text built)
{
    struct ksyms_type_text here_kind = take_field(&here);
    struct ksyms_type_text built_kind = take_field(&built);
    bool is_function = is_same_text(here_kind, (struct ksyms_type_text){"function", 8});

    if (!is_same_text(here_kind, built_kind)) {
        report(comparison, (struct ksyms_type_difference){
                               .change = KSYMS_TYPE_KIND, .here = here_kind, .built = built_kind});
        return;
    }
    compare_types(comparison, take_field(&here), take_field(&built),
                  (struct ksyms_type_difference){.change = is_function ? KSYMS_TYPE_RETURN
                                                                       : KSYMS_TYPE_OBJECT});
    compare_parameters(comparison, here, built);
}

/* ---- Structs and unions: `SIZE;NAME@PLACE TYPE;...`.  Enums: `SIZE;NAME=VALUE;...` ---- */

struct member {
    struct ksyms_type_text name;
    struct ksyms_type_text place; /* or value */
    struct ksyms_type_text type;
};

static struct member take_member(struct ksyms_type_text *rest, char mark)
{
    struct ksyms_type_text field = take_field(rest);
    struct member member = {.name = take_text(&field, length_to(field, mark))};

    take_text(&field, 1);
    member.place = take_text(&field, length_to(field, ' '));
    take_text(&field, 1);
    member.type = field;
    return member;
}

/* Looked for from *place on to the end of `all`, then from its beginning.  *place is moved behind
 * what was found. */
static bool find_member(struct ksyms_types_comparison *comparison, struct ksyms_type_text all,
                        uint32_t *place, char mark, struct ksyms_type_text name,
                        struct member *member)
{
    const uint32_t start = *place;

    for (unsigned round = 0; round < 2; round++) {
        struct ksyms_type_text rest = all;
        take_text(&rest, round == 0 ? start : 0);
        while (rest.length > 0 && (round == 0 || all.length - rest.length < start)) {
            uint32_t before = rest.length;
            *member = take_member(&rest, mark);
            charge(comparison, before - rest.length);
            if (is_same_text(member->name, name)) {
                *place = all.length - rest.length;
                return true;
            }
        }
    }
    return false;
}

/* What can be said of one member of the module's. */
static void compare_member(struct ksyms_types_comparison *comparison,
                           struct ksyms_type_difference difference, bool is_enum,
                           const struct member *here, const struct member *built)
{
    difference.member = built->name;
    if (!is_same_text(here->place, built->place)) {
        difference.change = is_enum ? KSYMS_TYPE_ENUMERATOR : KSYMS_TYPE_PLACE;
        difference.here = here->place;
        difference.built = built->place;
        report(comparison, difference);
    }
    difference.change = KSYMS_TYPE_MEMBER;
    compare_types(comparison, here->type, built->type, difference);
}

/* Report the members of `these` that `those` have not; compare the others if it is asked for. */
static void compare_members(struct ksyms_types_comparison *comparison,
                            struct ksyms_type_difference difference, bool is_enum, bool is_built,
                            struct ksyms_type_text these, struct ksyms_type_text those)
{
    const char mark = is_enum ? '=' : '@';
    struct ksyms_type_text rest = these;
    uint32_t place = 0;

    while (rest.length > 0 && !is_exhausted(comparison)) {
        struct member mine = take_member(&rest, mark), other;
        bool is_found = find_member(comparison, those, &place, mark, mine.name, &other);
        if (is_found && is_built) {
            compare_member(comparison, difference, is_enum, &other, &mine);
        } else if (!is_found && is_built) {
            difference.change = is_enum ? KSYMS_TYPE_ENUMERATOR_GONE : KSYMS_TYPE_MEMBER_GONE;
            difference.member = mine.name;
            difference.here = NO_TEXT;
            difference.built = mine.place;
            report(comparison, difference);
        } else if (!is_found && !is_enum) { /* an enumerator more changes nothing of the others */
            difference.change = KSYMS_TYPE_MEMBER_NEW;
            difference.member = mine.name;
            difference.here = mine.place;
            difference.built = NO_TEXT;
            report(comparison, difference);
        }
    }
}

static void compare_aggregates(struct ksyms_types_comparison *comparison,
                               struct ksyms_type_text head, struct ksyms_type_text here,
                               struct ksyms_type_text built)
{
    struct ksyms_type_difference difference = {.change = KSYMS_TYPE_SIZE, .type = head};
    bool is_enum = head.text[0] == 'e';

    compare_types(comparison, take_field(&here), take_field(&built), difference);
    compare_members(comparison, difference, is_enum, false, here, built);
    compare_members(comparison, difference, is_enum, true, built, here);
}

/* ---- Lines ---- */

/* Several lines of one head are types of one name: one that is the same is enough. */
static void compare_line(struct ksyms_types_comparison *comparison, uint32_t line)
{
    struct ksyms_type_text head, built, name;

    ksyms_types_line(comparison->built, line, &head, &built);
    struct line_range range = ksyms_types_find_lines(comparison->here, head);
    charge(comparison, 64 + range.looked_at);
    for (uint32_t i = 0; i < range.count && !is_exhausted(comparison); i++) {
        struct ksyms_type_text here_head, here;
        ksyms_types_line(comparison->here, range.first + i, &here_head, &here);
        charge(comparison, head.length + (uint64_t)here.length);
        if (is_same_text(here, built)) {
            enqueue_mentioned(comparison, built);
            return;
        }
    }
    if (range.count > 0 && !is_exhausted(comparison)) {
        struct ksyms_type_text here_head, here;
        ksyms_types_line(comparison->here, range.first, &here_head, &here);
        if (ksyms_types_symbol(head, &name)) {
            compare_symbols(comparison, here, built);
        } else {
            compare_aggregates(comparison, head, here, built);
        }
        enqueue_mentioned(comparison, built);
    }
}

enum ksyms_status ksyms_types_compare(struct ksyms_types_comparison *comparison, uint32_t line)
{
    struct ksyms_type_text head, body;

    ksyms_types_line(comparison->built, line, &head, &body);
    if (!ksyms_types_symbol(head, &comparison->private_state.symbol)) {
        return KSYMS_OK;
    }
    if (!comparison->private_state.has_begun) {
        comparison->private_state.has_begun = true;
        comparison->private_state.work = WORK_A_BYTE * ((uint64_t)comparison->built->text.length +
                                                        comparison->here->text.length);
    }
    enqueue(comparison, line);
    while (comparison->private_state.first != 0 && !is_exhausted(comparison)) {
        compare_line(comparison, dequeue(comparison));
    }
    return is_exhausted(comparison) ? KSYMS_TYPES_WORK : KSYMS_OK;
}
