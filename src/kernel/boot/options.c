// SPDX-License-Identifier: MIT
/* options.c: the table of what the kernel's command line may say.  One entry, one help line. */
#include "boot/options.h"
#include "onoma/compiler.h"

struct kernel_options kernel_options = {
    .module_digests = "",
    .module_integrity = "off",
    .panic = "0",
    .run = "",
    .trace = "full",
    .loglevel = 7,
};

const struct option kernel_option_table[] = {
    {.name = "console",
     .kind = OPTION_STRINGS,
     .value = &kernel_options.consoles,
     .help = "show messages on this console; may be repeated; default: all"},
    {.name = "debug",
     .kind = OPTION_FLAG,
     .value = &kernel_options.debug,
     .help = "show all messages, as loglevel=8"},
    {.name = "init_modules",
     .kind = OPTION_WORDS,
     .value = &kernel_options.init_modules,
     .help = "load these modules, and what they need, before the prompt"},
    {.name = "loglevel",
     .kind = OPTION_UNSIGNED,
     .value = &kernel_options.loglevel,
     .maximum = 8,
     .help = "show messages of a level below N: 0 none, 4 errors, 7 information, 8 all"},
    {.name = "module.digests",
     .kind = OPTION_STRING,
     .value = &kernel_options.module_digests,
     .help = "the SHA-256 of modules.sha256 in the initrd, for module.integrity"},
    {.name = "module.integrity",
     .kind = OPTION_STRING,
     .value = &kernel_options.module_integrity,
     .help = "modules that were not built with this kernel: off, warn, enforce: refuse"},
    {.name = "norandom",
     .kind = OPTION_FLAG,
     .value = &kernel_options.norandom,
     .help = "put modules at the same addresses at each boot"},
    {.name = "panic",
     .kind = OPTION_STRING,
     .value = &kernel_options.panic,
     .help = "after a panic: reboot in N seconds, 0 wait for ever, negative at once; "
             "\"exit\" ends QEMU"},
    {.name = "quiet",
     .kind = OPTION_FLAG,
     .value = &kernel_options.quiet,
     .help = "show errors only, as loglevel=4"},
    {.name = "run",
     .kind = OPTION_STRING,
     .value = &kernel_options.run,
     .help = "run these shell commands, separated by ';', before the prompt"},
    {.name = "trace",
     .kind = OPTION_STRING,
     .value = &kernel_options.trace,
     .help = "what traces show: full, names, raw (addresses), markup (for llvm-symbolizer)"},
    {.name = "trace_test",
     .kind = OPTION_UNSIGNED,
     .value = &kernel_options.trace_test,
     .help = "walk the stack at N places while the kernel runs, and tell how many walks failed"},
};

const size_t kernel_option_count = ARRAY_SIZE(kernel_option_table);
