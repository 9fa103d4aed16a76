// SPDX-License-Identifier: MIT
/*
 * compare_with_ld.c: link many modules at random addresses with the kit and with GNU ld, and
 * compare every byte.  Paths of modules on standard input; the program of test/bench/modules.sh.
 *
 *     TEST_DIRECTORY  scratch                ONOMA_SEED  seed of the addresses
 *
 * Prints what was compared and the time of both.  Exits with 1 if there was a difference, a module
 * that one of the two refuses, or if all together took more than twice the time of ld alone.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "../support/files.h"
#include "../support/ld_oracle.h"
#include "../support/link_run.h"

#define KERNEL_BASE 0xffffffffc0000000ull

struct totals {
    struct ld_counts counts;
    unsigned refused;
    double our_seconds;
    double ld_seconds;
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Within reach of the module: a place for each name, always the same. */
static bool resolve(void *context, const char *name, uint64_t *address)
{
    uint64_t hash = 14695981039346656037ull;
    (void)context;

    for (const char *letter = name; *letter; letter++) {
        hash = (hash ^ (unsigned char)*letter) * 1099511628211ull;
    }
    *address = KERNEL_BASE + hash % 0x20000000;
    return true;
}

/* Behind a signed module: signature, 12 bytes that end with its length, and this line. */
static size_t size_without_signature(const uint8_t *bytes, size_t size_bytes)
{
    static const char magic[] = "~Module signature appended~\n";
    const size_t trailer = 12 + sizeof(magic) - 1;

    if (size_bytes < trailer ||
        memcmp(bytes + size_bytes - sizeof(magic) + 1, magic, sizeof(magic) - 1) != 0) {
        return size_bytes;
    }
    const uint8_t *length = bytes + size_bytes - trailer + 8;
    size_t signature = (size_t)length[0] << 24 | (size_t)length[1] << 16 | (size_t)length[2] << 8 |
                       (size_t)length[3];
    return size_bytes - trailer - signature;
}

static void compare_module(const char *path, uint64_t *random, struct totals *totals)
{
    size_t size_bytes;
    uint8_t *file = read_file(path, &size_bytes);
    struct link_layout layout = {.base = KERNEL_BASE, .state = random, .keeps_init = true};
    struct link_run run;
    double start = now();

    size_bytes = size_without_signature(file, size_bytes);
    enum ksyms_status status = link_run_start(&run, file, size_bytes, layout, resolve, NULL);
    totals->our_seconds += now() - start;
    if (status != KSYMS_OK) {
        printf("%s: %s: section %u symbol %d relocation %d: %s\n", path, run.stage,
               run.fault.section, (int)run.fault.symbol, (int)run.fault.relocation,
               ksyms_status_text(status));
        totals->refused++;
    } else {
        start = now();
        bool is_linked = ld_oracle_link(&run.link);
        totals->ld_seconds += now() - start;
        if (!is_linked) {
            printf("%s: ld refuses it, we do not: see %s\n", path, scratch_path("ld.log"));
            totals->refused++;
        } else {
            ld_oracle_compare(&run.link, path, &totals->counts);
        }
    }
    link_run_end(&run);
    free(file);
}

int main(void)
{
    uint64_t random = environment_number("ONOMA_SEED", 0x6f6e6f6d61) | 1;
    struct totals totals = {0};
    char path[4096];
    uint64_t relocations = 0;
    double start = now();

    printf("ONOMA_SEED=0x%" PRIx64 "\n", random);
    while (fgets(path, sizeof(path), stdin)) {
        path[strcspn(path, "\n")] = '\0';
        compare_module(path, &random, &totals);
    }
    double seconds = now() - start;

    for (unsigned type = 0; type < 64; type++) {
        if (totals.counts.relocations[type] != 0) {
            printf("%12" PRIu64 " %s\n", totals.counts.relocations[type],
                   ksyms_relocation_name(type));
            relocations += totals.counts.relocations[type];
        }
    }
    printf("%u modules, %u sections, %" PRIu64 " bytes, %" PRIu64
           " relocations: %u differences, %u refused by one of the two\n",
           totals.counts.links, totals.counts.sections, totals.counts.bytes, relocations,
           totals.counts.differences, totals.refused);
    printf("%.1f s in all: ld %.1f s, we %.2f s, the rest preparing and comparing\n", seconds,
           totals.ld_seconds, totals.our_seconds);
    if (totals.counts.links == 0) {
        printf("no module was compared\n");
        return 1;
    }
    bool is_slow = seconds > 2 * totals.ld_seconds;
    if (is_slow) {
        printf("more than twice the time of ld\n");
    }
    return totals.counts.differences != 0 || totals.refused != 0 || is_slow;
}
