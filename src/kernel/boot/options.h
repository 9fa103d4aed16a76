// SPDX-License-Identifier: MIT
/*
 * options.h: the options of the kernel's command line, and what they were set to.  Defaults hold
 * until boot has read the command line; then nothing changes any more.
 */
#ifndef BOOT_OPTIONS_H
#define BOOT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "boot/command_line.h"

struct kernel_options {
    struct option_list init_modules; /* names, in the order in which they are to be loaded */
    struct option_list consoles;     /* names; none given: all that there are */
    const char *panic;               /* seconds (0 wait for ever, negative at once), or "exit" */
    const char *run;                 /* shell commands, separated by ';'; "" for none */
    const char *module_integrity;    /* off, warn or enforce */
    const char *module_digests;      /* SHA-256 of the list of modules, in hexadecimal; "": none */
    const char *trace;               /* full, names, raw or markup */
    uint64_t loglevel;               /* 0..8: messages of a level below it are shown */
    uint64_t trace_test;             /* so many stack walks, as a test */
    bool quiet;
    bool debug;     /* show all messages */
    bool debug_gdb; /* keep what a debugger needs to see modules */
    bool norandom;
};

extern struct kernel_options kernel_options;

/* The table for command_line_init, sorted by name; its values point into kernel_options. */
extern const struct option kernel_option_table[];
extern const size_t kernel_option_count;

#endif
