// SPDX-License-Identifier: MIT
/*
 * input.c: a ring between one writer, the serial interrupt, and one reader, the shell.
 *
 * Invariant: `written` and `taken` only grow; written - taken is what waits, at most RING_SIZE.
 * Each is changed by one side only, after the byte it counts was stored or read.
 */
#include "shell/input.h"
#include "arch.h"
#include "kernel.h"

#define RING_SIZE 1024u /* a power of two: a pasted line fits */
#define CONTROL_C 3u

static uint8_t ring[RING_SIZE];
static volatile uint32_t written, taken;
static volatile bool is_interrupted;
static volatile uint64_t lost;

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
    uint8_t byte;
    for (;;) {
        /* Off between the look and the sleep, or a byte that comes in between would wait for the
         * interrupt after its own. */
        bool were_on = arch_interrupts_save();
        bool found = input_read(&byte);
        if (!found) {
            arch_wait_for_interrupt();
        }
        arch_interrupts_restore(were_on);
        if (found) {
            return byte;
        }
    }
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
