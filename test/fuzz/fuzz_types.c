// SPDX-License-Identifier: MIT
/*
 * fuzz_types.c: any bytes as two texts of types, parted by a 0 byte, and as a table of hashes. What
 * is reported lies inside the texts; a text has no difference from itself; each line of an opened
 * text is found.
 */
#include <string.h>
#include "fuzz.h"
#include "ksyms/types.h"

struct side {
    struct ksyms_part part;
    uint32_t *lines;
    struct ksyms_types types;
    bool is_open;
};

static struct side open_side(const uint8_t *bytes, size_t size)
{
    struct side side = {.part = {bytes, (uint32_t)size}};

    side.lines = calloc(ksyms_types_count_lines(&side.part) + 1, sizeof(uint32_t));
    side.is_open = ksyms_types_open(&side.types, &side.part, side.lines) == KSYMS_OK;
    return side;
}

static bool is_inside(struct ksyms_type_text text, const struct side *side)
{
    const char *start = (const char *)side->part.bytes;
    return text.length == 0 ||
           (text.text >= start && text.text + text.length <= start + side->part.size_bytes);
}

struct sides {
    const struct side *built, *here;
};

static void check_difference(void *context, const struct ksyms_type_difference *difference)
{
    const struct sides *sides = context;

    MUST(is_inside(difference->symbol, sides->built));
    MUST(is_inside(difference->type, sides->built));
    MUST(is_inside(difference->member, sides->built) || is_inside(difference->member, sides->here));
    MUST(is_inside(difference->built, sides->built));
    MUST(is_inside(difference->here, sides->here));
    MUST(sides->built != sides->here);
}

static void compare_sides(const struct side *built, const struct side *here)
{
    struct sides sides = {built, here};
    struct ksyms_types_comparison comparison = {
        .built = &built->types,
        .here = &here->types,
        .marks = calloc(built->types.line_count + 1, sizeof(uint32_t)),
        .report = check_difference,
        .context = &sides,
    };
    for (uint32_t line = 0; line < built->types.line_count; line++) {
        if (ksyms_types_compare(&comparison, line) != KSYMS_OK) {
            break;
        }
    }
    free(comparison.marks);
}

static void check_lines(const struct side *side)
{
    for (uint32_t line = 0; line < side->types.line_count; line++) {
        struct ksyms_type_text head, body;
        ksyms_types_line(&side->types, line, &head, &body);
        MUST(head.length > 2 && is_inside(head, side) && is_inside(body, side));
        ksyms_types_key(head);
        ksyms_types_hash(body);
    }
}

/* Hostile keys may be in any order: looked at one by one. */
static bool has_key(const struct ksyms_type_hashes *hashes, uint32_t key)
{
    uint32_t number = 0;

    while (number < hashes->count && ksyms_type_hashes_key(hashes, number) != key) {
        number++;
    }
    return number < hashes->count;
}

static void check_hashes(const uint8_t *data, size_t size)
{
    uint32_t count = (uint32_t)(size / KSYMS_TYPE_HASH_SIZE);
    struct ksyms_type_hashes needed = {data, count / 2};
    struct ksyms_type_hashes offered = {data + (size_t)(count / 2) * KSYMS_TYPE_HASH_SIZE,
                                        count - count / 2};

    for (uint32_t number = 0; number < needed.count; number++) {
        number = ksyms_type_hashes_differ(&needed, &offered, number);
        MUST(number <= needed.count);
        MUST(number == needed.count || has_key(&offered, ksyms_type_hashes_key(&needed, number)));
    }
    for (uint32_t number = 0; number < needed.count; number++) {
        uint32_t found, key = ksyms_type_hashes_key(&needed, number);
        MUST(!ksyms_type_hashes_find(&offered, key, &found) ||
             ksyms_type_hashes_key(&offered, found) == key);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *middle = size > 0 ? memchr(data, 0, size) : NULL;
    size_t built_size = middle ? (size_t)(middle - data) : size;
    struct side built = open_side(data, built_size);
    struct side here =
        open_side(data + built_size + (middle != NULL), size - built_size - (middle != NULL));

    check_hashes(data, size);
    if (built.is_open) {
        check_lines(&built);
        compare_sides(&built, &built);
    }
    if (built.is_open && here.is_open) {
        compare_sides(&built, &here);
        compare_sides(&here, &built);
    }
    free(built.lines);
    free(here.lines);
    return 0;
}
