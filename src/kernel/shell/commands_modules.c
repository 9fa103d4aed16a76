// SPDX-License-Identifier: MIT
/* commands_modules.c: modules at the prompt, with the names and the output of Linux's kmod. */
#include "boot/initrd.h"
#include "ksyms/modinfo.h"
#include "ksyms/object.h"
#include "module/module.h"
#include "onoma/command.h"
#include "onoma/errno.h"
#include "onoma/memory.h"
#include "onoma/string.h"
#include "shell/commands.h"

#define USERS_MAX 256

/* An error that was told already must not bring the usage up as well. */
static int told(int error)
{
    return error == -EINVAL ? -ENOEXEC : error;
}

static int run_lsmod(int argc, char **argv)
{
    char users[USERS_MAX];

    (void)argv;
    if (argc != 1) {
        return -EINVAL;
    }
    console_printf("Module                  Size  Used by\n");
    for (const struct module *module = module_first(); module; module = module->next) {
        module_users_format(module, users, sizeof(users));
        console_printf("%-19s %8lu  %u%s%s\n", module->name, module->size_bytes,
                       module->reference_count, users[0] ? " " : "", users);
    }
    return 0;
}

/* A file by its path; without a slash, a module by its name, as NAME or NAME.ko. */
static bool find_file(const char *path, struct cpio_entry *entry)
{
    char name[MODULE_NAME_MAX];
    size_t length = strlen(path);

    if (strchr(path, '/') || !string_copy(name, path, sizeof(name))) {
        return initrd_find(path, entry) && cpio_is_file(entry);
    }
    if (length > 3 && strcmp(path + length - 3, ".ko") == 0) {
        name[length - 3] = '\0';
    }
    return module_file_find(name, entry) || (initrd_find(path, entry) && cpio_is_file(entry));
}

static int run_insmod(int argc, char **argv)
{
    struct cpio_entry entry;

    if (argc < 2) {
        return -EINVAL;
    }
    if (!find_file(argv[1], &entry)) {
        console_printf("insmod: %s: no such file in the initrd (ls shows what there is)\n",
                       argv[1]);
        return -ENOENT;
    }
    const char *slash = strrchr(entry.name, '/');
    return told(module_load(slash ? slash + 1 : entry.name, entry.data, entry.size,
                            (const char *const *)argv + 2, (size_t)argc - 2));
}

static int run_modprobe(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "-r") == 0) {
        return told(module_unload_all(argv[2]));
    }
    if (argc < 2 || argv[1][0] == '-') {
        return -EINVAL;
    }
    return told(module_probe(argv[1], (const char *const *)argv + 2, (size_t)argc - 2));
}

static int run_rmmod(int argc, char **argv)
{
    int error = 0;

    if (argc < 2) {
        return -EINVAL;
    }
    for (int i = 1; i < argc && !error; i++) {
        error = module_unload(argv[i]);
    }
    return told(error);
}

static bool tag_is(const struct ksyms_modinfo_entry *entry, const char *tag)
{
    return entry->tag_length == strlen(tag) && memcmp(entry->tag, tag, entry->tag_length) == 0;
}

/* "parm:           count:how often (int)": the type stands in another tag. */
static void print_parameter(const struct ksyms_modinfo *modinfo, const char *text)
{
    size_t name_length = 0;
    struct ksyms_modinfo_entry entry;

    while (text[name_length] && text[name_length] != ':') {
        name_length++;
    }
    for (size_t position = 0; ksyms_modinfo_next(modinfo, &position, &entry);) {
        if (tag_is(&entry, "parmtype") && strncmp(entry.value, text, name_length) == 0 &&
            entry.value[name_length] == ':') {
            console_printf("%-16s%s (%s)\n", "parm:", text, entry.value + name_length + 1);
            return;
        }
    }
    console_printf("%-16s%s\n", "parm:", text);
}

static void print_modinfo(const struct ksyms_modinfo *modinfo)
{
    struct ksyms_modinfo_entry entry;
    char tag[24];

    for (size_t position = 0; ksyms_modinfo_next(modinfo, &position, &entry);) {
        if (tag_is(&entry, "parm")) {
            print_parameter(modinfo, entry.value);
        } else if (!tag_is(&entry, "parmtype")) {
            snprintf(tag, sizeof(tag), "%.*s:", (int)entry.tag_length, entry.tag);
            console_printf("%-16s%s\n", tag, entry.value);
        }
    }
}

static int print_object_info(const struct cpio_entry *file, const struct ksyms_object *object)
{
    struct ksyms_modinfo modinfo;
    struct ksyms_fault fault = {0};
    size_t size = 0;
    uint32_t section = ksyms_object_find_section(object, ".modinfo");
    const uint8_t *bytes = ksyms_object_section_bytes(object, section, &size);

    if (section == 0 || !bytes || ksyms_modinfo_open(&modinfo, bytes, size, &fault) != KSYMS_OK) {
        console_printf("modinfo: %s: section .modinfo: %s\n", file->name,
                       section ? ksyms_status_text(fault.status) : "there is none");
        return -ENOEXEC;
    }
    console_printf("%-16s/%s\n", "filename:", cpio_path(file->name));
    print_modinfo(&modinfo);
    return 0;
}

static int run_modinfo(int argc, char **argv)
{
    struct cpio_entry file;
    struct ksyms_object object;
    struct ksyms_fault fault;
    uint8_t *copy;

    if (argc != 2) {
        return -EINVAL;
    }
    if (!find_file(argv[1], &file)) {
        console_printf("modinfo: %s: no such module in the initrd\n", argv[1]);
        return -ENOENT;
    }
    int error = module_file_open(&file, &object, &copy, &fault);
    if (error == 0) {
        error = print_object_info(&file, &object);
    } else if (error == -ENOMEM) {
        console_printf("modinfo: %s: out of memory\n", argv[1]);
    } else {
        module_report_fault(file.name, &object, &fault);
    }
    kfree(copy);
    return error;
}

static struct command commands[] = {
    {.name = "lsmod", .usage = "lsmod", .summary = "list the loaded modules", .run = run_lsmod},
    {.name = "insmod",
     .usage = "insmod FILE [PARAMETER=VALUE]...",
     .summary = "load a module from a file of the initrd",
     .run = run_insmod,
     .argument = ARGUMENT_FILE},
    {.name = "modprobe",
     .usage = "modprobe [-r] MODULE [PARAMETER=VALUE]...",
     .summary = "load a module and what it depends on; -r: unload them",
     .run = run_modprobe,
     .argument = ARGUMENT_MODULE_OR_ALIAS},
    {.name = "rmmod",
     .usage = "rmmod MODULE...",
     .summary = "unload modules",
     .run = run_rmmod,
     .argument = ARGUMENT_LOADED_MODULE},
    {.name = "modinfo",
     .usage = "modinfo MODULE|FILE",
     .summary = "what a module says of itself",
     .run = run_modinfo,
     .argument = ARGUMENT_AVAILABLE_MODULE},
};

void commands_register_modules(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        command_register(&commands[i]);
    }
}
