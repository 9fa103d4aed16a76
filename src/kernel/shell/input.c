// SPDX-License-Identifier: MIT
/*
 * input.c: a ring between one writer, the serial interrupt, and one reader, the shell.
 *
 * Invariant: `written` and `taken` only grow; written - taken is what waits, at most RING_SIZE.
 * Each is changed by one side only, after the byte it counts was stored or read.
 */
#include "shell/input.h"
#include "kernel.h"
#include "thread/thread.h"

#define RING_SIZE 1024u /* a power of two: a pasted line fits */
#define CONTROL_C 3u

static uint8_t ring[RING_SIZE];
static volatile uint32_t written, taken;
static volatile bool is_interrupted;
static volatile uint64_t lost;
static struct task_struct *reader; /* who sleeps in input_wait() */

void console_input(uint8_t byte)
{
    if (byte == CONTROL_C) {
        is_interrupted = true;
    }
    if (written - taken == RING_SIZE) {
        lost = lost + 1;
        return;
    }
    ring[written % RING_SIZE] = byte;
    __atomic_store_n(&written, written + 1, __ATOMIC_RELEASE);
    if (reader) {
        task_wake(reader);
    }
}

bool input_read(uint8_t *byte)
{
    if (__atomic_load_n(&written, __ATOMIC_ACQUIRE) == taken) {
        return false;
    }
    *byte = ring[taken % RING_SIZE];
    __atomic_store_n(&taken, taken + 1, __ATOMIC_RELEASE);
    return true;
}

uint8_t input_wait(void)
{
    struct task_struct *self = task_current();
    uint8_t byte;

    reader = self;
    self->state = TASK_INTERRUPTIBLE;
    while (!input_read(&byte)) {
        schedule();
        self->state = TASK_INTERRUPTIBLE;
    }
    self->state = TASK_RUNNING;
    return byte;
}

bool input_is_interrupted(void)
{
    return is_interrupted;
}

void input_clear_interrupt(void)
{
    is_interrupted = false;
}

uint64_t input_lost(void)
{
    return lost;
}
