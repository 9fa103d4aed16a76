// SPDX-License-Identifier: MIT
/* threads.h: what the thread of kind=host calls. */
extern void (*guest_function)(const volatile bool *may_go);
