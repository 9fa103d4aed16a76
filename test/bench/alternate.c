// SPDX-License-Identifier: MIT
/*
 * alternate.c: run shell commands in turn, and say how long they took and how much memory.
 *
 *     alternate ROUNDS THEIRS... OURS
 *
 * One line a command: median of seconds of CPU time (a busy machine stretches the time on the wall,
 * and that of a short command most), peak memory in MB.  Last, the median over the rounds of
 * (the sum of all but the last) / the last: what a drift of the machine does to one round, it does
 * to both sides of the ratio.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "map.h"
#include "measure.h"

struct command {
    const char *text;
    double *seconds; /* of each round */
    long peak_kilobytes;
};

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* User and system time of the command and all that it starts. */
static double run(struct command *command)
{
    struct rusage usage;
    int status;
    pid_t child = fork();

    if (child == 0) {
        execl("/bin/sh", "sh", "-c", command->text, (char *)NULL);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        fail("cannot run %s", command->text);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fail("failed: %s", command->text);
    }
    if (usage.ru_maxrss > command->peak_kilobytes) {
        command->peak_kilobytes = usage.ru_maxrss;
    }
    return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

int main(int argument_count, char **arguments)
{
    size_t rounds = argument_count > 3 ? strtoull(arguments[1], NULL, 10) : 0;
    size_t count = (size_t)argument_count - 2;
    struct command *commands;
    double *ratios;

    if (rounds == 0) {
        fputs("usage: alternate ROUNDS THEIRS... OURS\n", stderr);
        return 2;
    }
    commands = allocate(count, sizeof(*commands));
    ratios = allocate(rounds, sizeof(*ratios));
    for (size_t i = 0; i < count; i++) {
        commands[i].text = arguments[i + 2];
        commands[i].seconds = allocate(rounds, sizeof(double));
    }
    for (size_t round = 0; round < rounds; round++) {
        double theirs = 0;
        for (size_t i = 0; i < count; i++) {
            commands[i].seconds[round] = run(&commands[i]);
            theirs += i + 1 < count ? commands[i].seconds[round] : 0;
        }
        ratios[round] = theirs / commands[count - 1].seconds[round];
    }
    for (size_t i = 0; i < count; i++) {
        printf("%.4f\t%.1f\n", median(commands[i].seconds, rounds),
               (double)commands[i].peak_kilobytes / 1e3);
        free(commands[i].seconds);
    }
    printf("%.2f\n", median(ratios, rounds));
    free(commands);
    free(ratios);
    return 0;
}
