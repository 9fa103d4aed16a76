// SPDX-License-Identifier: MIT
/* host_names.c: name_format for host tests without symbol tables: "name_<address>", with "-1" for a
 * return address. */
#include <stdio.h>
#include "panic/names.h"

size_t name_format(char *buffer, size_t capacity, uint64_t address, bool is_return_address)
{
    return (size_t)snprintf(buffer, capacity, "name_%lx%s", address, is_return_address ? "-1" : "");
}
