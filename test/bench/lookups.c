// SPDX-License-Identifier: MIT
/*
 * lookups.c: Linux's look-ups and ours in one process, over the same questions.
 *
 *     lookups MAP
 *
 * The map is the one that both tables were made of.  Prints what the cross-check found as lines
 * that begin with #, then one line a measurement:  metric TAB Linux TAB ours TAB ratio
 *
 *   1. Questions are random symbols of the map, in random order; for addresses, random bytes inside
 *      them.
 *   2. The two take turns, and who begins alternates; the ratio is the median of the ratios of
 *      turns, so that a drift of the machine does not count.
 *   3. Warm and iterating: CPU time, so that a busy machine does not stretch the longer turns.
 *   4. Warm: batches of questions that were not asked before, after some that warm up.
 *      Cold: one question after both tables were flushed out of all caches; code and stack stay.
 */
#define _GNU_SOURCE
#include <emmintrin.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "check.h"
#include "map.h"
#include "measure.h"
#include "subjects.h"

#define CHECK_QUERIES  100000
#define WARM_ROUNDS    41
#define WARM_UP        8192 /* so many fill a second-level cache with either table */
#define BATCH          2048
#define COLD_ROUNDS    401
#define COLD_BUDGET    6e9 /* nanoseconds for all rounds: big tables take long to flush */
#define ITERATE_ROUNDS 21
#define ITERATE_BUDGET 6e9

enum { LINUX, OURS, SUBJECTS };

static struct subject *const subjects[SUBJECTS] = {&linux_subject, &ours_subject};
static volatile uint64_t sink;

struct question {
    const char *name;
    uint64_t address;
};

/* What to measure: a batch of questions to one subject. */
enum metric { ADDRESS_TO_NAME, NAME_TO_ADDRESS };

/* The names are copied, one behind the other: in the map's text each would be a cache miss, and
 * whoever asks has the name that it asks for at hand. */
struct question_list {
    struct question items[WARM_UP + BATCH];
    char names[(WARM_UP + BATCH) * NAME_CAPACITY];
};

static void ask_questions(struct question_list *list, const struct map *map)
{
    char *name = list->names;

    for (size_t i = 0; i < WARM_UP + BATCH;) {
        const struct map_symbol *symbol = &map->symbols[random_below(map->count)];
        if (symbol->address >= kallsyms_relative_base) {
            list->items[i].name = name;
            name = stpcpy(name, symbol->name) + 1;
            list->items[i].address =
                symbol->address + (symbol->size > 0 ? random_below(symbol->size) : 0);
            i++;
        }
    }
}

static void answer(const struct subject *subject, enum metric metric, const struct question *items,
                   size_t count)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += metric == ADDRESS_TO_NAME ? subject->name_address(items[i].address)
                                         : subject->find_name(items[i].name);
    }
    sink = sum;
}

/* Nanoseconds for all of both subjects, filled turn by turn. */
struct turns {
    double times[SUBJECTS][COLD_ROUNDS];
    double ratios[COLD_ROUNDS];
    size_t count;
};

static void end_turn(struct turns *turns)
{
    turns->ratios[turns->count] =
        turns->times[LINUX][turns->count] / turns->times[OURS][turns->count];
    turns->count++;
}

static void print_turns(const char *name, struct turns *turns, double per)
{
    double ratio = median(turns->ratios, turns->count);

    printf("%s\t%.1f\t%.1f\t%.2f\n", name, median(turns->times[LINUX], turns->count) / per,
           median(turns->times[OURS], turns->count) / per, ratio);
    fflush(stdout);
}

static void measure_warm(const char *name, enum metric metric, const struct map *map)
{
    static struct question_list list;
    struct turns turns = {.count = 0};

    while (turns.count < WARM_ROUNDS) {
        ask_questions(&list, map);
        for (size_t turn = 0; turn < SUBJECTS; turn++) {
            size_t who = (turn + turns.count) % SUBJECTS;
            double start;
            answer(subjects[who], metric, list.items, WARM_UP);
            start = cpu_nanoseconds();
            answer(subjects[who], metric, list.items + WARM_UP, BATCH);
            turns.times[who][turns.count] = cpu_nanoseconds() - start;
        }
        end_turn(&turns);
    }
    print_turns(name, &turns, BATCH);
}

static void flush_tables(void)
{
    for (size_t who = 0; who < SUBJECTS; who++) {
        for (size_t at = 0; at < subjects[who]->size_bytes; at += 64) {
            _mm_clflush(subjects[who]->bytes + at);
        }
    }
    _mm_mfence();
}

static double clock_cost(void)
{
    double costs[101];

    for (size_t i = 0; i < 101; i++) {
        double start = now_nanoseconds();
        costs[i] = now_nanoseconds() - start;
    }
    return median(costs, 101);
}

static void measure_cold(const char *name, enum metric metric, const struct map *map)
{
    static struct question_list list;
    struct turns turns = {.count = 0};
    double cost = clock_cost();
    double begin = now_nanoseconds();

    ask_questions(&list, map);
    while (turns.count < COLD_ROUNDS &&
           (turns.count < 5 || now_nanoseconds() - begin < COLD_BUDGET)) {
        for (size_t turn = 0; turn < SUBJECTS; turn++) {
            size_t who = (turn + turns.count) % SUBJECTS;
            const struct question *question = &list.items[turns.count];
            double start;
            sink += (uint8_t)question->name[0];
            flush_tables();
            start = now_nanoseconds();
            answer(subjects[who], metric, question, 1);
            turns.times[who][turns.count] = now_nanoseconds() - start - cost;
        }
        end_turn(&turns);
    }
    print_turns(name, &turns, 1);
}

enum iteration { NAMES_AND_ADDRESSES, NAMES, IN_ADDRESS_ORDER };

static uint64_t iterate(const struct subject *subject, enum iteration iteration)
{
    return iteration == NAMES_AND_ADDRESSES ? subject->iterate()
           : iteration == NAMES             ? subject->iterate_names()
                                            : subject->iterate_addresses();
}

static void measure_iteration(const char *name, enum iteration iteration)
{
    struct turns turns = {.count = 0};
    double begin = now_nanoseconds();

    while (turns.count < ITERATE_ROUNDS &&
           (turns.count < 3 || now_nanoseconds() - begin < ITERATE_BUDGET)) {
        for (size_t turn = 0; turn < SUBJECTS; turn++) {
            size_t who = (turn + turns.count) % SUBJECTS;
            double start = cpu_nanoseconds();
            sink = iterate(subjects[who], iteration);
            turns.times[who][turns.count] = cpu_nanoseconds() - start;
        }
        /* A table of ours may hold a few symbols more or less. */
        turns.times[LINUX][turns.count] /= kallsyms_num_syms;
        turns.times[OURS][turns.count] /= ksyms_table_count(&ours_table);
        end_turn(&turns);
    }
    print_turns(name, &turns, 1);
}

int main(int argument_count, char **arguments)
{
    struct map map;

    if (argument_count != 2) {
        fputs("usage: lookups MAP\n", stderr);
        return 2;
    }
    map_read(&map, arguments[1]);
    subjects_open();
    check_answers(&map, CHECK_QUERIES);
    printf("bytes\t%.2f\t%.2f\t%.2f\n", (double)linux_subject.size_bytes / kallsyms_num_syms,
           (double)ours_subject.size_bytes / ksyms_table_count(&ours_table),
           (double)linux_subject.size_bytes / kallsyms_num_syms /
               ((double)ours_subject.size_bytes / ksyms_table_count(&ours_table)));
    measure_warm("address-warm", ADDRESS_TO_NAME, &map);
    measure_warm("name-warm", NAME_TO_ADDRESS, &map);
    measure_cold("address-cold", ADDRESS_TO_NAME, &map);
    measure_cold("name-cold", NAME_TO_ADDRESS, &map);
    measure_iteration("iterate", NAMES_AND_ADDRESSES);
    measure_iteration("names", NAMES);
    measure_iteration("in-order", IN_ADDRESS_ORDER);
    map_free(&map);
    return 0;
}
