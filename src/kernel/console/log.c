// SPDX-License-Identifier: MIT
/*
 * log.c: printk, the ring, the consoles' share.
 *
 * The ring holds records of one line each, in a circle of bytes:
 *
 *       tail                                         head
 *        |                                            |
 *   .....[header|text][header|text][header|text].......    position % RING_SIZE is the place
 *
 *  1. Positions only grow; tail and head lie on record bounds; head - tail <= RING_SIZE.
 *  2. A record's bytes are written before `head` passes them, and `tail` passes a record before its
 *     bytes are overwritten.  So at each instruction the ring is whole, and a panic in the middle
 *     of printk can print on.
 *  3. `busy` says that somebody is inside: a second one, which on one CPU can only be an NMI or a
 *     fault, lays its message aside, unless the kernel panics.
 */
#include "console/log.h"
#include "console/console.h"
#include "arch.h"
#include "ksyms/dump.h"
#include "onoma/export.h"
#include "onoma/printk.h"
#include "onoma/string.h"

#define RING_SIZE       65536u /* a power of two */
#define LEVEL_DEFAULT   5u     /* NOTICE */
#define PREFIX_CAPACITY 40u
#define ASIDE_COUNT     48u /* the trace of an NMI, with room for a deep one */
#define ASIDE_CAPACITY  256u

struct record {
    uint64_t time_microseconds;
    uint16_t length; /* bytes of text behind this header */
    uint8_t level;
    uint8_t reserved[5];
};

_Static_assert(sizeof(struct record) == 16, "the ring's header");
_Static_assert(LOG_TEXT_CAPACITY + sizeof(struct record) < RING_SIZE / 4, "many lines fit");

/* One message on its way into the log. */
struct message {
    const char *text;
    size_t length;
    uint64_t time_microseconds;
    unsigned level;
    bool is_continuation;
};

/* A message that came while the log was busy. */
struct aside {
    bool is_claimed;
    volatile bool is_ready;
    struct message message;
    char text[ASIDE_CAPACITY];
};

static char ring[RING_SIZE];
static uint64_t head, tail;

/* For a program that reads a memory dump. */
const struct ksyms_dump_log ksyms_dump_log __used = {
    .version = KSYMS_DUMP_VERSION,
    .size = RING_SIZE,
    .ring = (uint64_t)ring,
    .head = (uint64_t)&head,
    .tail = (uint64_t)&tail,
};

static uint64_t last;     /* position of the newest record */
static bool last_is_open; /* it did not end with a newline: KERN_CONT may add to it */
static uint64_t dropped;

static volatile bool busy;
static volatile bool is_panicking;
static struct aside asides[ASIDE_COUNT];
static uint64_t lost_asides; /* that found no place, and were not told of yet */

static unsigned console_level = 7;
static bool (*line_hook_before)(void);
static void (*line_hook_after)(void);

/* ----------------------------------------------------------------------------------------- ring */

static void ring_store(uint64_t position, const void *bytes, size_t length)
{
    size_t offset = position % RING_SIZE;
    size_t first = length < RING_SIZE - offset ? length : RING_SIZE - offset;
    memcpy(ring + offset, bytes, first);
    memcpy(ring, (const char *)bytes + first, length - first);
}

static void ring_load(uint64_t position, void *bytes, size_t length)
{
    size_t offset = position % RING_SIZE;
    size_t first = length < RING_SIZE - offset ? length : RING_SIZE - offset;
    memcpy(bytes, ring + offset, first);
    memcpy((char *)bytes + first, ring, length - first);
}

static uint64_t record_end(uint64_t position)
{
    struct record record;
    ring_load(position, &record, sizeof(record));
    return position + sizeof(record) + record.length;
}

/* Drop the oldest records until the ring may be filled up to `end`. */
static void ring_make_room(uint64_t end)
{
    while (end - tail > RING_SIZE) {
        *(volatile uint64_t *)&tail = record_end(tail);
        dropped++;
    }
}

static void ring_append(const struct message *message, const char *text, size_t length)
{
    struct record record = {.time_microseconds = message->time_microseconds,
                            .length = (uint16_t)length,
                            .level = (uint8_t)message->level};
    uint64_t end = head + sizeof(record) + length;
    ring_make_room(end);
    ring_store(head, &record, sizeof(record));
    ring_store(head + sizeof(record), text, length);
    last = head;
    *(volatile uint64_t *)&head = end;
}

/* Make the newest record longer.  False when it would become too long for its readers. */
static bool ring_extend(const char *text, size_t length)
{
    struct record record;
    ring_load(last, &record, sizeof(record));
    if (record.length + length >= LOG_TEXT_CAPACITY) {
        return false;
    }
    ring_make_room(head + length);
    ring_store(head, text, length);
    record.length = (uint16_t)(record.length + length);
    ring_store(last, &record, sizeof(record));
    *(volatile uint64_t *)&head = head + length;
    return true;
}

/* -------------------------------------------------------------------------------------- reading */

static size_t format_prefix(char *buffer, size_t capacity, uint64_t time_microseconds)
{
    int length = snprintf(buffer, capacity, "[%5lu.%06lu] ", time_microseconds / 1000000,
                          time_microseconds % 1000000);
    return (size_t)length < capacity ? (size_t)length : capacity - 1;
}

static void format_record(uint64_t position, const struct record *record, char *buffer,
                          size_t capacity)
{
    if (capacity == 0) {
        return;
    }
    size_t length = format_prefix(buffer, capacity, record->time_microseconds);
    size_t room = capacity - 1 - length;
    size_t text_length = record->length < room ? record->length : room;
    ring_load(position + sizeof(*record), buffer + length, text_length);
    buffer[length + text_length] = '\0';
}

bool log_read(struct log_cursor *cursor, char *buffer, size_t capacity, unsigned *level)
{
    bool were_on = arch_interrupts_save();
    struct record record;
    if (cursor->position < tail) {
        cursor->position = tail;
    }
    bool found = cursor->position < head;
    if (found) {
        ring_load(cursor->position, &record, sizeof(record));
        format_record(cursor->position, &record, buffer, capacity);
        cursor->position += sizeof(record) + record.length;
        /* A record that a reader has passed must not grow under its cursor. */
        if (cursor->position == head) {
            last_is_open = false;
        }
        if (level != NULL) {
            *level = record.level;
        }
    }
    arch_interrupts_restore(were_on);
    return found;
}

uint64_t log_dropped(void)
{
    return dropped;
}

void log_replay(struct console *console)
{
    struct log_cursor cursor = {0};
    char line[LOG_LINE_CAPACITY];
    unsigned level;
    while (log_read(&cursor, line, sizeof(line) - 1, &level)) {
        if (level < console_level) {
            size_t length = strlen(line);
            line[length++] = '\n';
            console_write_one(console, line, length);
        }
    }
}

/* -------------------------------------------------------------------------------------- showing */

static bool is_shown(const struct message *message)
{
    return is_panicking || message->level < console_level;
}

static void show_line(const struct message *message, const char *text, size_t length,
                      bool continues, bool is_complete)
{
    if (!continues || !console_has_open_log_line()) {
        char prefix[PREFIX_CAPACITY];
        size_t prefix_length = format_prefix(prefix, sizeof(prefix), message->time_microseconds);
        if (!console_is_at_line_start()) {
            console_write_log("\n", 1);
        }
        console_write_log(prefix, prefix_length);
    }
    console_write_log(text, length);
    if (is_complete) {
        console_write_log("\n", 1);
    }
}

/* ------------------------------------------------------------------------------------- messages */

/* One line into the ring and onto the consoles. */
static void add_line(const struct message *message, const char *text, size_t length, bool continues,
                     bool is_complete)
{
    continues = continues && last_is_open && ring_extend(text, length);
    if (!continues) {
        ring_append(message, text, length);
    }
    last_is_open = !is_complete;
    if (is_shown(message)) {
        show_line(message, text, length, continues, is_complete);
    }
}

static void add_message(struct message *message)
{
    static unsigned last_level = LEVEL_DEFAULT;
    if (message->is_continuation) {
        message->level = last_level;
    }
    last_level = message->level;

    bool hides_line =
        !is_panicking && is_shown(message) && line_hook_before != NULL && line_hook_before();
    const char *text = message->text;
    const char *end = text + message->length;
    bool continues = message->is_continuation;
    for (bool more = text < end; more;) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *line_end = newline != NULL ? newline : end;
        add_line(message, text, (size_t)(line_end - text), continues, newline != NULL);
        more = newline != NULL && newline + 1 < end;
        text = more ? newline + 1 : end;
        continues = false;
    }
    if (hides_line) {
        if (console_has_open_log_line()) {
            console_write_log("\n", 1);
        }
        line_hook_after();
    }
}

/* "\001" and a level in front of the text. */
static void take_level(struct message *message)
{
    message->level = LEVEL_DEFAULT;
    if (message->length < 2 || message->text[0] != KERN_SOH[0]) {
        return;
    }
    char level = message->text[1];
    if (level >= '0' && level <= '7') {
        message->level = (unsigned)(level - '0');
    } else if (level == KERN_CONT[1]) {
        message->is_continuation = true;
    } else {
        return;
    }
    message->text += 2;
    message->length -= 2;
}

/* Any context, the log being busy: keep a copy for whoever is in there. */
static void lay_aside(const struct message *message)
{
    for (unsigned i = 0; i < ASIDE_COUNT; i++) {
        struct aside *aside = &asides[i];
        if (__atomic_exchange_n(&aside->is_claimed, true, __ATOMIC_ACQ_REL)) {
            continue;
        }
        size_t length = message->length < ASIDE_CAPACITY ? message->length : ASIDE_CAPACITY;
        memcpy(aside->text, message->text, length);
        aside->message = *message;
        aside->message.text = aside->text;
        aside->message.length = length;
        __atomic_store_n(&aside->is_ready, true, __ATOMIC_RELEASE);
        return;
    }
    lost_asides++;
}

static void add_asides(void)
{
    for (unsigned i = 0; i < ASIDE_COUNT; i++) {
        struct aside *aside = &asides[i];
        if (__atomic_load_n(&aside->is_ready, __ATOMIC_ACQUIRE)) {
            add_message(&aside->message);
            aside->is_ready = false;
            __atomic_store_n(&aside->is_claimed, false, __ATOMIC_RELEASE);
        }
    }
}

static void tell_lost_asides(void)
{
    char text[64];
    uint64_t lost = __atomic_exchange_n(&lost_asides, 0, __ATOMIC_ACQ_REL);
    if (lost == 0) {
        return;
    }
    struct message message = {
        .text = text, .time_microseconds = arch_time_microseconds(), .level = LEVEL_DEFAULT - 1};
    message.length =
        (size_t)snprintf(text, sizeof(text), "log: %lu messages were lost: it was busy\n", lost);
    add_message(&message);
}

static void log_message(struct message *message)
{
    bool were_on = arch_interrupts_save();
    if (busy && !is_panicking) {
        lay_aside(message);
    } else {
        busy = true;
        add_message(message);
        add_asides();
        tell_lost_asides();
        busy = false;
    }
    arch_interrupts_restore(were_on);
}

void printk(const char *format, ...)
{
    char text[LOG_TEXT_CAPACITY];
    va_list arguments;
    va_start(arguments, format);
    size_t length = console_format(text, sizeof(text), format, arguments);
    va_end(arguments);
    struct message message = {
        .text = text, .length = length, .time_microseconds = arch_time_microseconds()};
    take_level(&message);
    console_make_printable(text + (message.text - text), message.length);
    log_message(&message);
}
EXPORT_SYMBOL(printk);

void log_set_console_level(unsigned level)
{
    console_level = level;
}

unsigned log_console_level(void)
{
    return console_level;
}

void log_panic_mode(void)
{
    is_panicking = true;
}

void log_set_line_hook(bool (*before)(void), void (*after)(void))
{
    bool were_on = arch_interrupts_save();
    line_hook_before = before;
    line_hook_after = after;
    arch_interrupts_restore(were_on);
}
