// SPDX-License-Identifier: MIT
/*
 * commands_testing.c: for tests: the kernel is made to fail, or given what it must refuse, while it
 * runs; then it must be as it was before.
 */
#include "boot/cpio.h"
#include "console/log.h"
#include "memory/fail_nth.h"
#include "module/module.h"
#include "onoma/command.h"
#include "onoma/errno.h"
#include "onoma/memory.h"
#include "onoma/string.h"
#include "panic/names.h"
#include "shell/commands.h"
#include "shell/input.h"
#include "shell/kernel_state.h"
#include "shell/random.h"
#include "shell/shell.h"

#define NAME_CAPACITY 256

/* --- failnth: the command runs with one allocation that fails --------------------------------- */

static int run_failnth(int argc, char **argv)
{
    uint64_t nth;

    if (argc < 3 || !parse_unsigned(argv[1], &nth) || nth == 0) {
        return -EINVAL;
    }
    fail_nth_start(nth);
    int result = shell_run_command(argc - 2, argv + 2);
    if (fail_nth_stop()) {
        console_printf("failnth: allocation %lu failed\n", nth);
    } else {
        console_printf("failnth: there were fewer than %lu allocations\n", nth);
    }
    return result == -EINVAL ? -ENOEXEC : result;
}

/* --- mutate: damaged copies of a module's file are loaded ------------------------------------- */

struct mutation {
    struct random random;
    const struct cpio_entry *file;
    uint8_t *copy;
    const char *const *arguments;
    size_t argument_count;
    uint64_t loaded, differences;
};

/* Fields of ELF lie at multiples of their size: half of the places are such.  Headers of sections,
 * symbols and names are at the end of the file, and worth more than their share. */
static size_t choose_place(struct mutation *mutation, size_t width)
{
    size_t size = mutation->file->size;
    size_t place;

    switch (random_below(&mutation->random, 4)) {
    case 0:
        place = random_below(&mutation->random, 64); /* the file's header */
        break;
    case 1:
        place = random_below(&mutation->random, size);
        break;
    default:
        place = size - 1 - random_below(&mutation->random, size / 3);
    }
    if (random_below(&mutation->random, 2)) {
        place -= place % width;
    }
    return place + width <= size ? place : size - width;
}

static void damage_field(struct mutation *mutation)
{
    static const uint64_t odd[] = {
        0,          1,          2,          3,         4,       7,          8,          14,
        15,         16,         0x7f,       0x80,      0xff,    0x100,      0xfff,      0x1000,
        0xff00,     0xfff1,     0xfff2,     0xffff,    1 << 20, 0x7fffffff, 0x80000000, 0xffffffff,
        1ull << 32, ~0ull >> 1, 1ull << 63, ~0xfffull, ~0ull};
    size_t width = 1ul << random_below(&mutation->random, 4);
    uint8_t *place = mutation->copy + choose_place(mutation, width);
    uint64_t value = 0;

    memcpy(&value, place, width);
    switch (random_below(&mutation->random, 5)) {
    case 0:
        value += 1;
        break;
    case 1:
        value -= 1;
        break;
    case 2:
        value ^= 1ull << random_below(&mutation->random, 8 * width);
        break;
    case 3:
        value = random_below(&mutation->random, UINT64_MAX);
        break;
    default:
        value = odd[random_below(&mutation->random, ARRAY_SIZE(odd))];
    }
    memcpy(place, &value, width);
}

/* Ask the module's own table, damaged or not, for everything: answers may be wrong. */
static void ask_names(const struct module *module)
{
    static char name[NAME_CAPACITY];
    const struct ksyms_table *table = module_table(module);
    struct ksyms_symbol symbol;
    uint64_t address;

    for (unsigned i = 0; i < KSYMS_SEGMENT_COUNT; i++) {
        for (uint64_t offset = 0; module->areas[i].page_count && offset < 512; offset += 61) {
            name_format(name, sizeof(name), module->areas[i].address + offset, offset % 2);
        }
    }
    for (uint32_t i = 0; table && ksyms_table_symbol_at(table, i, &symbol); i++) {
        size_t length = ksyms_symbol_name(table, &symbol, name, sizeof(name));
        module_run_address(module, symbol.address, &address);
        ksyms_table_find_name(table, name, length < sizeof(name) ? length : sizeof(name) - 1);
    }
}

/* Load one damaged copy, and unload it if it could be loaded.  False if it cannot be unloaded. */
static bool try_copy(struct mutation *mutation, uint64_t number)
{
    char name[MODULE_NAME_MAX];
    struct kernel_state before = kernel_state_read();
    size_t size = mutation->file->size;

    memcpy(mutation->copy, mutation->file->data, size);
    for (uint64_t left = 1 + random_below(&mutation->random, 3); left > 0; left--) {
        damage_field(mutation);
    }
    if (random_below(&mutation->random, 16) == 0) {
        size = random_below(&mutation->random, size);
    }
    bool is_good = true;
    if (module_load("mutation.ko", mutation->copy, size, mutation->arguments,
                    random_below(&mutation->random, 2) ? mutation->argument_count : 0) == 0) {
        mutation->loaded++;
        ask_names(module_first());
        string_copy(name, module_first()->name, sizeof(name));
        is_good = module_unload(name) == 0;
    }
    mutation->differences += !kernel_state_same(&before, "mutate: file", number);
    return is_good;
}

/*
 * The module must not run any code of its own, or a damaged copy of that would run.  What is wrong
 * with the copies is kept from the console, of which there would be much; dmesg has the last of it.
 */
static int run_mutate(int argc, char **argv)
{
    struct cpio_entry file;
    uint64_t seed, count, number = 0;
    unsigned level = log_console_level();

    if (argc < 4 || !parse_unsigned(argv[2], &seed) || !parse_unsigned(argv[3], &count)) {
        return -EINVAL;
    }
    if (!module_file_find(argv[1], &file)) {
        console_printf("mutate: %s: no such module in the initrd\n", argv[1]);
        return -ENOENT;
    }
    struct mutation mutation = {
        .random = random_start(seed),
        .file = &file,
        .copy = kmalloc(file.size),
        .arguments = (const char *const *)argv + 4,
        .argument_count = (size_t)argc - 4,
    };
    if (!mutation.copy) {
        console_printf("mutate: %s: out of memory for a copy\n", argv[1]);
        return -ENOMEM;
    }
    log_set_console_level(0);
    while (number < count && !input_is_interrupted() && try_copy(&mutation, number)) {
        number++;
    }
    log_set_console_level(level);
    kfree(mutation.copy);
    console_printf("mutate: %lu files, %lu loaded, %lu differences\n", number, mutation.loaded,
                   mutation.differences);
    return number < count || mutation.differences ? -EIO : 0;
}

static struct command commands[] = {
    {.name = "failnth",
     .usage = "failnth N COMMAND...",
     .summary = "run a command and make its N-th allocation fail",
     .run = run_failnth,
     .argument = ARGUMENT_COMMAND},
    {.name = "mutate",
     .usage = "mutate MODULE SEED COUNT [PARAMETER=VALUE]...",
     .summary = "load damaged copies of a module that runs no code",
     .run = run_mutate,
     .argument = ARGUMENT_AVAILABLE_MODULE},
};

void commands_register_testing(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        command_register(&commands[i]);
    }
}
