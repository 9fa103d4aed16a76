// SPDX-License-Identifier: MIT
/*
 * rtc.c: the clock of the PC (MC146818 and all its descendants), and the command `date`.
 *
 * It sits behind two ports: write the number of a register to 0x70, read it at 0x71.  Three traps:
 * 1. Once a second it counts, for up to 2 ms, and what is read meanwhile is nonsense.  Register A
 *    announces that; and as it may begin between two reads, a time counts only if it is read twice.
 * 2. Register B says in what notation the numbers are: binary or decimal digits (BCD), 24 hours or
 *    12 with a bit for the afternoon.
 * 3. The year has two digits.  Most machines keep the century in register 0x32, but no register
 *    says so: it is believed if it makes sense.
 * Bit 7 of port 0x70 switches off the NMI: it is written 0, on.
 */
#include <onoma/module.h>
#include <onoma/io.h>
#include "rtc.h"

#define PORT_INDEX 0x70
#define PORT_DATA  0x71

enum clock_register {
    REGISTER_SECOND = 0x00,
    REGISTER_MINUTE = 0x02,
    REGISTER_HOUR = 0x04,
    REGISTER_DAY = 0x07,
    REGISTER_MONTH = 0x08,
    REGISTER_YEAR = 0x09,
    REGISTER_A = 0x0a,
    REGISTER_B = 0x0b,
    REGISTER_CENTURY = 0x32,
};

#define A_UPDATE_IN_PROGRESS 0x80
#define B_24_HOURS           0x02
#define B_BINARY             0x04
#define HOUR_AFTERNOON       0x80

/* An update takes 2 ms at most, a read of a port about 1 µs; slower machines only wait longer. */
#define POLLS_MAXIMUM 100000
#define TRIES_MAXIMUM 10

/* The registers as they are. */
struct sample {
    uint8_t second, minute, hour, day, month, year, century, mode;
};

_Static_assert(sizeof(struct sample) == 8, "samples are compared by memcmp");

static uint8_t read_register(enum clock_register number)
{
    outb(PORT_INDEX, (uint8_t)number);
    return inb(PORT_DATA);
}

/* False if the update never ends: there is no clock. */
static bool wait_for_update(void)
{
    for (unsigned polls = 0; polls < POLLS_MAXIMUM; polls++) {
        if ((read_register(REGISTER_A) & A_UPDATE_IN_PROGRESS) == 0) {
            return true;
        }
    }
    return false;
}

static bool read_sample(struct sample *sample)
{
    if (!wait_for_update()) {
        return false;
    }
    *sample = (struct sample){
        .second = read_register(REGISTER_SECOND),
        .minute = read_register(REGISTER_MINUTE),
        .hour = read_register(REGISTER_HOUR),
        .day = read_register(REGISTER_DAY),
        .month = read_register(REGISTER_MONTH),
        .year = read_register(REGISTER_YEAR),
        .century = read_register(REGISTER_CENTURY),
        .mode = read_register(REGISTER_B),
    };
    return true;
}

/* Two samples that agree. */
static bool read_steady_sample(struct sample *sample)
{
    struct sample again;
    for (unsigned tries = 0; tries < TRIES_MAXIMUM; tries++) {
        if (!read_sample(sample) || !read_sample(&again)) {
            return false;
        }
        if (memcmp(sample, &again, sizeof(again)) == 0) {
            return true;
        }
    }
    return false;
}

/* 255 for what is no number of two decimal digits. */
static unsigned decode_number(uint8_t value, uint8_t mode)
{
    if ((mode & B_BINARY) != 0) {
        return value;
    }
    if ((value & 15) > 9 || value > 0x99) {
        return 255;
    }
    return (value >> 4) * 10u + (value & 15);
}

/* 12 at night is hour 0, 12 at noon is 12. */
static unsigned decode_hour(uint8_t value, uint8_t mode)
{
    if ((mode & B_24_HOURS) != 0) {
        return decode_number(value, mode);
    }
    unsigned hour = decode_number(value & (uint8_t)~HOUR_AFTERNOON, mode);
    if (hour < 1 || hour > 12) {
        return 255;
    }
    return hour % 12 + ((value & HOUR_AFTERNOON) != 0 ? 12 : 0);
}

/* Without a believable century: 70 to 99 are 19xx. */
static unsigned decode_year(const struct sample *sample)
{
    unsigned year = decode_number(sample->year, sample->mode);
    unsigned century = decode_number(sample->century, sample->mode);
    if (year > 99) {
        return 0;
    }
    if (century >= 20 && century <= 29) {
        return century * 100 + year;
    }
    return year >= 70 ? 1900 + year : 2000 + year;
}

static bool is_leap_year(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap_year(year) ? 1u : 0u);
}

static bool is_time(const struct rtc_time *time)
{
    return time->year >= 1970 && time->month >= 1 && time->month <= 12 && time->day >= 1 &&
           time->day <= days_in_month(time->year, time->month) && time->hour <= 23 &&
           time->minute <= 59 && time->second <= 60;
}

int rtc_read(struct rtc_time *result)
{
    struct sample sample;
    if (!read_steady_sample(&sample)) {
        return -EIO;
    }
    struct rtc_time time = {
        .year = decode_year(&sample),
        .month = decode_number(sample.month, sample.mode),
        .day = decode_number(sample.day, sample.mode),
        .hour = decode_hour(sample.hour, sample.mode),
        .minute = decode_number(sample.minute, sample.mode),
        .second = decode_number(sample.second, sample.mode),
    };
    if (!is_time(&time)) {
        return -EIO;
    }
    *result = time;
    return 0;
}
EXPORT_SYMBOL(rtc_read);

static uint64_t days_since_1970(const struct rtc_time *time)
{
    uint64_t days = time->day - 1;
    for (unsigned year = 1970; year < time->year; year++) {
        days += is_leap_year(year) ? 366 : 365;
    }
    for (unsigned month = 1; month < time->month; month++) {
        days += days_in_month(time->year, month);
    }
    return days;
}

uint64_t rtc_seconds(const struct rtc_time *time)
{
    uint64_t hours = days_since_1970(time) * 24 + time->hour;
    return (hours * 60 + time->minute) * 60 + time->second;
}
EXPORT_SYMBOL(rtc_seconds);

/* --- The command ------------------------------------------------------------------------------ */

/* Mon Nov 23 14:17:23 UTC 2026, as date(1) in the C locale. */
static void print_date(const struct rtc_time *time)
{
    static const char days[][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    /* 1970-01-01 was a Thursday. */
    console_printf("%s %s %2u %02u:%02u:%02u UTC %u\n", days[days_since_1970(time) % 7],
                   months[time->month - 1], time->day, time->hour, time->minute, time->second,
                   time->year);
}

static int run_date(int argc, char **argv)
{
    const char *format = argc == 2 ? argv[1] : "-u";
    bool is_seconds = strcmp(format, "+%s") == 0;
    bool is_iso = strcmp(format, "-I") == 0;
    struct rtc_time time;

    if (argc > 2 || (!is_seconds && !is_iso && strcmp(format, "-u") != 0)) {
        return -EINVAL;
    }
    if (rtc_read(&time) != 0) {
        console_printf("date: the clock does not answer\n");
        return -EIO;
    }
    if (is_seconds) {
        console_printf("%lu\n", (unsigned long)rtc_seconds(&time));
    } else if (is_iso) {
        console_printf("%04u-%02u-%02u\n", time.year, time.month, time.day);
    } else {
        print_date(&time);
    }
    return 0;
}

static struct command date_command = {
    .name = "date",
    .usage = "date [-u | -I | +%s]",
    .summary = "tell the time (UTC), the ISO date, or seconds since 1970",
    .run = run_date,
};

static int __init rtc_init(void)
{
    struct rtc_time time;
    if (rtc_read(&time) != 0) {
        pr_err("the clock does not answer\n");
        return -ENODEV;
    }
    return command_register(&date_command);
}

static void __exit rtc_exit(void)
{
    command_unregister(&date_command);
}

module_init(rtc_init);
module_exit(rtc_exit);
MODULE_LICENSE("MIT");
MODULE_ALIAS("rtc-cmos");
MODULE_AUTHOR("The Onoma authors");
MODULE_DESCRIPTION("The clock of the PC, and the command date");
MODULE_VERSION("1.0");
