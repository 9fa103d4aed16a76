// SPDX-License-Identifier: MIT
/* rtc.h: the time of day, for other modules. */
#ifndef RTC_H
#define RTC_H

#include <stdint.h>

/* As the clock of the machine has it: UTC, if it was set so. */
struct rtc_time {
    unsigned year;   /* 1970 … */
    unsigned month;  /* 1 to 12 */
    unsigned day;    /* 1 to 31 */
    unsigned hour;   /* 0 to 23 */
    unsigned minute; /* 0 to 59 */
    unsigned second; /* 0 to 60 */
};

/* 0; -EIO when the clock does not answer or shows no time.  Not from an interrupt. */
int rtc_read(struct rtc_time *time);

/* Seconds since 1970-01-01 00:00:00. */
uint64_t rtc_seconds(const struct rtc_time *time);

#endif
