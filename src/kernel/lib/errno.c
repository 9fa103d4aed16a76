// SPDX-License-Identifier: MIT
/* errno.c: error numbers as text, for messages such as "init failed: ENOMEM". */
#include "onoma/errno.h"
#include "onoma/export.h"

const char *errno_name(int error)
{
    /* Compared in both signs, for negating INT_MIN would overflow. */
    switch (error < 0 ? -(error + 1) : error - 1) {
    case EPERM - 1:
        return "EPERM";
    case ENOENT - 1:
        return "ENOENT";
    case EINTR - 1:
        return "EINTR";
    case EIO - 1:
        return "EIO";
    case ENOEXEC - 1:
        return "ENOEXEC";
    case EAGAIN - 1:
        return "EAGAIN";
    case ENOMEM - 1:
        return "ENOMEM";
    case EBUSY - 1:
        return "EBUSY";
    case EEXIST - 1:
        return "EEXIST";
    case ENODEV - 1:
        return "ENODEV";
    case EINVAL - 1:
        return "EINVAL";
    case ELOOP - 1:
        return "ELOOP";
    default:
        return "?";
    }
}
EXPORT_SYMBOL(errno_name);
