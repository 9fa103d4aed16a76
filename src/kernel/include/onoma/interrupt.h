// SPDX-License-Identifier: MIT
/* interrupt.h: code in interrupts. */
#ifndef ONOMA_INTERRUPT_H
#define ONOMA_INTERRUPT_H

#include "onoma/compiler.h"

BEGIN_C

/* Run a function as the handler of an interrupt that comes right here.  For tests of what may be
 * called from one. */
void call_in_interrupt(void (*function)(void));

END_C

#endif
