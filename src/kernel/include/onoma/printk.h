// SPDX-License-Identifier: MIT
/*
 * printk.h: messages to the log.  Each goes into the dmesg ring; those of a level below the
 * console's log level are shown on the consoles too.
 *
 * Any context, also with interrupts off and in a panic.  Formats are those of C without floating
 * point, and of Linux: %pS an address as symbol+0xoffset/0xsize [module], %pB the same for a return
 * address (looked up one byte earlier, so that a call at the very end of a function is not
 * attributed to the next one).
 */
#ifndef ONOMA_PRINTK_H
#define ONOMA_PRINTK_H

#include "onoma/compiler.h"

BEGIN_C

#define KERN_SOH     "\001" /* start of header: one digit of level follows */
#define KERN_EMERG   KERN_SOH "0"
#define KERN_ALERT   KERN_SOH "1"
#define KERN_CRIT    KERN_SOH "2"
#define KERN_ERR     KERN_SOH "3"
#define KERN_WARNING KERN_SOH "4"
#define KERN_NOTICE  KERN_SOH "5"
#define KERN_INFO    KERN_SOH "6"
#define KERN_DEBUG   KERN_SOH "7"
#define KERN_CONT    KERN_SOH "c" /* goes on with the line before */

/* A message without a level counts as KERN_NOTICE.  A message without a newline at its
 * end is complete all the same, unless KERN_CONT follows. */
void printk(const char *format, ...) __printf(1, 2);

#ifndef pr_fmt
#define pr_fmt(format) format
#endif

#define pr_emerg(format, ...)  printk(KERN_EMERG pr_fmt(format), ##__VA_ARGS__)
#define pr_crit(format, ...)   printk(KERN_CRIT pr_fmt(format), ##__VA_ARGS__)
#define pr_err(format, ...)    printk(KERN_ERR pr_fmt(format), ##__VA_ARGS__)
#define pr_warn(format, ...)   printk(KERN_WARNING pr_fmt(format), ##__VA_ARGS__)
#define pr_notice(format, ...) printk(KERN_NOTICE pr_fmt(format), ##__VA_ARGS__)
#define pr_info(format, ...)   printk(KERN_INFO pr_fmt(format), ##__VA_ARGS__)
#define pr_debug(format, ...)  printk(KERN_DEBUG pr_fmt(format), ##__VA_ARGS__)
#define pr_cont(format, ...)   printk(KERN_CONT format, ##__VA_ARGS__)

END_C

#endif
