// SPDX-License-Identifier: MIT
/*
 * test_command_line.c: splitting, options, module parameters, and texts from hell.  Each text is
 * given in a block of exactly its length without NUL, so that the address sanitizer sees a read of
 * one byte too many.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "boot/command_line.h"
#include "boot/options.h"

#define LOG_CAPACITY 200000

/* The options of these tests, one of each kind. */
static bool quiet;
static uint64_t number, level;
static const char *text_option;
static struct option_list words, consoles;

static const struct option options[] = {
    {.name = "quiet", .kind = OPTION_FLAG, .value = &quiet, .help = "say less"},
    {.name = "number", .kind = OPTION_UNSIGNED, .value = &number, .help = "any number"},
    {.name = "level", .kind = OPTION_UNSIGNED, .value = &level, .maximum = 8, .help = "to 8"},
    {.name = "text", .kind = OPTION_STRING, .value = &text_option, .help = "any text"},
    {.name = "words", .kind = OPTION_WORDS, .value = &words, .help = "words"},
    {.name = "console", .kind = OPTION_STRINGS, .value = &consoles, .help = "consoles"},
    {.name = "dotted.option", .kind = OPTION_UNSIGNED, .value = &number, .help = "not a module's"},
};

static struct command_line line;

/* All facts reported since the last start(), one line each. */
static char facts[LOG_CAPACITY];
static size_t facts_length;
static size_t fact_count;

static void keep_fact(const struct command_line_fact *fact, void *context)
{
    assert_ptr_equal(context, &line);
    facts_length += (size_t)snprintf(
        facts + facts_length, sizeof(facts) - facts_length, "%zu %s|%s: %s", fact->offset,
        fact->name ? fact->name : "(null)", fact->value ? fact->value : "(null)",
        command_line_problem_text(fact->problem));
    if (fact->length != 0) {
        facts_length += (size_t)snprintf(facts + facts_length, sizeof(facts) - facts_length,
                                         " (%zu)", fact->length);
    }
    facts_length += (size_t)snprintf(facts + facts_length, sizeof(facts) - facts_length, "\n");
    assert_true(facts_length < sizeof(facts));
    fact_count++;
}

static void start(void)
{
    quiet = false;
    number = level = 5;
    text_option = "default";
    memset(&words, 0, sizeof(words));
    memset(&consoles, 0, sizeof(consoles));
    facts[0] = '\0';
    facts_length = fact_count = 0;
    memset(&line, 0xa5, sizeof(line));
    command_line_init(&line, options, sizeof(options) / sizeof(options[0]), keep_fact, &line);
}

static void add_bytes(const char *text, size_t length)
{
    char *exact = malloc(length);
    memcpy(exact, text, length);
    command_line_add(&line, exact, length);
    free(exact);
}

static void parse(const char *text)
{
    start();
    add_bytes(text, strlen(text));
}

static char parameters[LOG_CAPACITY];

static void keep_parameter(const char *argument, void *context)
{
    assert_ptr_equal(context, parameters);
    strcat(strcat(parameters, argument), ";");
}

static const char *parameters_of(const char *module)
{
    parameters[0] = '\0';
    command_line_module_parameters(&line, module, keep_parameter, parameters);
    return parameters;
}

/* --- Options ---------------------------------------------------------------------------------- */

static void every_kind_is_set(void **state)
{
    (void)state;
    parse("quiet number=0x10 level=8 text=some words=a,b console=ttyS0,115200 console=vga");
    assert_string_equal(facts, "");
    assert_true(quiet);
    assert_int_equal(number, 16);
    assert_int_equal(level, 8);
    assert_string_equal(text_option, "some");
    assert_int_equal(words.count, 2);
    assert_string_equal(words.items[0], "a");
    assert_string_equal(words.items[1], "b");
    assert_int_equal(consoles.count, 2);
    assert_string_equal(consoles.items[0], "ttyS0,115200");
    assert_string_equal(consoles.items[1], "vga");
}

static void nothing_changes_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {"", " ", "\t \r\n", "\0quiet"};
    for (size_t i = 0; i < 4; i++) {
        start();
        add_bytes(texts[i], i == 3 ? 6 : strlen(texts[i]));
        assert_false(quiet);
        assert_int_equal(fact_count, 0);
        assert_string_equal(line.text, "");
    }
}

static void flags_take_yes_and_no(void **state)
{
    (void)state;
    static const char *const yes[] = {"quiet",    "quiet=1",    "quiet=y",      "quiet=yes",
                                      "quiet=on", "quiet=true", "quiet=0 quiet"};
    static const char *const no[] = {"quiet=0",   "quiet=n",     "quiet=no",
                                     "quiet=off", "quiet=false", "quiet quiet=0"};
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
        parse(yes[i]);
        assert_true(quiet);
        assert_int_equal(fact_count, 0);
    }
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
        parse(no[i]);
        assert_false(quiet);
        assert_int_equal(fact_count, 0);
    }
    parse("quiet quiet=maybe");
    assert_true(quiet);
    assert_string_equal(facts, "6 quiet|maybe: neither yes nor no\n");
    parse("quiet=");
    assert_false(quiet);
    assert_string_equal(facts, "0 quiet|: neither yes nor no\n");
}

static void last_value_counts(void **state)
{
    (void)state;
    parse("number=1 text=a number=2 text=b words=a words=b,c");
    assert_int_equal(number, 2);
    assert_string_equal(text_option, "b");
    assert_int_equal(words.count, 3);
    assert_string_equal(words.items[2], "c");
    /* The firmware's text comes after the loader's. */
    add_bytes("number=3 words= words=d", 23);
    assert_int_equal(number, 3);
    assert_int_equal(words.count, 1);
    assert_string_equal(words.items[0], "d");
    assert_string_equal(line.text, "number=1 text=a number=2 text=b words=a words=b,c "
                                   "number=3 words= words=d");
}

static void bad_values_keep_the_old_ones(void **state)
{
    (void)state;
    parse("number=abc number= number level=9 level=-1 text words "
          "number=18446744073709551616 number=1x");
    assert_int_equal(number, 5);
    assert_int_equal(level, 5);
    assert_string_equal(text_option, "default");
    assert_string_equal(facts, "0 number|abc: not a number that fits 64 bits\n"
                               "11 number|: not a number that fits 64 bits\n"
                               "19 number|(null): a value is missing\n"
                               "26 level|9: larger than allowed\n"
                               "34 level|-1: not a number that fits 64 bits\n"
                               "43 text|(null): a value is missing\n"
                               "48 words|(null): a value is missing\n"
                               "54 number|18446744073709551616: not a number that fits 64 bits\n"
                               "82 number|1x: not a number that fits 64 bits\n");
    parse("number=18446744073709551615");
    assert_true(number == UINT64_MAX);
}

static void all_unknown_words_are_reported(void **state)
{
    (void)state;
    parse("Quiet root=/dev/sda1 quiet levels=1 leve=1 = =5 \"\"");
    assert_true(quiet);
    assert_string_equal(facts, "0 Quiet|(null): unknown option\n"
                               "6 root|/dev/sda1: unknown option\n"
                               "27 levels|1: unknown option\n"
                               "36 leve|1: unknown option\n"
                               "43 |: a name is missing\n"
                               "45 |5: a name is missing\n"
                               "48 |(null): a name is missing\n");
}

static void values_may_hold_equals_and_dots(void **state)
{
    (void)state;
    parse("text=a=b.c=d");
    assert_string_equal(text_option, "a=b.c=d");
    parse("text=");
    assert_string_equal(text_option, "");
}

static void lists_skip_empty_words_and_have_an_end(void **state)
{
    (void)state;
    parse("words=,a,,b,");
    assert_int_equal(words.count, 2);
    assert_string_equal(words.items[1], "b");

    char text[1024] = "words=";
    for (unsigned i = 0; i < OPTION_LIST_CAPACITY + 2; i++) {
        sprintf(text + strlen(text), "w%u,", i);
    }
    strcat(text, " quiet");
    parse(text);
    assert_int_equal(words.count, OPTION_LIST_CAPACITY);
    assert_string_equal(words.items[OPTION_LIST_CAPACITY - 1], "w31");
    assert_string_equal(facts, "0 words|w32: one word too many for a list\n"
                               "0 words|w33: one word too many for a list\n");
    assert_true(quiet);
}

/* --- Quotes ----------------------------------------------------------------------------------- */

static void quotes_keep_spaces(void **state)
{
    (void)state;
    static const char *const same[] = {
        "text=\"a; b\" quiet", "\"text=a; b\" quiet",      "text=a\"; \"b quiet",
        "te\"xt=a; b\" quiet", "\"text\"=\"a; b\"\tquiet", "text=\"a;\tb\"\n\"quiet\"",
    };
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        parse(same[i]);
        assert_string_equal(facts, "");
        assert_string_equal(text_option, "a; b");
        assert_true(quiet);
    }
}

/* GRUB puts a backslash before each quote and backslash of a word. */
static void backslashes_make_quotes_ordinary(void **state)
{
    (void)state;
    parse("\"text=say \\\"hi\\\" don\\'t C:\\\\x\" quiet");
    assert_string_equal(text_option, "say \"hi\" don't C:\\x");
    assert_true(quiet);
    parse("text=\\a\\ quiet");
    assert_string_equal(text_option, "\\a\\");
    assert_true(quiet);
    parse("text=it's quiet");
    assert_string_equal(text_option, "it's");
    parse("text=x\\");
    assert_string_equal(text_option, "x\\");
}

static void open_quote_is_told_and_used(void **state)
{
    (void)state;
    parse("quiet text=\"a b number=7");
    assert_string_equal(text_option, "a b number=7");
    assert_int_equal(number, 5);
    assert_string_equal(facts, "6 text|a b number=7: the closing quote is missing\n");
    /* It does not reach into the next text. */
    add_bytes("number=7", 8);
    assert_int_equal(number, 7);
    parse("text=\"a\\\"");
    assert_string_equal(text_option, "a\"");
    assert_string_equal(facts, "0 text|a\": the closing quote is missing\n");
}

/* --- Module parameters ------------------------------------------------------------------------ */

static void module_parameters_are_kept(void **state)
{
    (void)state;
    parse("hello.count=3 hello.name=\"big world\" greet.loud hello.list=1,2 dotted.option=9 "
          "hello.path=a.b=c snd-pcm.x=1 snd_pcm.y=2 hello.count=4");
    assert_string_equal(facts, "");
    assert_int_equal(number, 9);
    assert_string_equal(parameters_of("hello"),
                        "count=3;name=big world;list=1,2;path=a.b=c;count=4;");
    assert_string_equal(parameters_of("greet"), "loud;");
    assert_string_equal(parameters_of("snd_pcm"), "x=1;y=2;");
    assert_string_equal(parameters_of("snd-pcm"), "x=1;y=2;");
    assert_string_equal(parameters_of("hell"), "");
    assert_string_equal(parameters_of("hello2"), "");
    assert_string_equal(parameters_of(""), "");
}

static void half_parameters_are_refused(void **state)
{
    (void)state;
    parse(".count=3 hello.=3 hello. .");
    assert_string_equal(facts, "0 .count|3: a name is missing\n"
                               "9 hello.|3: a name is missing\n"
                               "18 hello.|(null): a name is missing\n"
                               "25 .|(null): a name is missing\n");
    assert_string_equal(parameters_of(""), "");
    assert_string_equal(parameters_of("hello"), "");
}

static void words_of_a_list_are_no_parameters(void **state)
{
    (void)state;
    parse("words=a,hello.x=1");
    assert_string_equal(parameters_of("hello"), "");
    assert_string_equal(words.items[1], "hello.x=1");
}

/* --- Size ------------------------------------------------------------------------------------- */

/* A line of `length` bytes that ends with ` number=7`, or is cut within it. */
static char *long_line(size_t length, size_t whole)
{
    char *text = malloc(whole + 1);
    memset(text, 'x', whole);
    memcpy(text, "quiet text=", 11);
    memcpy(text + length - 9, " number=7", 9);
    text[whole] = '\0';
    return text;
}

static void full_line_fits(void **state)
{
    (void)state;
    char *text = long_line(4095, 4095);
    parse(text);
    assert_true(quiet);
    assert_int_equal(number, 7);
    assert_int_equal(strlen(text_option), 4095 - 11 - 9);
    assert_int_equal(fact_count, 0);
    assert_string_equal(line.text, text);
    /* And then nothing more does. */
    add_bytes("q", 1);
    assert_string_equal(facts, "0 (null)|(null): too long: the rest is ignored (1)\n");
    free(text);
}

static void overlong_line_is_cut_at_a_word(void **state)
{
    (void)state;
    char *text = long_line(4096, 4096);
    parse(text);
    assert_true(quiet);
    assert_int_equal(number, 5);
    assert_int_equal(strlen(text_option), 4096 - 11 - 9);
    assert_string_equal(facts, "4088 (null)|(null): too long: the rest is ignored (4096)\n");
    free(text);

    text = long_line(4096, 100000);
    memcpy(text + 4096, " quiet=0", 8);
    parse(text);
    assert_true(quiet);
    assert_int_equal(fact_count, 1);
    assert_string_equal(facts, "4088 (null)|(null): too long: the rest is ignored (100000)\n");
    free(text);
}

/* The most words of each kind that 4 KB can hold. */
static void smallest_words_fill_the_line(void **state)
{
    (void)state;
    static const char *const patterns[] = {"a.b ", "x ", "\"\" ", "= ", "a.b\n"};
    static const size_t counts[] = {0, 2048, 1365, 2048, 0};
    for (size_t i = 0; i < 5; i++) {
        char text[2 * COMMAND_LINE_CAPACITY];
        size_t length = strlen(patterns[i]);
        for (size_t at = 0; at + length <= sizeof(text); at += length) {
            memcpy(text + at, patterns[i], length);
        }
        start();
        add_bytes(text, sizeof(text));
        assert_int_equal(fact_count, counts[i] + 1);
        if (counts[i] == 0) {
            assert_int_equal(line.parameter_count, COMMAND_LINE_PARAMETERS);
            assert_int_equal(strlen(parameters_of("a")), 2 * COMMAND_LINE_PARAMETERS);
        }
    }
}

static void many_small_texts_fill_the_line(void **state)
{
    (void)state;
    start();
    while (fact_count == 0) {
        add_bytes("a.b=1", 5);
    }
    /* n words and n-1 spaces in 4095 bytes. */
    assert_int_equal(line.parameter_count, 4096 / 6);
    assert_int_equal(line.text_length, 4096 / 6 * 6 - 1);
    assert_string_equal(facts, "0 (null)|(null): too long: the rest is ignored (5)\n");
}

/* --- Hostile bytes ---------------------------------------------------------------------------- */

static void control_characters_never_get_through(void **state)
{
    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        char text[32];
        int length = sprintf(text, "text=\"a%cb\" quiet%cnumber=7", byte, byte);
        start();
        add_bytes(text, (size_t)length);
        if (byte <= ' ' || byte == 0x7f) {
            assert_string_equal(text_option, "a b");
            assert_true(quiet);
            assert_int_equal(number, 7);
            assert_string_equal(line.text, "text=\"a b\" quiet number=7");
        } else if (byte != '"' && byte != '\\' && byte != '=') {
            char expected[] = {'a', (char)byte, 'b', '\0'};
            assert_string_equal(text_option, expected);
            assert_false(quiet);
        }
    }
}

/* Whatever the bytes: strings stay inside, and none holds a control character. */
static void noise_stays_inside(void **state)
{
    (void)state;
    static const char alphabet[] = "a=.\"\\, \n\033\177\200\377\0x";
    static const char *const starts[] = {"words=", "quiet", "number=", "text=", "console=", "a.b="};
    uint64_t random = 88172645463325252u;
    for (unsigned round = 0; round < 3000; round++) {
        char text[5000];
        size_t length = 0;
        random ^= random << 13, random ^= random >> 7, random ^= random << 17;
        size_t limit = random % (round % 50 == 0 ? sizeof(text) - 16 : 200);
        while (length < limit) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            if (random % 8 == 0) {
                const char *word = starts[random / 8 % 6];
                memcpy(text + length, word, strlen(word));
                length += strlen(word);
            } else {
                /* NUL only rarely: it ends the text. */
                text[length++] = alphabet[random / 8 % (random % 97 == 1 ? 14 : 12)];
            }
        }
        start();
        add_bytes(text, length);
        add_bytes(text, length / 2);
        assert_true(line.text_length < COMMAND_LINE_CAPACITY);
        assert_true(line.words_length <= COMMAND_LINE_CAPACITY);
        assert_int_equal(strlen(line.text), line.text_length);
        for (size_t i = 0; i < line.words_length; i++) {
            unsigned char byte = (unsigned char)line.words[i];
            assert_true(byte == 0 || (byte >= ' ' && byte != 0x7f));
        }
        parameters_of("a");
    }
}

static void report_may_be_null(void **state)
{
    (void)state;
    command_line_init(&line, options, 1, NULL, NULL);
    add_bytes("unknown quiet=x", 15);
    command_line_init(&line, NULL, 0, NULL, NULL);
    add_bytes("unknown", 7);
}

/* --- Words for people, and the kernel's own table --------------------------------------------- */

static void every_problem_has_a_text(void **state)
{
    (void)state;
    for (int i = 0; i < COMMAND_LINE_PROBLEM_COUNT; i++) {
        const char *text = command_line_problem_text((enum command_line_problem)i);
        assert_string_not_equal(text, "unknown problem");
        for (int other = 0; other < i; other++) {
            assert_string_not_equal(text,
                                    command_line_problem_text((enum command_line_problem)other));
        }
    }
    assert_string_equal(command_line_problem_text((enum command_line_problem) - 1),
                        "unknown problem");
}

static void usage_shows_the_kind(void **state)
{
    (void)state;
    static const char *const usages[] = {"quiet",     "number=N",       "level=N",
                                         "text=TEXT", "words=WORD,...", "console=TEXT"};
    for (size_t i = 0; i < 6; i++) {
        char usage[32];
        assert_int_equal(option_usage(&options[i], usage, sizeof(usage)), strlen(usages[i]));
        assert_string_equal(usage, usages[i]);
    }
}

static void kernel_options_are_set(void **state)
{
    (void)state;
    static const char text[] =
        "init_modules=hello,pci console=ttyS0 console=vga loglevel=3 quiet "
        "debug=0 debug=gdb norandom panic=exit module.integrity=warn \"run=lsmod; hello\"";
    facts_length = fact_count = 0;
    facts[0] = '\0';
    command_line_init(&line, kernel_option_table, kernel_option_count, keep_fact, &line);
    assert_string_equal(kernel_options.panic, "0");
    assert_string_equal(kernel_options.run, "");
    assert_false(kernel_options.debug_gdb);
    add_bytes(text, strlen(text));
    assert_string_equal(facts, "");
    assert_int_equal(kernel_options.init_modules.count, 2);
    assert_string_equal(kernel_options.init_modules.items[1], "pci");
    assert_int_equal(kernel_options.consoles.count, 2);
    assert_int_equal(kernel_options.loglevel, 3);
    assert_true(kernel_options.quiet);
    assert_false(kernel_options.debug);
    assert_true(kernel_options.debug_gdb);
    assert_true(kernel_options.norandom);
    assert_string_equal(kernel_options.panic, "exit");
    assert_string_equal(kernel_options.module_integrity, "warn");
    assert_string_equal(kernel_options.module_digests, "");
    assert_string_equal(kernel_options.run, "lsmod; hello");

    char usage[32];
    option_usage(&kernel_option_table[1], usage, sizeof(usage));
    assert_string_equal(usage, "debug[=gdb]");

    for (size_t i = 0; i < kernel_option_count; i++) {
        assert_true(strlen(kernel_option_table[i].help) > 10);
        /* A dot makes a module's parameter: options hide those of a module "module" at the most. */
        const char *dot = strchr(kernel_option_table[i].name, '.');
        assert_true(!dot || strncmp(kernel_option_table[i].name, "module.", 7) == 0);
        assert_true(i == 0 ||
                    strcmp(kernel_option_table[i - 1].name, kernel_option_table[i].name) < 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_set),
        cmocka_unit_test(nothing_changes_nothing),
        cmocka_unit_test(flags_take_yes_and_no),
        cmocka_unit_test(last_value_counts),
        cmocka_unit_test(bad_values_keep_the_old_ones),
        cmocka_unit_test(all_unknown_words_are_reported),
        cmocka_unit_test(values_may_hold_equals_and_dots),
        cmocka_unit_test(lists_skip_empty_words_and_have_an_end),
        cmocka_unit_test(quotes_keep_spaces),
        cmocka_unit_test(backslashes_make_quotes_ordinary),
        cmocka_unit_test(open_quote_is_told_and_used),
        cmocka_unit_test(module_parameters_are_kept),
        cmocka_unit_test(half_parameters_are_refused),
        cmocka_unit_test(words_of_a_list_are_no_parameters),
        cmocka_unit_test(full_line_fits),
        cmocka_unit_test(overlong_line_is_cut_at_a_word),
        cmocka_unit_test(smallest_words_fill_the_line),
        cmocka_unit_test(many_small_texts_fill_the_line),
        cmocka_unit_test(control_characters_never_get_through),
        cmocka_unit_test(noise_stays_inside),
        cmocka_unit_test(report_may_be_null),
        cmocka_unit_test(every_problem_has_a_text),
        cmocka_unit_test(usage_shows_the_kind),
        cmocka_unit_test(kernel_options_are_set),
    };
    return cmocka_run_group_tests_name("command_line", tests, NULL, NULL);
}
