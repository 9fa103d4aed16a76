// SPDX-License-Identifier: MIT
/*
 * host_string.h: as host_kernel.h, for src/kernel/lib/string.c alone: all of it gets a prefix.  The
 * other kernel files use libc's memcpy and so on, which the address sanitizer watches.
 */
#ifndef HOST_STRING_H
#define HOST_STRING_H

#include "host_kernel.h"

#define memcpy  kernel_memcpy
#define memmove kernel_memmove
#define memset  kernel_memset
#define memcmp  kernel_memcmp
#define memchr  kernel_memchr
#define strlen  kernel_strlen
#define strnlen kernel_strnlen
#define strcmp  kernel_strcmp
#define strncmp kernel_strncmp
#define strchr  kernel_strchr
#define strrchr kernel_strrchr

#endif
