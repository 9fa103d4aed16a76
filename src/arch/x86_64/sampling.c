// SPDX-License-Identifier: MIT
/*
 * sampling.c: interrupts that come anywhere, for tests.
 *
 * The timer's line also leads to pin 2 of the I/O APIC, which can pass it on as a non-maskable
 * interrupt: that comes with interrupts off too, in handlers, in the middle of a load.  From there
 * the trap flag leads on from instruction to instruction.  A handler of the timer, which no gate
 * enters with the trap flag, is stepped through from its middle to its iretq.
 *
 * Sources: Intel 82093AA data sheet (3.1, 3.2.4); Intel SDM volume 3, 17.3.1.4 (single step).
 */
#include "cpu.h"

#define IO_APIC_PHYSICAL 0xfec00000u
#define REGISTER_SELECT  (0x00 / 4)
#define REGISTER_WINDOW  (0x10 / 4)
#define REGISTER_VERSION 0x01
#define REGISTER_PIN(n)                                                                            \
    (0x10 + 2 * (n)) /* its low half; the high one, with the destination, next */
#define PIN_TIMER  2
#define PIN_MASKED (1u << 16)
#define PIN_NMI    (4u << 8) /* an edge, to the processor of APIC number 0 */

#define FLAG_TRAP (1u << 8)

static volatile uint32_t *io_apic;
static arch_sampler *sampler;
static void (*when_stopped)(void);

static uint32_t read_io_apic(uint32_t number)
{
    io_apic[REGISTER_SELECT] = number;
    return io_apic[REGISTER_WINDOW];
}

static void write_io_apic(uint32_t number, uint32_t value)
{
    io_apic[REGISTER_SELECT] = number;
    io_apic[REGISTER_WINDOW] = value;
}

bool arch_sampling_start(unsigned hertz, arch_sampler *sample)
{
    if (!io_apic) {
        io_apic = arch_device_map(IO_APIC_PHYSICAL, PAGE_SIZE);
    }
    if (!io_apic || (read_io_apic(REGISTER_VERSION) >> 16 & 0xff) < PIN_TIMER) {
        return false;
    }
    sampler = sample;
    timer_set_rate(hertz);
    write_io_apic(REGISTER_PIN(PIN_TIMER) + 1, 0);
    write_io_apic(REGISTER_PIN(PIN_TIMER), PIN_NMI);
    return true;
}

void arch_sampling_stop(void (*stopped)(void))
{
    when_stopped = stopped;
    sampler = NULL;
    write_io_apic(REGISTER_PIN(PIN_TIMER), PIN_MASKED);
    timer_set_rate(TICK_HZ);
}

/* The trap flag of what was interrupted: the next sample comes after one more instruction of it. */
static void step_on(struct trap_frame *frame, bool is_wanted)
{
    frame->rflags = is_wanted ? frame->rflags | FLAG_TRAP : frame->rflags & ~(uint64_t)FLAG_TRAP;
}

bool sampling_trap(struct trap_frame *frame, bool is_step)
{
    if (!sampler) {
        bool was_wanted = is_step && io_apic; /* before the last sample */
        if (was_wanted) {
            step_on(frame, false);
        }
        return was_wanted;
    }
    step_on(frame, sampler(frame, is_step));
    return true;
}

void sampling_timer(void)
{
    void (*stopped)(void) = when_stopped;

    if (stopped) {
        when_stopped = NULL;
        stopped();
    } else if (sampler) {
        processor_step();
    }
}
