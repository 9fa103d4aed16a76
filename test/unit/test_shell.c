// SPDX-License-Identifier: MIT
/*
 * test_shell.c: words of a line, the registry, completion, help, and whole sessions at the prompt:
 * keys come in by the serial interrupt, and the test looks at the screen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "console/console.h"
#include "console/log.h"
#include "host_arch.h"
#include "host_screen.h"
#include "kernel.h"
#include "onoma/command.h"
#include "onoma/errno.h"
#include "onoma/printk.h"
#include "panic/panic.h"
#include "shell/complete.h"
#include "shell/input.h"
#include "shell/providers.h"
#include "shell/registry.h"
#include "shell/shell.h"
#include "shell/words.h"
#include "thread/thread.h"

#define COLUMNS 80u
#define ROWS    24u

static struct host_screen screen;
static char output[1 << 16];
static size_t output_length;

static void write_output(const char *text, size_t length)
{
    assert_true(length < sizeof(output) - output_length);
    memcpy(output + output_length, text, length);
    output_length += length;
    output[output_length] = '\0';
    host_screen_write(&screen, text, length);
}

static struct console console = {.name = "serial", .write = write_output};

static void clear_output(void)
{
    output_length = 0;
    output[0] = '\0';
}

static void expect_output(const char *expected)
{
    assert_string_equal(output, expected);
    clear_output();
}

/* --- Words ------------------------------------------------------------------------------------ */

/* Words as "[a][b c]", commands separated by ';', then the error if there is one. */
static void check_words(const char *line, const char *expected)
{
    char actual[512] = "";
    struct words words;
    const char *rest = line;
    enum words_status status;
    while ((status = words_next(&words, &rest)) == WORDS_OK) {
        strcat(actual, actual[0] != '\0' ? ";" : "");
        for (int i = 0; i < words.count; i++) {
            sprintf(actual + strlen(actual), "[%s]", words.list[i]);
        }
        assert_null(words.list[words.count]);
    }
    if (status != WORDS_END) {
        sprintf(actual + strlen(actual), "!%d", status);
    }
    if (strcmp(actual, expected) != 0) {
        fail_msg("\"%s\": %s and not %s", line, actual, expected);
    }
}

static void lines_are_split_into_words(void **state)
{
    (void)state;
    check_words("", "");
    check_words("  \t ", "");
    check_words("a", "[a]");
    check_words("  one\ttwo  three ", "[one][two][three]");
    check_words("a;b c;;d;", "[a];[b][c];[d]");
    check_words(" ; ; ", "");
    check_words("'a b' \"c d\" e\\ f", "[a b][c d][e f]");
    check_words("a'b'c\"d\"e", "[abcde]");
    check_words("'' \"\"", "[][]");
    check_words("'a;b' \"c#d\" e\\;f", "[a;b][c#d][e;f]");
    check_words("'a\\b' \"c\\\"d\\\\e\\f\" \\g\\\\", "[a\\b][c\"d\\e\\f][g\\]");
    check_words("a # b; c", "[a]");
    check_words("# b; c", "");
    check_words("a#b; c", "[a#b];[c]");
    check_words("a #b\nc", "[a];[c]");
    check_words("a\nb", "[a];[b]");
}

static void malformed_lines_are_refused(void **state)
{
    (void)state;
    char expected[8];
    snprintf(expected, sizeof(expected), "!%d", WORDS_SINGLE_QUOTE);
    check_words("a 'b", expected);
    check_words("'", expected);
    snprintf(expected, sizeof(expected), "!%d", WORDS_DOUBLE_QUOTE);
    check_words("a \"b", expected);
    check_words("\"b\\\"", expected);
    check_words("\"\\", expected);
    snprintf(expected, sizeof(expected), "!%d", WORDS_BACKSLASH);
    check_words("a\\", expected);
}

static void there_is_room_for_32_words_and_1023_bytes(void **state)
{
    (void)state;
    struct words words;
    char line[2100] = "";
    for (unsigned i = 0; i < WORDS_MAX; i++) {
        strcat(line, "w ");
    }
    const char *rest = line;
    assert_int_equal(words_next(&words, &rest), WORDS_OK);
    assert_int_equal(words.count, WORDS_MAX);
    assert_null(words.list[WORDS_MAX]);
    strcat(line, "w");
    rest = line;
    assert_int_equal(words_next(&words, &rest), WORDS_TOO_MANY);
    for (size_t length = 1020; length < 1030; length++) {
        memset(line, 'x', length);
        line[length] = '\0';
        rest = line;
        assert_int_equal(words_next(&words, &rest),
                         length < WORDS_CAPACITY ? WORDS_OK : WORDS_TOO_LONG);
    }
}

static void random_lines_do_no_harm(void **state)
{
    (void)state;
    uint32_t random = 31337;
    for (unsigned round = 0; round < 50000; round++) {
        char text[64];
        struct words words;
        unsigned length = round % sizeof(text);
        char *line = malloc(length + 1);
        for (unsigned i = 0; i < length; i++) {
            random = random * 1664525 + 1013904223;
            line[i] = "ab  ;'\"\\#\n"[(random >> 16) % 10];
        }
        line[length] = '\0';
        const char *rest = line;
        while (words_next(&words, &rest) == WORDS_OK) {
            assert_true(words.count > 0 && rest <= line + length);
        }
        for (size_t at = 0; at <= length; at++) {
            struct completion_place place;
            if (completion_locate(line, at, &place)) {
                assert_true(place.word <= at && place.command <= place.command_end + at);
            }
        }
        free(line);
    }
}

/* --- Registry --------------------------------------------------------------------------------- */

static char ran[256];

static int run_any(int argc, char **argv)
{
    assert_null(argv[argc]);
    assert_string_equal(task_current()->name, argv[0]);
    for (int i = 0; i < argc; i++) {
        sprintf(ran + strlen(ran), "%s%s", i > 0 ? " " : "", argv[i]);
    }
    strcat(ran, ".");
    return argc > 1 && strcmp(argv[1], "fail") == 0    ? -EIO
           : argc > 1 && strcmp(argv[1], "wrong") == 0 ? -EINVAL
                                                       : 0;
}

static struct command commands[] = {
    {.name = "lsmod", .usage = "lsmod", .summary = "list", .run = run_any},
    {.name = "insmod",
     .usage = "insmod FILE [NAME=VALUE ...]",
     .summary = "load a module from a file, with values for its parameters, and all of the text "
                "that this summary needs to be too long for a line",
     .run = run_any,
     .argument = ARGUMENT_FILE},
    {.name = "rmmod",
     .usage = "rmmod MODULE",
     .summary = "unload",
     .run = run_any,
     .argument = ARGUMENT_LOADED_MODULE},
    {.name = "ksyms",
     .usage = "ksyms [NAME]",
     .summary = "symbols",
     .run = run_any,
     .argument = ARGUMENT_SYMBOL},
};

/* Empty, and the consoles know that the cursor is at the start of a line. */
static void new_screen(void)
{
    console_write("\n", 1);
    host_screen_open(&screen, COLUMNS, ROWS);
}

static int start(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        command_register(&commands[i]);
    }
    new_screen();
    clear_output();
    ran[0] = '\0';
    return 0;
}

static int stop(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        command_unregister(&commands[i]);
    }
    return host_interrupts_are_on ? 0 : 1;
}

static void the_registry_is_sorted_and_names_are_unique(void **state)
{
    (void)state;
    static struct command other = {.name = "lsmod", .run = run_any};
    static struct command nameless = {.name = "", .run = run_any};
    static struct command idle = {.name = "idle"};
    assert_int_equal(command_register(&other), -EEXIST);
    assert_int_equal(command_register(&commands[0]), -EEXIST);
    assert_int_equal(command_register(&nameless), -EINVAL);
    assert_int_equal(command_register(&idle), -EINVAL);
    unsigned count = 0;
    for (const struct command *at = command_first(); at != NULL; at = at->next, count++) {
        assert_true(at->next == NULL || strcmp(at->name, at->next->name) < 0);
    }
    assert_int_equal(count, 8); /* ours and help, echo, history, clear */
    command_unregister(&other); /* not in: nothing happens */
    assert_ptr_equal(command_find("lsmod", 5), &commands[0]);
    assert_null(command_find("lsmo", 4));
    command_unregister(&commands[0]);
    assert_null(command_find("lsmod", 5));
}

static void forgotten_commands_are_dropped_by_address(void **state)
{
    (void)state;
    uint64_t low = (uint64_t)(uintptr_t)&commands[1];
    uint64_t high = (uint64_t)(uintptr_t)&commands[3];
    assert_int_equal(command_unregister_range(low, high), 2);
    assert_null(command_find("insmod", 6));
    assert_null(command_find("rmmod", 5));
    assert_non_null(command_find("lsmod", 5));
    assert_non_null(command_find("ksyms", 5));
    assert_int_equal(command_unregister_range(low, high), 0);
}

static void like_names_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *typed;
        const char *nearest;
    } cases[] = {
        {"lsmd", "lsmod"},
        {"lsmood", "lsmod"},
        {"lmsod", "lsmod"},
        {"insmdo", "insmod"},
        {"rmod", "rmmod"},
        {"hlep", "help"},
        {"hist", NULL},
        {"xyz", NULL},
        {"q", NULL},
        {"ehco", "echo"},
        {"slmdo", "lsmod"},
        {"clera", "clear"},
        {"histroyy", "history"},
        {"thisisnothinglikeanyofthecommandsthatthereare", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct command *nearest = command_nearest(cases[i].typed);
        const char *name = nearest != NULL ? nearest->name : "nothing";
        assert_string_equal(name, cases[i].nearest != NULL ? cases[i].nearest : "nothing");
    }
}

/* --- Running ---------------------------------------------------------------------------------- */

static void commands_run_in_turn(void **state)
{
    (void)state;
    assert_int_equal(shell_execute("lsmod 'a b' c; ksyms; rmmod x # lsmod"), 0);
    assert_string_equal(ran, "lsmod a b c.ksyms.rmmod x.");
    assert_string_equal(task_current()->name, "shell");
    assert_int_equal(shell_execute(""), 0);
    assert_int_equal(shell_execute("lsmod fail; lsmod"), 0);
    assert_int_equal(shell_execute("lsmod; lsmod fail"), -EIO);
    expect_output("");
    assert_int_equal(shell_execute("rmmod wrong"), -EINVAL);
    expect_output("usage: rmmod MODULE\n");
}

static void mistakes_are_explained(void **state)
{
    (void)state;
    assert_int_equal(shell_execute("lsmdo x"), -ENOENT);
    expect_output("onoma: lsmdo: command not found (help lists the commands)\n"
                  "onoma: did you mean lsmod?\n");
    assert_int_equal(shell_execute("xyzzy; lsmod"), 0);
    expect_output("onoma: xyzzy: command not found (help lists the commands)\n");
    ran[0] = '\0';
    assert_int_equal(shell_execute("lsmod; rmmod 'x"), -EINVAL);
    expect_output("onoma: a single quote (') is not closed\n");
    assert_string_equal(ran, ""); /* nothing has run */
}

static void an_old_ctrl_c_does_not_count(void **state)
{
    (void)state;
    console_input('x');
    console_input(3);
    assert_true(input_is_interrupted());
    assert_int_equal(shell_execute("lsmod"), 0);
    assert_string_equal(ran, "lsmod.");
    uint8_t byte;
    assert_true(input_read(&byte) && byte == 'x');
    assert_true(input_read(&byte) && byte == 3);
    assert_false(input_read(&byte));
}

static void echo_prints_words(void **state)
{
    (void)state;
    assert_int_equal(shell_execute("echo one  'two  three'; echo"), 0);
    expect_output("one two  three\n\n");
}

static void help_fits_the_screen(void **state)
{
    (void)state;
    assert_int_equal(shell_execute("help"), 0);
    const char *line = output;
    while (*line != '\0') {
        const char *end = strchr(line, '\n');
        assert_true(end - line < (long)COLUMNS);
        assert_true(line[0] == ' ' && line[1] == ' ');
        line = end + 1;
    }
    assert_non_null(strstr(output, "  insmod FILE [NAME=VALUE ...]\n"
                                   "                           load a module from a file, with "
                                   "values for its\n"
                                   "                           parameters, and all of the text"));
    assert_non_null(strstr(output, "  lsmod                    list\n"));
    clear_output();
    assert_int_equal(shell_execute("help rmmod"), 0);
    expect_output("usage: rmmod MODULE\n  unload\n");
    assert_int_equal(shell_execute("help nothing"), -ENOENT);
    expect_output("help: nothing: no such command\n");
    assert_int_equal(shell_execute("help a b"), -EINVAL);
    expect_output("usage: help [COMMAND]\n");
}

/* --- Completion ------------------------------------------------------------------------------- */

/* A sorted list of names, or `generated` names "symbol_00000" and so on. */
static const char *const *names;
static unsigned generated;
static unsigned at_name;
static unsigned long next_count;
static char asked_prefix[64];

static void rewind_names(void *unused)
{
    (void)unused;
    at_name = 0;
}

static bool next_name(void *unused, char *buffer, size_t capacity)
{
    (void)unused;
    next_count++;
    if (generated > 0) {
        snprintf(buffer, capacity, "symbol_%05u", at_name);
        return at_name++ < generated;
    }
    if (names[at_name] == NULL) {
        return false;
    }
    snprintf(buffer, capacity, "%s", names[at_name++]);
    return true;
}

static bool last_name(void *unused, size_t *count, char *buffer, size_t capacity)
{
    (void)unused;
    *count = generated;
    snprintf(buffer, capacity, "symbol_%05u", generated - 1);
    return generated > 0;
}

static struct completion_source name_source(void)
{
    return (struct completion_source){.rewind = rewind_names, .next = next_name};
}

bool completion_source_open(enum command_argument argument, const char *prefix,
                            struct completion_source *source)
{
    snprintf(asked_prefix, sizeof(asked_prefix), "%d %s", argument, prefix);
    *source = name_source();
    if (generated > 0) {
        source->last = last_name;
    }
    return argument != ARGUMENT_AVAILABLE_MODULE;
}

static void print_output(void *unused, const char *text, size_t length)
{
    (void)unused;
    console_write(text, length);
}

static void the_common_prefix_is_found(void **state)
{
    (void)state;
    static const char *const list[] = {"uart_init", "uart_init", "uart_input",
                                       "uart_putc", "vga_init",  NULL};
    struct completion completion;
    struct completion_source source = name_source();
    names = list;
    generated = 0;
    completion_find(&completion, &source, "");
    assert_int_equal(completion.count, 4);
    assert_string_equal(completion.common, "");
    completion_find(&completion, &source, "u");
    assert_int_equal(completion.count, 3);
    assert_string_equal(completion.common, "uart_");
    completion_find(&completion, &source, "uart_i");
    assert_int_equal(completion.count, 2);
    assert_string_equal(completion.common, "uart_in");
    completion_find(&completion, &source, "uart_ini");
    assert_int_equal(completion.count, 1); /* twice the same name */
    assert_string_equal(completion.common, "uart_init");
    completion_find(&completion, &source, "x");
    assert_int_equal(completion.count, 0);
    assert_string_equal(completion.common, "");
}

static void many_candidates_are_read_once_or_not_at_all(void **state)
{
    (void)state;
    struct completion completion;
    struct completion_source source = name_source();
    generated = 100000;
    next_count = 0;
    completion_find(&completion, &source, "symbol_");
    assert_int_equal(completion.count, 100000);
    assert_string_equal(completion.common, "symbol_");
    assert_int_equal(next_count, 100001);
    source.last = last_name;
    next_count = 0;
    completion_find(&completion, &source, "symbol_");
    assert_int_equal(completion.count, 100000);
    assert_string_equal(completion.common, "symbol_");
    assert_int_equal(next_count, 1);
    completion_list(&source, "symbol_", &completion, 80, print_output, NULL);
    assert_true(next_count < 3000);
    /* 14 wide, 5 across with the gap saved at the end: 20 rows and the note. */
    unsigned rows = 0;
    for (const char *at = output; *at != '\0'; at++) {
        rows += *at == '\n';
    }
    assert_int_equal(rows, 21);
    assert_memory_equal(output,
                        "symbol_00000  symbol_00020  symbol_00040  symbol_00060  "
                        "symbol_00080\n",
                        69);
    assert_non_null(strstr(output, "(the first 100 of 100000: type more of the name)\n"));
    generated = 0;
}

static void lists_are_sorted_downwards(void **state)
{
    (void)state;
    static const char *const list[] = {"a", "bb", "ccc", "d", "e", "f", "g", NULL};
    struct completion completion;
    struct completion_source source = name_source();
    names = list;
    completion_find(&completion, &source, "");
    completion_list(&source, "", &completion, 20, print_output, NULL);
    expect_output("a    ccc  e    g\nbb   d    f\n");
    completion_list(&source, "", &completion, 2, print_output, NULL);
    expect_output("a\nbb\nccc\nd\ne\nf\ng\n");
    completion_list(&source, "", &completion, 80, print_output, NULL);
    expect_output("a    bb   ccc  d    e    f    g\n");
}

static void check_place(const char *text, const char *expected)
{
    char actual[64] = "nothing";
    struct completion_place place;
    size_t cursor = strlen(text);
    if (completion_locate(text, cursor, &place)) {
        if (place.is_command) {
            snprintf(actual, sizeof(actual), "command %s", text + place.word);
        } else {
            snprintf(actual, sizeof(actual), "%.*s: %s", (int)(place.command_end - place.command),
                     text + place.command, text + place.word);
        }
    }
    assert_string_equal(actual, expected);
}

static void the_word_at_the_cursor_is_known(void **state)
{
    (void)state;
    check_place("", "command ");
    check_place("  ls", "command ls");
    check_place("rmmod ", "rmmod: ");
    check_place("rmmod he", "rmmod: he");
    check_place("  rmmod a  b", "rmmod: b");
    check_place("a b;c", "command c");
    check_place("a b; ", "command ");
    check_place("a b; c d", "c: d");
    check_place("a 'b", "nothing");
    check_place("a 'b c' d", "a: d");
    check_place("a \"b\\\" c\" d", "a: d");
    check_place("a b\\", "nothing");
    check_place("a # b", "nothing");
    check_place("a b#c", "a: b#c");
}

/* --- Sessions --------------------------------------------------------------------------------- */

static jmp_buf session_end;
static const char *session_keys;
static void (*session_interrupt)(void); /* instead of the key '\001' */

/* The next key by interrupt; the session ends when there are no more. */
static void next_key(void)
{
    if (*session_keys == '\0') {
        longjmp(session_end, 1);
    }
    host_interrupts_are_on = false;
    char key = *session_keys++;
    if (key == '\001') {
        session_interrupt();
    } else {
        console_input((uint8_t)key);
    }
    host_interrupts_are_on = true;
}

static void session(const char *keys)
{
    session_keys = keys;
    host_on_wait = next_key;
    if (setjmp(session_end) == 0) {
        shell_run();
    }
    host_interrupts_are_on = true;
    log_set_line_hook(NULL, NULL);
}

#define EXPECT_SCREEN(...)                                                                         \
    do {                                                                                           \
        const char *rows[64] = {__VA_ARGS__};                                                      \
        host_screen_expect(&screen, rows);                                                         \
    } while (0)

static void a_session_looks_as_it_should(void **state)
{
    (void)state;
    session("echo hello\rlsmdo\r\recho a\003\004echo bye\r\n");
    EXPECT_SCREEN("onoma> echo hello", "hello", "onoma> lsmdo",
                  "onoma: lsmdo: command not found (help lists the commands)",
                  "onoma: did you mean lsmod?", "onoma>", "onoma> echo a^C", "onoma>",
                  "onoma> echo bye", "bye", "onoma>");
    assert_int_equal(screen.terminal.column, 7);
}

static void history_is_listed_oldest_first(void **state)
{
    (void)state;
    session("echo 1\recho 2\rhistory\r");
    EXPECT_SCREEN("onoma> echo 1", "1", "onoma> echo 2", "2", "onoma> history", "   3  echo 1",
                  "   2  echo 2", "   1  history", "onoma>");
}

static void clear_leaves_the_prompt_on_top(void **state)
{
    (void)state;
    session("echo 1\rclear\r");
    EXPECT_SCREEN("onoma>");
}

static void tab_completes_at_the_prompt(void **state)
{
    (void)state;
    static const char *const list[] = {"hello", "help_desk", NULL};
    names = list;
    session("ls\t\rrmm\thelp_\t\r");
    assert_string_equal(ran, "lsmod.rmmod help_desk.");
    snprintf(ran, sizeof(ran), "%d help_", ARGUMENT_LOADED_MODULE);
    assert_string_equal(asked_prefix, ran);
    EXPECT_SCREEN("onoma> lsmod", "onoma> rmmod help_desk", "onoma>");
    new_screen();
    session("rmmod h\t\tx\t");
    EXPECT_SCREEN("onoma> rmmod hel", "hello      help_desk", "onoma> rmmod helx");
    assert_int_equal(host_bell_count, 1);
    new_screen();
    session("rmmod hel\t");
    EXPECT_SCREEN("onoma> rmmod hel");
    assert_int_equal(host_bell_count, 1);
    new_screen();
    session("help rm\t\r");
    EXPECT_SCREEN("onoma> help rmmod", "usage: rmmod MODULE", "  unload", "onoma>");
}

static void directories_are_walked_down(void **state)
{
    (void)state;
    static const char *const list[] = {"/lib/", NULL};
    names = list;
    session("insmod /\tmodules");
    EXPECT_SCREEN("onoma> insmod /lib/modules");
}

static void log_message(void)
{
    pr_info("link is up\n");
}

static void a_message_does_not_spoil_the_prompt(void **state)
{
    (void)state;
    host_time_microseconds = 5000000;
    session_interrupt = log_message;
    session("echo hel\001lo\002\002\001X\r");
    EXPECT_SCREEN("[    5.000000] link is up", "[    5.000000] link is up", "onoma> echo helXlo",
                  "helXlo", "onoma>");
}

static struct console nosy;
static bool nosy_is_armed;

/* A message in the middle of the editor's work: it writes, and an NMI comes. */
static void write_nosy(const char *text, size_t length)
{
    if (nosy_is_armed && memchr(text, 'Z', length) != NULL) {
        nosy_is_armed = false;
        pr_info("from nowhere\n");
    }
}

static void a_message_within_the_editor_does_not_spoil_it(void **state)
{
    (void)state;
    nosy = (struct console){.name = "nosy", .write = write_nosy};
    host_time_microseconds = 5000000;
    console_register(&nosy);
    nosy_is_armed = true;
    session("echo Zero");
    EXPECT_SCREEN("onoma> echo Z", "[    5.000000] from nowhere", "onoma> echo Zero");
    assert_false(nosy_is_armed);
}

static int run_interrupted(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    console_input('x');
    console_input(3);
    console_input('e');
    console_printf("working");
    return input_is_interrupted() ? -EAGAIN : 0;
}

static void ctrl_c_stops_a_line_of_commands(void **state)
{
    (void)state;
    static struct command slow = {.name = "slow", .run = run_interrupted};
    command_register(&slow);
    session("slow; echo not this\rcho typed ahead\r");
    EXPECT_SCREEN("onoma> slow; echo not this", "working^C", "onoma> echo typed ahead",
                  "typed ahead", "onoma>");
    command_unregister(&slow);
}

static int run_open_line(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    console_printf("no newline");
    return 0;
}

static void output_without_a_newline_is_not_overwritten(void **state)
{
    (void)state;
    static struct command open = {.name = "open", .run = run_open_line};
    command_register(&open);
    session("open\r");
    EXPECT_SCREEN("onoma> open", "no newline", "onoma>");
    command_unregister(&open);
}

static void a_full_input_ring_counts_what_it_loses(void **state)
{
    (void)state;
    uint64_t lost = input_lost();
    uint8_t byte;
    for (unsigned i = 0; i < 2000; i++) {
        console_input((uint8_t)(i % 200 + 10));
    }
    assert_int_equal(input_lost() - lost, 2000 - 1024);
    for (unsigned i = 0; i < 1024; i++) {
        assert_true(input_read(&byte));
        assert_int_equal(byte, i % 200 + 10);
    }
    assert_false(input_read(&byte));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_split_into_words),
        cmocka_unit_test(malformed_lines_are_refused),
        cmocka_unit_test(there_is_room_for_32_words_and_1023_bytes),
        cmocka_unit_test(random_lines_do_no_harm),
        cmocka_unit_test_setup_teardown(the_registry_is_sorted_and_names_are_unique, start, stop),
        cmocka_unit_test_setup_teardown(forgotten_commands_are_dropped_by_address, start, stop),
        cmocka_unit_test_setup_teardown(like_names_are_found, start, stop),
        cmocka_unit_test_setup_teardown(commands_run_in_turn, start, stop),
        cmocka_unit_test_setup_teardown(mistakes_are_explained, start, stop),
        cmocka_unit_test_setup_teardown(an_old_ctrl_c_does_not_count, start, stop),
        cmocka_unit_test_setup_teardown(echo_prints_words, start, stop),
        cmocka_unit_test_setup_teardown(help_fits_the_screen, start, stop),
        cmocka_unit_test_setup_teardown(the_common_prefix_is_found, start, stop),
        cmocka_unit_test_setup_teardown(many_candidates_are_read_once_or_not_at_all, start, stop),
        cmocka_unit_test_setup_teardown(lists_are_sorted_downwards, start, stop),
        cmocka_unit_test_setup_teardown(the_word_at_the_cursor_is_known, start, stop),
        cmocka_unit_test_setup_teardown(a_session_looks_as_it_should, start, stop),
        cmocka_unit_test_setup_teardown(history_is_listed_oldest_first, start, stop),
        cmocka_unit_test_setup_teardown(clear_leaves_the_prompt_on_top, start, stop),
        cmocka_unit_test_setup_teardown(tab_completes_at_the_prompt, start, stop),
        cmocka_unit_test_setup_teardown(directories_are_walked_down, start, stop),
        cmocka_unit_test_setup_teardown(a_message_does_not_spoil_the_prompt, start, stop),
        cmocka_unit_test_setup_teardown(a_message_within_the_editor_does_not_spoil_it, start, stop),
        cmocka_unit_test_setup_teardown(ctrl_c_stops_a_line_of_commands, start, stop),
        cmocka_unit_test_setup_teardown(output_without_a_newline_is_not_overwritten, start, stop),
        cmocka_unit_test_setup_teardown(a_full_input_ring_counts_what_it_loses, start, stop),
    };
    host_screen_open(&screen, COLUMNS, ROWS);
    console_register(&console);
    shell_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
