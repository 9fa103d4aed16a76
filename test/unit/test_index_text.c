// SPDX-License-Identifier: MIT
/*
 * test_index_text.c: the reader of modules.dep and its like.  Patterns against fnmatch(3): all
 * short ones of a few letters, and random longer ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fnmatch.h>
#include <cmocka.h>
#include "module/index_text.h"

static struct text text_of(const char *string)
{
    return (struct text){string, strlen(string)};
}

#define assert_text(text, string) assert_true(text_is(text, string))

static void lines_without_comments(void **state)
{
    struct text rest = text_of("# one\n\nfirst line\n#\nsecond\n\n\nlast without end"), line;
    (void)state;
    assert_true(text_next_line(&rest, &line));
    assert_text(line, "first line");
    assert_true(text_next_line(&rest, &line));
    assert_text(line, "second");
    assert_true(text_next_line(&rest, &line));
    assert_text(line, "last without end");
    assert_false(text_next_line(&rest, &line));
    assert_int_equal(rest.length, 0);
}

static void words_from_both_sides(void **state)
{
    struct text rest = text_of("  a\tbc   def  "), word;
    (void)state;
    assert_true(text_next_word(&rest, &word));
    assert_text(word, "a");
    assert_true(text_last_word(&rest, &word));
    assert_text(word, "def");
    assert_true(text_last_word(&rest, &word));
    assert_text(word, "bc");
    assert_false(text_last_word(&rest, &word));
    assert_false(text_next_word(&rest, &word));
}

static void damage_has_a_line_number(void **state)
{
    (void)state;
    assert_int_equal(text_damaged_line(text_of("good\n\tlines ~\n")), 0);
    assert_int_equal(text_damaged_line((struct text){"a\nb\0c", 5}), 2);
    assert_int_equal(text_damaged_line(text_of("\n\na\x7f")), 3);
    assert_int_equal(text_damaged_line(text_of("\xc3\xa4")), 1);
    assert_int_equal(text_damaged_line((struct text){NULL, 0}), 0);
    struct text all = text_of("a\nb\nc");
    assert_int_equal(text_line_number(all, all.start + 4), 3);
}

static void paths_and_copies(void **state)
{
    struct text name;
    char buffer[4];
    (void)state;
    assert_true(text_module_of_path(text_of("kernel/net/snd-pcm.ko"), &name));
    assert_text(name, "snd-pcm");
    assert_true(text_module_of_path(text_of("a.ko"), &name));
    assert_text(name, "a");
    assert_false(text_module_of_path(text_of("kernel/.ko"), &name));
    assert_false(text_module_of_path(text_of("kernel/a.ko.gz"), &name));
    assert_false(text_module_of_path(text_of("ko"), &name));
    assert_false(text_module_of_path(text_of(""), &name));
    assert_true(text_copy(text_of("abc"), buffer, sizeof(buffer)));
    assert_string_equal(buffer, "abc");
    assert_false(text_copy(text_of("abcd"), buffer, sizeof(buffer)));
    assert_false(text_copy(text_of(""), buffer, sizeof(buffer)));
}

static void lines_of_each_file(void **state)
{
    struct text first, second;
    (void)state;
    assert_true(text_split_dependencies(text_of("kernel/a.ko: kernel/b.ko"), &first, &second));
    assert_text(first, "kernel/a.ko");
    assert_text(second, " kernel/b.ko");
    assert_true(text_split_dependencies(text_of("a.ko:"), &first, &second));
    assert_text(second, "");
    assert_false(text_split_dependencies(text_of("kernel/a.ko kernel/b.ko"), &first, &second));
    assert_false(text_split_dependencies(text_of(": kernel/b.ko"), &first, &second));
    assert_false(text_split_dependencies(text_of(" : kernel/b.ko"), &first, &second));

    assert_true(text_split_alias(text_of("alias pci:v*d[0-9] e1000"), &first, &second));
    assert_text(first, "pci:v*d[0-9]");
    assert_text(second, "e1000");
    assert_false(text_split_alias(text_of("alias one"), &first, &second));
    assert_false(text_split_alias(text_of("alias one two three"), &first, &second));
    assert_false(text_split_alias(text_of("aliases one two"), &first, &second));

    assert_true(text_split_soft(text_of("softdep a pre: b c"), &first, &second));
    assert_text(first, "a");
    assert_text(second, " pre: b c");
    assert_false(text_split_soft(text_of("softdep"), &first, &second));
    assert_false(text_split_soft(text_of("soft a pre: b"), &first, &second));
}

static void soft_dependencies_have_sides(void **state)
{
    static const struct {
        const char *name;
        enum text_soft side;
    } wanted[] = {{"b", TEXT_SOFT_PRE}, {"c", TEXT_SOFT_PRE},  {"d", TEXT_SOFT_POST},
                  {"e", TEXT_SOFT_PRE}, {"f", TEXT_SOFT_POST}, {"post", TEXT_SOFT_POST}};
    struct text rest = text_of("lost pre: b c post: d pre: e post: f post"), module;
    enum text_soft side = TEXT_SOFT_NONE;
    (void)state;
    for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
        assert_true(text_next_soft(&rest, &side, &module));
        assert_text(module, wanted[i].name);
        assert_int_equal(side, wanted[i].side);
    }
    assert_false(text_next_soft(&rest, &side, &module));
}

/* '-' and '_' are the same to us: outside brackets both become '_', as kmod does before it asks
 * fnmatch. */
static void normalize(char *text, bool has_brackets)
{
    for (char *end; *text; text++) {
        if (has_brackets && *text == '[' &&
            (end = strchr(text + (text[1] == '!' ? 3 : 2) - (text[1] == '\0'), ']')) != NULL) {
            text = end;
        } else if (*text == '-') {
            *text = '_';
        }
    }
}

static void compare_with_fnmatch(const char *pattern, const char *name)
{
    char other_pattern[64], other_name[64];
    strcpy(other_pattern, pattern);
    strcpy(other_name, name);
    normalize(other_pattern, true);
    bool wanted = fnmatch(other_pattern, other_name, FNM_NOESCAPE) == 0;
    if (text_pattern_matches(text_of(pattern), name) != wanted) {
        fail_msg("pattern \"%s\", name \"%s\": fnmatch says %d", pattern, name, wanted);
    }
}

/* Text number `number` of those with up to `limit` letters. */
static bool nth_text(const char *letters, size_t limit, size_t number, char *text)
{
    size_t base = strlen(letters) + 1, length = 0;
    for (size_t i = 0; i < limit; i++, number /= base) {
        if (number % base == 0) {
            break;
        }
        text[length++] = letters[number % base - 1];
        text[length] = '\0';
    }
    text[length] = '\0';
    return number == 0;
}

static void short_patterns_as_fnmatch(void **state)
{
    char pattern[8], name[8];
    (void)state;
    for (size_t p = 0; p < 9 * 9 * 9 * 9 * 9; p++) {
        if (!nth_text("ab*?[]!-", 5, p, pattern) || strpbrk(pattern, "*?[ab") == NULL ||
            strstr(pattern, "[-") || strstr(pattern, "[!-")) {
            continue;
        }
        for (size_t n = 0; n < 5 * 5 * 5; n++) {
            if (nth_text("ab]!", 3, n, name)) {
                compare_with_fnmatch(pattern, name);
            }
        }
    }
}

static void long_patterns_as_fnmatch(void **state)
{
    static const char letters[] = "aab*?b*";
    char pattern[48], name[48];
    (void)state;
    srand(1);
    for (unsigned i = 0; i < 200000; i++) {
        size_t pattern_length = (size_t)rand() % 16, name_length = (size_t)rand() % 32;
        for (size_t at = 0; at < pattern_length; at++) {
            pattern[at] = letters[(size_t)rand() % (sizeof(letters) - 1)];
        }
        for (size_t at = 0; at < name_length; at++) {
            name[at] = "ab"[rand() % 2];
        }
        pattern[pattern_length] = name[name_length] = '\0';
        compare_with_fnmatch(pattern, name);
    }
}

static void patterns_of_linux(void **state)
{
    static const char pci[] = "pci:v00008086d00001[0-3a]*sv*sd*bc0[!2]sc*i*";
    (void)state;
    assert_true(text_pattern_matches(text_of(pci), "pci:v00008086d000012sv1sd2bc01sc00i00"));
    assert_true(text_pattern_matches(text_of(pci), "pci:v00008086d00001a99sv1sd2bc03sc00i00"));
    assert_false(text_pattern_matches(text_of(pci), "pci:v00008086d00001bsv1sd2bc01sc00i00"));
    assert_false(text_pattern_matches(text_of(pci), "pci:v00008086d000012sv1sd2bc02sc00i00"));
    assert_true(text_pattern_matches(text_of("snd-card_0"), "snd_card-0"));
    assert_true(text_pattern_matches(text_of("a\\*"), "a\\b"));
}

/* A name of n letters and a pattern of n stars are no n-th power of anything. */
static void many_stars_end_soon(void **state)
{
    static char pattern[4001], name[4001];
    (void)state;
    for (size_t i = 0; i < 4000; i += 2) {
        memcpy(pattern + i, "*a", 2);
    }
    memset(name, 'a', 4000);
    pattern[3999] = 'b';
    assert_false(text_pattern_matches(text_of(pattern), name));
    name[3999] = 'b';
    assert_true(text_pattern_matches(text_of(pattern), name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_without_comments),    cmocka_unit_test(words_from_both_sides),
        cmocka_unit_test(damage_has_a_line_number),  cmocka_unit_test(paths_and_copies),
        cmocka_unit_test(lines_of_each_file),        cmocka_unit_test(soft_dependencies_have_sides),
        cmocka_unit_test(short_patterns_as_fnmatch), cmocka_unit_test(long_patterns_as_fnmatch),
        cmocka_unit_test(patterns_of_linux),         cmocka_unit_test(many_stars_end_soon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
