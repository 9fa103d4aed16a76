// SPDX-License-Identifier: MIT
/*
 * command_line.h: split the kernel's command line and set options by it.
 *
 * Pure: no allocation, no printing; what is wrong is reported through a callback, and everything
 * else is obeyed all the same.  A struct command_line is big (static, not on a stack) and holds all
 * strings that it hands out: it stays as long as they are used.
 *
 *     static struct command_line line;
 *     command_line_init(&line, options, option_count, report, context);
 *     command_line_add(&line, text_of_the_loader, length);
 *     command_line_add(&line, text_of_the_firmware, length);      later ones win
 *     ...
 *     command_line_module_parameters(&line, "hello", keep, list);  for hello.count=3: "count=3"
 *
 * Words are separated by spaces and control characters.  "..." keeps spaces together, anywhere in a
 * word: run="a; b" and "run=a; b" (GRUB writes it so) are the same.  A backslash makes a quote or
 * backslash that follows it ordinary.  A control character within quotes becomes a space, so no
 * word ever holds one.  Nothing is case-insensitive.
 */
#ifndef BOOT_COMMAND_LINE_H
#define BOOT_COMMAND_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is kept of all texts together, with an ending NUL. */
#define COMMAND_LINE_CAPACITY 4096
/* Words of one list option. */
#define OPTION_LIST_CAPACITY 32
/* The shortest module parameter and the NUL behind it take 4 bytes: "a.b". */
#define COMMAND_LINE_PARAMETERS (COMMAND_LINE_CAPACITY / 4)

struct option_list {
    size_t count;
    const char *items[OPTION_LIST_CAPACITY];
};

enum option_kind {
    OPTION_FLAG,     /* bool: `name`, name=1 y yes on true, name=0 n no off false; name=WORD */
    OPTION_UNSIGNED, /* uint64_t: name=7, name=0x10 */
    OPTION_STRING,   /* const char *: name=text, the text may be empty */
    OPTION_WORDS,    /* struct option_list: name=a,b adds the words between commas */
    OPTION_STRINGS,  /* struct option_list: each name=text adds one; commas stay */
};

/* One entry of the caller's table.  Given several times, the last value counts; lists grow, and
 * `name=` empties them. */
struct option {
    const char *name;
    enum option_kind kind;
    void *value;      /* of the type that the kind says */
    uint64_t maximum; /* OPTION_UNSIGNED: the largest value allowed, 0 for any */
    const char *word; /* OPTION_FLAG: name=word sets another bool, *word_value; null for none */
    bool *word_value;
    const char *help; /* one line, without a full stop */
};

enum command_line_problem {
    COMMAND_LINE_UNKNOWN,      /* no option of that name */
    COMMAND_LINE_NO_NAME,      /* "=x", ".x=1", "m.=1" */
    COMMAND_LINE_NO_VALUE,     /* `name` alone where a value is needed */
    COMMAND_LINE_NOT_A_FLAG,   /* a flag's value is neither yes nor no */
    COMMAND_LINE_NOT_A_NUMBER, /* or one that does not fit 64 bits */
    COMMAND_LINE_TOO_LARGE,    /* a number above the option's maximum */
    COMMAND_LINE_TOO_MANY,     /* a word for which a list has no room */
    COMMAND_LINE_OPEN_QUOTE,   /* the text ends within quotes; the word was used all the same */
    COMMAND_LINE_TOO_LONG,     /* this word and all behind it are ignored */
    COMMAND_LINE_PROBLEM_COUNT
};

/* The facts of one problem.  The strings live as long as the struct command_line. */
struct command_line_fact {
    enum command_line_problem problem;
    const char *name;            /* "loglevel"; "" when there is none; null for TOO_LONG */
    const char *value;           /* what stands behind the '='; null without one */
    const struct option *option; /* null where none is concerned */
    size_t offset;               /* of the word in the text that was given to command_line_add */
    size_t length;               /* TOO_LONG: of the whole text; else 0 */
};

typedef void command_line_report(const struct command_line_fact *fact, void *context);

struct command_line {
    const struct option *options; /* the caller's */
    size_t option_count;
    command_line_report *report; /* the caller's; may be null */
    void *context;               /* handed to report */

    char text[COMMAND_LINE_CAPACITY]; /* what was obeyed, as it was written, for people */
    size_t text_length;

    char words[COMMAND_LINE_CAPACITY]; /* the same without quotes, cut into strings */
    size_t words_length;

    size_t parameter_count;
    uint16_t parameters[COMMAND_LINE_PARAMETERS]; /* offsets in words: "hello\0count=3" */
};

void command_line_init(struct command_line *line, const struct option *options, size_t option_count,
                       command_line_report *report, void *context);

/* Obey a text, which ends at its first NUL or after `length` bytes and is not kept. */
void command_line_add(struct command_line *line, const char *text, size_t length);

/* Call `use` for each parameter given for that module, in order, with "count=3" or "count". */
void command_line_module_parameters(const struct command_line *line, const char *module,
                                    void (*use)(const char *argument, void *context),
                                    void *context);

/* One line of text, without a full stop.  Never null, any value may be given. */
const char *command_line_problem_text(enum command_line_problem problem);

/* How an option is written: "loglevel=N".  As snprintf. */
int option_usage(const struct option *option, char *buffer, size_t capacity);

#endif
