// SPDX-License-Identifier: MIT
/*
 * test_log.c: what printk leaves in the ring and on the consoles.
 *
 * The log is one for the whole program, so each test begins at a mark: a cursor at the log's end
 * and an empty console.  Panic mode cannot be left: its test comes last.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "console/console.h"
#include "console/log.h"
#include "host_arch.h"
#include "onoma/command.h"
#include "onoma/printk.h"

static char shown[1 << 18];
static size_t shown_length;
static struct log_cursor cursor;

/* Called within the console's write, once. */
static void (*in_write)(void);

static void write_shown(const char *text, size_t length)
{
    assert_false(host_interrupts_are_on);
    assert_true(length < sizeof(shown) - shown_length);
    memcpy(shown + shown_length, text, length);
    shown_length += length;
    shown[shown_length] = '\0';
    if (in_write != NULL) {
        void (*function)(void) = in_write;
        in_write = NULL;
        function();
    }
}

static struct console console = {.name = "serial", .write = write_shown};

static void clear_shown(void)
{
    shown_length = 0;
    shown[0] = '\0';
}

static void expect_shown(const char *expected)
{
    assert_string_equal(shown, expected);
    clear_shown();
}

/* The next line of the log. */
static void expect_line(const char *expected)
{
    char line[LOG_LINE_CAPACITY];
    assert_true(log_read(&cursor, line, sizeof(line), NULL));
    assert_string_equal(line, expected);
}

static void expect_end(void)
{
    char line[LOG_LINE_CAPACITY];
    assert_false(log_read(&cursor, line, sizeof(line), NULL));
}

static int start(void **state)
{
    (void)state;
    char line[LOG_LINE_CAPACITY];
    console_write("\n", 1);
    while (log_read(&cursor, line, sizeof(line), NULL)) {
    }
    clear_shown();
    host_time_microseconds = 1234567;
    log_set_console_level(7);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    return host_interrupts_are_on ? 0 : 1;
}

#define STAMP "[    1.234567] "

static void a_message_is_kept_and_shown(void **state)
{
    (void)state;
    pr_info("hello %d\n", 42);
    expect_shown(STAMP "hello 42\n");
    expect_line(STAMP "hello 42");
    expect_end();
    host_time_microseconds = 123456000042;
    pr_info("late\n");
    expect_shown("[123456.000042] late\n");
}

static void levels_decide_what_is_shown(void **state)
{
    (void)state;
    static const char *const levels[] = {KERN_EMERG,   KERN_ALERT,  KERN_CRIT, KERN_ERR,
                                         KERN_WARNING, KERN_NOTICE, KERN_INFO, KERN_DEBUG};
    for (unsigned console_level = 0; console_level <= 8; console_level++) {
        log_set_console_level(console_level);
        for (unsigned level = 0; level < 8; level++) {
            char line[LOG_LINE_CAPACITY];
            unsigned read_level;
            printk("%sx\n", levels[level]);
            expect_shown(level < console_level ? STAMP "x\n" : "");
            assert_true(log_read(&cursor, line, sizeof(line), &read_level));
            assert_int_equal(read_level, level);
        }
    }
}

static void a_message_without_level_is_a_notice(void **state)
{
    (void)state;
    char line[LOG_LINE_CAPACITY];
    unsigned level;
    printk("plain\n");
    assert_true(log_read(&cursor, line, sizeof(line), &level));
    assert_int_equal(level, 5);
    printk("\0019odd\n"); /* not a level: control bytes are shown as '?' */
    expect_line(STAMP "?9odd");
}

static void each_line_has_its_stamp(void **state)
{
    (void)state;
    pr_info("one\ntwo\n\nfour");
    expect_shown(STAMP "one\n" STAMP "two\n" STAMP "\n" STAMP "four");
    expect_line(STAMP "one");
    expect_line(STAMP "two");
    expect_line(STAMP);
    expect_line(STAMP "four");
    expect_end();
}

static void an_open_line_goes_on_only_by_cont(void **state)
{
    (void)state;
    pr_info("loading");
    host_time_microseconds += 5;
    pr_cont(" ...");
    pr_cont(" done\nand");
    pr_cont(" more\n");
    expect_shown(STAMP "loading ... done\n[    1.234572] and more\n");
    expect_line(STAMP "loading ... done");
    expect_line("[    1.234572] and more");
    pr_info("left open");
    pr_info("next\n");
    expect_shown("[    1.234572] left open\n[    1.234572] next\n");
    expect_line("[    1.234572] left open");
    expect_line("[    1.234572] next");
    pr_cont("nothing to go on with\n");
    expect_shown("[    1.234572] nothing to go on with\n");
    expect_line("[    1.234572] nothing to go on with");
}

static void cont_has_the_level_of_its_line(void **state)
{
    (void)state;
    pr_debug("hidden");
    pr_cont(" too\n");
    expect_shown("");
    expect_line(STAMP "hidden too");
}

static void a_line_that_was_read_does_not_grow(void **state)
{
    (void)state;
    pr_info("read");
    expect_line(STAMP "read");
    pr_cont(" on\n");
    expect_line(STAMP " on");
    expect_end();
}

static void commands_do_not_write_into_the_logs_line(void **state)
{
    (void)state;
    pr_info("open");
    console_printf("output %s", "of a command");
    pr_cont(" late\n");
    console_printf("more\n");
    expect_shown(STAMP "open\noutput of a command\n" STAMP " late\nmore\n");
    console_printf("progress");
    pr_info("message\n");
    expect_shown("progress\n" STAMP "message\n");
}

static void a_long_message_is_cut_and_says_so(void **state)
{
    (void)state;
    char text[3000];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    pr_info("%s\n", text);
    pr_info("next\n");
    assert_string_equal(shown + shown_length - strlen("...\n" STAMP "next\n"),
                        "...\n" STAMP "next\n");
    char line[LOG_LINE_CAPACITY];
    assert_true(log_read(&cursor, line, sizeof(line), NULL));
    assert_int_equal(strlen(line), strlen(STAMP) + LOG_TEXT_CAPACITY - 1 - 2 - 1);
    assert_string_equal(line + strlen(line) - 4, "x...");
    expect_line(STAMP "next");
}

static void a_small_buffer_gets_what_fits(void **state)
{
    (void)state;
    char line[24];
    pr_info("hello\n");
    struct log_cursor again = cursor;
    memset(line, '#', sizeof(line));
    assert_true(log_read(&cursor, line, 18, NULL));
    assert_string_equal(line, STAMP "he");
    assert_int_equal(line[18], '#');
    cursor = again;
    assert_true(log_read(&cursor, line, 5, NULL));
    assert_string_equal(line, "[   ");
    cursor = again;
    assert_true(log_read(&cursor, line, 0, NULL));
    expect_end();
}

static void an_endless_line_is_divided(void **state)
{
    (void)state;
    char line[LOG_LINE_CAPACITY];
    pr_info("start");
    for (unsigned i = 0; i < 400; i++) {
        pr_cont(" %06u", i);
    }
    size_t total = 0;
    unsigned lines = 0;
    while (log_read(&cursor, line, sizeof(line), NULL)) {
        total += strlen(line) - strlen(STAMP);
        lines++;
    }
    assert_int_equal(total, 5 + 400 * 7);
    assert_int_equal(lines, 3);
}

static void control_bytes_do_not_reach_a_terminal(void **state)
{
    (void)state;
    pr_info("%s\n", "a\033[2Jb\rc\td\177\xc3\xa4");
    expect_shown(STAMP "a?[2Jb?c\td?\xc3\xa4\n");
}

static void the_oldest_lines_give_way(void **state)
{
    (void)state;
    const unsigned count = 20000;
    uint64_t dropped = log_dropped();
    log_set_console_level(0);
    for (unsigned i = 0; i < count; i++) {
        pr_info("%.*s%u\n", (int)(i % 97),
                "-----------------------------------------------------"
                "--------------------------------------------",
                i);
    }
    char line[LOG_LINE_CAPACITY];
    unsigned read = 0, number = 0, expected = 0;
    struct log_cursor oldest = {0};
    while (log_read(&oldest, line, sizeof(line), NULL)) {
        const char *digits = line + strlen(STAMP) + strspn(line + strlen(STAMP), "-");
        assert_int_equal(sscanf(digits, "%u", &number), 1);
        assert_int_equal(digits - line - (long)strlen(STAMP), number % 97);
        if (read > 0) {
            assert_int_equal(number, expected);
        }
        expected = number + 1;
        read++;
    }
    assert_int_equal(number, count - 1);
    assert_true(read > 500);
    /* Each line is somewhere: read now, or counted as dropped, as all before this test are. */
    assert_true(log_dropped() - dropped >= count - read);
    assert_true(log_dropped() - dropped < count - read + 3000);
    /* A reader that was away goes on with the oldest that there is. */
    assert_true(log_read(&cursor, line, sizeof(line), NULL));
    assert_non_null(strstr(line, STAMP));
    unsigned first;
    assert_int_equal(sscanf(line + strlen(STAMP) + strspn(line + strlen(STAMP), "-"), "%u", &first),
                     1);
    assert_int_equal(first, count - read);
}

/* --- The line being edited -------------------------------------------------------------------- */

static bool has_line;
static unsigned hidden_count, shown_again_count;

static bool hide(void)
{
    hidden_count++;
    if (has_line) {
        console_write("\r\033[K", 4);
    }
    return has_line;
}

static void show_again(void)
{
    shown_again_count++;
    console_write("> edited", 8);
}

static void the_edited_line_makes_room(void **state)
{
    (void)state;
    log_set_line_hook(hide, show_again);
    has_line = true;
    console_write("> edited", 8);
    pr_info("one\ntwo\n");
    expect_shown("> edited\r\033[K" STAMP "one\n" STAMP "two\n> edited");
    pr_info("open");
    pr_cont(" and closed\n");
    expect_shown("\r\033[K" STAMP "open\n> edited\r\033[K" STAMP " and closed\n> edited");
    expect_line(STAMP "one");
    expect_line(STAMP "two");
    expect_line(STAMP "open and closed");
    hidden_count = 0;
    pr_debug("not shown\n");
    assert_int_equal(hidden_count, 0);
    has_line = false;
    shown_again_count = 0;
    pr_info("busy\n");
    expect_shown("\n" STAMP "busy\n");
    assert_int_equal(shown_again_count, 0);
    log_set_line_hook(NULL, NULL);
}

/* --- Messages within messages ----------------------------------------------------------------- */

static void log_within(void)
{
    pr_err("within\n");
    pr_warn("and again\n");
}

static void log_much_within(void)
{
    for (unsigned i = 0; i < 50; i++) {
        pr_err("within %u %0300d\n", i, 0);
    }
}

static void a_message_within_a_message_comes_after_it(void **state)
{
    (void)state;
    in_write = log_within;
    pr_info("around\n");
    expect_shown(STAMP "around\n" STAMP "within\n" STAMP "and again\n");
    expect_line(STAMP "around");
    expect_line(STAMP "within");
    expect_line(STAMP "and again");
    uint64_t dropped = log_dropped();
    in_write = log_much_within;
    pr_info("around\n");
    assert_non_null(strstr(shown, "within 47 "));
    assert_null(strstr(shown, "within 48 "));
    assert_non_null(strstr(shown, "log: 2 messages were lost: it was busy\n"));
    assert_int_equal(log_dropped(), dropped);
    pr_info("and on\n");
    assert_string_equal(shown + shown_length - strlen(STAMP "and on\n"), STAMP "and on\n");
}

/* --- Consoles --------------------------------------------------------------------------------- */

static char late_shown[1 << 18];
static size_t late_length;

static void write_late(const char *text, size_t length)
{
    assert_true(length < sizeof(late_shown) - late_length);
    memcpy(late_shown + late_length, text, length);
    late_length += length;
    late_shown[late_length] = '\0';
}

static struct console late = {.name = "video", .write = write_late};

static void a_late_console_gets_what_was_before(void **state)
{
    (void)state;
    const char *tail = STAMP "before\n" STAMP "live\n";
    pr_info("before\n");
    pr_debug("not shown\n");
    console_register(&late);
    assert_true(late_length > 60000);
    pr_info("live\n");
    assert_string_equal(late_shown + late_length - strlen(tail), tail);
    assert_null(strstr(late_shown, "not shown"));
}

static void consoles_are_selected_by_name(void **state)
{
    (void)state;
    late_length = 0;
    late_shown[0] = '\0';
    assert_false(console_select("ttyS1"));
    assert_false(console_select(""));
    assert_false(console_select("serialx"));
    pr_info("both\n");
    expect_shown(STAMP "both\n");
    assert_string_equal(late_shown, STAMP "both\n");
    assert_true(console_select("tty0"));
    pr_info("video\n");
    expect_shown("");
    assert_true(console_select("ttyS0,115200n8"));
    pr_info("both again\n");
    expect_shown(STAMP "both again\n");
    assert_string_equal(late_shown, STAMP "both\n" STAMP "video\n" STAMP "both again\n");
}

static void the_serial_console_ends_lines_as_terminals_want(void **state)
{
    (void)state;
    console_register_serial();
    host_serial_length = 0;
    console_write("a\nbc\n\nd", 7);
    assert_int_equal(host_serial_length, 10);
    assert_memory_equal(host_serial, "a\r\nbc\r\n\r\nd", 10);
}

/* --- Panic ------------------------------------------------------------------------------------ */

static void fault_within(void)
{
    log_panic_mode();
    pr_debug("panic\n");
}

static unsigned write_depth, deepest;

/* A console that faults each time it is written to. */
static void write_faulting(const char *text, size_t length)
{
    (void)text;
    (void)length;
    write_depth++;
    deepest = write_depth > deepest ? write_depth : deepest;
    assert_true(write_depth < 10);
    pr_emerg("Oops\n");
    write_depth--;
}

static struct console faulting = {.name = "video", .write = write_faulting};

static void in_a_panic_everything_is_shown_at_once(void **state)
{
    (void)state;
    log_set_line_hook(hide, show_again);
    has_line = true;
    hidden_count = 0;
    in_write = fault_within;
    console_write("> edited", 8);
    log_set_console_level(0);
    pr_debug("even this\n");
    assert_int_equal(hidden_count, 0);
    expect_shown("> edited\n" STAMP "panic\n\n" STAMP "even this\n");
    /* A second fault, in the middle of the message of the first. */
    clear_shown();
    in_write = log_within;
    pr_emerg("outer\n");
    assert_non_null(strstr(shown, "within"));
    assert_non_null(strstr(shown, "and again"));
    /* A console that faults is left alone after its second try. */
    in_write = NULL;
    console_register(&faulting);
    clear_shown();
    pr_emerg("last words\n");
    assert_int_equal(deepest, 2);
    assert_non_null(strstr(shown, "last words\n"));
}

int main(void)
{
    host_time_microseconds = 0;
    pr_info("before any console\n");
    console_register(&console);
    if (strcmp(shown, "[    0.000000] before any console\n") != 0) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_message_is_kept_and_shown, start, stop),
        cmocka_unit_test_setup_teardown(levels_decide_what_is_shown, start, stop),
        cmocka_unit_test_setup_teardown(a_message_without_level_is_a_notice, start, stop),
        cmocka_unit_test_setup_teardown(each_line_has_its_stamp, start, stop),
        cmocka_unit_test_setup_teardown(an_open_line_goes_on_only_by_cont, start, stop),
        cmocka_unit_test_setup_teardown(cont_has_the_level_of_its_line, start, stop),
        cmocka_unit_test_setup_teardown(a_line_that_was_read_does_not_grow, start, stop),
        cmocka_unit_test_setup_teardown(commands_do_not_write_into_the_logs_line, start, stop),
        cmocka_unit_test_setup_teardown(a_long_message_is_cut_and_says_so, start, stop),
        cmocka_unit_test_setup_teardown(a_small_buffer_gets_what_fits, start, stop),
        cmocka_unit_test_setup_teardown(an_endless_line_is_divided, start, stop),
        cmocka_unit_test_setup_teardown(control_bytes_do_not_reach_a_terminal, start, stop),
        cmocka_unit_test_setup_teardown(a_message_within_a_message_comes_after_it, start, stop),
        cmocka_unit_test_setup_teardown(the_oldest_lines_give_way, start, stop),
        cmocka_unit_test_setup_teardown(the_edited_line_makes_room, start, stop),
        cmocka_unit_test_setup_teardown(a_late_console_gets_what_was_before, start, stop),
        cmocka_unit_test_setup_teardown(consoles_are_selected_by_name, start, stop),
        cmocka_unit_test_setup_teardown(the_serial_console_ends_lines_as_terminals_want, start,
                                        stop),
        cmocka_unit_test_setup_teardown(in_a_panic_everything_is_shown_at_once, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
