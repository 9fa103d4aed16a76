// SPDX-License-Identifier: MIT
/*
 * ksyms_link.c: link a relocatable object on the host, with the very engine that the kernel has, or
 * say why the kernel would refuse it.
 *
 *     ksyms-link --check hello.ko
 *     ksyms-link --layout layout --symbols System.map hello.ko -o linked
 *
 * Exit codes: 0 done, 1 refused or bad input, 2 wrong use.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "ksyms_link.h"

static const char usage_text[] =
    "usage: ksyms-link [--layout LAYOUT] [--symbols MAP] [--keep-init] IN.ko -o OUT\n"
    "       ksyms-link --check [the same options] IN.ko...\n"
    "       ksyms-link --help\n";

static const char help_text[] =
    "\n"
    "Link IN.ko as a kernel with the ksyms kit would, and write the bytes of each section into "
    "the\n"
    "directory OUT; or name the first thing for which it would be refused, and all symbols that\n"
    "nobody defines.\n"
    "\n"
    "      --check           only check and link, write nothing; more than one file can be given\n"
    "  -l, --layout LAYOUT   where the segments run (without: from 0xffffffffc0000000 upwards)\n"
    "  -s, --symbols MAP     what is defined elsewhere, as `nm` prints it; local symbols do not\n"
    "                        count.  Without a map undefined symbols are all taken to be where "
    "the\n"
    "                        first segment is, so that everything else can be checked\n"
    "      --keep-init       init sections stay: others may refer to them, as Linux's do\n"
    "  -o, --output OUT      the directory, made if it does not exist\n"
    "      --help            print this\n"
    "\n"
    "LAYOUT has lines `SEGMENT ADDRESS`; `#` begins a comment.  Segments, by what a section is:\n"
    "text, rodata, ro_after_init, data, and, for sections named .init*, init.text, init.rodata "
    "and\n"
    "init.data.  Within one, sections have the order of the file.  The segment `*` stands for "
    "those\n"
    "that have no line: from that address upwards, each at the start of a page.\n"
    "\n"
    "OUT/sections has a line `INDEX ADDRESS SIZE NAME` for each section that is loaded, with the\n"
    "index in IN.ko, and OUT/INDEX the bytes.  A global offset table, which IN.ko has not, is in\n"
    "the file OUT/got, and in OUT/sections with that word for the index.\n"
    "\n"
    "Exit status: 0 done, 1 refused or bad input, 2 wrong use.\n";

void fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("ksyms-link: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size);
    if (!memory) {
        fail("out of memory for %zu entries of %zu bytes", count, size);
    }
    return memory;
}

static bool resolve(void *context, const char *name, uint64_t *address)
{
    struct job *job = context;
    const struct map_symbol *symbol = input_find(&job->map, name);

    if (symbol || !job->has_map) {
        *address = symbol ? symbol->address : job->undefined_address;
        return true;
    }
    return false;
}

/* Bind reports the first missing symbol only: ask for the others again. */
static void report_unresolved(struct job *job, struct ksyms_fault fault)
{
    for (uint32_t index = fault.symbol; index < job->object.symbol_count; index++) {
        const struct ksyms_elf_symbol *symbol = &job->object.symbols[index];
        uint64_t address;
        if (symbol->st_shndx == KSYMS_SHN_UNDEF &&
            ksyms_elf_symbol_binding(symbol) != KSYMS_STB_WEAK &&
            !resolve(job, ksyms_object_symbol_name(&job->object, index), &address)) {
            fault.symbol = index;
            report_fault(job, &job->object, &fault);
        }
    }
}

static bool refuse(struct job *job, const struct ksyms_fault *fault)
{
    if (fault->status == KSYMS_LINK_UNRESOLVED) {
        report_unresolved(job, *fault);
    } else {
        report_fault(job, &job->object, fault);
    }
    return false;
}

static void allocate_arrays(struct ksyms_link *link)
{
    const struct ksyms_object *object = link->object;

    link->places = allocate(object->section_count, sizeof(*link->places));
    link->symbol_addresses = allocate(object->symbol_count, sizeof(*link->symbol_addresses));
    link->symbol_bars = allocate(object->symbol_count, sizeof(*link->symbol_bars));
    link->got_slots = allocate(object->symbol_count, sizeof(*link->got_slots));
}

static void free_arrays(struct ksyms_link *link)
{
    for (uint32_t segment = 0; segment < KSYMS_SEGMENT_COUNT; segment++) {
        free(link->segments[segment].bytes);
    }
    free(link->places);
    free(link->symbol_addresses);
    free(link->symbol_bars);
    free(link->got_slots);
}

/* False if it was refused; then the reason was printed. */
static bool link_file(struct job *job, const char *layout, const char *output)
{
    struct ksyms_link *link = &job->link;
    struct ksyms_fault fault;
    size_t size_bytes;
    uint8_t *bytes = input_read(job->path, &size_bytes);

    if (ksyms_object_check(&job->object, bytes, size_bytes, &fault) != KSYMS_OK) {
        ksyms_object_view(&job->object, bytes, size_bytes);
        refuse(job, &fault);
        free(bytes);
        return false;
    }
    link->object = &job->object;
    allocate_arrays(link);
    bool is_linked = ksyms_link_plan(link, &fault) == KSYMS_OK;
    if (is_linked) {
        layout_apply(layout, link);
        job->undefined_address = link->segments[KSYMS_SEGMENT_TEXT].address;
        is_linked = ksyms_link_bind(link, resolve, job, &fault) == KSYMS_OK &&
                    ksyms_link_relocate(link, &fault) == KSYMS_OK;
    }
    if (!is_linked) {
        refuse(job, &fault);
    } else if (output) {
        output_write(output, link);
    }
    free_arrays(link);
    free(bytes);
    return is_linked;
}

struct settings {
    const char *layout;
    const char *map;
    const char *output;
    bool keeps_init;
    bool only_checks;
    bool wants_help;
};

/* False: they were used wrongly. */
static bool read_options(int argc, char **argv, struct settings *settings)
{
    enum { OPTION_CHECK = 256, OPTION_KEEP_INIT, OPTION_HELP };
    static const struct option options[] = {
        {"check", no_argument, NULL, OPTION_CHECK},
        {"layout", required_argument, NULL, 'l'},
        {"symbols", required_argument, NULL, 's'},
        {"keep-init", no_argument, NULL, OPTION_KEEP_INIT},
        {"output", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, OPTION_HELP},
        {0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "l:s:o:", options, NULL)) != -1) {
        switch (option) {
        case OPTION_CHECK:
            settings->only_checks = true;
            break;
        case OPTION_KEEP_INIT:
            settings->keeps_init = true;
            break;
        case 'l':
            settings->layout = optarg;
            break;
        case 's':
            settings->map = optarg;
            break;
        case 'o':
            settings->output = optarg;
            break;
        case OPTION_HELP:
            settings->wants_help = true;
            return true;
        default:
            return false;
        }
    }
    return settings->only_checks ? !settings->output && optind < argc
                                 : settings->output && optind + 1 == argc;
}

int main(int argc, char **argv)
{
    struct settings settings = {0};

    if (!read_options(argc, argv, &settings)) {
        fputs(usage_text, stderr);
        return 2;
    }
    if (settings.wants_help) {
        fputs(usage_text, stdout);
        fputs(help_text, stdout);
        return 0;
    }
    struct symbol_map symbols = {0};
    if (settings.map) {
        input_read_map(settings.map, &symbols);
    }
    int status = 0;
    for (int index = optind; index < argc; index++) {
        struct job job = {.path = argv[index],
                          .map = symbols,
                          .has_map = settings.map != NULL,
                          .link = {.keeps_init = settings.keeps_init}};
        if (!link_file(&job, settings.layout, settings.output)) {
            status = 1;
        }
    }
    return status;
}
