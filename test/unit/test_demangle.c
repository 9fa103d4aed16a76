// SPDX-License-Identifier: MIT
/*
 * test_demangle.c: what c++filt cannot tell of the demangler: buffers, names that are refused, and
 * the bounds.  What it writes is compared with c++filt in test/golden/demangle.sh.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include "ksyms/demangle.h"

static char text[70000];

static void assert_demangled(const char *mangled, const char *expected)
{
    size_t length = ksyms_demangle(mangled, text, sizeof(text));
    assert_string_equal(text, expected);
    assert_int_equal(length, strlen(expected));
}

static void assert_refused(const char *mangled)
{
    strcpy(text, "left over");
    assert_int_equal(ksyms_demangle(mangled, text, sizeof(text)), 0);
    assert_string_equal(text, "");
    assert_int_equal(ksyms_demangle(mangled, NULL, 0), 0);
}

static void test_cut(void **state)
{
    static const char mangled[] = "_ZN4disk5QueueI3BlkE6submitEPKcj";
    static const char whole[] = "disk::Queue<Blk>::submit(char const*, unsigned int)";
    char buffer[64];

    (void)state;
    for (size_t capacity = 1; capacity <= sizeof(buffer); capacity++) {
        memset(buffer, '#', sizeof(buffer));
        size_t length = ksyms_demangle(mangled, buffer, capacity);
        if (capacity > strlen(whole)) {
            assert_int_equal(length, strlen(whole));
            assert_string_equal(buffer, whole);
        } else {
            assert_true(length >= capacity);
            assert_int_equal(strlen(buffer), capacity - 1);
            assert_memory_equal(buffer, whole, capacity - 1);
        }
        for (size_t i = capacity; i < sizeof(buffer); i++) {
            assert_int_equal(buffer[i], '#');
        }
    }
    assert_true(ksyms_demangle(mangled, NULL, 0) > 0);
}

static void test_refused(void **state)
{
    static const char *const names[] = {
        "",
        "_",
        "_Z",
        "main",
        "_Zx",
        "__Z1fv",

        "_Z2f",
        "_Z0fv",
        "_ZN1fv",
        "_ZNEv",
        "_Z1fS_",
        "_Z1fT_",
        "_Z1fIiEvT0_",
        "_ZN1fE_",
        "_Z1fFv",
        "_Z1fA_",
        "_ZTV",
        "_ZTq1A",
        "_Z1fPDov",
        "_Z1fDq",
        "_Z1fLi1E",
        "_Z99999999999f",
        "_Z1fvE",
        "_Z1fv+0x1",
        "_Z1fIXqqEEvv",
        "_Z1fDF16",
        "_Z1fS99999999999_",
        "_ZZ1fvE",
        "_ZZ1fv",
        "_ZC1v",
        "_ZN1AC9Ev",
        "_ZThn_1fv",
        "_ZN1A\xff"
        "Ev",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_refused(names[i]);
    }
}

/* c++filt leaves these mangled, or takes a parameter's type from the wrong template. */
static void test_better(void **state)
{
    (void)state;
    assert_demangled("_Z1fDvLi4E_f", "f(float __vector(4))");
    assert_demangled("_ZGR1x_", "reference temporary #0 for x");
    assert_demangled("_ZN1AIiEcvNS_IT_EEIcEEv", "A<int>::operator A<char><char>()");
    assert_demangled(
        "_ZZNSt9once_flag18_Prepare_executionC1IZSt9call_onceIRFvvEJEEvRS_OT_DpOT0_EUlvE_EERS6_"
        "ENUlvE_8__invokeEv",
        "std::once_flag::_Prepare_execution::_Prepare_execution<std::call_once<void (&)()>"
        "(std::once_flag&, void (&)())::{lambda()#1}>(std::call_once<void (&)()>"
        "(std::once_flag&, void (&)())::{lambda()#1}&)::{lambda()#1}::__invoke()");
}

/* S1_ is A<S0_, S0_>, S2_ is A<S1_, S1_> ...: a few hundred bytes for a text of 2^50. */
static void test_exponential(void **state)
{
    char name[2048] = "_Z1f1AIiiE";

    (void)state;
    for (unsigned level = 0; level < 30; level++) {
        char id[3] = {(char)(level < 10 ? '0' + level : 'A' + level - 10), '\0', '\0'};
        char next[16];
        snprintf(next, sizeof(next), "S_IS%s_S%s_E", id, id);
        strcat(name, next);
    }
    assert_refused(name);
}

static void repeat(char *name, const char *before, const char *part, unsigned count,
                   const char *after)
{
    strcpy(name, before);
    for (unsigned i = 0; i < count; i++) {
        strcat(name, part);
    }
    strcat(name, after);
}

static void test_deep(void **state)
{
    static char name[70000];

    (void)state;
    repeat(name, "_Z1f", "P", 40, "i");
    assert_true(ksyms_demangle(name, text, sizeof(text)) == strlen("f(int)") + 40);
    repeat(name, "_Z1f", "P", 5000, "i");
    assert_refused(name);
    repeat(name, "_Z1f", "1AI", 5000, "i");
    assert_refused(name);
    repeat(name, "_Z1f", "FPFvvE", 5000, "v");
    assert_refused(name);
    repeat(name, "_Z1f", "1A", 300, ""); /* more substitutions than are kept */
    assert_refused(name);
    repeat(name, "_Z1fPFvv", "1A", 30000, "E");
    assert_refused(name);
    memset(name, '1', sizeof(name) - 1);
    memcpy(name, "_Z", 2);
    assert_refused(name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut),    cmocka_unit_test(test_refused),
        cmocka_unit_test(test_better), cmocka_unit_test(test_exponential),
        cmocka_unit_test(test_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
