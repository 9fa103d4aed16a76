// SPDX-License-Identifier: MIT
/*
 * test_modinfo.c: .modinfo sections, right and hostile.
 *
 * The oracle for the contents is a second reader in this file that walks byte by byte; the oracle
 * for real sections is what the C source says and objcopy dumps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../support/files.h"
#include "ksyms/modinfo.h"

/* Open a copy in a malloc of exactly its size, so that ASan guards its end. */
static enum ksyms_status open_copy(struct ksyms_modinfo *modinfo, const char *bytes, size_t size,
                                   struct ksyms_fault *fault, char **copy)
{
    *copy = malloc(size);
    assert_true(*copy || size == 0);
    if (size) {
        memcpy(*copy, bytes, size);
    }
    return ksyms_modinfo_open(modinfo, *copy, size, fault);
}

static void test_entries(void **state)
{
    static const char section[] = "\0\0license=MIT\0author=A <a@b>\0\0\0\0description=\0"
                                  "parm=one:first\nsecond line\0parm=two:a=b=c\0alias=x\0";
    static const struct {
        const char *tag;
        const char *value;
    } expected[] = {{"license", "MIT"},    {"author", "A <a@b>"},
                    {"description", ""},   {"parm", "one:first\nsecond line"},
                    {"parm", "two:a=b=c"}, {"alias", "x"}};
    struct ksyms_modinfo modinfo;
    struct ksyms_modinfo_entry entry;
    size_t position = 0;
    char *copy;
    (void)state;

    assert_int_equal(open_copy(&modinfo, section, sizeof(section), NULL, &copy), KSYMS_OK);
    for (size_t index = 0; index < sizeof(expected) / sizeof(expected[0]); index++) {
        assert_true(ksyms_modinfo_next(&modinfo, &position, &entry));
        assert_int_equal(entry.tag_length, strlen(expected[index].tag));
        assert_memory_equal(entry.tag, expected[index].tag, entry.tag_length);
        assert_string_equal(entry.value, expected[index].value);
        assert_int_equal(entry.value_length, strlen(expected[index].value));
    }
    struct ksyms_modinfo_entry before = entry;
    assert_false(ksyms_modinfo_next(&modinfo, &position, &entry));
    assert_false(ksyms_modinfo_next(&modinfo, &position, &entry));
    assert_memory_equal(&entry, &before, sizeof(entry));
    free(copy);
}

static void test_find(void **state)
{
    static const char section[] = "parm=a\0license=GPL\0parm=b\0parmtype=c\0par=d\0parm=\0";
    struct ksyms_modinfo modinfo;
    char *copy;
    (void)state;

    assert_int_equal(open_copy(&modinfo, section, sizeof(section) - 1, NULL, &copy), KSYMS_OK);
    assert_string_equal(ksyms_modinfo_find(&modinfo, "license", 0), "GPL");
    assert_null(ksyms_modinfo_find(&modinfo, "license", 1));
    assert_string_equal(ksyms_modinfo_find(&modinfo, "parm", 0), "a");
    assert_string_equal(ksyms_modinfo_find(&modinfo, "parm", 1), "b");
    assert_string_equal(ksyms_modinfo_find(&modinfo, "parm", 2), "");
    assert_null(ksyms_modinfo_find(&modinfo, "parm", 3));
    assert_null(ksyms_modinfo_find(&modinfo, "parm", SIZE_MAX));
    assert_string_equal(ksyms_modinfo_find(&modinfo, "par", 0), "d");
    assert_null(ksyms_modinfo_find(&modinfo, "", 0));
    assert_null(ksyms_modinfo_find(&modinfo, "parm=", 0));
    assert_null(ksyms_modinfo_find(&modinfo, "vermagic", 0));
    assert_int_equal(ksyms_modinfo_count(&modinfo, "parm"), 3);
    assert_int_equal(ksyms_modinfo_count(&modinfo, "license"), 1);
    assert_int_equal(ksyms_modinfo_count(&modinfo, "vermagic"), 0);
    free(copy);
}

static void assert_refused(const char *bytes, size_t size, enum ksyms_status expected,
                           uint64_t offset)
{
    struct ksyms_modinfo modinfo = {(const char *)0x1234, 99};
    struct ksyms_fault fault;
    char *copy;

    assert_int_equal(open_copy(&modinfo, bytes, size, &fault, &copy), expected);
    assert_int_equal(fault.status, expected);
    assert_true(fault.offset == offset);
    assert_true(fault.section == KSYMS_NONE && fault.symbol == KSYMS_NONE);
    assert_ptr_equal(modinfo.bytes, (const char *)0x1234);
    assert_int_equal(ksyms_modinfo_open(&modinfo, copy, size, NULL), expected);
    free(copy);
}

static void test_refusals(void **state)
{
    (void)state;

    assert_refused("a", 1, KSYMS_MODINFO_END, 0);
    assert_refused("a=b", 3, KSYMS_MODINFO_END, 0);
    assert_refused("a=b\0c=d", 7, KSYMS_MODINFO_END, 4);
    assert_refused("\0x", 2, KSYMS_MODINFO_END, 1);
    assert_refused("a\0", 2, KSYMS_MODINFO_EQUAL, 0);
    assert_refused("a=b\0license\0c=d\0", 16, KSYMS_MODINFO_EQUAL, 4);
    assert_refused("=\0", 2, KSYMS_MODINFO_TAG, 0);
    assert_refused("a=b\0\0=c\0", 8, KSYMS_MODINFO_TAG, 5);
    assert_refused("==\0", 3, KSYMS_MODINFO_TAG, 0);
}

static void test_empty_sections(void **state)
{
    struct ksyms_modinfo modinfo;
    struct ksyms_modinfo_entry entry;
    char *copy;
    (void)state;

    for (size_t size = 0; size < 20; size++) {
        static const char zeros[20];
        size_t position = 0;
        assert_int_equal(open_copy(&modinfo, zeros, size, NULL, &copy), KSYMS_OK);
        assert_false(ksyms_modinfo_next(&modinfo, &position, &entry));
        assert_null(ksyms_modinfo_find(&modinfo, "a", 0));
        free(copy);
    }
    assert_int_equal(ksyms_modinfo_open(&modinfo, NULL, 0, NULL), KSYMS_OK);
    assert_int_equal(ksyms_modinfo_count(&modinfo, "a"), 0);
}

static void test_long_value(void **state)
{
    const size_t size = 1 << 20;
    char *bytes = malloc(size);
    struct ksyms_modinfo modinfo;
    (void)state;

    memset(bytes, 'x', size);
    bytes[1] = '=';
    bytes[size - 1] = '\0';
    assert_int_equal(ksyms_modinfo_open(&modinfo, bytes, size, NULL), KSYMS_OK);
    assert_int_equal(strlen(ksyms_modinfo_find(&modinfo, "x", 0)), size - 3);
    free(bytes);
}

/* The verdict and the number of entries, one byte at a time. */
static enum ksyms_status read_slowly(const char *bytes, size_t size, unsigned *entries)
{
    bool in_entry = false;
    bool has_equal = false;

    *entries = 0;
    if (size != 0 && bytes[size - 1] != '\0') {
        return KSYMS_MODINFO_END;
    }
    for (size_t offset = 0; offset < size; offset++) {
        char byte = bytes[offset];
        if (byte == '\0') {
            if (in_entry && !has_equal) {
                return KSYMS_MODINFO_EQUAL;
            }
            *entries += in_entry;
            in_entry = false;
            has_equal = false;
        } else if (byte == '=') {
            if (!in_entry) {
                return KSYMS_MODINFO_TAG;
            }
            has_equal = true;
        } else {
            in_entry = true;
        }
    }
    return KSYMS_OK;
}

static void test_random_sections(void **state)
{
    static const char alphabet[] = {'\0', '\0', '=', '=', 'a', 'b', '\n', (char)0xff};
    uint64_t random = environment_number("ONOMA_SEED", 0x6f6e6f6d61) | 1;
    unsigned verdicts[KSYMS_STATUS_COUNT] = {0};
    unsigned entries_read = 0;
    (void)state;

    for (unsigned round = 0; round < 100000; round++) {
        char bytes[24];
        size_t size = random_next(&random) % (sizeof(bytes) + 1);
        struct ksyms_modinfo modinfo;
        struct ksyms_modinfo_entry entry;
        unsigned expected_entries;
        size_t position = 0;
        char *copy;

        for (size_t offset = 0; offset < size; offset++) {
            bytes[offset] = alphabet[(random_next(&random) >> 32) % sizeof(alphabet)];
        }
        if (size != 0 && round % 4 != 0) {
            bytes[size - 1] = '\0';
        }
        enum ksyms_status expected = read_slowly(bytes, size, &expected_entries);
        enum ksyms_status status = open_copy(&modinfo, bytes, size, NULL, &copy);
        assert_int_equal(status, expected);
        verdicts[status]++;
        while (status == KSYMS_OK && ksyms_modinfo_next(&modinfo, &position, &entry)) {
            assert_true(entry.tag_length > 0 && entry.tag[entry.tag_length] == '=');
            assert_ptr_equal(entry.value, entry.tag + entry.tag_length + 1);
            assert_int_equal(strlen(entry.value), entry.value_length);
            expected_entries--;
            entries_read++;
        }
        assert_true(status != KSYMS_OK || expected_entries == 0);
        free(copy);
    }
    printf("100000 random sections: %u accepted with %u entries; refused: end %u, equal %u, tag "
           "%u\n",
           verdicts[KSYMS_OK], entries_read, verdicts[KSYMS_MODINFO_END],
           verdicts[KSYMS_MODINFO_EQUAL], verdicts[KSYMS_MODINFO_TAG]);
    assert_true(verdicts[KSYMS_OK] > 1000 && verdicts[KSYMS_MODINFO_TAG] > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entries),    cmocka_unit_test(test_find),
        cmocka_unit_test(test_refusals),   cmocka_unit_test(test_empty_sections),
        cmocka_unit_test(test_long_value), cmocka_unit_test(test_random_sections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
