// SPDX-License-Identifier: MIT
/*
 * providers.c: candidates for tab completion out of the initrd, the module list, the symbol
 * tables and the threads.
 *
 * Symbols come from several sorted tables and are merged, so that they come out sorted and the
 * completion need not read all of them.
 */
#include "shell/providers.h"
#include "boot/initrd.h"
#include "module/index.h"
#include "module/module.h"
#include "onoma/string.h"
#include "panic/names.h"
#include "panic/trace.h"
#include "thread/thread.h"

/* --- Modules and files ------------------------------------------------------------------------ */

static struct {
    const char *prefix;
    const struct module *module; /* the next one */
    size_t record;               /* the next module of the initrd */
    size_t alias;                /* where the index goes on */
    struct cpio_reader reader;
    char previous[COMPLETION_CAPACITY]; /* a directory comes once, not for each file in it */
} state;

static void rewind_state(void *context)
{
    (void)context;
    state.module = module_first();
    state.record = 0;
    state.alias = 0;
    state.previous[0] = '\0';
    initrd_open(&state.reader);
}

static bool next_loaded_module(void *context, char *buffer, size_t capacity)
{
    (void)context;
    if (!state.module) {
        return false;
    }
    string_copy(buffer, state.module->name, capacity);
    state.module = state.module->next;
    return true;
}

static bool next_available_module(void *context, char *buffer, size_t capacity)
{
    (void)context;
    if (state.record == module_record_count()) {
        return false;
    }
    text_copy(module_record_at(state.record++)->name, buffer, capacity);
    return true;
}

static bool next_module_or_alias(void *context, char *buffer, size_t capacity)
{
    struct text alias;

    if (next_available_module(context, buffer, capacity)) {
        return true;
    }
    if (!module_alias_listed(state.prefix, &state.alias, &alias)) {
        return false;
    }
    snprintf(buffer, capacity, "%.*s", (int)alias.length, alias.start);
    return true;
}

/* The part of a path that completes the prefix by one level: "/lib/modules/" for "/lib/m". */
static bool next_path(void *context, char *buffer, size_t capacity)
{
    const char *prefix = state.prefix;
    const char *bare_prefix = cpio_path(prefix);
    size_t lead = (size_t)(bare_prefix - prefix); /* "/" or "./" stays as it was typed */
    size_t length = strlen(bare_prefix);
    struct cpio_entry entry;

    (void)context;
    while (cpio_next(&state.reader, &entry) == CPIO_OK) {
        const char *path = cpio_path(entry.name);
        if (!cpio_is_file(&entry) || strncmp(path, bare_prefix, length) != 0) {
            continue;
        }
        const char *slash = strchr(path + length, '/');
        size_t shown = slash ? (size_t)(slash - path) + 1 : strlen(path);
        snprintf(buffer, capacity, "%.*s%.*s", (int)lead, prefix, (int)shown, path);
        if (strcmp(buffer, state.previous) != 0) {
            string_copy(state.previous, buffer, sizeof(state.previous));
            return true;
        }
    }
    return false;
}

/* --- Threads ---------------------------------------------------------------------------------- */

static struct {
    unsigned style;                 /* the next one */
    const struct task_struct *task; /* the next one */
    bool is_pid;                    /* all names come first, then all PIDs */
} threads;

static void rewind_threads(void *context)
{
    (void)context;
    threads.style = 0;
    threads.task = task_first();
    threads.is_pid = false;
}

static bool next_thread(void *context, char *buffer, size_t capacity)
{
    const struct task_struct *task = threads.task;

    (void)context;
    if (trace_styles[threads.style]) {
        string_copy(buffer, trace_styles[threads.style++], capacity);
        return true;
    }
    if (!task) {
        return false;
    }
    if (threads.is_pid) {
        snprintf(buffer, capacity, "%u", task->pid);
    } else {
        string_copy(buffer, task->name, capacity);
    }
    threads.task = task->next;
    if (threads.task == task_first()) {
        threads.task = threads.is_pid ? NULL : task_first();
        threads.is_pid = true;
    }
    return true;
}

/* --- Symbols ---------------------------------------------------------------------------------- */

#define TABLES_MAX 33 /* the kernel's and those of 32 modules */

/* One table's part in the merge: the names that start with the prefix, and the next one as text. */
struct head {
    const struct ksyms_table *table;
    struct ksyms_name_range range;
    uint32_t next;
    char name[COMPLETION_CAPACITY];
};

static struct {
    struct head heads[TABLES_MAX];
    unsigned count;
} merge;

static bool read_name(const struct head *head, uint32_t position, char *buffer, size_t capacity)
{
    struct ksyms_symbol symbol;

    if (position >= head->range.count ||
        !ksyms_table_symbol_named(head->table, head->range.first + position, &symbol)) {
        return false;
    }
    ksyms_symbol_name(head->table, &symbol, buffer, capacity);
    return true;
}

static void advance(struct head *head)
{
    if (!read_name(head, head->next, head->name, sizeof(head->name))) {
        head->next = head->range.count;
    }
}

static void merge_add(const struct ksyms_table *table, const char *prefix)
{
    if (!table || merge.count == TABLES_MAX) {
        return;
    }
    struct head *head = &merge.heads[merge.count++];
    head->table = table;
    head->range = ksyms_table_find_prefix(table, prefix, strlen(prefix));
}

static void rewind_symbols(void *context)
{
    (void)context;
    for (unsigned i = 0; i < merge.count; i++) {
        merge.heads[i].next = 0;
        advance(&merge.heads[i]);
    }
}

static bool next_symbol(void *context, char *buffer, size_t capacity)
{
    struct head *least = NULL;

    (void)context;
    for (unsigned i = 0; i < merge.count; i++) {
        struct head *head = &merge.heads[i];
        if (head->next < head->range.count && (!least || strcmp(head->name, least->name) < 0)) {
            least = head;
        }
    }
    if (!least) {
        return false;
    }
    string_copy(buffer, least->name, capacity);
    least->next++;
    advance(least);
    return true;
}

static bool last_symbol(void *context, size_t *count, char *buffer, size_t capacity)
{
    char name[COMPLETION_CAPACITY];
    bool is_found = false;

    (void)context;
    *count = 0;
    for (unsigned i = 0; i < merge.count; i++) {
        const struct head *head = &merge.heads[i];
        if (head->range.count == 0 || !read_name(head, head->range.count - 1, name, sizeof(name))) {
            continue;
        }
        *count += head->range.count;
        if (!is_found || strcmp(name, buffer) > 0) {
            string_copy(buffer, name, capacity);
        }
        is_found = true;
    }
    return is_found;
}

static void open_symbols(const char *prefix)
{
    merge.count = 0;
    merge_add(names_kernel_table(), prefix);
    for (const struct module *module = module_first(); module; module = module->next) {
        merge_add(module_table(module), prefix);
    }
}

bool completion_source_open(enum command_argument argument, const char *prefix,
                            struct completion_source *source)
{
    *source = (struct completion_source){.rewind = rewind_state};
    state.prefix = prefix;
    switch (argument) {
    case ARGUMENT_LOADED_MODULE:
        source->next = next_loaded_module;
        return true;
    case ARGUMENT_AVAILABLE_MODULE:
        source->next = next_available_module;
        return true;
    case ARGUMENT_MODULE_OR_ALIAS:
        source->next = next_module_or_alias;
        return true;
    case ARGUMENT_FILE:
        source->next = next_path;
        return true;
    case ARGUMENT_SYMBOL:
        open_symbols(prefix);
        *source = (struct completion_source){
            .rewind = rewind_symbols, .next = next_symbol, .last = last_symbol};
        return true;
    case ARGUMENT_TRACE:
        *source = (struct completion_source){.rewind = rewind_threads, .next = next_thread};
        return true;
    case ARGUMENT_NONE:
    case ARGUMENT_COMMAND:
    case ARGUMENT_WORD:
        break;
    }
    return false;
}
