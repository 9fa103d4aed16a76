// SPDX-License-Identifier: MIT
/*
 * command_line.c: split, then look each word up.
 *
 *     text    loglevel=7 hello.name="big world" quiet
 *     words   loglevel=7\0hello\0name=big world\0quiet\0     '=' becomes NUL for an option
 *
 * 1. A word is copied to `words` without its quotes, so it never takes more bytes there than in the
 *    text; one space or NUL follows each in both.  `text` fills up first, and is what is checked.
 * 2. A word is taken whole or not at all.
 * 3. No string handed out holds a control character.
 */
#include "boot/command_line.h"
#include "module/name.h"
#include "onoma/string.h"

/* One word of the text: where it lies there, and whether its quotes are closed. */
struct word {
    size_t offset;
    size_t length; /* with quotes and backslashes */
    bool is_open;
};

/* Flag values, no and yes by turns. */
static const char *const flag_words[] = {"0",   "1",   "n",  "y",     "no",
                                         "yes", "off", "on", "false", "true"};

static bool is_separator(char byte)
{
    return (unsigned char)byte <= ' ' || byte == 0x7f;
}

static bool is_escape(const char *text, size_t length, size_t offset)
{
    if (text[offset] != '\\' || offset + 1 >= length) {
        return false;
    }
    char next = text[offset + 1];
    return next == '\\' || next == '"' || next == '\'';
}

/* The next word at or behind `offset`; of length 0 when there is none. */
static struct word find_word(const char *text, size_t length, size_t offset)
{
    while (offset < length && is_separator(text[offset])) {
        offset++;
    }
    struct word word = {.offset = offset};
    while (offset < length && (word.is_open || !is_separator(text[offset]))) {
        if (is_escape(text, length, offset)) {
            offset++;
        } else if (text[offset] == '"') {
            word.is_open = !word.is_open;
        }
        offset++;
    }
    word.length = offset - word.offset;
    return word;
}

/* Copy without quotes and backslashes, NUL-ended.  Returns the length.  At most word->length. */
static size_t unquote(char *destination, const char *text, const struct word *word)
{
    size_t end = word->offset + word->length;
    size_t length = 0;
    for (size_t offset = word->offset; offset < end; offset++) {
        if (is_escape(text, end, offset)) {
            offset++;
        } else if (text[offset] == '"') {
            continue;
        }
        destination[length++] = is_separator(text[offset]) ? ' ' : text[offset];
    }
    destination[length] = '\0';
    return length;
}

/* For people to read: as written, but no control characters. */
static void keep_text(struct command_line *line, const char *text, const struct word *word)
{
    if (line->text_length != 0) {
        line->text[line->text_length++] = ' ';
    }
    for (size_t i = 0; i < word->length; i++) {
        char byte = text[word->offset + i];
        line->text[line->text_length++] = is_separator(byte) ? ' ' : byte;
    }
    line->text[line->text_length] = '\0';
}

static bool fits(const struct command_line *line, const struct word *word)
{
    size_t separator = line->text_length != 0 ? 1 : 0;
    return word->length + separator < COMMAND_LINE_CAPACITY - line->text_length;
}

static void report(const struct command_line *line, struct command_line_fact *fact,
                   enum command_line_problem problem)
{
    fact->problem = problem;
    if (line->report != 0) {
        line->report(fact, line->context);
    }
}

static void set_flag(const struct command_line *line, struct command_line_fact *fact)
{
    bool *flag = fact->option->value;
    if (fact->value == 0) {
        *flag = true;
        return;
    }
    if (fact->option->word != 0 && strcmp(fact->value, fact->option->word) == 0) {
        *fact->option->word_value = true;
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(flag_words); i++) {
        if (strcmp(fact->value, flag_words[i]) == 0) {
            *flag = i % 2 != 0;
            return;
        }
    }
    report(line, fact, COMMAND_LINE_NOT_A_FLAG);
}

static void set_unsigned(const struct command_line *line, struct command_line_fact *fact)
{
    uint64_t number;
    if (!parse_unsigned(fact->value, &number)) {
        report(line, fact, COMMAND_LINE_NOT_A_NUMBER);
    } else if (fact->option->maximum != 0 && number > fact->option->maximum) {
        report(line, fact, COMMAND_LINE_TOO_LARGE);
    } else {
        *(uint64_t *)fact->option->value = number;
    }
}

static void add_item(const struct command_line *line, struct command_line_fact *fact,
                     const char *item)
{
    struct option_list *list = fact->option->value;
    if (list->count == OPTION_LIST_CAPACITY) {
        fact->value = item;
        report(line, fact, COMMAND_LINE_TOO_MANY);
        return;
    }
    list->items[list->count++] = item;
}

/* Words between commas, cut in place; empty ones are no words. */
static void add_words(const struct command_line *line, struct command_line_fact *fact, char *value)
{
    while (value != 0) {
        char *comma = strchr(value, ',');
        if (comma != 0) {
            *comma++ = '\0';
        }
        if (*value != '\0') {
            add_item(line, fact, value);
        }
        value = comma;
    }
}

static void set_list(const struct command_line *line, struct command_line_fact *fact, char *value)
{
    if (*value == '\0') {
        ((struct option_list *)fact->option->value)->count = 0;
    } else if (fact->option->kind == OPTION_WORDS) {
        add_words(line, fact, value);
    } else {
        add_item(line, fact, value);
    }
}

static void set_option(const struct command_line *line, struct command_line_fact *fact, char *value)
{
    if (value == 0 && fact->option->kind != OPTION_FLAG) {
        report(line, fact, COMMAND_LINE_NO_VALUE);
        return;
    }
    switch (fact->option->kind) {
    case OPTION_FLAG:
        set_flag(line, fact);
        break;
    case OPTION_UNSIGNED:
        set_unsigned(line, fact);
        break;
    case OPTION_STRING:
        *(const char **)fact->option->value = value;
        break;
    case OPTION_WORDS:
    case OPTION_STRINGS:
        set_list(line, fact, value);
        break;
    }
}

static const struct option *find_option(const struct command_line *line, const char *name)
{
    for (size_t i = 0; i < line->option_count; i++) {
        if (strcmp(line->options[i].name, name) == 0) {
            return &line->options[i];
        }
    }
    return 0;
}

/* A word without option but with a dot in its name: MODULE.PARAMETER or MODULE.PARAMETER=VALUE. */
static void keep_parameter(struct command_line *line, struct command_line_fact *fact, char *name,
                           char *dot, char *equals)
{
    if (dot == name || dot[1] == '\0') {
        report(line, fact, COMMAND_LINE_NO_NAME);
        return;
    }
    /* Cannot happen, see COMMAND_LINE_PARAMETERS; the next words' bounds do not hang on it. */
    if (line->parameter_count == COMMAND_LINE_PARAMETERS) {
        report(line, fact, COMMAND_LINE_TOO_MANY);
        return;
    }
    *dot = '\0';
    if (equals != 0) {
        *equals = '=';
    }
    line->parameters[line->parameter_count++] = (uint16_t)(name - line->words);
}

/* `name` is the word, NUL-ended, within line->words. */
static void obey(struct command_line *line, char *name, const struct word *word)
{
    char *equals = strchr(name, '=');
    if (equals != 0) {
        *equals = '\0';
    }
    struct command_line_fact fact = {
        .name = name,
        .value = equals != 0 ? equals + 1 : 0,
        .option = find_option(line, name),
        .offset = word->offset,
    };
    char *dot = strchr(name, '.');

    if (word->is_open) {
        report(line, &fact, COMMAND_LINE_OPEN_QUOTE);
    }
    if (*name == '\0') {
        report(line, &fact, COMMAND_LINE_NO_NAME);
    } else if (fact.option != 0) {
        set_option(line, &fact, equals != 0 ? equals + 1 : 0);
    } else if (dot != 0) {
        keep_parameter(line, &fact, name, dot, equals);
    } else {
        report(line, &fact, COMMAND_LINE_UNKNOWN);
    }
}

void command_line_init(struct command_line *line, const struct option *options, size_t option_count,
                       command_line_report *report_problem, void *context)
{
    memset(line, 0, sizeof(*line));
    line->options = options;
    line->option_count = option_count;
    line->report = report_problem;
    line->context = context;
}

void command_line_add(struct command_line *line, const char *text, size_t length)
{
    length = strnlen(text, length);
    struct word word = find_word(text, length, 0);
    while (word.length != 0) {
        if (!fits(line, &word)) {
            struct command_line_fact fact = {.offset = word.offset, .length = length};
            report(line, &fact, COMMAND_LINE_TOO_LONG);
            return;
        }
        keep_text(line, text, &word);
        char *name = line->words + line->words_length;
        line->words_length += unquote(name, text, &word) + 1;
        obey(line, name, &word);
        word = find_word(text, length, word.offset + word.length);
    }
}

void command_line_module_parameters(const struct command_line *line, const char *module,
                                    void (*use)(const char *argument, void *context), void *context)
{
    for (size_t i = 0; i < line->parameter_count; i++) {
        const char *name = line->words + line->parameters[i];
        size_t length = strlen(name);
        if (module_names_equal(module, name, length)) {
            use(name + length + 1, context);
        }
    }
}

const char *command_line_problem_text(enum command_line_problem problem)
{
    static const char *const texts[COMMAND_LINE_PROBLEM_COUNT] = {
        [COMMAND_LINE_UNKNOWN] = "unknown option",
        [COMMAND_LINE_NO_NAME] = "a name is missing",
        [COMMAND_LINE_NO_VALUE] = "a value is missing",
        [COMMAND_LINE_NOT_A_FLAG] = "neither yes nor no",
        [COMMAND_LINE_NOT_A_NUMBER] = "not a number that fits 64 bits",
        [COMMAND_LINE_TOO_LARGE] = "larger than allowed",
        [COMMAND_LINE_TOO_MANY] = "one word too many for a list",
        [COMMAND_LINE_OPEN_QUOTE] = "the closing quote is missing",
        [COMMAND_LINE_TOO_LONG] = "too long: the rest is ignored",
    };
    const char *text = (unsigned)problem < COMMAND_LINE_PROBLEM_COUNT ? texts[problem] : 0;
    return text != 0 ? text : "unknown problem";
}

int option_usage(const struct option *option, char *buffer, size_t capacity)
{
    static const char *const values[] = {
        [OPTION_FLAG] = "",           [OPTION_UNSIGNED] = "=N",   [OPTION_STRING] = "=TEXT",
        [OPTION_WORDS] = "=WORD,...", [OPTION_STRINGS] = "=TEXT",
    };
    if (option->word != 0) {
        return snprintf(buffer, capacity, "%s[=%s]", option->name, option->word);
    }
    return snprintf(buffer, capacity, "%s%s", option->name, values[option->kind]);
}
