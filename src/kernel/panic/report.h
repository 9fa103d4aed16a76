// SPDX-License-Identifier: MIT
/* report.h: what Oops, panic and warning say alike of the kernel.  Any context. */
#ifndef PANIC_REPORT_H
#define PANIC_REPORT_H

/* "CPU: 0 PID: 0 Comm: …": who is at work, in which kernel. */
void report_context(const char *level);

/* "Modules linked in: …", and for each where its code is and its build id. */
void report_modules(const char *level);

/* "---[ end trace … ]---" */
void report_end(const char *level);

#endif
