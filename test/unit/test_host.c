// SPDX-License-Identifier: MIT
/*
 * test_host.c: modules loaded into this very program by the kit's loader, through a host that holds
 * it to the contract (fake_host.h), with this program's own symbols as the kernel's.
 *
 * The modules are compiled and linked here, as a stranger would: gcc, and cmake/two_links.sh.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "fake_host.h"
#include "files.h"
#include "ksyms/blob.h"
#include "ksyms/module.h"
#include "ksyms/report.h"
#include "ksyms/trace.h"

/* ---- What modules use of this program ---- */

static struct fake_host fake;
static char notes[256];
int host_limit = 7;

void host_note(const char *text);
void host_trace(void);

void host_note(const char *text)
{
    assert_true(fake_host_is_executable(&fake, (uintptr_t)__builtin_return_address(0)));
    assert_true(strlen(notes) + strlen(text) < sizeof(notes));
    strcat(notes, text);
}

__attribute__((noinline)) void host_trace(void)
{
    struct ksyms_frame frame;

    ksyms_frame_here(&frame);
    ksyms_trace(&fake.host, &frame, true);
}

/* ---- Modules ---- */

#define DECLARATIONS "void host_note(const char *); void host_trace(void); extern int host_limit;\n"
#define INIT         "__attribute__((section(\".init.text\"))) "

struct file {
    uint8_t *bytes;
    size_t size_bytes;
};

/* NAME.ko of the C source, with a table of its own. */
static struct file build_module_with(const char *name, const char *source, const char *options,
                                     const char *environment)
{
    struct file file;
    char path[64];
    char text[4096];

    snprintf(path, sizeof(path), "%s.c", name);
    snprintf(text, sizeof(text), "%s%s", DECLARATIONS, source);
    write_file(scratch_path(path), text, strlen(text));
    assert_int_equal(
        run_command("cd '%s' && gcc -std=gnu11 -O2 -Wall -Wno-main -ffreestanding -fno-pic "
                    "-fno-omit-frame-pointer -fno-optimize-sibling-calls -fno-common "
                    "-fno-asynchronous-unwind-tables -fcf-protection=none %s -c -o %s.o %s.c && "
                    "%s sh '%s' %s.ko -r -z noexecstack -T '%s' %s.o",
                    scratch_path("."), options, name, name, environment,
                    source_path("../../cmake/two_links.sh"), name,
                    source_path("../../cmake/module.lds"), name),
        0);
    snprintf(path, sizeof(path), "%s.ko", name);
    file.bytes = read_file(scratch_path(path), &file.size_bytes);
    return file;
}

static struct file build_module(const char *name, const char *source)
{
    return build_module_with(name, source, "", "");
}

/* This program's own symbols, as the kernel's table. */
static struct file build_kernel_table(void)
{
    struct file file;

    assert_int_equal(run_command("nm -n -S /proc/%d/exe | \"$GEN_KSYMS\" -o '%s'", (int)getpid(),
                                 scratch_path("kernel.ksyms")),
                     0);
    file.bytes = read_file(scratch_path("kernel.ksyms"), &file.size_bytes);
    return file;
}

static struct file kernel_table;

static int start(void **state)
{
    char here;
    (void)state;

    fake_host_start(&fake);
    fake.host.rows = ksyms_trace_rows; /* of which these tables have none */
    fake.host.lines = ksyms_trace_lines;
    fake.stack.low = (uintptr_t)&here - (1 << 16);
    fake.stack.high = (uintptr_t)&here;
    notes[0] = '\0';
    assert_int_equal(ksyms_host_start(&fake.host, kernel_table.bytes, kernel_table.size_bytes),
                     KSYMS_OK);
    return 0;
}

static enum ksyms_status load(struct ksyms_module *module, const char *name, struct file file,
                              struct ksyms_fault *fault)
{
    char file_name[64];

    snprintf(file_name, sizeof(file_name), "%s.ko", name);
    return ksyms_module_load(&fake.host, module, file_name, file.bytes, file.size_bytes, fault);
}

static void assert_loads(struct ksyms_module *module, const char *name, struct file file)
{
    if (load(module, name, file, NULL) != KSYMS_OK) {
        fail_msg("%s", fake.log);
    }
}

static void assert_log(const char *expected)
{
    if (!strstr(fake.log, expected)) {
        fail_msg("no \"%s\" in:\n%s", expected, fake.log);
    }
}

/* ---- Loading and unloading ---- */

static const char greet_source[] =
    "int greeting_count = 3;\n"
    "static const char *const texts[] = {\"a\", \"b\"};\n"
    "static int zeroed[100];\n"
    "__attribute__((section(\".data..ro_after_init\"))) static int limit;\n"
    "__attribute__((constructor)) static void construct(void) { host_note(\"<\"); }\n"
    "__attribute__((destructor)) static void destruct(void) { host_note(\">\"); }\n"
    "void greet(int which) { zeroed[which]++; host_note(texts[which]); }\n" INIT
    "int init_module(void) { limit = host_limit; if (zeroed[99]) return -1; greet(0); return 0; }\n"
    "void cleanup_module(void) { host_note(limit == 7 ? \"7\" : \"?\"); }\n";

static const char user_source[] =
    "void greet(int); extern int greeting_count;\n"
    "int init_module(void) { greet(1); return greeting_count == 3 ? 0 : -1; }\n"
    "void cleanup_module(void) { host_note(\"c\"); }\n";

static void test_load_and_unload(void **state)
{
    struct file file = build_module("greet", greet_source);
    struct ksyms_module module;
    uint64_t address = 0;
    (void)state;

    assert_loads(&module, "greet", file);
    assert_string_equal(module.name, "greet");
    assert_string_equal(notes, "<a");
    assert_string_equal(fake.log, "");
    assert_ptr_equal(ksyms_module_find(&fake.host, "greet"), &module);
    assert_int_equal(module.segments[KSYMS_SEGMENT_INIT_TEXT].size_bytes, 0);

    assert_true(ksyms_host_resolve(&fake.host, "greet", &address));
    assert_true(fake_host_is_executable(&fake, address));
    assert_ptr_equal(ksyms_module_of_address(&fake.host, address), &module);
    assert_false(ksyms_host_resolve(&fake.host, "zeroed", &address));      /* static */
    assert_false(ksyms_host_resolve(&fake.host, "init_module", &address)); /* gone */
    ksyms_trace_address(&fake.host, address + 1, false);
    assert_log(" greet+0x1/0x");
    assert_log(" [greet]\n");

    assert_int_equal(ksyms_module_unload(&fake.host, &module, NULL), KSYMS_OK);
    assert_string_equal(notes, "<a7>");
    assert_true(fake_host_is_clean(&fake));
    free(file.bytes);
}

static void test_one_uses_another(void **state)
{
    struct file greet = build_module("greet", greet_source);
    struct file user = build_module("user", user_source);
    struct ksyms_module modules[3];
    struct ksyms_fault fault;
    (void)state;

    assert_int_equal(load(&modules[1], "user", user, &fault), KSYMS_LINK_UNRESOLVED);
    assert_log("user.ko: symbol ");
    assert_log("\"greet\": symbol is not defined anywhere\n");
    assert_log("\"greeting_count\": symbol is not defined anywhere\n");
    assert_true(fake_host_is_clean(&fake));

    fake_host_clear_log(&fake);
    assert_loads(&modules[0], "greet", greet);
    assert_loads(&modules[1], "user", user);
    assert_string_equal(notes, "<ab");
    assert_int_equal(load(&modules[2], "user", user, &fault), KSYMS_MODULE_TWICE);
    assert_string_equal(fake.log, "user.ko: a module of this name is loaded\n");

    fake_host_clear_log(&fake);
    assert_int_equal(ksyms_module_unload(&fake.host, &modules[0], &fault), KSYMS_MODULE_USED);
    assert_string_equal(fake.log, "greet: another module uses it\n");
    assert_int_equal(fault.status, KSYMS_MODULE_USED);
    assert_int_equal(ksyms_module_unload(&fake.host, &modules[1], &fault), KSYMS_OK);
    assert_int_equal(ksyms_module_unload(&fake.host, &modules[0], &fault), KSYMS_OK);
    assert_true(fake_host_is_clean(&fake));
    free(greet.bytes);
    free(user.bytes);
}

/* Whichever call the host refuses: the fault says so, and nothing is left behind. */
static void test_host_refuses(void **state)
{
    struct file file = build_module("greet", greet_source);
    struct ksyms_module module;
    struct ksyms_fault fault;
    unsigned memory = 0, protection = 0;
    (void)state;

    for (unsigned call = 1;; call++) {
        fake.calls = 0;
        fake.fail_at = call;
        notes[0] = '\0';
        fake_host_clear_log(&fake);
        enum ksyms_status status = load(&module, "greet", file, &fault);
        if (status == KSYMS_OK) {
            break;
        }
        memory += status == KSYMS_MODULE_MEMORY;
        protection += status == KSYMS_MODULE_PROTECT;
        assert_int_equal(fault.status, status);
        assert_true(fake.log_length > 0);
        assert_true(fake_host_is_clean(&fake));
        assert_true(notes[0] == '\0' || strcmp(notes, "<a7>") == 0); /* undone, if it has begun */
    }
    assert_true(memory > 5);
    assert_int_equal(protection, memory - 2 + 1); /* all segments, and one of them twice */
    assert_int_equal(ksyms_module_unload(&fake.host, &module, NULL), KSYMS_OK);
    assert_true(fake_host_is_clean(&fake));
    free(file.bytes);
}

/* A host without protect, whose memory can be executed, and with its own idea of symbols. */
static bool resolve_few(void *context, const char *name, uint64_t *address)
{
    assert_ptr_equal(context, &fake);
    *address = strcmp(name, "far") == 0 ? 0x1200000000 : (uintptr_t)host_note;
    return strcmp(name, "host_limit") != 0;
}

static void test_own_resolver(void **state)
{
    struct file good =
        build_module("good", "int init_module(void) { host_note(\"n\"); return 0; }\n"
                             "void cleanup_module(void) { }\n");
    struct file bad = build_module("bad", "int *init_module(void) { return &host_limit; }\n");
    struct file far = build_module("far", "void far(void);\nvoid init_module(void) { far(); }\n");
    struct ksyms_module module;
    (void)state;

    fake.host.resolve = resolve_few;
    assert_loads(&module, "good", good);
    assert_string_equal(notes, "n");
    assert_int_equal(ksyms_module_unload(&fake.host, &module, NULL), KSYMS_OK);
    assert_int_equal(load(&module, "bad", bad, NULL), KSYMS_LINK_UNRESOLVED);
    assert_log("bad.ko: symbol ");
    assert_true(fake_host_is_clean(&fake));
    assert_int_equal(load(&module, "far", far, NULL), KSYMS_LINK_OVERFLOW);
    assert_log("far.ko: .rela.text[0] at .text+0x");
    assert_log(": R_X86_64_PLT32 against \"far\" does not fit: 0x11");
    assert_log(" (allowed: 0x7fffffff)\n");
    assert_true(fake_host_is_clean(&fake));
    free(far.bytes);
    free(good.bytes);
    free(bad.bytes);
}

/* ---- What is refused ---- */

static void test_refusals(void **state)
{
    static const struct {
        const char *source;
        enum ksyms_status status;
        const char *log;
    } cases[] = {
        {"int init_module = 5;\n", KSYMS_MODULE_ENTRY,
         "\"init_module\": entry point is not in the code of the module"},
        {"int init_module(void) { return 0; }\n" INIT "void cleanup_module(void) { }\n",
         KSYMS_MODULE_ENTRY, "\"cleanup_module\": entry point"},
        {"static int data; __attribute__((section(\".init_array\"), used)) static int *bad = "
         "&data;\n",
         KSYMS_MODULE_FUNCTIONS, ".init_array: not one table of functions of the module"},
        {"int init_module(void) { host_note(\"i\"); return -5; }\n"
         "__attribute__((destructor)) static void destruct(void) { host_note(\"d\"); }\n",
         KSYMS_MODULE_INIT, "bad.ko: init_module failed, the module is taken out again: 0xff"},
    };
    struct ksyms_module module;
    struct ksyms_fault fault;
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct file file = build_module("bad", cases[i].source);
        fake_host_clear_log(&fake);
        enum ksyms_status status = load(&module, "bad", file, &fault);
        if (status != cases[i].status) {
            fail_msg("case %zu: %s", i, ksyms_status_text(status));
        }
        assert_int_equal(fault.status, status);
        assert_log(cases[i].log);
        assert_true(fake_host_is_clean(&fake));
        free(file.bytes);
    }
    assert_string_equal(notes, "id"); /* of the one whose init failed */
}

static void test_bad_table(void **state)
{
    struct file file = build_module("bad", "int init_module(void) { return 0; }\n");
    struct ksyms_module module;
    (void)state;

    uint8_t *magic = memmem(file.bytes, file.size_bytes, "\x89KSYMS", 6);
    assert_non_null(magic);
    magic[((struct ksyms_blob_header *)magic)->size_bytes - 1] ^= 1;
    assert_int_equal(load(&module, "bad", file, NULL), KSYMS_BLOB_CHECKSUM);
    assert_log(".ksyms: ");
    assert_true(fake_host_is_clean(&fake));
    free(file.bytes);
}

static void test_no_object(void **state)
{
    static const char text[64] __attribute__((aligned(8))) = "not an ELF file";
    struct ksyms_module module;
    (void)state;

    assert_int_equal(ksyms_module_load(&fake.host, &module, "text.ko", text, sizeof(text), NULL),
                     KSYMS_OBJECT_MAGIC);
    assert_log("text.ko: byte 0x0: ");
    assert_true(fake_host_is_clean(&fake));
}

static void test_stays(void **state)
{
    struct file file = build_module("stays", "int init_module(void) { return 0; }\n");
    struct ksyms_module module;
    (void)state;

    assert_loads(&module, "stays", file);
    assert_int_equal(ksyms_module_unload(&fake.host, &module, NULL), KSYMS_MODULE_NO_EXIT);
    assert_ptr_equal(fake.host.modules, &module);
    module.init = NULL; /* so that the next test finds a clean host */
    assert_int_equal(ksyms_module_unload(&fake.host, &module, NULL), KSYMS_OK);
    assert_true(fake_host_is_clean(&fake));
    free(file.bytes);
}

/* ---- Traces ---- */

__attribute__((noinline)) static void outer(void (*inner)(void))
{
    inner();
    __asm__ volatile(""); /* no tail call */
}

static size_t demangle_few(const char *name, char *buffer, size_t capacity)
{
    bool is_known = strcmp(name, "host_trace") == 0;

    return is_known ? (size_t)snprintf(buffer, capacity, "kernel::trace()") : 0;
}

static void test_trace(void **state)
{
    struct file file = build_module("tracer", "void middle(void) { host_trace(); host_trace(); }\n"
                                              "void cleanup_module(void) { }\n");
    struct ksyms_module module;
    uint64_t address = 0;
    (void)state;

    assert_loads(&module, "tracer", file);
    assert_true(ksyms_host_resolve(&fake.host, "middle", &address));
    fake.stack.high = (uintptr_t)__builtin_frame_address(0) + 16;
    outer((void (*)(void))(uintptr_t)address);
    const char *expected[] = {"Call Trace:\n host_trace+0x",
                              "\n middle+0x",
                              " [tracer]\n outer+0x",
                              "\n test_trace+0x",
                              "\n (",
                              "Call Trace:\n"};
    const char *rest = fake.log;
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        rest = strstr(rest, expected[i]);
        if (!rest) {
            fail_msg("no \"%s\" in its place in:\n%s", expected[i], fake.log);
        }
    }
    assert_int_equal(ksyms_module_unload(&fake.host, &module, NULL), KSYMS_OK);

    /* As the source has it, where the host can tell. */
    fake_host_clear_log(&fake);
    fake.host.demangle = demangle_few;
    ksyms_trace_address(&fake.host, (uintptr_t)host_trace, false);
    ksyms_trace_address(&fake.host, (uintptr_t)host_note, false);
    assert_log(" kernel::trace()+0x0/0x");
    assert_log("\n host_note+0x0/0x");
    fake.host.demangle = NULL;

    /* Nobody's address, and one of a kernel that was moved. */
    fake_host_clear_log(&fake);
    ksyms_trace_address(&fake.host, 0x10, false);
    assert_string_equal(fake.log, " 0x10\n");
    fake_host_clear_log(&fake);
    fake.host.slide = 0x40000000;
    ksyms_trace_address(&fake.host, (uintptr_t)host_trace + 0x40000000, false);
    assert_log(" host_trace+0x0/0x");
    assert_true(ksyms_host_resolve(&fake.host, "host_trace", &address));
    assert_int_equal(address, (uintptr_t)host_trace + 0x40000000);
    free(file.bytes);
}

/* Every line fits, is cut where it must be, and has no byte that a terminal obeys. */
/* ---- Types ---- */

#define LABEL(symbol)                                                                              \
    "__asm__(\".pushsection .rodata\\n__ksymtab_" symbol ": .long 0\\n.popsection\");\n"

static const char lamp_source[] =
    "struct lamp { int colour; int level; };\n"
    "int lamp_level(const struct lamp *lamp);\n"
    "int lamp_level(const struct lamp *lamp) { return lamp->level; }\n" LABEL("lamp_level");

static const char lamp_user_source[] = "int lamp_level(const struct lamp *lamp);\n"
                                       "int init_module(void)\n"
                                       "{ struct lamp lamp = {0}; return lamp_level(&lamp); }\n"
                                       "void cleanup_module(void) {}\n";

/* With debug information, and what gen_types makes of it. */
static struct file build_typed_module(const char *name, const char *start_of_source,
                                      const char *source)
{
    char text[1024];

    snprintf(text, sizeof(text), "%s%s", start_of_source, source);
    return build_module_with(name, text, "-g", "GEN_TYPES=\"$TYPES_PROGRAM\"");
}

static void test_types(void **state)
{
    struct file lamp = build_typed_module("lamp", "", lamp_source);
    struct file same =
        build_typed_module("same", "struct lamp { int colour; int level; };\n", lamp_user_source);
    struct file other =
        build_typed_module("other", "struct lamp { long colour; int level; };\n", lamp_user_source);
    struct file junk =
        build_module("junk", "__asm__(\".section .ksyms_types\\n.ascii \\\"junk\\\"\\n\");\n");
    struct ksyms_module modules[2];
    struct ksyms_fault fault;
    (void)state;

    assert_loads(&modules[0], "lamp", lamp);
    assert_loads(&modules[1], "other", other); /* nobody asks */
    assert_int_equal(ksyms_module_unload(&fake.host, &modules[1], NULL), KSYMS_OK);

    fake.host.types = ksyms_module_types;
    assert_loads(&modules[1], "same", same);
    assert_int_equal(ksyms_module_unload(&fake.host, &modules[1], NULL), KSYMS_OK);

    fake_host_clear_log(&fake);
    assert_int_equal(load(&modules[1], "other", other, &fault), KSYMS_MODULE_TYPES);
    assert_int_equal(fault.value, 1);
    assert_log("other: struct lamp is not as the module was built with it\nother.ko: section ");
    assert_log(" .ksyms_types: built with other types than those that are here: 0x1\n");

    assert_int_equal(load(&modules[1], "junk", junk, &fault), KSYMS_BLOB_SHORT);
    assert_log(" .ksyms_types: ");
    assert_int_equal(ksyms_module_unload(&fake.host, &modules[0], NULL), KSYMS_OK);
    assert_true(fake_host_is_clean(&fake));
    free(lamp.bytes);
    free(same.bytes);
    free(other.bytes);
    free(junk.bytes);
}

static void test_report(void **state)
{
    static const struct ksyms_object no_object;
    struct ksyms_fault fault = {.status = KSYMS_OBJECT_SHORT,
                                .section = KSYMS_NONE,
                                .symbol = KSYMS_NONE,
                                .relocation = KSYMS_NONE,
                                .value = 3,
                                .limit = 64};
    char line[KSYMS_REPORT_MAX];
    (void)state;

    ksyms_fault_format(line, sizeof(line), "a\033[31m.ko", &no_object, &fault);
    assert_string_equal(line, "a?[31m.ko: byte 0x0: file is shorter than an ELF header: 0x3 "
                              "(allowed: 0x40)");
    for (size_t capacity = 0; capacity < 40; capacity++) {
        char *exact = malloc(capacity ? capacity : 1);
        ksyms_fault_format(exact, capacity, "a.ko", &no_object, &fault);
        if (capacity > 0) {
            assert_int_equal(strlen(exact), capacity - 1);
        }
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_load_and_unload, start),
        cmocka_unit_test_setup(test_one_uses_another, start),
        cmocka_unit_test_setup(test_host_refuses, start),
        cmocka_unit_test_setup(test_own_resolver, start),
        cmocka_unit_test_setup(test_refusals, start),
        cmocka_unit_test_setup(test_bad_table, start),
        cmocka_unit_test_setup(test_no_object, start),
        cmocka_unit_test_setup(test_stays, start),
        cmocka_unit_test_setup(test_trace, start),
        cmocka_unit_test_setup(test_types, start),
        cmocka_unit_test(test_report),
    };

    kernel_table = build_kernel_table();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
