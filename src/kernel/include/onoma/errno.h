// SPDX-License-Identifier: MIT
/* errno.h: error numbers, Linux's, used negative as results of init functions and commands. */
#ifndef ONOMA_ERRNO_H
#define ONOMA_ERRNO_H

#include "onoma/compiler.h"

BEGIN_C

#define EPERM   1  /* not allowed */
#define ENOENT  2  /* no such thing */
#define EINTR   4  /* stopped before it began */
#define EIO     5  /* the device does not answer */
#define ENOEXEC 8  /* not a module of this kernel */
#define EAGAIN  11 /* try again */
#define ENOMEM  12 /* out of memory */
#define EBUSY   16 /* in use */
#define EEXIST  17 /* exists already */
#define ENODEV  19 /* no such device */
#define EINVAL  22 /* invalid argument */
#define ELOOP   40 /* a cycle */

/* "ENOENT" for 2 or -2, "?" for a number that is not listed. */
const char *errno_name(int error);

END_C

#endif
