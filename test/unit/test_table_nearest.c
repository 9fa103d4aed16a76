// SPDX-License-Identifier: MIT
/*
 * test_table_nearest.c: the names nearest to a wrong one (src/ksyms/table_nearest.c), against the
 * whole matrix of distances, which the code under test never fills.
 *
 * Environment: as test_table.c.
 */
#include "table_fixture.h"

static uint32_t least(uint32_t left, uint32_t right)
{
    return left < right ? left : right;
}

static uint32_t distance_of(const char *left, size_t left_length, const char *right,
                            size_t right_length)
{
    static uint32_t rows[130][130];

    for (size_t i = 0; i <= left_length; i++) {
        for (size_t j = 0; j <= right_length; j++) {
            if (i == 0 || j == 0) {
                rows[i][j] = (uint32_t)(i + j);
                continue;
            }
            rows[i][j] = least(least(rows[i - 1][j], rows[i][j - 1]) + 1,
                               rows[i - 1][j - 1] + (left[i - 1] != right[j - 1]));
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
                rows[i][j] = least(rows[i][j], rows[i - 2][j - 2] + 1);
            }
        }
    }
    return rows[left_length][right_length];
}

static uint32_t distance_found(const char *left, const char *right, uint32_t limit)
{
    struct ksyms_nearest nearest;
    ksyms_nearest_start(&nearest, left, strlen(left), limit);
    ksyms_nearest_offer(&nearest, right, strlen(right), 7);
    assert_true(nearest.count == 0 || nearest.found[0].id == 7);
    return nearest.count == 0 ? UINT32_MAX : nearest.found[0].distance;
}

static void test_distances(void **state)
{
    (void)state;
    assert_int_equal(distance_found("read", "read", 0), 0);
    assert_int_equal(distance_found("raed", "read", 2), 1);
    assert_int_equal(distance_found("red", "read", 2), 1);
    assert_int_equal(distance_found("reader", "read", 2), 2);
    assert_int_equal(distance_found("reader", "read", 1), UINT32_MAX);
    assert_int_equal(distance_found("", "", 0), 0);
    assert_int_equal(distance_found("", "ab", 2), 2);
    assert_int_equal(distance_found("kitten", "sitting", 16), 3);
    assert_int_equal(distance_found("ca", "abc", 16), 3); /* each byte is touched once */
}

static size_t make_word(char *word, size_t most)
{
    size_t length = random_below((uint32_t)most + 1);
    for (size_t i = 0; i < length; i++) {
        word[i] = (char)('a' + random_below(3));
    }
    word[length] = '\0';
    return length;
}

/* Words of three letters are near each other; limits and lengths of every size. */
static void test_random_distances(void **state)
{
    (void)state;
    for (uint32_t round = 0; round < 20000; round++) {
        char left[129], right[129];
        size_t most = round % 10 == 0 ? 128 : 12;
        size_t left_length = make_word(left, most);
        size_t right_length = make_word(right, most);
        uint32_t limit = random_below(20);
        uint32_t used = limit < KSYMS_NEAREST_LIMIT ? limit : KSYMS_NEAREST_LIMIT;
        uint32_t wanted = distance_of(left, left_length, right, right_length);
        assert_int_equal(distance_found(left, right, limit), wanted <= used ? wanted : UINT32_MAX);
    }
}

/* The best four of a table's names: distances as a stable sort of all would give them. */
static void test_table(void **state)
{
    struct reference_map map;
    struct ksyms_table table;
    struct blob blob;
    (void)state;

    make_random_map(&map, 3000, MAP_KERNEL);
    blob = generate(&map);
    assert_int_equal(ksyms_table_open(&table, blob.bytes, blob.size), KSYMS_OK);
    for (uint32_t round = 0; round < 60; round++) {
        const struct reference *symbol = &map.symbols[random_below(map.count)];
        size_t length = symbol->length < 128 ? symbol->length : 128;
        struct ksyms_name_range all = {0, map.count};
        struct ksyms_nearest nearest, slow;
        char wanted[128], last[8192] = "\n", name[8192];

        memcpy(wanted, symbol->name, length);
        wanted[random_below((uint32_t)length)] ^= 1;
        ksyms_nearest_start(&nearest, wanted, length, 4);
        ksyms_table_find_nearest(&table, all, &nearest);
        ksyms_nearest_start(&slow, wanted, length, 4);
        for (uint32_t distance = 0; distance <= 4; distance++) {
            last[0] = '\n';
            for (uint32_t rank = 0; rank < map.count && slow.count < KSYMS_NEAREST_MAX; rank++) {
                struct ksyms_symbol at = {.name_rank = rank};
                size_t full = ksyms_symbol_name(&table, &at, name, 129);
                size_t used = full < 128 ? full : 128;
                bool is_again = strcmp(name, last) == 0;
                memcpy(last, name, used + 1);
                if (!is_again && distance_of(wanted, length, name, used) == distance) {
                    slow.found[slow.count].distance = distance;
                    slow.found[slow.count++].id = rank;
                }
            }
        }
        assert_int_equal(nearest.count, slow.count);
        for (uint32_t i = 0; i < slow.count; i++) {
            assert_int_equal(nearest.found[i].distance, slow.found[i].distance);
            assert_int_equal(nearest.found[i].id, slow.found[i].id);
        }
    }
    free(blob.bytes);
    free_map(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distances),
        cmocka_unit_test(test_random_distances),
        cmocka_unit_test(test_table),
    };
    fixture_open();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
