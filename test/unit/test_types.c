// SPDX-License-Identifier: MIT
/*
 * test_types.c: what of a type counts as a difference, and how it is told; tables of hashes; texts
 * that no generator writes.
 *
 * Each case is the text of a module and that of what it imports from, and all differences as
 * `change symbol|type|member or parameter|built|here`.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ksyms/types.h"

static const char *const change_names[] = {
    [KSYMS_TYPE_KIND] = "kind",
    [KSYMS_TYPE_OBJECT] = "object",
    [KSYMS_TYPE_RETURN] = "return",
    [KSYMS_TYPE_PARAMETER] = "parameter",
    [KSYMS_TYPE_PARAMETER_NEW] = "parameter-new",
    [KSYMS_TYPE_PARAMETER_GONE] = "parameter-gone",
    [KSYMS_TYPE_SIZE] = "size",
    [KSYMS_TYPE_PLACE] = "place",
    [KSYMS_TYPE_MEMBER] = "member",
    [KSYMS_TYPE_MEMBER_NEW] = "member-new",
    [KSYMS_TYPE_MEMBER_GONE] = "member-gone",
    [KSYMS_TYPE_ENUMERATOR] = "enumerator",
    [KSYMS_TYPE_ENUMERATOR_GONE] = "enumerator-gone",
};

/* A text in memory of exactly its size, so that the sanitizer sees a step too far. */
struct opened {
    char *bytes;
    uint32_t *lines;
    struct ksyms_types types;
};

static enum ksyms_status try_open(struct opened *opened, const char *text, size_t length)
{
    struct ksyms_part part;

    *opened = (struct opened){.bytes = malloc(length + (length == 0))};
    memcpy(opened->bytes, text, length);
    part = (struct ksyms_part){(const uint8_t *)opened->bytes, (uint32_t)length};
    opened->lines = calloc(ksyms_types_count_lines(&part) + 1, sizeof(uint32_t));
    return ksyms_types_open(&opened->types, &part, opened->lines);
}

static void close_text(struct opened *opened)
{
    free(opened->bytes);
    free(opened->lines);
}

static void append(void *context, const struct ksyms_type_difference *d)
{
    char *facts = context;
    char number[16] = "";

    if (d->parameter != 0) {
        snprintf(number, sizeof(number), "%u", d->parameter);
    }
    sprintf(facts + strlen(facts), "%s %.*s|%.*s|%.*s%s|%.*s|%.*s\n", change_names[d->change],
            (int)d->symbol.length, d->symbol.text, (int)d->type.length, d->type.text,
            (int)d->member.length, d->member.text, number, (int)d->built.length, d->built.text,
            (int)d->here.length, d->here.text);
}

static char facts[65536];

static enum ksyms_status compare_texts_of(const char *built, const char *here)
{
    struct opened ours, theirs;
    enum ksyms_status status = KSYMS_OK;

    facts[0] = '\0';
    assert_int_equal(try_open(&ours, built, strlen(built)), KSYMS_OK);
    assert_int_equal(try_open(&theirs, here, strlen(here)), KSYMS_OK);
    struct ksyms_types_comparison comparison = {
        .built = &ours.types,
        .here = &theirs.types,
        .marks = calloc(ours.types.line_count + 1, sizeof(uint32_t)),
        .report = append,
        .context = facts,
    };
    for (uint32_t line = 0; line < ours.types.line_count && status == KSYMS_OK; line++) {
        status = ksyms_types_compare(&comparison, line);
    }
    size_t count = 0;
    for (const char *c = facts; *c; c++) {
        count += *c == '\n';
    }
    assert_int_equal(count, comparison.difference_count);
    free(comparison.marks);
    close_text(&ours);
    close_text(&theirs);
    return status;
}

struct text_case {
    const char *name, *built, *here, *facts;
};

#define USE "symbol use function;void;struct device *\n"

static const struct text_case cases[] = {
    /* ---- Symbols ---- */
    {"the same", "symbol f function;int;char *\n", "symbol f function;int;char *\n", ""},
    {"unknown here", "symbol f function;int\n", "symbol g function;int\n", ""},
    {"return type", "symbol f function;int\n", "symbol f function;long\n", "return f|||int|long\n"},
    {"parameter", "symbol f function;int;char *;int\n", "symbol f function;int;char *;long\n",
     "parameter f||2|int|long\n"},
    {"pointer and value", "symbol f function;int;struct a *\n", "symbol f function;int;struct a\n",
     "parameter f||1|struct a *|struct a\n"},
    {"const behind a pointer", "symbol f function;int;char *\n",
     "symbol f function;int;const char *\n", "parameter f||1|char *|const char *\n"},
    {"parameter added", "symbol f function;int;int\n", "symbol f function;int;int;char *\n",
     "parameter-new f||2||char *\n"},
    {"parameters gone", "symbol f function;int;int;char *;long\n", "symbol f function;int;int\n",
     "parameter-gone f||2|char *|\nparameter-gone f||3|long|\n"},
    {"first parameter", "symbol f function;int\n", "symbol f function;int;int\n",
     "parameter-new f||1||int\n"},
    {"variable arguments", "symbol f function;int;int;...\n", "symbol f function;int;int\n",
     "parameter-gone f||2|...|\n"},
    {"object and function", "symbol f object;int\n", "symbol f function;int\n",
     "kind f|||object|function\n"},
    {"object", "symbol o object;unsigned int\n", "symbol o object;unsigned long\n",
     "object o|||unsigned int|unsigned long\n"},
    {"array of unknown length", "symbol o object;const struct a []\n",
     "symbol o object;const struct a [7]\n", ""},
    {"array of unknown length in the middle", "symbol o object;int [3][]\n",
     "symbol o object;int [3][8]\n", ""},
    {"arrays of other lengths", "symbol o object;int [3]\n", "symbol o object;int [4]\n",
     "object o|||int [3]|int [4]\n"},

    /* ---- Members ---- */
    {"member moved", "struct device 24;name@0 char *;flags@8 int\n" USE,
     "struct device 24;name@0 char *;flags@16 int\n" USE, "place use|struct device|flags|8|16\n"},
    {"member added", "struct device 16;a@0 long;b@8 long\n" USE,
     "struct device 24;a@0 long;new@8 long;b@16 long\n" USE,
     "size use|struct device||16|24\n"
     "member-new use|struct device|new||8\nplace use|struct device|b|8|16\n"},
    {"member added where nothing was", "struct device 16;a@0 int;b@8 long\n" USE,
     "struct device 16;a@0 int;new@4 int;b@8 long\n" USE, "member-new use|struct device|new||4\n"},
    {"member gone", "struct device 16;a@0 long;b@8 long\n" USE, "struct device 8;a@0 long\n" USE,
     "size use|struct device||16|8\nmember-gone use|struct device|b|8|\n"},
    {"all members gone", "struct device 8;a@0 long\n" USE, "struct device 8\n" USE,
     "member-gone use|struct device|a|0|\n"},
    {"size", "struct device 16;a@0 int\n" USE, "struct device 8;a@0 int\n" USE,
     "size use|struct device||16|8\n"},
    {"type of a member", "struct device 8;a@0 int\n" USE, "struct device 8;a@0 unsigned int\n" USE,
     "member use|struct device|a|int|unsigned int\n"},
    {"type and place", "struct device 16;a@0 int\n" USE, "struct device 16;a@8 long\n" USE,
     "place use|struct device|a|0|8\nmember use|struct device|a|int|long\n"},
    {"length of an array", "struct device 16;a@0 char [8]\n" USE,
     "struct device 16;a@0 char [16]\n" USE, "member use|struct device|a|char [8]|char [16]\n"},
    {"function pointer", "struct device 8;run@0 int (*)(int)\n" USE,
     "struct device 8;run@0 int (*)(int, char *)\n" USE,
     "member use|struct device|run|int (*)(int)|int (*)(int, char *)\n"},
    {"bit-field", "struct device 4;a@0.0..2 unsigned int;b@0.3..7 unsigned int\n" USE,
     "struct device 4;a@0.0..3 unsigned int;b@0.4..7 unsigned int\n" USE,
     "place use|struct device|a|0.0..2|0.0..3\nplace use|struct device|b|0.3..7|0.4..7\n"},
    {"member of a union without a name", "struct device 8;at.x@0 int;at.y@0 long\n" USE,
     "struct device 8;at.x@0 int;at.y@4 long\n" USE, "place use|struct device|at.y|0|4\n"},
    {"order of members of a union",
     "symbol u object;union u\nunion u 8;a@0 long;b@0 int;c@0 char\n",
     "symbol u object;union u\nunion u 8;c@0 char;b@0 int;a@0 long\n", ""},
    {"struct and union", "symbol u object;union u\n", "symbol u object;struct u\n",
     "object u|||union u|struct u\n"},
    {"struct in a struct without a name",
     "struct device 8;pair@0 struct {8;a@0 int;b@4 int} [2];c@16 int\n" USE,
     "struct device 8;pair@0 struct {8;a@0 int;d@4 int} [2];c@16 int\n" USE,
     "member use|struct device|pair|struct {8;a@0 int;b@4 int} [2]|"
     "struct {8;a@0 int;d@4 int} [2]\n"},

    /* ---- Enumerations ---- */
    {"enumerator added", "enum e 4;A=0;B=1\nsymbol f function;enum e\n",
     "enum e 4;A=0;B=1;C=2\nsymbol f function;enum e\n", ""},
    {"enumerator changed", "enum e 4;A=0;B=1\nsymbol f function;enum e\n",
     "enum e 4;A=0;NEW=1;B=2\nsymbol f function;enum e\n", "enumerator f|enum e|B|1|2\n"},
    {"enumerator gone", "enum e 4;A=0;B=-1\nsymbol f function;enum e\n",
     "enum e 4;A=0\nsymbol f function;enum e\n", "enumerator-gone f|enum e|B|-1|\n"},
    {"order of enumerators", "enum e 4;A=0;B=1\nsymbol f function;enum e\n",
     "enum e 4;B=1;A=0\nsymbol f function;enum e\n", ""},
    {"size of an enum", "enum e 4;A=0\nsymbol f function;enum e\n",
     "enum e 1;A=0\nsymbol f function;enum e\n", "size f|enum e||4|1\n"},

    /* ---- What is reached, and what is not ---- */
    {"declared only by the module", USE, "struct device 8;a@0 long\n" USE, ""},
    {"declared only here", "struct device 8;a@0 long\n" USE, USE, ""},
    {"behind two pointers", "struct bus 8;a@0 long\nstruct device 8;bus@0 struct bus *\n" USE,
     "struct bus 8;b@0 long\nstruct device 8;bus@0 struct bus *\n" USE,
     "member-new use|struct bus|b||0\nmember-gone use|struct bus|a|0|\n"},
    {"behind a type that differs", "struct bus 8;a@0 int\nstruct device 8;bus@0 struct bus *\n" USE,
     "struct bus 8;a@0 long\nstruct device 16;bus@0 struct bus *\n" USE,
     "size use|struct device||8|16\nmember use|struct bus|a|int|long\n"},
    {"parameter of a pointed-to function",
     "struct arg 4;a@0 int\nstruct device 8;run@0 int (*)(const struct arg *, int)\n" USE,
     "struct arg 8;a@0 int\nstruct device 8;run@0 int (*)(const struct arg *, int)\n" USE,
     "size use|struct arg||4|8\n"},
    {"in a struct without a name",
     "struct arg 4;a@0 int\nstruct device 8;run@0 struct {8;p@0 struct arg *} *\n" USE,
     "struct arg 8;a@0 int\nstruct device 8;run@0 struct {8;p@0 struct arg *} *\n" USE,
     "size use|struct arg||4|8\n"},
    {"a cycle", "struct device 8;next@0 struct device *\n" USE,
     "struct device 16;next@0 struct device *\n" USE, "size use|struct device||8|16\n"},
    {"reached from two symbols: told once",
     "struct device 8;a@0 long\nsymbol again function;void;struct device *\n" USE,
     "struct device 16;a@0 long\nsymbol again function;void;struct device *\n" USE,
     "size again|struct device||8|16\n"},
    {"never reached", "struct other 8;a@0 long\n" USE, "struct other 16;a@0 long\n" USE, ""},
    {"reached only from a symbol that is not here",
     "struct other 8;a@0 long\nsymbol f function;void;struct other *\n" USE,
     "struct other 16;a@0 long\n" USE, ""},
    {"two types of one name here, one fits", "struct device 8;a@0 long\n" USE,
     "struct device 8;a@0 int\nstruct device 8;a@0 long\n" USE, ""},
    {"two types of one name here, none fits", "struct device 8;a@0 char\n" USE,
     "struct device 8;a@0 int\nstruct device 8;a@0 long\n" USE,
     "member use|struct device|a|char|int\n"},
    {"a name that begins another", "struct dev 8;a@0 int\nstruct device 8;a@0 long\n" USE,
     "struct dev 8;a@0 char\nstruct device 8;a@0 long\n" USE, ""},
    {"a template", "struct v<int, a*> 8;a@0 int\nsymbol f function;void;struct v<int, a*> &\n",
     "struct v<int, a*> 8;a@0 long\nsymbol f function;void;struct v<int, a*> &\n",
     "member f|struct v<int, a*>|a|int|long\n"},
};

static void test_differences(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(compare_texts_of(cases[i].built, cases[i].here), KSYMS_OK);
        if (strcmp(facts, cases[i].facts) != 0) {
            fail_msg("%s: found\n%snot\n%s", cases[i].name, facts, cases[i].facts);
        }
    }
}

/* Each text is compatible with itself, and its lines are found under their own keys. */
static void test_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(compare_texts_of(cases[i].built, cases[i].built), KSYMS_OK);
        assert_string_equal(facts, "");
    }
}

static void test_open(void **state)
{
    static const struct {
        const char *text;
        enum ksyms_status status;
    } texts[] = {
        {"", KSYMS_OK},
        {"struct a 8\n", KSYMS_OK},
        {"struct a 8\nstruct a 9\nstruct b 8\n", KSYMS_OK},
        {"struct a 8", KSYMS_TYPES_END},
        {"\n", KSYMS_TYPES_HEAD},
        {"struct\n", KSYMS_TYPES_HEAD},
        {"struct \n", KSYMS_TYPES_HEAD},
        {"struct a\n", KSYMS_TYPES_HEAD},
        {"struct  a\n", KSYMS_TYPES_HEAD},
        {" a 8\n", KSYMS_TYPES_HEAD},
        {"struct a;8\n", KSYMS_TYPES_HEAD},
        {"struct b 8\nstruct a 8\n", KSYMS_TYPES_ORDER},
        {"struct ab 8\nstruct a 8\n", KSYMS_TYPES_ORDER},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct opened opened;
        enum ksyms_status status = try_open(&opened, texts[i].text, strlen(texts[i].text));
        if (status != texts[i].status) {
            fail_msg("\"%s\": %s", texts[i].text, ksyms_status_text(status));
        }
        if (status != KSYMS_OK) {
            assert_null(opened.types.lines);
        }
        close_text(&opened);
    }
}

static struct ksyms_type_text text(const char *string)
{
    return (struct ksyms_type_text){string, (uint32_t)strlen(string)};
}

/* The CRC-32 that gzip prints of the same bytes. */
static void test_keys(void **state)
{
    (void)state;
    assert_int_equal(ksyms_types_key(text("123456789")), 0xcbf43926);
    assert_int_equal(ksyms_types_hash(text("123456789")), 0xcbf43926);
    uint32_t first = ksyms_types_crc(0, (const uint8_t *)"1234", 4);
    assert_int_equal(ksyms_types_crc(first, (const uint8_t *)"56789", 5), 0xcbf43926);
}

static struct ksyms_type_hashes table_of(uint8_t *bytes, const uint32_t (*entries)[2],
                                         uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        memcpy(bytes + 8 * i, entries[i], 8);
    }
    return (struct ksyms_type_hashes){bytes, count};
}

static void test_hashes(void **state)
{
    static const uint32_t offered_entries[][2] = {{2, 20}, {4, 40}, {4, 41}, {9, 90}};
    static const uint32_t needed_entries[][2] = {{1, 7}, {2, 20}, {4, 41},
                                                 {5, 7}, {9, 91}, {12, 7}};
    static const uint32_t other_entries[][2] = {{2, 21}, {4, 42}, {9, 90}};
    uint8_t bytes[3][64];
    struct ksyms_type_hashes offered = table_of(bytes[0], offered_entries, 4);
    struct ksyms_type_hashes needed = table_of(bytes[1], needed_entries, 6);
    struct ksyms_type_hashes other = table_of(bytes[2], other_entries, 3);
    struct ksyms_type_hashes none = {0};
    (void)state;

    assert_int_equal(ksyms_type_hashes_differ(&needed, &offered, 0), 4);
    assert_int_equal(ksyms_type_hashes_differ(&needed, &offered, 5), 6);
    assert_int_equal(ksyms_type_hashes_differ(&other, &offered, 0), 0);
    assert_int_equal(ksyms_type_hashes_differ(&other, &offered, 1), 1);
    assert_int_equal(ksyms_type_hashes_differ(&other, &offered, 2), 3);
    assert_int_equal(ksyms_type_hashes_differ(&needed, &none, 0), 6);
    assert_int_equal(ksyms_type_hashes_differ(&none, &offered, 0), 0);
    assert_int_equal(ksyms_type_hashes_key(&needed, 5), 12);
    uint32_t number = 9;
    assert_true(ksyms_type_hashes_find(&offered, 4, &number));
    assert_int_equal(ksyms_type_hashes_key(&offered, number), 4);
    assert_int_equal(ksyms_type_hashes_hash(&offered, number), 40);
    assert_false(ksyms_type_hashes_find(&offered, 5, NULL));
    assert_false(ksyms_type_hashes_find(&offered, 10, NULL));
    assert_false(ksyms_type_hashes_find(&none, 0, NULL));
}

/* A struct of many members, in the order given by `step`, which has no factor in common. */
static char *large_text(unsigned count, unsigned step)
{
    char *large = malloc(64 + (size_t)count * 40);
    int length = sprintf(large, "struct device %u", count * 8);

    for (unsigned i = 0; i < count; i++) {
        unsigned member = (unsigned)((uint64_t)i * step % count);
        length += sprintf(large + length, ";member_%u@%u long", member, member * 8);
    }
    sprintf(large + length, "\n" USE);
    return large;
}

/* In order a large struct is compared; one whose order was turned round is given up. */
static void test_work(void **state)
{
    char *straight = large_text(20000, 1), *turned = large_text(20000, 19999);
    (void)state;

    assert_int_equal(compare_texts_of(straight, straight), KSYMS_OK);
    assert_string_equal(facts, "");
    turned[15]++; /* its size */
    assert_int_equal(compare_texts_of(straight, turned), KSYMS_TYPES_WORK);
    free(straight);
    free(turned);
    straight = large_text(100, 1);
    turned = large_text(100, 99);
    assert_int_equal(compare_texts_of(straight, turned), KSYMS_OK);
    assert_string_equal(facts, "");
    free(straight);
    free(turned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_differences), cmocka_unit_test(test_same),
        cmocka_unit_test(test_open),        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_hashes),      cmocka_unit_test(test_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
