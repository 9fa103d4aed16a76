// SPDX-License-Identifier: MIT
/* user.c: what a module does with device.h. */
#include "device.h"

int user(struct device *device);
int user(struct device *device)
{
    return use(device, find("x", RED)->id) + (devices[1] == device) + (hook != 0);
}
