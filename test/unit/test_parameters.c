// SPDX-License-Identifier: MIT
/*
 * test_parameters.c: arguments into variables of every type, by the same macros that modules use;
 * each limit; and that a refusal, wherever it comes, leaves every byte as it was.  Then tables that
 * lie.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "module/parameters.h"
#include "onoma/module.h"

/* All variables in one place, so that a change anywhere shows; a guard behind each array. */
struct variables {
    bool flag;
    int count;
    unsigned limit;
    long offset;
    unsigned long mask;
    char *who;
    char title[8];
    char title_guard[8];
    int numbers[4];
    int numbers_guard;
    unsigned numbers_count;
    bool switches[3];
    bool switches_guard;
    char *names[3];
    char *names_guard;
    unsigned names_count;
    unsigned long one[1];
    unsigned one_count;
    long longs[2];
};

static struct variables now;

static char static_name[] = "static";

static const struct variables defaults = {
    .count = 3,
    .limit = 4,
    .offset = -5,
    .mask = 6,
    .who = static_name,
    .title = "title",
    .title_guard = "guard",
    .numbers = {10, 11, 12, 13},
    .numbers_guard = 77,
    .numbers_count = 99,
    .switches_guard = true,
    .names = {static_name, static_name, static_name},
    .names_guard = static_name,
    .names_count = 99,
    .one = {1},
    .one_count = 99,
    .longs = {-1, -2},
};

#define ENTRY(field, kind, counter, number)                                                        \
    {                                                                                              \
        .name = #field, .value = &now.field, .count = counter, .type = kind, .capacity = number    \
    }

static const struct module_parameter table[] = {
    ENTRY(flag, PARAMETER_BOOL, NULL, 1),
    ENTRY(count, PARAMETER_INT, NULL, 1),
    ENTRY(limit, PARAMETER_UINT, NULL, 1),
    ENTRY(offset, PARAMETER_LONG, NULL, 1),
    ENTRY(mask, PARAMETER_ULONG, NULL, 1),
    ENTRY(who, PARAMETER_CHARP, NULL, 1),
    ENTRY(title, PARAMETER_STRING, NULL, 8),
    ENTRY(numbers, PARAMETER_INT, &now.numbers_count, 4),
    ENTRY(switches, PARAMETER_BOOL, NULL, 3),
    ENTRY(names, PARAMETER_CHARP, &now.names_count, 3),
    ENTRY(one, PARAMETER_ULONG, &now.one_count, 1),
    ENTRY(longs, PARAMETER_LONG, NULL, 2),
};

#define TABLE_COUNT (sizeof(table) / sizeof(table[0]))

static struct parameters_fault fault;
static char message[512];

/* How often memory was asked for; no_memory makes the next request fail. */
static unsigned allocations;
static bool no_memory;

static void *allocate(size_t size_bytes, void *context)
{
    assert_ptr_equal(context, &allocations);
    allocations++;
    return no_memory ? NULL : malloc(size_bytes);
}

static struct parameters_storage storage = {.allocate = allocate, .context = &allocations};

static int drop_strings(void **state)
{
    (void)state;
    free(storage.strings);
    storage.strings = NULL;
    return 0;
}

static void check_refusal(enum parameters_status status)
{
    assert_memory_equal(&now, &defaults, sizeof(now));
    assert_null(storage.strings);
    assert_int_equal(allocations, status == PARAMETERS_NO_MEMORY ? 1 : 0);
    int length = parameters_format_fault(message, sizeof(message), &fault);
    assert_int_equal(length, strlen(message));
}

static enum parameters_status apply_list(const char *const *arguments, size_t count)
{
    drop_strings(NULL);
    memcpy(&now, &defaults, sizeof(now));
    allocations = 0;
    enum parameters_status status =
        parameters_apply(table, TABLE_COUNT, arguments, count, &storage, &fault);
    assert_int_equal(fault.status, status);
    if (status != PARAMETERS_OK) {
        check_refusal(status);
    }
    return status;
}

/* Arguments separated by spaces, each in a block of its own size. */
static enum parameters_status apply(const char *text)
{
    char *arguments[32];
    size_t count = 0;
    char *copy = strdup(text);
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " ")) {
        arguments[count++] = strdup(word);
    }
    free(copy);
    enum parameters_status status = apply_list((const char *const *)arguments, count);
    while (count != 0) {
        free(arguments[--count]);
    }
    return status;
}

static void expect_message(const char *arguments, enum parameters_status status, const char *text)
{
    assert_int_equal(apply(arguments), status);
    assert_string_equal(message, text);
}

/* --- Values ----------------------------------------------------------------------------------- */

static void nothing_given_nothing_changed(void **state)
{
    (void)state;
    assert_int_equal(apply(""), PARAMETERS_OK);
    assert_memory_equal(&now, &defaults, sizeof(now));
    assert_int_equal(allocations, 0);
}

static void every_type_is_set(void **state)
{
    (void)state;
    assert_int_equal(apply("flag=y count=-7 limit=0x10 offset=-010 mask=0xff who=Ada title=seven77 "
                           "numbers=1,-2,3 switches=1,0,y names=a,,c one=5 longs=8"),
                     PARAMETERS_OK);
    assert_true(now.flag);
    assert_int_equal(now.count, -7);
    assert_int_equal(now.limit, 16);
    assert_int_equal(now.offset, -8);
    assert_int_equal(now.mask, 255);
    assert_string_equal(now.who, "Ada");
    assert_string_equal(now.title, "seven77");
    assert_string_equal(now.title_guard, "guard");
    assert_int_equal(now.numbers[0], 1);
    assert_int_equal(now.numbers[1], -2);
    assert_int_equal(now.numbers[2], 3);
    assert_int_equal(now.numbers[3], 13);
    assert_int_equal(now.numbers_guard, 77);
    assert_int_equal(now.numbers_count, 3);
    assert_true(now.switches[0] && !now.switches[1] && now.switches[2] && now.switches_guard);
    assert_string_equal(now.names[0], "a");
    assert_string_equal(now.names[1], "");
    assert_string_equal(now.names[2], "c");
    assert_ptr_equal(now.names_guard, static_name);
    assert_int_equal(now.names_count, 3);
    assert_int_equal(now.one[0], 5);
    assert_int_equal(now.one_count, 1);
    assert_int_equal(now.longs[0], 8);
    assert_int_equal(now.longs[1], -2);
    assert_int_equal(allocations, 1);
}

static void bools_take_yes_and_no(void **state)
{
    (void)state;
    static const char *const yes[] = {"y", "Y", "1", "on", "yes", "true"};
    static const char *const no[] = {"n", "N", "0", "off", "no", "false"};
    static const char *const neither[] = {"", "2", "yy", "o", "onn", "10", "YES", "-1", "1,0"};
    char text[64];
    for (size_t i = 0; i < 6; i++) {
        snprintf(text, sizeof(text), "flag=n flag=%s", yes[i]);
        assert_int_equal(apply(text), PARAMETERS_OK);
        assert_true(now.flag);
        snprintf(text, sizeof(text), "flag flag=%s", no[i]);
        assert_int_equal(apply(text), PARAMETERS_OK);
        assert_false(now.flag);
    }
    for (size_t i = 0; i < 9; i++) {
        snprintf(text, sizeof(text), "flag=%s", neither[i]);
        assert_int_equal(apply(text), PARAMETERS_NOT_A_BOOL);
    }
    assert_int_equal(apply("flag"), PARAMETERS_OK);
    assert_true(now.flag);
}

static void limits_of_each_type(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum parameters_status status;
    } cases[] = {
        {"count=2147483647", PARAMETERS_OK},
        {"count=2147483648", PARAMETERS_OUT_OF_RANGE},
        {"count=-2147483648", PARAMETERS_OK},
        {"count=-2147483649", PARAMETERS_OUT_OF_RANGE},
        {"count=0xffffffff", PARAMETERS_OUT_OF_RANGE},
        {"count=0x7fffffff", PARAMETERS_OK},
        {"count=18446744073709551616", PARAMETERS_OUT_OF_RANGE},
        {"limit=4294967295", PARAMETERS_OK},
        {"limit=4294967296", PARAMETERS_OUT_OF_RANGE},
        {"limit=-1", PARAMETERS_OUT_OF_RANGE},
        {"limit=0", PARAMETERS_OK},
        {"offset=9223372036854775807", PARAMETERS_OK},
        {"offset=9223372036854775808", PARAMETERS_OUT_OF_RANGE},
        {"offset=-9223372036854775808", PARAMETERS_OK},
        {"offset=-9223372036854775809", PARAMETERS_OUT_OF_RANGE},
        {"offset=01000000000000000000000", PARAMETERS_OUT_OF_RANGE},
        {"mask=18446744073709551615", PARAMETERS_OK},
        {"mask=18446744073709551616", PARAMETERS_OUT_OF_RANGE},
        {"mask=0xffffffffffffffff", PARAMETERS_OK},
        {"mask=0x10000000000000000", PARAMETERS_OUT_OF_RANGE},
        {"mask=-1", PARAMETERS_OUT_OF_RANGE},
        {"numbers=2147483648", PARAMETERS_OUT_OF_RANGE},
        {"longs=9223372036854775807,-9223372036854775808", PARAMETERS_OK},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(apply(cases[i].text), cases[i].status);
    }
    apply("count=-2147483648 offset=-9223372036854775808 mask=0xffffffffffffffff limit=4294967295");
    assert_int_equal(now.count, INT_MIN);
    assert_true(now.offset == LONG_MIN && now.mask == ULONG_MAX && now.limit == UINT_MAX);
    apply("longs=9223372036854775807,-9223372036854775808");
    assert_true(now.longs[0] == LONG_MAX && now.longs[1] == LONG_MIN);
}

static void what_is_no_number(void **state)
{
    (void)state;
    static const char *const texts[] = {"",   "-",  "x",   "0x",  "1x",  "1.5", "+1",       "--1",
                                        "09", "0b", "1,2", "0xg", "1e3", "-0x", "\xc3\xa4", "1\t"};
    static const char *const names[] = {"count", "limit", "offset", "mask"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        for (size_t name = 0; name < 4; name++) {
            char text[64];
            const char *argument = text;
            snprintf(text, sizeof(text), "%s=%s", names[name], texts[i]);
            assert_int_equal(apply_list(&argument, 1), PARAMETERS_NOT_A_NUMBER);
        }
    }
}

static void endless_numbers_are_refused(void **state)
{
    (void)state;
    for (size_t length = 60; length < 200; length++) {
        char text[256] = "offset=";
        const char *argument = text;
        memset(text + 7, '7', length);
        assert_int_equal(apply_list(&argument, 1), PARAMETERS_OUT_OF_RANGE);
        text[6 + length] = 'x';
        assert_int_equal(apply_list(&argument, 1), PARAMETERS_NOT_A_NUMBER);
    }
}

static void texts_are_copies(void **state)
{
    (void)state;
    char argument[] = "who=a,b=c d";
    const char *arguments[] = {argument};
    assert_int_equal(apply_list(arguments, 1), PARAMETERS_OK);
    memset(argument, 'x', sizeof(argument) - 1);
    assert_string_equal(now.who, "a,b=c d");
    assert_int_equal(apply("who="), PARAMETERS_OK);
    assert_string_equal(now.who, "");
}

static void strings_have_a_capacity(void **state)
{
    (void)state;
    assert_int_equal(apply("title="), PARAMETERS_OK);
    assert_string_equal(now.title, "");
    assert_int_equal(apply("title=1234567"), PARAMETERS_OK);
    assert_string_equal(now.title, "1234567");
    expect_message("title=12345678", PARAMETERS_TOO_LONG,
                   "parameter title: \"12345678\" is too long (at most 7 bytes)");
}

static void arrays_have_a_capacity(void **state)
{
    (void)state;
    assert_int_equal(apply("numbers=1,2,3,4 names=a,b,c longs=1,2 switches=y,y,y"), PARAMETERS_OK);
    assert_int_equal(now.numbers_count, 4);
    expect_message("numbers=1,2,3,4,5", PARAMETERS_TOO_MANY,
                   "parameter numbers: \"1,2,3,4,5\" has too many elements (at most 4)");
    assert_int_equal(fault.element, 4);
    assert_int_equal(apply("numbers=1,2,3,4,"), PARAMETERS_TOO_MANY);
    assert_int_equal(apply("names=a,b,c,d"), PARAMETERS_TOO_MANY);
    assert_int_equal(apply("one=1,2"), PARAMETERS_TOO_MANY);
    assert_int_equal(apply("switches=y,y,y,y"), PARAMETERS_TOO_MANY);
    assert_int_equal(apply("numbers="), PARAMETERS_NOT_A_NUMBER);
    assert_int_equal(apply("names="), PARAMETERS_OK);
    assert_int_equal(now.names_count, 1);
    assert_string_equal(now.names[0], "");
    assert_ptr_equal(now.names[1], static_name);
}

static void last_value_counts(void **state)
{
    (void)state;
    assert_int_equal(apply("count=1 who=first count=2 who=second numbers=1,2,3 numbers=9"),
                     PARAMETERS_OK);
    assert_int_equal(now.count, 2);
    assert_string_equal(now.who, "second");
    assert_int_equal(now.numbers_count, 1);
    assert_int_equal(now.numbers[0], 9);
    assert_int_equal(now.numbers[1], 2);
    /* All values are checked, not only the one that counts. */
    assert_int_equal(apply("count=x count=2"), PARAMETERS_NOT_A_NUMBER);
}

static void dashes_are_underscores(void **state)
{
    (void)state;
    static int variable;
    const struct module_parameter entry = {"a_b", &variable, NULL, PARAMETER_INT, 1};
    const char *argument = "a-b=5";
    assert_int_equal(parameters_apply(&entry, 1, &argument, 1, &storage, &fault), PARAMETERS_OK);
    assert_int_equal(variable, 5);
}

/* --- Refusals --------------------------------------------------------------------------------- */

static void unknown_names_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"coun", "counts", "Count", "c", "x", "=", "=5", "-"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(apply(names[i]), PARAMETERS_UNKNOWN);
    }
    const char *empty = "";
    assert_int_equal(apply_list(&empty, 1), PARAMETERS_UNKNOWN);
    const char *argument = "count=1";
    assert_int_equal(parameters_apply(NULL, 0, &argument, 1, &storage, &fault), PARAMETERS_UNKNOWN);
    expect_message("count=1 colour=red", PARAMETERS_UNKNOWN,
                   "parameter colour: the module has no such parameter");
    assert_int_equal(fault.index, 1);
}

static void missing_values_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"count", "limit",   "offset",   "mask",  "who",
                                        "title", "numbers", "switches", "names", "one"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(apply(names[i]), PARAMETERS_NO_VALUE);
    }
    expect_message("count", PARAMETERS_NO_VALUE, "parameter count: a value is missing");
}

/* Each bad argument behind arguments that set everything: apply_list compares all bytes. */
static void a_refusal_leaves_all_untouched(void **state)
{
    (void)state;
    static const char good[] = "flag count=1 limit=1 offset=1 mask=1 who=x title=x numbers=1,2,3,4 "
                               "switches=1,1,1 names=x,y,z one=1 longs=1,1";
    static const char *const bad[] = {
        "unknown=1",      "count",       "flag=maybe",      "count=x",       "count=99999999999",
        "title=12345678", "longs=1,2,3", "numbers=1,2,3,x", "switches=1,1,z"};
    char text[512];
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(text, sizeof(text), "%s %s", good, bad[i]);
        assert_int_not_equal(apply(text), PARAMETERS_OK);
        assert_int_equal(fault.index, 12);
    }
    no_memory = true;
    assert_int_equal(apply(good), PARAMETERS_NO_MEMORY);
    assert_string_equal(message, "parameters: no memory for the texts");
    no_memory = false;
    assert_int_equal(apply(good), PARAMETERS_OK);
}

static void facts_tell_where(void **state)
{
    (void)state;
    assert_int_equal(apply("flag numbers=1,2,oops,4"), PARAMETERS_NOT_A_NUMBER);
    assert_int_equal(fault.index, 1);
    assert_int_equal(fault.element, 2);
    assert_int_equal(fault.name_length, 7);
    assert_int_equal(fault.type, PARAMETER_INT);
    assert_int_equal(fault.capacity, 4);
    assert_true(fault.is_array);
}

static void messages_say_what_and_why(void **state)
{
    (void)state;
    expect_message("count=9999999999", PARAMETERS_OUT_OF_RANGE,
                   "parameter count: \"9999999999\" does not fit int (-2147483648..2147483647)");
    expect_message("limit=-1", PARAMETERS_OUT_OF_RANGE,
                   "parameter limit: \"-1\" does not fit uint (0..4294967295)");
    expect_message("mask=-1", PARAMETERS_OUT_OF_RANGE,
                   "parameter mask: \"-1\" does not fit ulong (0..18446744073709551615)");
    expect_message("offset=9223372036854775808", PARAMETERS_OUT_OF_RANGE,
                   "parameter offset: \"9223372036854775808\" does not fit long "
                   "(-9223372036854775808..9223372036854775807)");
    expect_message("numbers=1,x", PARAMETERS_NOT_A_NUMBER,
                   "parameter numbers: element 1 of \"1,x\" is not a number");
    expect_message("flag=perhaps", PARAMETERS_NOT_A_BOOL,
                   "parameter flag: \"perhaps\" is neither y nor n");
    expect_message("count=\033[2J\377\177", PARAMETERS_NOT_A_NUMBER,
                   "parameter count: \"\\x1b[2J\\xff\\x7f\" is not a number");
    char text[300] = "count=";
    memset(text + 6, 'z', 200);
    char expected[300] = "parameter count: \"";
    memset(expected + strlen(expected), 'z', 64);
    expect_message(text, PARAMETERS_NOT_A_NUMBER, strcat(expected, "...\" is not a number"));
    /* The longest message there can be: everything needs four characters. */
    memset(text, '\001', 70);
    text[70] = '=';
    memset(text + 71, '\002', 100);
    assert_int_equal(apply(text), PARAMETERS_UNKNOWN);
}

static void every_status_has_a_text(void **state)
{
    (void)state;
    for (int i = 0; i < PARAMETERS_STATUS_COUNT; i++) {
        const char *text = parameters_status_text((enum parameters_status)i);
        assert_string_not_equal(text, "unknown parameter status");
        for (int other = 0; other < i; other++) {
            assert_string_not_equal(text, parameters_status_text((enum parameters_status)other));
        }
    }
    assert_string_equal(parameters_status_text((enum parameters_status) - 1),
                        "unknown parameter status");
}

/* --- The table -------------------------------------------------------------------------------- */

/* A module's memory: names and variables.  `constants` ends with a name that no NUL ends. */
static const char constants[80] = "count\0two words\0\0"
                                  "this_name_is_longer_than_sixty_three_characters_and_refused\0"
                                  "ok\0";
static struct {
    long before;
    long values[4];
    unsigned count;
} data;

static bool is_in_data(uint64_t address, uint64_t size_bytes, void *context)
{
    assert_ptr_equal(context, &data);
    assert_int_not_equal(size_bytes, 0);
    uint64_t low = (uint64_t)&data.values;
    uint64_t high = (uint64_t)(&data + 1);
    return address >= low && address < high && size_bytes <= high - address;
}

static enum parameters_status check_entries(const struct module_parameter *entries, size_t size,
                                            const char *low, const char *high)
{
    const struct parameters_ranges ranges = {is_in_data, &data, low, high};
    char *exact = malloc(size);
    memcpy(exact, entries, size);
    enum parameters_status status = parameters_check_table(exact, size, &ranges, &fault);
    assert_int_equal(fault.status, status);
    assert_true(parameters_format_fault(message, sizeof(message), &fault) > 0);
    free(exact);
    return status;
}

static enum parameters_status check_entry(struct module_parameter entry)
{
    return check_entries(&entry, sizeof(entry), constants, constants + sizeof(constants));
}

static void good_tables_are_accepted(void **state)
{
    (void)state;
    const struct module_parameter entries[] = {
        {constants, data.values, NULL, PARAMETER_LONG, 1},
        {constants + 77, data.values, &data.count, PARAMETER_INT, 8},
    };
    assert_int_equal(check_entries(entries, 0, constants, constants), PARAMETERS_OK);
    assert_int_equal(check_entry(entries[0]), PARAMETERS_OK);
    /* The second name ends with the last byte of the constants. */
    assert_int_equal(check_entries(entries, sizeof(entries), constants, constants + 80),
                     PARAMETERS_OK);
    assert_int_equal(check_entries(entries, sizeof(entries), constants, constants + 79),
                     PARAMETERS_TABLE_NAME);
    assert_string_equal(message, "parameter table, entry 1: its name is not an identifier in the "
                                 "module's constants");
}

static void names_must_be_the_modules_own(void **state)
{
    (void)state;
    struct module_parameter entry = {constants, data.values, NULL, PARAMETER_LONG, 1};
    const char *const names[] = {NULL,
                                 (const char *)1,
                                 (const char *)UINT64_MAX,
                                 "count",
                                 constants - 1,
                                 constants + sizeof(constants),
                                 constants + 5,
                                 constants + 6,
                                 constants + 16,
                                 (const char *)data.values};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        entry.name = names[i];
        assert_int_equal(check_entry(entry), PARAMETERS_TABLE_NAME);
    }
    /* 63 characters are the most. */
    char *long_name = calloc(1, 80);
    memset(long_name, 'n', 63);
    entry.name = long_name;
    assert_int_equal(check_entries(&entry, sizeof(entry), long_name, long_name + 80),
                     PARAMETERS_OK);
    long_name[63] = 'n';
    assert_int_equal(check_entries(&entry, sizeof(entry), long_name, long_name + 80),
                     PARAMETERS_TABLE_NAME);
    /* And a NUL beyond the end is none. */
    long_name[10] = '\0';
    char *exact = malloc(10);
    memcpy(exact, long_name, 10);
    entry.name = exact;
    assert_int_equal(check_entries(&entry, sizeof(entry), exact, exact + 10),
                     PARAMETERS_TABLE_NAME);
    free(exact);
    free(long_name);
}

static void doubles_are_refused(void **state)
{
    (void)state;
    const struct module_parameter entries[] = {
        {constants, data.values, NULL, PARAMETER_LONG, 1},
        {constants + 77, data.values, NULL, PARAMETER_LONG, 1},
        {constants, data.values, NULL, PARAMETER_LONG, 1},
    };
    assert_int_equal(check_entries(entries, sizeof(entries), constants, constants + 80),
                     PARAMETERS_TABLE_DUPLICATE);
    assert_string_equal(message, "parameter table, entry 2 (count): its name is there twice");
    assert_int_equal(fault.index, 2);
}

static void pointers_must_be_the_modules_own(void **state)
{
    (void)state;
    char *last = (char *)(&data + 1);
    const struct {
        void *value;
        uint32_t type;
        uint32_t capacity;
        enum parameters_status status;
    } cases[] = {
        {NULL, PARAMETER_INT, 1, PARAMETERS_TABLE_VALUE},
        {&data.before, PARAMETER_LONG, 1, PARAMETERS_TABLE_VALUE},
        {(void *)constants, PARAMETER_BOOL, 1, PARAMETERS_TABLE_VALUE},
        {(void *)(UINT64_MAX - 7), PARAMETER_LONG, 2, PARAMETERS_TABLE_VALUE},
        {(void *)(UINT64_MAX - 7), PARAMETER_LONG, 1, PARAMETERS_TABLE_VALUE},
        {data.values, PARAMETER_LONG, 5, PARAMETERS_OK},
        {data.values, PARAMETER_LONG, 6, PARAMETERS_TABLE_VALUE},
        {data.values, PARAMETER_INT, 10, PARAMETERS_OK},
        {data.values, PARAMETER_UINT, 11, PARAMETERS_TABLE_VALUE},
        {data.values, PARAMETER_CHARP, 5, PARAMETERS_OK},
        {data.values, PARAMETER_CHARP, 6, PARAMETERS_TABLE_VALUE},
        {data.values, PARAMETER_ULONG, 6, PARAMETERS_TABLE_VALUE},
        {data.values, PARAMETER_STRING, 40, PARAMETERS_OK},
        {data.values, PARAMETER_STRING, 41, PARAMETERS_TABLE_VALUE},
        {data.values, PARAMETER_BOOL, 40, PARAMETERS_OK},
        {data.values, PARAMETER_BOOL, 41, PARAMETERS_TABLE_VALUE},
        {last - 1, PARAMETER_BOOL, 1, PARAMETERS_OK},
        {last, PARAMETER_BOOL, 1, PARAMETERS_TABLE_VALUE},
        {(char *)data.values + 1, PARAMETER_BOOL, 1, PARAMETERS_OK},
        {(char *)data.values + 1, PARAMETER_STRING, 8, PARAMETERS_OK},
        {(char *)data.values + 2, PARAMETER_INT, 1, PARAMETERS_TABLE_ALIGNMENT},
        {(char *)data.values + 1, PARAMETER_UINT, 1, PARAMETERS_TABLE_ALIGNMENT},
        {(char *)data.values + 4, PARAMETER_LONG, 1, PARAMETERS_TABLE_ALIGNMENT},
        {(char *)data.values + 4, PARAMETER_ULONG, 1, PARAMETERS_TABLE_ALIGNMENT},
        {(char *)data.values + 4, PARAMETER_CHARP, 1, PARAMETERS_TABLE_ALIGNMENT},
        {data.values, PARAMETER_INT, 0, PARAMETERS_TABLE_CAPACITY},
        {data.values, PARAMETER_STRING, 0, PARAMETERS_TABLE_CAPACITY},
        {data.values, PARAMETER_INT, 65537, PARAMETERS_TABLE_CAPACITY},
        {data.values, PARAMETER_INT, 65536, PARAMETERS_TABLE_VALUE},
        {data.values, PARAMETER_LONG, UINT32_MAX, PARAMETERS_TABLE_CAPACITY},
        {data.values, 0, 1, PARAMETERS_TABLE_TYPE},
        {data.values, PARAMETER_STRING + 1, 1, PARAMETERS_TABLE_TYPE},
        {data.values, UINT32_MAX, 1, PARAMETERS_TABLE_TYPE},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct module_parameter entry = {constants, cases[i].value, NULL, cases[i].type,
                                               cases[i].capacity};
        assert_int_equal(check_entry(entry), cases[i].status);
    }
}

static void counters_must_be_the_modules_own(void **state)
{
    (void)state;
    struct module_parameter entry = {constants, data.values, &data.count, PARAMETER_INT, 4};
    assert_int_equal(check_entry(entry), PARAMETERS_OK);
    entry.count = (unsigned *)&data.before;
    assert_int_equal(check_entry(entry), PARAMETERS_TABLE_COUNT);
    entry.count = (unsigned *)(&data + 1);
    assert_int_equal(check_entry(entry), PARAMETERS_TABLE_COUNT);
    entry.count = (unsigned *)((char *)&data.count + 2);
    assert_int_equal(check_entry(entry), PARAMETERS_TABLE_ALIGNMENT);
    entry.count = (unsigned *)(UINT64_MAX - 3);
    assert_int_equal(check_entry(entry), PARAMETERS_TABLE_COUNT);
    entry.count = &data.count;
    entry.type = PARAMETER_STRING;
    assert_int_equal(check_entry(entry), PARAMETERS_TABLE_TYPE);
}

static void tables_have_a_size(void **state)
{
    (void)state;
    static struct module_parameter entries[PARAMETERS_TABLE_MAXIMUM + 2];
    static char names[PARAMETERS_TABLE_MAXIMUM + 1][8];
    for (unsigned i = 0; i < PARAMETERS_TABLE_MAXIMUM + 1; i++) {
        sprintf(names[i], "n%u", i);
        entries[i] = (struct module_parameter){names[i], data.values, NULL, PARAMETER_INT, 1};
    }
    const char *low = names[0];
    const char *high = (const char *)(names + PARAMETERS_TABLE_MAXIMUM + 1);
    size_t size = sizeof(struct module_parameter);
    const struct parameters_ranges ranges = {is_in_data, &data, low, high};

    assert_int_equal(check_entries(entries, PARAMETERS_TABLE_MAXIMUM * size, low, high),
                     PARAMETERS_OK);
    assert_int_equal(check_entries(entries, (PARAMETERS_TABLE_MAXIMUM + 1) * size, low, high),
                     PARAMETERS_TABLE_SIZE);
    for (size_t odd = 1; odd < size; odd++) {
        assert_int_equal(check_entries(entries, size + odd, low, high), PARAMETERS_TABLE_SIZE);
    }
    assert_int_equal(parameters_check_table((char *)entries + 4, size, &ranges, &fault),
                     PARAMETERS_TABLE_SIZE);
}

/* --- The macros of onoma/parameter.h ---------------------------------------------------------- */

static bool loud;
static charp who = static_name;
static uint sizes[3];
static unsigned size_count;
static char label[6] = "none";
module_param(loud, bool, 0444);
module_param(who, charp, 0444);
module_param_array(sizes, uint, &size_count, 0444);
module_param_string(label, label, sizeof(label), 0444);
MODULE_PARM_DESC(loud, "with an exclamation mark");

/* GNU ld's bounds of a section whose name is an identifier. */
extern const struct module_parameter __start___param[], __stop___param[];

static bool is_anywhere(uint64_t address, uint64_t size_bytes, void *context)
{
    (void)context;
    return address != 0 && size_bytes != 0;
}

static void macros_make_a_table(void **state)
{
    (void)state;
    size_t size = (size_t)((const char *)__stop___param - (const char *)__start___param);
    const struct parameters_ranges ranges = {is_anywhere, NULL, NULL, (const char *)UINT64_MAX};
    const char *const arguments[] = {"loud", "who=x", "sizes=1,2", "label=12345"};

    assert_int_equal(size, 4 * sizeof(struct module_parameter));
    assert_int_equal(parameters_check_table(__start___param, size, &ranges, &fault), PARAMETERS_OK);
    drop_strings(NULL);
    assert_int_equal(parameters_apply(__start___param, 4, arguments, 4, &storage, &fault),
                     PARAMETERS_OK);
    assert_true(loud);
    assert_string_equal(who, "x");
    assert_int_equal(size_count, 2);
    assert_int_equal(sizes[1], 2);
    assert_string_equal(label, "12345");
    const char *too_long = "label=123456";
    assert_int_equal(parameters_apply(__start___param, 4, &too_long, 1, &storage, &fault),
                     PARAMETERS_TOO_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_given_nothing_changed),
        cmocka_unit_test(every_type_is_set),
        cmocka_unit_test(bools_take_yes_and_no),
        cmocka_unit_test(limits_of_each_type),
        cmocka_unit_test(what_is_no_number),
        cmocka_unit_test(endless_numbers_are_refused),
        cmocka_unit_test(texts_are_copies),
        cmocka_unit_test(strings_have_a_capacity),
        cmocka_unit_test(arrays_have_a_capacity),
        cmocka_unit_test(last_value_counts),
        cmocka_unit_test(dashes_are_underscores),
        cmocka_unit_test(unknown_names_are_refused),
        cmocka_unit_test(missing_values_are_refused),
        cmocka_unit_test(a_refusal_leaves_all_untouched),
        cmocka_unit_test(facts_tell_where),
        cmocka_unit_test(messages_say_what_and_why),
        cmocka_unit_test(every_status_has_a_text),
        cmocka_unit_test(good_tables_are_accepted),
        cmocka_unit_test(names_must_be_the_modules_own),
        cmocka_unit_test(doubles_are_refused),
        cmocka_unit_test(pointers_must_be_the_modules_own),
        cmocka_unit_test(counters_must_be_the_modules_own),
        cmocka_unit_test(tables_have_a_size),
        cmocka_unit_test(macros_make_a_table),
    };
    return cmocka_run_group_tests_name("parameters", tests, NULL, drop_strings);
}
