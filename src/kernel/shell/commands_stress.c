// SPDX-License-Identifier: MIT
/*
 * commands_stress.c: for tests: all modules of the initrd are loaded in some order, then modules
 * come and go at random, among loads that fail, and at last all go in some order.  What must always
 * hold is checked after each step, and at the end the kernel must be as it was.
 */
#include "arch.h"
#include "console/log.h"
#include "memory/fail_nth.h"
#include "module/index.h"
#include "module/module.h"
#include "onoma/command.h"
#include "onoma/errno.h"
#include "onoma/string.h"
#include "panic/names.h"
#include "shell/commands.h"
#include "shell/input.h"
#include "shell/kernel_state.h"
#include "shell/random.h"

#define FAULTS_SHOWN  5
#define NAME_CAPACITY 256

struct stress {
    struct random random;
    uint64_t step;
    uint64_t loaded, refused, unloaded, kept, traces, walks, faults;
};

static void tell_fault(struct stress *stress, const char *what, const char *where)
{
    if (stress->faults++ < FAULTS_SHOWN) {
        console_printf("stress: step %lu: %s: %s\n", stress->step, what, where);
    }
}

static size_t greatest_common_divisor(size_t left, size_t right)
{
    while (right != 0) {
        size_t rest = left % right;
        left = right;
        right = rest;
    }
    return left;
}

/* --- Steps ------------------------------------------------------------------------------------ */

static void random_name(struct stress *stress, char name[MODULE_NAME_MAX])
{
    size_t number = random_below(&stress->random, module_record_count());

    text_copy(module_record_at(number)->name, name, MODULE_NAME_MAX);
}

static struct module *random_module(struct stress *stress)
{
    struct module *module = module_first();
    size_t count = 0;

    for (; module; module = module->next) {
        count++;
    }
    module = module_first();
    for (uint64_t left = count ? random_below(&stress->random, count) : 0; left > 0; left--) {
        module = module->next;
    }
    return module;
}

static void count_load(struct stress *stress, int error)
{
    stress->loaded += error == 0;
    stress->refused += error != 0;
}

static void load_one(struct stress *stress)
{
    char name[MODULE_NAME_MAX];

    random_name(stress, name);
    count_load(stress, module_probe(name, NULL, 0));
}

static void load_without_memory(struct stress *stress)
{
    char name[MODULE_NAME_MAX];

    random_name(stress, name);
    fail_nth_start(1 + random_below(&stress->random, 60));
    count_load(stress, module_probe(name, NULL, 0));
    fail_nth_stop();
}

/* A part of a file, or a module that is there, or one whose dependencies are not. */
static void load_refused(struct stress *stress)
{
    const struct module_record *record =
        module_record_at(random_below(&stress->random, module_record_count()));
    size_t size = record->file.size;

    if (random_below(&stress->random, 2)) {
        size = random_below(&stress->random, size);
    }
    count_load(stress, module_load("stress.ko", record->file.data, size, NULL, 0));
}

static void unload_one(struct stress *stress, int (*unload)(const char *name))
{
    char name[MODULE_NAME_MAX];
    struct module *module = random_module(stress);

    if (module) {
        string_copy(name, module->name, sizeof(name));
        int error = unload(name);
        stress->unloaded += error == 0;
        stress->kept += error != 0;
    }
}

static void do_step(struct stress *stress)
{
    switch (random_below(&stress->random, 16)) {
    case 0 ... 5:
        load_one(stress);
        break;
    case 6:
        load_without_memory(stress);
        break;
    case 7 ... 8:
        load_refused(stress);
        break;
    case 9:
        unload_one(stress, module_unload_all);
        break;
    default:
        unload_one(stress, module_unload);
    }
}

/* --- What must always hold -------------------------------------------------------------------- */

/* Each reference is a user or a hold. */
static void check_references(struct stress *stress)
{
    int64_t balance = 0;

    for (const struct module *module = module_first(); module; module = module->next) {
        balance += (int64_t)module->reference_count - module->hold_count;
        balance -= module->dependency_count;
    }
    if (balance != 0) {
        tell_fault(stress, "references do not match users", module_first()->name);
    }
}

/* An address in a symbol of a module leads to a symbol that covers it, of that module. */
static void check_trace(struct stress *stress)
{
    static char name[NAME_CAPACITY];
    const struct module *module = random_module(stress);
    const struct ksyms_table *table = module ? module_table(module) : NULL;
    struct ksyms_symbol symbol;
    struct named_address named;
    uint64_t address;

    if (!table || ksyms_table_count(table) == 0 ||
        !ksyms_table_symbol_at(
            table, (uint32_t)random_below(&stress->random, ksyms_table_count(table)), &symbol) ||
        symbol.size == 0 || !module_run_address(module, symbol.address, &address)) {
        return; /* a label, or of init, which is gone */
    }
    address += random_below(&stress->random, symbol.size);
    stress->traces++;
    name_format(name, sizeof(name), address, false);
    if (!name_find(&named, address) || named.module != module ||
        named.offset >= named.symbol.size || !strchr(name, '[')) {
        tell_fault(stress, "a wrong name", name);
    }
}

static void check_protection(struct stress *stress)
{
    uint64_t writable, aliased;

    arch_paging_audit(&writable, &aliased);
    stress->walks++;
    if (writable || aliased) {
        tell_fault(stress, "writable and executable", writable ? "one mapping" : "two mappings");
    }
    if (module_pages_unprotected() > 0) {
        tell_fault(stress, "a page has other rights than it must have", module_first()->name);
    }
}

static void check_step(struct stress *stress, bool has_loaded)
{
    check_references(stress);
    check_trace(stress);
    if (has_loaded) {
        check_protection(stress);
    }
    stress->step++;
}

static bool can_go(const struct module *module)
{
    return module->reference_count == 0 && module->can_unload;
}

static bool can_any_go(void)
{
    const struct module *module = module_first();

    while (module && !can_go(module)) {
        module = module->next;
    }
    return module != NULL;
}

/* --- The command ------------------------------------------------------------------------------ */

/* Each once, by strides that share no divisor with their number. */
static void load_all(struct stress *stress)
{
    size_t count = module_record_count();
    size_t stride = 1 + random_below(&stress->random, count);
    size_t number = random_below(&stress->random, count);
    char name[MODULE_NAME_MAX];

    while (greatest_common_divisor(stride, count) != 1) {
        stride++;
    }
    for (size_t i = 0; i < count; i++, number = (number + stride) % count) {
        text_copy(module_record_at(number)->name, name, sizeof(name));
        count_load(stress, module_probe(name, NULL, 0));
        check_step(stress, true);
    }
}

static void unload_all(struct stress *stress)
{
    while (can_any_go()) {
        unload_one(stress, module_unload);
        check_step(stress, false);
    }
}

static void run_steps(struct stress *stress, uint64_t count)
{
    for (uint64_t i = 0; i < count && !input_is_interrupted(); i++) {
        uint64_t loaded = stress->loaded;
        do_step(stress);
        check_step(stress, stress->loaded != loaded);
    }
}

static int run_stress(int argc, char **argv)
{
    uint64_t seed, count;
    unsigned level = log_console_level();

    if (argc != 3 || !parse_unsigned(argv[1], &seed) || !parse_unsigned(argv[2], &count)) {
        return -EINVAL;
    }
    if (module_record_count() == 0 || module_first()) {
        console_printf("stress: %s\n",
                       module_first() ? "unload all modules first" : "the initrd has no modules");
        return -EBUSY;
    }
    struct kernel_state before = kernel_state_read();
    struct stress stress = {.random = random_start(seed)};
    log_set_console_level(
        0); /* what is refused is told, and is too much: dmesg has the last of it */
    load_all(&stress);
    size_t together = kernel_state_read().modules;
    run_steps(&stress, count);
    unload_all(&stress);
    check_protection(&stress);
    log_set_console_level(level);
    stress.faults += !kernel_state_same(&before, "stress: after step", stress.step);
    console_printf("stress: %zu modules at once; %lu steps: %lu loaded, %lu refused, %lu unloaded, "
                   "%lu not unloaded; "
                   "%lu traces, %lu walks; %lu faults\n",
                   together, stress.step, stress.loaded, stress.refused, stress.unloaded,
                   stress.kept, stress.traces, stress.walks, stress.faults);
    return stress.faults || input_is_interrupted() ? -EIO : 0;
}

static struct command commands[] = {
    {.name = "stress",
     .usage = "stress SEED STEPS",
     .summary = "load and unload modules of the initrd at random",
     .run = run_stress},
};

void commands_register_stress(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        command_register(&commands[i]);
    }
}
