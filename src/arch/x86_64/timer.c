// SPDX-License-Identifier: MIT
/*
 * timer.c: the clock.  Time is the time stamp counter, measured once against the 8254's channel 2;
 * channel 0 ticks 100 times a second.  Source: Intel 8254 data sheet.
 */
#include "cpu.h"
#include "onoma/io.h"
#include "onoma/kthread.h"

#define CHANNEL0     0x40
#define CHANNEL2     0x42
#define CONTROL      0x43
#define SPEAKER_PORT 0x61
#define INPUT_HZ     1193182

_Static_assert(TICK_HZ == HZ, "what modules count in");

/* A machine without an 8254 must boot too: give up after so many reads of its output bit. */
#define CALIBRATION_LIMIT 10000000u
#define ASSUMED_TSC_KHZ   1000000u

static uint64_t tsc_at_boot;
static uint64_t tsc_khz;
static volatile uint64_t ticks;
static unsigned interrupt_hz = TICK_HZ;
static unsigned tick_part; /* in parts of 1 / interrupt_hz */

/* Count how far the TSC gets in 10 ms of channel 2. */
static uint64_t measure_tsc_khz(void)
{
    const uint16_t count = INPUT_HZ / 100;

    outb(SPEAKER_PORT, (inb(SPEAKER_PORT) & 0xfc) | 0x01); /* gate on, speaker off */
    outb(CONTROL, 0xb0);                                   /* channel 2, mode 0, low then high */
    outb(CHANNEL2, count & 0xff);
    outb(CHANNEL2, count >> 8);
    uint64_t start = read_tsc();
    for (unsigned waited = 0; waited < CALIBRATION_LIMIT; waited++) {
        if (inb(SPEAKER_PORT) & 0x20) {
            uint64_t khz = (read_tsc() - start) / 10;
            return khz ? khz : 1;
        }
    }
    return ASSUMED_TSC_KHZ;
}

void timer_set_rate(unsigned hertz)
{
    uint16_t divisor = (uint16_t)(INPUT_HZ / hertz);

    outb(CONTROL, 0x34); /* channel 0, mode 2 */
    outb(CHANNEL0, divisor & 0xff);
    outb(CHANNEL0, divisor >> 8);
    interrupt_hz = hertz;
    tick_part = 0;
}

void arch_timer_init(void)
{
    tsc_at_boot = read_tsc();
    tsc_khz = measure_tsc_khz();
    timer_set_rate(TICK_HZ);
}

uint64_t arch_time_nanoseconds(void)
{
    if (!tsc_khz) {
        return 0;
    }
    uint64_t elapsed = read_tsc() - tsc_at_boot;
    return elapsed / tsc_khz * 1000000 + elapsed % tsc_khz * 1000000 / tsc_khz;
}

uint64_t arch_time_microseconds(void)
{
    return arch_time_nanoseconds() / 1000;
}

uint64_t arch_timer_ticks(void)
{
    return ticks;
}

void timer_interrupt(void)
{
    tick_part += TICK_HZ;
    if (tick_part >= interrupt_hz) {
        tick_part -= interrupt_hz;
        ticks++;
    }
    sampling_timer();
}
