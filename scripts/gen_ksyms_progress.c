// SPDX-License-Identifier: MIT
/*
 * gen_ksyms_progress.c: what is being done, for a person at a terminal.
 *
 * Nothing is shown in the first second, nor if standard error is no terminal.  One line is written
 * over and over, and cleared at the end.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include "gen_ksyms.h"

#define FIRST_SECONDS 1.0
#define STEP_SECONDS  0.1

static double start_time, last_time;
static bool is_terminal, is_shown;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void progress_start(void)
{
    is_terminal = isatty(STDERR_FILENO) == 1;
    start_time = last_time = now();
}

void progress(const char *what, uint64_t done, uint64_t total)
{
    double time;

    if (!is_terminal) {
        return;
    }
    time = now();
    if (time - start_time >= FIRST_SECONDS && time - last_time >= STEP_SECONDS) {
        fprintf(stderr, "\rgen_ksyms: %s: %3u %%\033[K", what,
                total > 0 ? (unsigned)(done * 100 / total) : 100);
        last_time = time;
        is_shown = true;
    }
}

void progress_end(void)
{
    if (is_shown) {
        fputs("\r\033[K", stderr);
        is_shown = false;
    }
}
