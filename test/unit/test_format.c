// SPDX-License-Identifier: MIT
/*
 * test_format.c: the kernel's vsnprintf against glibc's: the same bytes, the same result, and
 * nothing past the capacity, for random conversions, values and capacities.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

int kernel_snprintf(char *buffer, size_t capacity, const char *format, ...);
int kernel_vsnprintf(char *buffer, size_t capacity, const char *format, va_list arguments);
const char *errno_name(int error);

#define BUFFER_SIZE 600
#define CANARY      0x5a
#define ROUNDS      300000

static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint64_t random_number(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static unsigned random_below(unsigned limit)
{
    return (unsigned)(random_number() % limit);
}

/* Format with both; they must agree. */
static void check(size_t capacity, const char *format, ...)
{
    char expected[BUFFER_SIZE];
    char actual[BUFFER_SIZE];
    va_list arguments;
    memset(expected, CANARY, sizeof(expected));
    memset(actual, CANARY, sizeof(actual));
    va_start(arguments, format);
    int expected_length = vsnprintf(expected, capacity, format, arguments);
    va_end(arguments);
    va_start(arguments, format);
    int actual_length = kernel_vsnprintf(actual, capacity, format, arguments);
    va_end(arguments);
    if (capacity > 0 && strcmp(expected, actual) != 0) {
        fail_msg("\"%s\", capacity %zu: \"%s\" and not \"%s\"", format, capacity, actual, expected);
    }
    if (expected_length != actual_length) {
        fail_msg("\"%s\", capacity %zu: %d and not %d", format, capacity, actual_length,
                 expected_length);
    }
    for (size_t i = capacity; i < sizeof(actual); i++) {
        assert_int_equal(actual[i], CANARY);
    }
}

static size_t random_capacity(void)
{
    switch (random_below(4)) {
    case 0:
        return random_below(4);
    case 1:
        return random_below(20);
    default:
        return BUFFER_SIZE;
    }
}

/* Small numbers, bounds and everything else. */
static uint64_t random_value(void)
{
    static const uint64_t special[] = {0,          1,         7,        8,          255,
                                       256,        INT_MAX,   UINT_MAX, 0x80000000, INT64_MAX,
                                       UINT64_MAX, INT64_MIN, SHRT_MAX, 0x8000,     SCHAR_MAX};
    if (random_below(3) == 0) {
        return special[random_below(sizeof(special) / sizeof(special[0]))];
    }
    return random_number() >> random_below(64);
}

static bool flag_is_defined(char flag, char letter)
{
    switch (flag) {
    case '+':
    case ' ':
        return letter == 'd' || letter == 'i';
    case '#':
        return strchr("xXo", letter) != NULL;
    case '0':
        return strchr("diuxXo", letter) != NULL;
    default:
        return true;
    }
}

/* Append `.` or a width as digits, or as `*` with its argument in *star. */
static char *put_size(char *at, int *star, bool *has_star)
{
    int size = (int)random_below(40);
    *has_star = random_below(4) == 0;
    if (*has_star) {
        *star = random_below(4) == 0 ? -size : size;
        *at++ = '*';
        return at;
    }
    return at + sprintf(at, "%d", size == 0 ? 1 : size);
}

/* A conversion by chance; which of its sizes come as arguments. */
struct conversion {
    char format[64];
    int stars[2];
    int star_count;
    bool is_long;
    char letter;
};

static void make_conversion(struct conversion *conversion)
{
    static const char *const lengths[] = {"", "", "l", "ll", "z", "h", "hh", "t", "j"};
    char *at = conversion->format;
    bool has_star;
    conversion->letter = "diuxXocs"[random_below(8)];
    conversion->star_count = 0;
    conversion->is_long = false;
    at += sprintf(at, "<%%");
    for (const char *flag = "-+ #0"; *flag != '\0'; flag++) {
        if (random_below(3) == 0 && flag_is_defined(*flag, conversion->letter)) {
            *at++ = *flag;
        }
    }
    if (random_below(2) == 0) {
        at = put_size(at, &conversion->stars[0], &has_star);
        conversion->star_count += has_star;
    }
    if (random_below(2) == 0 && conversion->letter != 'c') {
        *at++ = '.';
        if (random_below(5) != 0) {
            at = put_size(at, &conversion->stars[conversion->star_count], &has_star);
            conversion->star_count += has_star;
        }
    }
    if (strchr("diuxXo", conversion->letter) != NULL) {
        const char *length = lengths[random_below(sizeof(lengths) / sizeof(lengths[0]))];
        conversion->is_long = strchr("lztj", length[0]) != NULL && length[0] != '\0';
        at += sprintf(at, "%s", length);
    }
    sprintf(at, "%c>", conversion->letter);
}

#define CHECK_WITH(argument)                                                                       \
    do {                                                                                           \
        if (conversion->star_count == 0) {                                                         \
            check(random_capacity(), conversion->format, argument);                                \
        } else if (conversion->star_count == 1) {                                                  \
            check(random_capacity(), conversion->format, conversion->stars[0], argument);          \
        } else {                                                                                   \
            check(random_capacity(), conversion->format, conversion->stars[0],                     \
                  conversion->stars[1], argument);                                                 \
        }                                                                                          \
    } while (0)

static void check_conversion(const struct conversion *conversion)
{
    static const char *const strings[] = {"", "a", "hello", "a longer text, with % and \n in it"};
    if (conversion->letter == 's') {
        CHECK_WITH(strings[random_below(4)]);
    } else if (conversion->letter == 'c') {
        CHECK_WITH((int)('!' + random_below(90)));
    } else if (conversion->is_long) {
        CHECK_WITH(random_value());
    } else {
        CHECK_WITH((unsigned)random_value());
    }
}

static void random_conversions_agree_with_glibc(void **state)
{
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct conversion conversion;
        make_conversion(&conversion);
        check_conversion(&conversion);
    }
}

static void several_conversions_agree_with_glibc(void **state)
{
    (void)state;
    for (size_t capacity = 0; capacity < 80; capacity++) {
        check(capacity, "%s: %d%% of %lu, %c%c, 0x%08x, [%-6s]%5.2s|", "name", 42, 1234567890123ul,
              'o', 'k', 0xbeefu, "left", "cut");
        check(capacity, "plain text, no conversion");
        check(capacity, "%5c|%-5c|%hhd|%hd", 'a', 'b', 511, 70000);
        check(capacity, "[%5lu.%06lu] ", 12345678ul, 42ul);
    }
    check(10, "%s", "");
    check(0, "%500d", 1);
}

#define CHECK_TEXT(expected, ...)                                                                  \
    do {                                                                                           \
        char text[BUFFER_SIZE];                                                                    \
        int length = kernel_snprintf(text, sizeof(text), __VA_ARGS__);                             \
        assert_string_equal(text, expected);                                                       \
        assert_int_equal(length, strlen(expected));                                                \
    } while (0)

static void pointers_have_sixteen_digits(void **state)
{
    (void)state;
    void *address = (void *)0xffffffff80123456;
    CHECK_TEXT("ffffffff80123456", "%p", address);
    CHECK_TEXT("0000000000000000", "%p", NULL);
    CHECK_TEXT("0x0000000000000010|", "%#p|", (void *)16);
    CHECK_TEXT("    0000000000000010", "%20p", (void *)16);
}

static void names_come_from_name_format(void **state)
{
    (void)state;
    void *address = (void *)0x1234;
    CHECK_TEXT("at name_1234!", "at %pS!", address);
    CHECK_TEXT("name_1234-1 17", "%pB %d", address, 17);
    CHECK_TEXT("name_1234   |", "%-12pS|", address);
    CHECK_TEXT("   name_1234|", "%12pS|", address);
    CHECK_TEXT("name_1234|", "%3pS|", address);
}

static void a_name_is_cut_at_the_capacity(void **state)
{
    (void)state;
    for (size_t capacity = 0; capacity < 20; capacity++) {
        char text[32];
        memset(text, CANARY, sizeof(text));
        int length = kernel_snprintf(text, capacity, "<%pS>", (void *)0x1234);
        assert_int_equal(length, 11);
        for (size_t i = capacity; i < sizeof(text); i++) {
            assert_int_equal(text[i], CANARY);
        }
        if (capacity > 0) {
            assert_int_equal(strlen(text), capacity - 1 < 11 ? capacity - 1 : 11);
            assert_memory_equal(text, "<name_1234>", strlen(text));
        }
    }
}

static void what_is_unknown_stays_as_it_is(void **state)
{
    (void)state;
    CHECK_TEXT("%f 5", "%f %d", 5);
    CHECK_TEXT("%-5.2n", "%-5.2n");
    CHECK_TEXT("50%", "50%");
    CHECK_TEXT("50%l", "50%l");
    CHECK_TEXT("(null)", "%s", NULL);
    CHECK_TEXT("(nu", "%.3s", NULL);
}

static void a_string_with_a_precision_needs_no_end(void **state)
{
    (void)state;
    char *bytes = malloc(3); /* the address sanitizer sees a fourth byte read */
    memcpy(bytes, "abc", 3);
    CHECK_TEXT("[abc]", "[%.3s]", bytes);
    CHECK_TEXT("[ab]", "[%.*s]", 2, bytes);
    free(bytes);
}

static void huge_widths_cost_no_time_and_do_not_wrap(void **state)
{
    (void)state;
    char text[8];
    for (unsigned round = 0; round < 100000; round++) {
        assert_int_equal(kernel_snprintf(text, sizeof(text), "%2147483647d", 1), INT_MAX);
    }
    assert_string_equal(text, "       ");
    assert_int_equal(
        kernel_snprintf(text, sizeof(text), "%*d%*d%*d", INT_MAX, 1, INT_MAX, 1, INT_MIN, 1),
        INT_MAX);
    assert_int_equal(kernel_snprintf(text, sizeof(text), "%99999999999999999999d", 1), INT_MAX);
}

static void error_numbers_have_names(void **state)
{
    (void)state;
    assert_string_equal(errno_name(2), "ENOENT");
    assert_string_equal(errno_name(-2), "ENOENT");
    assert_string_equal(errno_name(-22), "EINVAL");
    assert_string_equal(errno_name(40), "ELOOP");
    assert_string_equal(errno_name(0), "?");
    assert_string_equal(errno_name(1), "EPERM");
    assert_string_equal(errno_name(INT_MIN), "?");
    assert_string_equal(errno_name(INT_MAX), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_conversions_agree_with_glibc),
        cmocka_unit_test(several_conversions_agree_with_glibc),
        cmocka_unit_test(pointers_have_sixteen_digits),
        cmocka_unit_test(names_come_from_name_format),
        cmocka_unit_test(a_name_is_cut_at_the_capacity),
        cmocka_unit_test(what_is_unknown_stays_as_it_is),
        cmocka_unit_test(a_string_with_a_precision_needs_no_end),
        cmocka_unit_test(huge_widths_cost_no_time_and_do_not_wrap),
        cmocka_unit_test(error_numbers_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
