// SPDX-License-Identifier: MIT
/* greet.h: what the module greet offers to others.  They include this file and are linked to it
 * when they are loaded; greet stays as long as one of them does. */
#ifndef GREET_H
#define GREET_H

/* Greet in the log.  Returns how many were greeted so far, this one included. */
unsigned greet(const char *name);

/* The same number, to read. */
extern unsigned greet_count;

#endif
