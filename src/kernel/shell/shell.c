// SPDX-License-Identifier: MIT
/*
 * shell.c: run lines, and read them at the prompt.
 *
 * A message of the log may arrive, from an interrupt, while a line is being edited.  The log then
 * asks (log_set_line_hook) to take the line off the screen, and to draw it again below the message:
 *
 *     waiting for a byte     hide the line, message, show the line
 *     within the editor      message; the line is drawn anew when the editor has done its key
 *     running a command      nothing to hide
 */
#include "shell/shell.h"
#include "arch.h"
#include "console/console.h"
#include "console/log.h"
#include "onoma/command.h"
#include "onoma/errno.h"
#include "onoma/string.h"
#include "shell/complete.h"
#include "shell/input.h"
#include "shell/line.h"
#include "shell/providers.h"
#include "shell/registry.h"
#include "shell/words.h"
#include "thread/thread.h"

#define PROMPT    "onoma> "
#define CONTROL_C 3

enum prompt_state {
    PROMPT_NONE,    /* a command runs */
    PROMPT_WAITING, /* the line is on the screen, the editor idle */
    PROMPT_EDITING, /* the editor is at work */
    PROMPT_SPOILED, /* ... and a message came in between */
};

static struct line_editor editor;
static volatile enum prompt_state prompt_state;

/* -------------------------------------------------------------------------------------- running */

static void report_unknown(const char *name)
{
    console_printf("onoma: %s: command not found (help lists the commands)\n", name);
    const struct command *nearest = command_nearest(name);
    if (nearest != NULL) {
        console_printf("onoma: did you mean %s?\n", nearest->name);
    }
}

int shell_run_command(int argc, char **argv)
{
    const struct command *command = command_find(argv[0], strlen(argv[0]));
    if (command == NULL) {
        report_unknown(argv[0]);
        return -ENOENT;
    }
    task_set_name(command->name);
    int result = command->run(argc, argv);
    task_set_name("shell");
    if (result == -EINVAL && command->usage != NULL) {
        console_printf("usage: %s\n", command->usage);
    }
    return result;
}

/* Can the whole line be split?  Asked first, so that half a line never runs. */
static bool check_line(struct words *words, const char *line)
{
    enum words_status status;
    do {
        status = words_next(words, &line);
    } while (status == WORDS_OK);
    if (status != WORDS_END) {
        console_printf("onoma: %s\n", words_status_text(status));
        return false;
    }
    return true;
}

int shell_execute(const char *line)
{
    struct words words;
    int result = 0;
    if (!check_line(&words, line)) {
        return -EINVAL;
    }
    input_clear_interrupt();
    while (!input_is_interrupted() && words_next(&words, &line) == WORDS_OK) {
        result = shell_run_command(words.count, words.list);
    }
    return result;
}

/* ----------------------------------------------------------------------------------- completion */

/* Candidates for the word at `place`.  False if there are none of its kind. */
static bool open_source(const char *text, const struct completion_place *place, const char *prefix,
                        struct completion_source *source)
{
    if (place->is_command) {
        command_completion_source(source);
        return true;
    }
    const struct command *command =
        command_find(text + place->command, place->command_end - place->command);
    switch (command != NULL ? command->argument : ARGUMENT_NONE) {
    case ARGUMENT_NONE:
        return false;
    case ARGUMENT_COMMAND:
        command_completion_source(source);
        return true;
    case ARGUMENT_WORD:
        command_word_source(command, source);
        return true;
    default:
        return completion_source_open(command->argument, prefix, source);
    }
}

static void print_candidates(void *context, const char *text, size_t length)
{
    line_editor_print(context, text, length);
}

/* Put in what is sure: the rest of the common prefix, and a space behind a finished word. */
static bool insert_common(struct line_editor *line, const struct completion *found,
                          size_t prefix_length)
{
    size_t added = found->common_length - prefix_length;
    const char *end = found->common + found->common_length;
    bool is_finished = found->count == 1 && end[-1] != '/' && line->text[line->cursor] != ' ';
    line_editor_insert(line, found->common + prefix_length, added);
    if (is_finished) {
        line_editor_insert(line, " ", 1);
    }
    return added > 0 || is_finished;
}

static void complete(void *context, struct line_editor *line, bool is_repeated)
{
    (void)context;
    char prefix[LINE_CAPACITY];
    struct completion_place place;
    struct completion_source source;
    struct completion found = {0};
    if (completion_locate(line->text, line->cursor, &place)) {
        memcpy(prefix, line->text + place.word, line->cursor - place.word);
        prefix[line->cursor - place.word] = '\0';
        if (open_source(line->text, &place, prefix, &source)) {
            completion_find(&found, &source, prefix);
        }
    }
    if (found.count == 0) {
        line_editor_bell(line);
    } else if (!insert_common(line, &found, strlen(prefix))) {
        if (is_repeated && found.count > 1) {
            completion_list(&source, prefix, &found, SHELL_COLUMNS, print_candidates, line);
        } else {
            line_editor_bell(line);
        }
    }
}

/* --------------------------------------------------------------------------------------- prompt */

static void write_line(void *context, const char *text, size_t length)
{
    (void)context;
    console_write(text, length);
}

/* Both with interrupts off, maybe in an interrupt. */
static bool hide_line(void)
{
    if (prompt_state == PROMPT_WAITING) {
        line_editor_hide(&editor);
        return true;
    }
    if (prompt_state == PROMPT_EDITING) {
        prompt_state = PROMPT_SPOILED;
    }
    return false;
}

static void show_line(void)
{
    line_editor_show(&editor);
}

/* Interrupts off: a message between the question and the change of state would go unseen. */
static void start_waiting(void)
{
    bool were_on = arch_interrupts_save();
    if (prompt_state == PROMPT_SPOILED) {
        line_editor_show(&editor);
    }
    prompt_state = PROMPT_WAITING;
    arch_interrupts_restore(were_on);
}

static enum line_event read_line(void)
{
    enum line_event event = LINE_EDITING;
    /* A command may have left a line open: the prompt must not overwrite it. */
    if (!console_is_at_line_start()) {
        console_write("\n", 1);
    }
    prompt_state = PROMPT_EDITING;
    line_editor_start(&editor);
    while (event == LINE_EDITING) {
        start_waiting();
        uint8_t byte = input_wait();
        prompt_state = PROMPT_EDITING;
        event = line_editor_feed(&editor, byte);
    }
    prompt_state = PROMPT_NONE;
    return event;
}

/* After a Ctrl-C that stopped a command: what was typed up to it is meant for nobody. */
static void drop_interrupted_input(void)
{
    uint8_t byte = 0;
    if (!input_is_interrupted()) {
        return;
    }
    while (byte != CONTROL_C && input_read(&byte)) {
    }
    console_printf("^C\n");
}

/* Bytes that came faster than they were read are gone: who pasted them must know. */
static void tell_lost_input(void)
{
    static uint64_t told;
    uint64_t lost = input_lost();
    if (lost != told) {
        console_printf("(%lu bytes of input were lost: they came too fast)\n", lost - told);
        told = lost;
    }
}

void shell_run(void)
{
    static const struct line_client client = {.write = write_line, .complete = complete};
    static char line[LINE_CAPACITY];
    line_editor_init(&editor, &client, PROMPT, SHELL_COLUMNS);
    log_set_line_hook(hide_line, show_line);
    task_set_name("shell");
    for (;;) {
        schedule(); /* also if the next line is there already */
        enum line_event event = read_line();
        if (event == LINE_COMPLETE) {
            /* A copy: a command may look at the history, or be interrupted by what edits. */
            string_copy(line, editor.text, sizeof(line));
            shell_execute(line);
            drop_interrupted_input();
            tell_lost_input();
        } else if (event == LINE_END_OF_FILE && command_find("poweroff", 8) != NULL) {
            console_printf("(end of file: there is nothing outside this shell; try poweroff)\n");
        }
    }
}

const char *shell_history(unsigned depth)
{
    return line_editor_history(&editor, depth);
}

void shell_init(void)
{
    shell_register_builtins();
    shell_register_help();
}
