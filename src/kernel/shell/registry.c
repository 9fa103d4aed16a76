// SPDX-License-Identifier: MIT
/* registry.c: a sorted list of commands; see registry.h. */
#include "shell/registry.h"
#include "arch.h"
#include "ksyms/table.h"
#include "onoma/errno.h"
#include "onoma/export.h"
#include "onoma/string.h"

#define SLIPS_MAX 2u

static struct command *commands;

const struct command *command_first(void)
{
    return commands;
}

/* Where a command of that name is linked, or would have to be. */
static struct command **find_link(const char *name)
{
    struct command **link = &commands;
    while (*link != NULL && strcmp((*link)->name, name) < 0) {
        link = &(*link)->next;
    }
    return link;
}

int command_register(struct command *command)
{
    if (command->name == NULL || command->name[0] == '\0' || command->run == NULL) {
        return -EINVAL;
    }
    bool were_on = arch_interrupts_save();
    struct command **link = find_link(command->name);
    bool exists = *link != NULL && strcmp((*link)->name, command->name) == 0;
    if (!exists) {
        command->next = *link;
        *link = command;
    }
    arch_interrupts_restore(were_on);
    return exists ? -EEXIST : 0;
}
EXPORT_SYMBOL(command_register);

void command_unregister(struct command *command)
{
    bool were_on = arch_interrupts_save();
    for (struct command **link = &commands; *link != NULL; link = &(*link)->next) {
        if (*link == command) {
            *link = command->next;
            command->next = NULL;
            break;
        }
    }
    arch_interrupts_restore(were_on);
}
EXPORT_SYMBOL(command_unregister);

size_t command_unregister_range(uint64_t low, uint64_t high)
{
    size_t count = 0;
    bool were_on = arch_interrupts_save();
    for (struct command **link = &commands; *link != NULL;) {
        uint64_t address = (uint64_t)(uintptr_t)*link;
        uint64_t run = (uint64_t)(uintptr_t)(*link)->run;
        if ((address >= low && address < high) || (run >= low && run < high)) {
            *link = (*link)->next;
            count++;
        } else {
            link = &(*link)->next;
        }
    }
    arch_interrupts_restore(were_on);
    return count;
}

struct command *command_find(const char *name, size_t length)
{
    for (struct command *command = commands; command != NULL; command = command->next) {
        if (strlen(command->name) == length && memcmp(command->name, name, length) == 0) {
            return command;
        }
    }
    return NULL;
}

/* ----------------------------------------------------------------------------------- like names */

const struct command *command_nearest(const char *name)
{
    struct ksyms_nearest nearest;
    const struct command *command;
    uint32_t number = 0;

    /* Of a short name, two slips leave too little to call it like. */
    ksyms_nearest_start(&nearest, name, strlen(name), strlen(name) > 3 ? SLIPS_MAX : 1);
    for (command = commands; command != NULL; command = command->next) {
        ksyms_nearest_offer(&nearest, command->name, strlen(command->name), number++);
    }
    if (nearest.count == 0) {
        return NULL;
    }
    for (command = commands; nearest.found[0].id > 0; nearest.found[0].id--) {
        command = command->next;
    }
    return command;
}

/* ----------------------------------------------------------------------------------- completion */

static void rewind_commands(void *context)
{
    *(const struct command **)context = commands;
}

static bool next_command(void *context, char *buffer, size_t capacity)
{
    const struct command **at = context;
    if (*at == NULL) {
        return false;
    }
    string_copy(buffer, (*at)->name, capacity);
    *at = (*at)->next;
    return true;
}

void command_completion_source(struct completion_source *source)
{
    static const struct command *at;
    *source =
        (struct completion_source){.context = &at, .rewind = rewind_commands, .next = next_command};
}

struct word_list {
    const char *const *words; /* the command's */
    size_t next;
};

static void rewind_words(void *context)
{
    struct word_list *list = context;
    list->next = 0;
}

static bool next_word(void *context, char *buffer, size_t capacity)
{
    struct word_list *list = context;
    if (list->words == NULL || list->words[list->next] == NULL) {
        return false;
    }
    string_copy(buffer, list->words[list->next++], capacity);
    return true;
}

void command_word_source(const struct command *command, struct completion_source *source)
{
    static struct word_list list;
    list = (struct word_list){.words = command->words};
    *source =
        (struct completion_source){.context = &list, .rewind = rewind_words, .next = next_word};
}
