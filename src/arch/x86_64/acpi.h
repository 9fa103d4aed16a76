// SPDX-License-Identifier: MIT
/* acpi.h: what power.c asks of acpi.c. */
#ifndef ARCH_ACPI_H
#define ARCH_ACPI_H

/* Switch off by ACPI.  Returns if that is not possible. */
void acpi_power_off(void);

#endif
