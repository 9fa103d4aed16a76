// SPDX-License-Identifier: MIT
/* commands_system.c: a look at the machine, and ways to leave it. */
#include "arch.h"
#include "boot/boot.h"
#include "boot/initrd.h"
#include "boot/options.h"
#include "console/log.h"
#include "memory/area.h"
#include "memory/frames.h"
#include "memory/heap.h"
#include "module/module.h"
#include "onoma/bug.h"
#include "onoma/command.h"
#include "onoma/errno.h"
#include "onoma/printk.h"
#include "onoma/string.h"
#include "shell/commands.h"
#include "shell/input.h"
#include "shell/shell.h"
#include "thread/thread.h"

#define QEMU_EXIT_PASS 0x10 /* QEMU ends with 0x10 * 2 + 1 = 33, which nothing else gives */
#define SCREEN_PAGES   1024 /* of the framebuffer, which is mapped first: more than it has */

static int run_dmesg(int argc, char **argv)
{
    static char line[LOG_LINE_CAPACITY];
    struct log_cursor cursor = {0};
    uint64_t level;

    if (argc == 3 && strcmp(argv[1], "-n") == 0 && parse_unsigned(argv[2], &level) && level <= 8) {
        log_set_console_level((unsigned)level);
        return 0;
    }
    if (argc != 1) {
        return -EINVAL;
    }
    if (log_dropped()) {
        console_printf("(%lu older lines are gone)\n", log_dropped());
    }
    while (!input_is_interrupted() && log_read(&cursor, line, sizeof(line), NULL)) {
        console_printf("%s\n", line);
    }
    return 0;
}

static int run_mem(int argc, char **argv)
{
    struct frame_statistics frames = frame_statistics();
    struct heap_statistics heap = heap_statistics();
    uint64_t writable_executable, aliased_executable;

    (void)argv;
    if (argc != 1) {
        return -EINVAL;
    }
    uint64_t pages = arch_paging_audit(&writable_executable, &aliased_executable);
    console_printf("               total        used        free\n");
    console_printf("Mem:      %7zu KiB %7zu KiB %7zu KiB\n", frames.total * PAGE_SIZE >> 10,
                   frames.used * PAGE_SIZE >> 10, (frames.total - frames.used) * PAGE_SIZE >> 10);
    console_printf("heap:     %zu objects, %zu bytes\n", heap.objects, heap.bytes);
    console_printf("modules:  %zu pages, %zu with other rights than they must have\n",
                   area_pages_used() - stack_pages_used(), module_pages_unprotected());
    console_printf("stacks:   %zu pages of threads\n", stack_pages_used());
    console_printf("tables:   %zu pages\n", arch_page_table_frames());
    console_printf(
        "W^X:      %lu mappings, %lu writable and executable, %lu with a writable alias\n", pages,
        writable_executable, aliased_executable);
    return 0;
}

/* Under QEMU's -icount shift=0 a nanosecond of the machine's time is one instruction. */
static int run_time(int argc, char **argv)
{
    if (argc < 2) {
        return -EINVAL;
    }
    uint64_t start = arch_time_nanoseconds();
    int result = shell_run_command(argc - 1, argv + 1);
    uint64_t elapsed = arch_time_nanoseconds() - start;
    console_printf("time: %lu.%09lu s\n", elapsed / 1000000000, elapsed % 1000000000);
    return result == -EINVAL ? -ENOEXEC : result;
}

static int run_uptime(int argc, char **argv)
{
    uint64_t now = arch_time_microseconds();

    (void)argv;
    if (argc != 1) {
        return -EINVAL;
    }
    console_printf("up %lu.%03lu s, %lu ticks\n", now / 1000000, now / 1000 % 1000,
                   arch_timer_ticks());
    return 0;
}

static int run_ls(int argc, char **argv)
{
    const char *prefix = argc == 2 ? cpio_path(argv[1]) : "";
    struct cpio_reader reader;
    struct cpio_entry entry;
    size_t shown = 0;

    if (argc > 2) {
        return -EINVAL;
    }
    initrd_open(&reader);
    while (cpio_next(&reader, &entry) == CPIO_OK) {
        const char *path = cpio_path(entry.name);
        if (cpio_is_file(&entry) && strncmp(path, prefix, strlen(prefix)) == 0) {
            console_printf("%8zu /%s\n", entry.size, path);
            shown++;
        }
    }
    if (shown == 0) {
        console_printf("ls: no file of the initrd starts with /%s\n", prefix);
        return -ENOENT;
    }
    return 0;
}

static int run_cmdline(int argc, char **argv)
{
    char usage[40];

    (void)argv;
    if (argc != 1) {
        return -EINVAL;
    }
    console_printf("%s\n\noptions of the kernel:\n", boot_command_line());
    for (size_t i = 0; i < kernel_option_count; i++) {
        option_usage(&kernel_option_table[i], usage, sizeof(usage));
        console_printf("  %-22s %s\n", usage, kernel_option_table[i].help);
    }
    return 0;
}

static const char *const panic_words[] = {"nonames", "noscreen", NULL};

/*
 * For tests.  `panic nonames` takes the symbol table away first: the trace must still come, as
 * addresses.  `panic noscreen` takes the memory of the screen away: the serial line must have all.
 */
static int run_panic(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "nonames") == 0) {
        arch_page_unmap((uint64_t)__ksyms_start,
                        ((size_t)(__ksyms_end - __ksyms_start) + PAGE_SIZE - 1) / PAGE_SIZE);
    } else if (argc == 2 && strcmp(argv[1], "noscreen") == 0) {
        arch_page_unmap(DEVICE_MAP_BASE, SCREEN_PAGES);
    } else if (argc != 1) {
        return -EINVAL;
    }
    panic("asked for by the shell's command");
}

static int run_reboot(int argc, char **argv)
{
    (void)argv;
    if (argc != 1) {
        return -EINVAL;
    }
    arch_reboot();
}

static int run_poweroff(int argc, char **argv)
{
    (void)argv;
    if (argc != 1) {
        return -EINVAL;
    }
    arch_poweroff();
}

static int run_exit(int argc, char **argv)
{
    (void)argv;
    if (argc != 1) {
        return -EINVAL;
    }
    arch_debug_exit(QEMU_EXIT_PASS);
    arch_poweroff();
}

static struct command commands[] = {
    {.name = "dmesg",
     .usage = "dmesg [-n LEVEL]",
     .summary = "the kernel's messages; -n: show those below LEVEL at once",
     .run = run_dmesg},
    {.name = "time",
     .usage = "time COMMAND...",
     .summary = "run a command and tell how long it took",
     .run = run_time,
     .argument = ARGUMENT_COMMAND},
    {.name = "uptime", .usage = "uptime", .summary = "time since boot", .run = run_uptime},
    {.name = "mem", .usage = "mem", .summary = "memory, and the check of W^X", .run = run_mem},
    {.name = "ls",
     .usage = "ls [PATH]",
     .summary = "files of the initrd",
     .run = run_ls,
     .argument = ARGUMENT_FILE},
    {.name = "cmdline",
     .usage = "cmdline",
     .summary = "the kernel's command line, and its options",
     .run = run_cmdline},
    {.name = "panic",
     .usage = "panic [nonames | noscreen]",
     .summary = "stop the kernel, with a trace",
     .run = run_panic,
     .argument = ARGUMENT_WORD,
     .words = panic_words},
    {.name = "reboot", .usage = "reboot", .summary = "start again", .run = run_reboot},
    {.name = "poweroff", .usage = "poweroff", .summary = "switch off", .run = run_poweroff},
    {.name = "exit",
     .usage = "exit",
     .summary = "end QEMU with the status of a passed test, or switch off",
     .run = run_exit},
};

void commands_register_system(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        command_register(&commands[i]);
    }
}
