// SPDX-License-Identifier: MIT
/* test_string.c: the kernel's string functions against libc's, and its number parser against
 * strtoull. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

void *kernel_memcpy(void *destination, const void *source, size_t length);
void *kernel_memmove(void *destination, const void *source, size_t length);
void *kernel_memset(void *destination, int byte, size_t length);
int kernel_memcmp(const void *left, const void *right, size_t length);
void *kernel_memchr(const void *bytes, int byte, size_t length);
size_t kernel_strlen(const char *string);
size_t kernel_strnlen(const char *string, size_t limit);
int kernel_strcmp(const char *left, const char *right);
int kernel_strncmp(const char *left, const char *right, size_t limit);
char *kernel_strchr(const char *string, int character);
char *kernel_strrchr(const char *string, int character);
bool string_copy(char *destination, const char *source, size_t capacity);
bool parse_unsigned(const char *text, uint64_t *value);
bool parse_signed(const char *text, int64_t *value);
bool parse_hexadecimal(const char *text, uint64_t *value);

#define SIZE 96

static unsigned random_below(unsigned limit)
{
    static uint32_t state = 12345;
    state = state * 1664525 + 1013904223;
    return (state >> 8) % limit;
}

static int sign(int number)
{
    return (number > 0) - (number < 0);
}

static void fill(uint8_t *bytes)
{
    for (unsigned i = 0; i < SIZE; i++) {
        bytes[i] = (uint8_t)random_below(256);
    }
}

static void copies_and_fills_agree(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        uint8_t ours[SIZE], theirs[SIZE];
        fill(ours);
        memcpy(theirs, ours, SIZE);
        unsigned to = random_below(SIZE);
        unsigned from = random_below(SIZE);
        unsigned length = random_below(SIZE + 1 - (to > from ? to : from));
        assert_ptr_equal(kernel_memmove(ours + to, ours + from, length), ours + to);
        memmove(theirs + to, theirs + from, length);
        assert_memory_equal(ours, theirs, SIZE);

        uint8_t source[SIZE];
        fill(source);
        assert_ptr_equal(kernel_memcpy(ours + to, source + from, length), ours + to);
        memcpy(theirs + to, source + from, length);
        assert_ptr_equal(kernel_memset(ours + from, (int)(round * 7), length), ours + from);
        memset(theirs + from, (int)(round * 7), length);
        assert_memory_equal(ours, theirs, SIZE);
    }
}

/* Few letters, so that equal beginnings are common; 0xff, so that signs of char would show. */
static void random_string(char *text)
{
    unsigned length = random_below(12);
    for (unsigned i = 0; i < length; i++) {
        text[i] = "ab\xff"[random_below(3)];
    }
    text[length] = '\0';
}

static void comparisons_and_searches_agree(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        char a[16] = {0}, b[16] = {0};
        random_string(a);
        random_string(b);
        size_t limit = random_below(15);
        int wanted = "abc\xff"[random_below(4)];
        assert_int_equal(sign(kernel_memcmp(a, b, limit)), sign(memcmp(a, b, limit)));
        assert_int_equal(sign(kernel_strcmp(a, b)), sign(strcmp(a, b)));
        assert_int_equal(sign(kernel_strncmp(a, b, limit)), sign(strncmp(a, b, limit)));
        assert_int_equal(kernel_strlen(a), strlen(a));
        assert_int_equal(kernel_strnlen(a, limit), strnlen(a, limit));
        assert_ptr_equal(kernel_memchr(a, wanted, limit), memchr(a, wanted, limit));
        assert_ptr_equal(kernel_strchr(a, wanted), strchr(a, wanted));
        assert_ptr_equal(kernel_strrchr(a, wanted), strrchr(a, wanted));
        assert_ptr_equal(kernel_strchr(a, 0), a + strlen(a));
        assert_ptr_equal(kernel_strrchr(a, 0), a + strlen(a));
    }
}

/* Equal up to any place, at any length: words and the bytes behind them. */
static void long_comparisons_agree(void **state)
{
    (void)state;
    for (unsigned length = 0; length < 40; length++) {
        for (unsigned place = 0; place <= length; place++) {
            uint8_t a[40] = {0}, b[40] = {0};
            if (place < length) {
                a[place] = 1;
                b[place] = 0xff;
            }
            assert_int_equal(sign(kernel_memcmp(a, b, length)), place < length ? -1 : 0);
            assert_int_equal(sign(kernel_memcmp(b, a, length)), place < length ? 1 : 0);
        }
    }
}

static void string_copy_cuts_and_says_so(void **state)
{
    (void)state;
    char text[8];
    memset(text, '#', sizeof(text));
    assert_true(string_copy(text, "abc", 4));
    assert_string_equal(text, "abc");
    assert_int_equal(text[4], '#');
    assert_false(string_copy(text, "abcd", 4));
    assert_string_equal(text, "abc");
    assert_int_equal(text[4], '#');
    assert_false(string_copy(text, "", 0));
    assert_true(string_copy(text, "", 1));
    assert_string_equal(text, "");
}

static void check_unsigned(const char *text)
{
    char *end;
    uint64_t value = 77;
    errno = 0;
    uint64_t expected = strtoull(text, &end, 0);
    /* strtoull lets blanks, signs and glibc's 0b through. */
    bool is_good = errno == 0 && *end == '\0' && text[0] >= '0' && text[0] <= '9' &&
                   strpbrk(text, "bB") != text + 1;
    assert_int_equal(parse_unsigned(text, &value), is_good);
    assert_int_equal(value, is_good ? expected : 77);
}

static void numbers_agree_with_strtoull(void **state)
{
    (void)state;
    static const char *const texts[] = {"0",
                                        "1",
                                        "42",
                                        "00",
                                        "08",
                                        "010",
                                        "0x0",
                                        "0x",
                                        "x1",
                                        "0xg",
                                        "0xFFFFFFFFFFFFFFFF",
                                        "",
                                        " 1",
                                        "1 ",
                                        "-1",
                                        "+1",
                                        "1a",
                                        "0X1f",
                                        "0x10000000000000000",
                                        "18446744073709551615",
                                        "18446744073709551616",
                                        "99999999999999999999",
                                        "01777777777777777777777",
                                        "02000000000000000000000",
                                        "184467440737095516150"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        check_unsigned(texts[i]);
    }
    for (unsigned round = 0; round < 20000; round++) {
        char text[32];
        uint64_t value = (uint64_t)random_below(1u << 24) << random_below(41);
        static const char *const formats[] = {"%lu", "0x%lx", "0%lo", "%lx"};
        snprintf(text, sizeof(text), formats[random_below(4)], value);
        check_unsigned(text);
    }
}

static void signed_numbers_know_their_bounds(void **state)
{
    (void)state;
    int64_t value;
    assert_true(parse_signed("-9223372036854775808", &value));
    assert_true(value == INT64_MIN);
    assert_true(parse_signed("9223372036854775807", &value));
    assert_true(value == INT64_MAX);
    value = 5;
    assert_false(parse_signed("9223372036854775808", &value));
    assert_false(parse_signed("-9223372036854775809", &value));
    assert_false(parse_signed("--1", &value));
    assert_false(parse_signed("-", &value));
    assert_false(parse_signed("", &value));
    assert_int_equal(value, 5);
    assert_true(parse_signed("-0x10", &value));
    assert_int_equal(value, -16);
}

static void addresses_are_read_with_and_without_prefix(void **state)
{
    (void)state;
    uint64_t value;
    assert_true(parse_hexadecimal("ffffffff80100000", &value));
    assert_true(value == 0xffffffff80100000);
    assert_true(parse_hexadecimal("0xABC", &value));
    assert_int_equal(value, 0xabc);
    assert_false(parse_hexadecimal("0x", &value));
    assert_false(parse_hexadecimal("", &value));
    assert_false(parse_hexadecimal("fffffffff80100000", &value));
    assert_false(parse_hexadecimal("12g", &value));
    assert_int_equal(value, 0xabc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_and_fills_agree),
        cmocka_unit_test(comparisons_and_searches_agree),
        cmocka_unit_test(long_comparisons_agree),
        cmocka_unit_test(string_copy_cuts_and_says_so),
        cmocka_unit_test(numbers_agree_with_strtoull),
        cmocka_unit_test(signed_numbers_know_their_bounds),
        cmocka_unit_test(addresses_are_read_with_and_without_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
