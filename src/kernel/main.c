// SPDX-License-Identifier: MIT
/*
 * main.c: the boot order.
 *
 * kernel_main() is a list of steps; each says what can be relied on from there.  The entry code
 * (src/arch/x86_64/entry.nasm) has switched paging and the image's protections on.
 */
#include "arch.h"
#include "boot/boot.h"
#include "boot/initrd.h"
#include "boot/multiboot2.h"
#include "boot/options.h"
#include "console/console.h"
#include "console/log.h"
#include "console/screen.h"
#include "kernel.h"
#include "memory/area.h"
#include "memory/frames.h"
#include "module/exports.h"
#include "module/index.h"
#include "module/integrity.h"
#include "module/module.h"
#include "onoma/bug.h"
#include "onoma/printk.h"
#include "onoma/string.h"
#include "panic/names.h"
#include "panic/panic.h"
#include "panic/trace.h"
#include "panic/walk_test.h"
#include "shell/commands.h"
#include "shell/selftest.h"
#include "shell/shell.h"
#include "thread/thread.h"
#include "version.h"

static struct boot_information boot_information;

static void read_boot_information(uint64_t physical)
{
    const char *problem = multiboot2_read(&boot_information, direct_map(physical), physical);

    if (problem) {
        pr_err("boot information at 0x%lx: %s; going on with what was read\n", physical, problem);
    }
    if (boot_information.dropped_count) {
        pr_warn(
            "boot information: %u regions or modules are beyond what this kernel takes (%d, %d)\n",
            boot_information.dropped_count, BOOT_REGIONS_MAX, BOOT_MODULES_MAX);
    }
    pr_info("started by %s\n", boot_information.loader[0] ? boot_information.loader : "?");
}

static void obey_options(void)
{
    const struct kernel_options *options = &kernel_options;

    log_set_console_level(options->debug ? 8 : options->quiet ? 4 : (unsigned)options->loglevel);
    for (size_t i = 0; i < options->consoles.count; i++) {
        if (!console_select(options->consoles.items[i])) {
            pr_warn("command line: console=%s: there is none of that name (serial, video)\n",
                    options->consoles.items[i]);
        }
    }
    if (options->norandom) {
        area_place_in_order();
    }
    if (!trace_set_style(options->trace)) {
        pr_warn("command line: trace=%s: must be full, names, raw or markup\n", options->trace);
    }
    if (!panic_set_action(options->panic)) {
        pr_warn("command line: panic=%s: must be a number of seconds, or exit\n", options->panic);
    }
}

static void init_memory(void)
{
    uint64_t reach = frames_init(&boot_information);

    if (!arch_paging_init(reach)) {
        panic("no memory for page tables that reach 0x%lx", reach);
    }
    struct frame_statistics frames = frame_statistics();
    pr_info("memory: %zu KiB free of %zu KiB, up to 0x%lx\n",
            (frames.total - frames.used) * PAGE_SIZE >> 10, frames.total * PAGE_SIZE >> 10, reach);
}

static void load_init_modules(void)
{
    for (size_t i = 0; i < kernel_options.init_modules.count; i++) {
        module_probe(kernel_options.init_modules.items[i], NULL, 0);
    }
}

void kernel_main(uint32_t multiboot_magic, uint64_t multiboot_information)
{
    arch_serial_init();
    console_register_serial();
    arch_traps_init();
    arch_timer_init();
    pr_notice("Onoma %s, a kernel that knows its own names\n", ONOMA_VERSION);
    names_init();

    /* From here on a fault is an Oops with names. */

    ASSERT(multiboot_magic == MULTIBOOT2_BOOTLOADER_MAGIC);
    read_boot_information(multiboot_information);
    boot_read_command_line(&boot_information);
    obey_options();
    arch_cpu_init();
    init_memory();

    /* From here on there is memory to allocate. */

    walk_test_start(kernel_options.trace_test);
    screen_init(&boot_information.framebuffer);
    arch_acpi_init(boot_information.rsdp, boot_information.rsdp_size);
    if (arch_cpu_count() > 1) {
        pr_info("cpu: 1 of %u processors is used\n", arch_cpu_count());
    }
    exports_init();
    initrd_init(&boot_information);
    module_index_init();
    integrity_init();
    selftest_init(&boot_information.symbols);
    commands_register();
    arch_interrupts_init();

    /* From here on modules can be loaded, and keys come in. */

    load_init_modules();
    task_set_name("shell");
    shell_execute(kernel_options.run);
    shell_run();
}
