// SPDX-License-Identifier: MIT
/*
 * test_sha256.c: the vectors of NIST (FIPS 180-4's examples, and those of one million letters), and
 * every length around the blocks' ends against sha256sum.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "lib/sha256.h"

static void expect(const char *bytes, size_t size, const char *wanted)
{
    char text[SHA256_TEXT_LENGTH + 1];

    sha256_text(bytes, size, text);
    assert_string_equal(text, wanted);
}

static void vectors_of_nist(void **state)
{
    static char million[1000000];
    (void)state;
    expect("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
           "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    expect("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
           "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
           112, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    memset(million, 'a', sizeof(million));
    expect(million, sizeof(million),
           "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void lengths_as_sha256sum(void **state)
{
    char path[] = "sha256.XXXXXX", command[256], wanted[SHA256_TEXT_LENGTH + 1];
    (void)state;
    close(mkstemp(path));
    for (size_t size = 0; size < 200; size += size < 50 || size > 130 ? 7 : 1) {
        char *bytes =
            malloc(size + 1); /* exactly: the sanitizer sees a read of one byte too many */
        char *exact = malloc(size);
        FILE *file = fopen(path, "wb");
        for (size_t i = 0; i < size; i++) {
            exact[i] = bytes[i] = (char)(size * 131 + i * i * 7 + (i >> 3));
        }
        assert_int_equal(fwrite(bytes, 1, size, file), size);
        fclose(file);
        snprintf(command, sizeof(command), "sha256sum <%s", path);
        file = popen(command, "r");
        assert_non_null(fgets(wanted, sizeof(wanted), file));
        assert_int_equal(pclose(file), 0);
        expect(exact, size, wanted);
        free(bytes);
        free(exact);
    }
    remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_of_nist),
        cmocka_unit_test(lengths_as_sha256sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
