// SPDX-License-Identifier: MIT
/*
 * test_line.c: the line editor: keys in; the line, and the screen that a person would see, out.
 *
 * The screen is the kernel's own terminal, 80x24 (test_video.c tests that).  After every key of
 * every test `check_screen` holds the row against the line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "host_screen.h"
#include "shell/line.h"

#define COLUMNS 80u
#define ROWS    24u
#define PROMPT  "onoma> "
#define WIDTH   (COLUMNS - 1 - (sizeof(PROMPT) - 1)) /* cells for text */

static struct host_screen screen;
static struct line_editor editor;
static enum line_event last_event;
static unsigned tab_count, repeated_tab_count;

static void write_screen(void *context, const char *text, size_t length)
{
    (void)context;
    host_screen_write(&screen, text, length);
}

/* Tab: "he" becomes "hello "; a second Tab lists. */
static void complete(void *context, struct line_editor *line, bool is_repeated)
{
    (void)context;
    tab_count++;
    if (is_repeated) {
        repeated_tab_count++;
        line_editor_print(line, "hello  help\n", 12);
        line_editor_print(line, "hex\n", 4);
    } else if (line->cursor == 2 && memcmp(line->text, "he", 2) == 0) {
        line_editor_insert(line, "llo ", 4);
    } else {
        line_editor_bell(line);
    }
}

static unsigned cursor_row(void)
{
    return screen.terminal.row;
}

/*
 * What must hold of the row for any line: all of it is there if it fits; else a part around the
 * cursor, with marks where more lies; the cursor's cell holds the byte at the cursor.
 */
static void check_screen(void)
{
    char row[COLUMNS + 1];
    memset(row, ' ', COLUMNS);
    row[COLUMNS] = '\0';
    memcpy(row, host_screen_row(&screen, cursor_row()),
           strlen(host_screen_row(&screen, cursor_row())));
    assert_memory_equal(row, PROMPT, sizeof(PROMPT) - 1);
    assert_int_equal(row[COLUMNS - 1], ' ');
    const char *cells = row + sizeof(PROMPT) - 1;
    size_t column = screen.terminal.column - (sizeof(PROMPT) - 1);
    assert_true(column <= WIDTH);
    assert_int_equal(strlen(editor.text), editor.length);
    assert_true(editor.cursor >= column);
    size_t first = editor.cursor - column; /* the byte that the first cell stands for */
    if (editor.length <= WIDTH) {
        assert_int_equal(first, 0);
    }
    for (size_t cell = 0; cell < WIDTH; cell++) {
        size_t at = first + cell;
        char expected = at < editor.length ? editor.text[at] : ' ';
        if (cell == 0 && first > 0) {
            expected = '<';
            assert_true(column > 0);
        } else if (cell == WIDTH - 1 && at + 1 < editor.length) {
            expected = '>';
            assert_true(column < WIDTH - 1);
        }
        if (cells[cell] != expected) {
            fail_msg("cell %zu of \"%s\" is not '%c' (line \"%s\", cursor %zu)", cell, row,
                     expected, editor.text, editor.cursor);
        }
    }
}

static void feed_bytes(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        last_event = line_editor_feed(&editor, (uint8_t)bytes[i]);
        if (last_event == LINE_EDITING && !editor.is_searching) {
            check_screen();
        }
    }
}

static enum line_event type(const char *keys)
{
    last_event = LINE_EDITING;
    feed_bytes(keys, strlen(keys));
    return last_event;
}

/* The line with '|' at the cursor. */
static void expect(const char *expected)
{
    char actual[LINE_CAPACITY + 1];
    memcpy(actual, editor.text, editor.cursor);
    actual[editor.cursor] = '|';
    strcpy(actual + editor.cursor + 1, editor.text + editor.cursor);
    assert_string_equal(actual, expected);
}

/* Enter a line and begin the next. */
static void enter(const char *line)
{
    type(line);
    assert_int_equal(type("\r"), LINE_COMPLETE);
    line_editor_start(&editor);
}

static int start(void **state)
{
    (void)state;
    static const struct line_client client = {.write = write_screen, .complete = complete};
    host_screen_open(&screen, COLUMNS, ROWS);
    tab_count = 0;
    repeated_tab_count = 0;
    line_editor_init(&editor, &client, PROMPT, COLUMNS);
    line_editor_start(&editor);
    return 0;
}

/* --- Editing ---------------------------------------------------------------------------------- */

static void letters_are_inserted_at_the_cursor(void **state)
{
    (void)state;
    type("helo");
    expect("helo|");
    type("\033[Dl");
    expect("hell|o");
    assert_int_equal(type("\r"), LINE_COMPLETE);
    assert_string_equal(editor.text, "hello");
    assert_string_equal(host_screen_row(&screen, 0), PROMPT "hello");
    assert_int_equal(cursor_row(), 1);
    assert_int_equal(screen.terminal.column, 0);
}

static void every_way_to_move(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        const char *expected;
    } cases[] = {
        {"\001", "|one two_2 three"},
        {"\006", "o|ne two_2 three"},
        {"\005", "one two_2 three|"},
        {"\002", "one two_2 thre|e"},
        {"\033[H", "|one two_2 three"},
        {"\033[C", "o|ne two_2 three"},
        {"\033[F", "one two_2 three|"},
        {"\033[D", "one two_2 thre|e"},
        {"\033OH", "|one two_2 three"},
        {"\033OC", "o|ne two_2 three"},
        {"\033OF", "one two_2 three|"},
        {"\033OD", "one two_2 thre|e"},
        {"\033[1~", "|one two_2 three"},
        {"\033[4~", "one two_2 three|"},
        {"\033[7~", "|one two_2 three"},
        {"\033[8~", "one two_2 three|"},
        {"\033b", "one two_2 |three"},
        {"\033b\033b", "|one two_2 three"},
        {"\033f", "one| two_2 three"},
        {"\033f", "one two_2| three"},
        {"\033[1;5C", "one two_2 three|"},
        {"\033[1;5D", "one two_2 |three"},
        {"\033[5D", "one |two_2 three"},
        {"\033[5C", "one two_2| three"},
        {"\033Od", "one |two_2 three"},
        {"\033Oc", "one two_2| three"},
        {"\001\002\033[D\033b", "|one two_2 three"},
        {"\005\006\033[C\033f", "one two_2 three|"},
    };
    type("one two_2 three");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        type(cases[i].keys);
        expect(cases[i].expected);
    }
}

static void every_way_to_delete(void **state)
{
    (void)state;
    type("abcdef\b\177");
    expect("abcd|");
    type("\001\177\004\033[3~");
    expect("|cd");
    type("\005\004"); /* nothing behind the cursor */
    expect("cd|");
    type(" one-two three\027");
    expect("cd one-two |");
    type("\027\027\027");
    expect("|");
    type("one-two three\033\177");
    expect("one-two |");
    type("\033\b");
    expect("one-|");
    type("\001\033d");
    expect("|-");
    type("\005two three\001\033[3;5~");
    expect("| three");
    type("\005\002\002\013");
    expect(" thr|");
    type("\002\025");
    expect("|r");
}

static void killed_text_comes_back(void **state)
{
    (void)state;
    type("one two three\027\027\031");
    expect("one two three|"); /* two kills in a row are one text */
    type("\001\033d\033d\005\031");
    expect(" threeone two|");
    type("\025x\031\031");
    expect("x threeone two threeone two|");
    type("\025\031"); /* a key in between: a new text */
    expect("x threeone two threeone two|");
}

static void letters_change_places(void **state)
{
    (void)state;
    type("\024");
    expect("|");
    type("a\024");
    expect("a|");
    type("bc\024");
    expect("acb|");
    type("\001\024");
    expect("|acb");
    type("\006\024");
    expect("ca|b");
}

static void unknown_sequences_leave_nothing(void **state)
{
    (void)state;
    type("a\033[15~b\033[200~c\033[[Ad\033[1;2Pe\033OPf\033xg\033[?1;2ch\033[<0;1;1Mi");
    expect("abcdefghi|");
    feed_bytes("\303\244\200\377\000", 5);
    expect("abcdefghi|");
    type("j\033[99999999999999999999~k");
    expect("abcdefghijk|");
    type("\033[1\001l"); /* a control byte ends a sequence and counts */
    expect("l|abcdefghijk");
    type("\033\033[Cm");
    expect("lam|bcdefghijk");
}

static void lines_end_in_three_ways(void **state)
{
    (void)state;
    assert_int_equal(type("a\n"), LINE_COMPLETE);
    line_editor_start(&editor);
    assert_int_equal(type("b\r"), LINE_COMPLETE);
    line_editor_start(&editor);
    assert_int_equal(type("\n"), LINE_EDITING); /* the second half of \r\n */
    assert_int_equal(type("c\r"), LINE_COMPLETE);
    line_editor_start(&editor);
    assert_int_equal(type("\r"), LINE_COMPLETE); /* an empty line */
    line_editor_start(&editor);
    assert_int_equal(type("\n"), LINE_EDITING);
    assert_int_equal(type("\n"), LINE_COMPLETE);
}

static void a_line_can_be_given_up(void **state)
{
    (void)state;
    assert_int_equal(type("some text\001\003"), LINE_INTERRUPTED);
    assert_string_equal(host_screen_row(&screen, 0), PROMPT "some text^C");
    line_editor_start(&editor);
    expect("|");
    assert_null(line_editor_history(&editor, 1));
    assert_int_equal(type("\004"), LINE_END_OF_FILE);
    line_editor_start(&editor);
    assert_int_equal(type("x\001\004"), LINE_EDITING);
    assert_int_equal(type("\004"), LINE_END_OF_FILE);
}

static void the_screen_is_cleared(void **state)
{
    (void)state;
    enter("first");
    type("second\002\014");
    assert_string_equal(host_screen_row(&screen, 0), PROMPT "second");
    assert_string_equal(host_screen_row(&screen, 1), "");
    expect("secon|d");
}

/* --- Long lines ------------------------------------------------------------------------------- */

static void a_long_line_stays_in_one_row(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 300; i++) {
        char key[2] = {(char)('a' + i % 26), '\0'};
        type(key);
    }
    assert_int_equal(cursor_row(), 0);
    assert_int_equal(editor.length, 300);
    for (unsigned i = 0; i < 300; i++) {
        type("\002");
    }
    assert_int_equal(editor.cursor, 0);
    for (unsigned i = 0; i < 300; i++) {
        type("\006");
    }
    type("\001X\033[C\033[CY\005\177\177");
    for (unsigned i = 0; i < 310; i++) {
        type("\177");
    }
    expect("|");
    assert_string_equal(host_screen_row(&screen, 0), "onoma>");
    assert_string_equal(host_screen_row(&screen, 1), "");
}

static void a_full_line_rings(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LINE_CAPACITY - 1; i++) {
        type("x");
    }
    assert_int_equal(host_bell_count, 0);
    type("y\001y");
    assert_int_equal(host_bell_count, 2);
    assert_int_equal(editor.length, LINE_CAPACITY - 1);
    assert_null(strchr(editor.text, 'y'));
    assert_int_equal(type("\r"), LINE_COMPLETE);
    line_editor_start(&editor);
    type("\020");
    assert_int_equal(editor.length, LINE_CAPACITY - 1);
    type("\025\031\031");
    assert_int_equal(editor.length, LINE_CAPACITY - 1);
}

/* --- History ---------------------------------------------------------------------------------- */

static void old_lines_come_back_and_the_draft_stays(void **state)
{
    (void)state;
    enter("one");
    enter("two");
    enter("three");
    type("dra\002");
    type("\033[A");
    expect("three|");
    type("\020\033OA");
    expect("one|");
    unsigned bells = host_bell_count;
    type("\033[A");
    expect("one|");
    assert_int_equal(host_bell_count, bells + 1);
    type("\016");
    expect("two|");
    type("!\033[B\033OB"); /* what is changed in an old line is forgotten */
    expect("dra|");
    type("\033[B");
    expect("dra|");
    type("\020\020");
    expect("two|");
    assert_int_equal(type("\r"), LINE_COMPLETE);
    assert_string_equal(editor.text, "two");
    assert_string_equal(line_editor_history(&editor, 1), "two");
    assert_string_equal(line_editor_history(&editor, 2), "three");
}

static void history_skips_what_is_not_worth_keeping(void **state)
{
    (void)state;
    enter("same");
    enter("same");
    enter("");
    enter("   ");
    enter("other");
    enter("same");
    assert_string_equal(line_editor_history(&editor, 1), "same");
    assert_string_equal(line_editor_history(&editor, 2), "other");
    assert_string_equal(line_editor_history(&editor, 3), "same");
    assert_null(line_editor_history(&editor, 4));
    assert_null(line_editor_history(&editor, 0));
}

static void history_keeps_the_newest(void **state)
{
    (void)state;
    char line[32];
    for (unsigned i = 0; i < LINE_HISTORY_COUNT + 5; i++) {
        snprintf(line, sizeof(line), "line %u", i);
        enter(line);
    }
    snprintf(line, sizeof(line), "line %u", LINE_HISTORY_COUNT + 4);
    assert_string_equal(line_editor_history(&editor, 1), line);
    assert_string_equal(line_editor_history(&editor, LINE_HISTORY_COUNT), "line 5");
    assert_null(line_editor_history(&editor, LINE_HISTORY_COUNT + 1));
}

static void expect_row(const char *expected)
{
    assert_string_equal(host_screen_row(&screen, cursor_row()), expected);
}

static void history_is_searched(void **state)
{
    (void)state;
    enter("insmod hello.ko");
    enter("lsmod");
    enter("insmod world.ko");
    type("draft\022");
    expect_row("(search `') draft");
    type("ins");
    expect_row("(search `ins') insmod world.ko");
    type("\022");
    expect_row("(search `ins') insmod hello.ko");
    type("\022");
    expect_row("(failed search `ins') insmod hello.ko");
    type("\177\177\177");
    type("lsm");
    expect_row("(search `lsm') lsmod");
    type("q");
    expect_row("(failed search `lsmq') lsmod");
    type("\007");
    expect("draft|");
    type("\022hello");
    assert_int_equal(type("\r"), LINE_COMPLETE);
    assert_string_equal(editor.text, "insmod hello.ko");
    assert_string_equal(host_screen_row(&screen, cursor_row() - 1), PROMPT "insmod hello.ko");
}

static void a_key_takes_the_line_that_was_found(void **state)
{
    (void)state;
    enter("one two");
    enter("three");
    type("draft\022two\033[C!");
    expect("one t!|wo");
    type("\016");
    expect("three|");
    type("\016");
    expect("draft|");
    type("\022two");
    assert_int_equal(type("\003"), LINE_INTERRUPTED);
}

static void a_long_pattern_does_not_overflow(void **state)
{
    (void)state;
    enter("some line");
    type("\022");
    for (unsigned i = 0; i < 200; i++) {
        type("x");
    }
    assert_int_equal(cursor_row(), 1);
    type("\007");
    expect("|");
}

/* --- Completion and company ------------------------------------------------------------------- */

static void tab_asks_the_client(void **state)
{
    (void)state;
    type("he\t");
    expect("hello |");
    type("\t");
    assert_int_equal(repeated_tab_count, 1);
    expect("hello |");
    assert_string_equal(host_screen_row(&screen, 0), PROMPT "hello");
    assert_string_equal(host_screen_row(&screen, 1), "hello  help");
    assert_string_equal(host_screen_row(&screen, 2), "hex");
    assert_string_equal(host_screen_row(&screen, 3), PROMPT "hello");
    assert_int_equal(screen.terminal.column, sizeof(PROMPT) - 1 + 6);
    type("x\t");
    assert_int_equal(repeated_tab_count, 1);
    assert_int_equal(tab_count, 3);
    assert_int_equal(host_bell_count, 1);
}

static void completion_works_in_the_middle(void **state)
{
    (void)state;
    type("he world\001\006\006\t");
    expect("hello | world");
}

static void the_line_can_make_room(void **state)
{
    (void)state;
    type("some text\002\002");
    line_editor_hide(&editor);
    assert_string_equal(host_screen_row(&screen, 0), "");
    host_screen_write(&screen, "a message\n", 10);
    line_editor_show(&editor);
    assert_string_equal(host_screen_row(&screen, 0), "a message");
    check_screen();
    expect("some te|xt");
    assert_int_equal(cursor_row(), 1);
}

/* Any keys: check_screen holds after each, and the line stays in its row. */
static void random_keys_keep_the_screen_right(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "a",         "b c",
        "_",         "the quick brown fox ",
        "\001",      "\002",
        "\004",      "\005",
        "\006",      "\b",
        "\013",      "\020",
        "\016",      "\024",
        "\025",      "\027",
        "\031",      "\033b",
        "\033f",     "\033d",
        "\033[A",    "\033[B",
        "\033[C",    "\033[D",
        "\033[H",    "\033[F",
        "\033[3~",   "\t",
        "x",         "0123456789012345678901234567890123456789012345678901234567890123456789",
        "\033[1;5D", "\r",
    };
    uint32_t random = 4711;
    for (unsigned round = 0; round < 20000; round++) {
        random = random * 1664525 + 1013904223;
        const char *key = keys[(random >> 12) % (sizeof(keys) / sizeof(keys[0]))];
        if (key[0] == '\004' && editor.length == 0) {
            continue;
        }
        if (type(key) != LINE_EDITING) {
            line_editor_start(&editor);
            check_screen();
        }
    }
}

/* Any bytes: no harm, and the invariants of the text. */
static void random_bytes_do_no_harm(void **state)
{
    (void)state;
    uint32_t random = 815;
    for (unsigned round = 0; round < 300000; round++) {
        random = random * 1664525 + 1013904223;
        if (line_editor_feed(&editor, (uint8_t)(random >> 16)) != LINE_EDITING) {
            line_editor_start(&editor);
        }
        assert_true(editor.cursor <= editor.length && editor.length < LINE_CAPACITY);
        assert_int_equal(editor.text[editor.length], '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(letters_are_inserted_at_the_cursor, start),
        cmocka_unit_test_setup(every_way_to_move, start),
        cmocka_unit_test_setup(every_way_to_delete, start),
        cmocka_unit_test_setup(killed_text_comes_back, start),
        cmocka_unit_test_setup(letters_change_places, start),
        cmocka_unit_test_setup(unknown_sequences_leave_nothing, start),
        cmocka_unit_test_setup(lines_end_in_three_ways, start),
        cmocka_unit_test_setup(a_line_can_be_given_up, start),
        cmocka_unit_test_setup(the_screen_is_cleared, start),
        cmocka_unit_test_setup(a_long_line_stays_in_one_row, start),
        cmocka_unit_test_setup(a_full_line_rings, start),
        cmocka_unit_test_setup(old_lines_come_back_and_the_draft_stays, start),
        cmocka_unit_test_setup(history_skips_what_is_not_worth_keeping, start),
        cmocka_unit_test_setup(history_keeps_the_newest, start),
        cmocka_unit_test_setup(history_is_searched, start),
        cmocka_unit_test_setup(a_key_takes_the_line_that_was_found, start),
        cmocka_unit_test_setup(a_long_pattern_does_not_overflow, start),
        cmocka_unit_test_setup(tab_asks_the_client, start),
        cmocka_unit_test_setup(completion_works_in_the_middle, start),
        cmocka_unit_test_setup(the_line_can_make_room, start),
        cmocka_unit_test_setup(random_keys_keep_the_screen_right, start),
        cmocka_unit_test_setup(random_bytes_do_no_harm, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
