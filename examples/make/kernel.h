/* SPDX-License-Identifier: MIT */
/* kernel.h: what modules of this kernel may use. */
#ifndef KERNEL_H
#define KERNEL_H

void print(const char *text);
void print_trace(void);

#endif
