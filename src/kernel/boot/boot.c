// SPDX-License-Identifier: MIT
/* boot.c: the command line comes from two places; what QEMU says last, wins. */
#include "boot/boot.h"
#include "arch.h"
#include "boot/command_line.h"
#include "boot/options.h"
#include "onoma/printk.h"
#include "onoma/string.h"

static struct command_line command_line;

static void report(const struct command_line_fact *fact, void *context)
{
    const char *text = command_line_problem_text(fact->problem);

    (void)context;
    if (fact->problem == COMMAND_LINE_TOO_LONG) {
        pr_warn("command line: %zu bytes at byte %zu: %s\n", fact->length, fact->offset, text);
    } else if (fact->value) {
        pr_warn("command line: %s=%.100s: %s\n", fact->name, fact->value, text);
    } else {
        pr_warn("command line: %.100s: %s\n", fact->name, text);
    }
}

/* A text that was cut may end in half a word, which must not be obeyed. */
static void add_text(const char *source, const char *text, bool is_cut)
{
    size_t length = strlen(text);

    if (is_cut) {
        while (length > 0 && text[length - 1] != ' ') {
            length--;
        }
        pr_warn("command line: the text from %s is longer than %d bytes: what lies behind byte %zu "
                "is ignored\n",
                source, BOOT_COMMAND_LINE_MAX - 1, length);
    }
    command_line_add(&command_line, text, length);
}

void boot_read_command_line(const struct boot_information *information)
{
    static char firmware_text[BOOT_COMMAND_LINE_MAX];

    command_line_init(&command_line, kernel_option_table, kernel_option_count, report, NULL);
    add_text("the boot loader", information->command_line, information->is_command_line_cut);
    size_t length = arch_firmware_command_line(firmware_text, sizeof(firmware_text));
    add_text("QEMU", firmware_text, length >= sizeof(firmware_text));
    pr_info("command line: %s\n", command_line.text_length ? command_line.text : "(empty)");
}

const char *boot_command_line(void)
{
    return command_line.text;
}

void boot_module_parameters(const char *module, void (*use)(const char *argument, void *context),
                            void *context)
{
    command_line_module_parameters(&command_line, module, use, context);
}
