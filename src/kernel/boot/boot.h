// SPDX-License-Identifier: MIT
/* boot.h: the kernel's command line, from the boot loader and, in QEMU, from -fw_cfg. */
#ifndef BOOT_BOOT_H
#define BOOT_BOOT_H

#include "boot/multiboot2.h"

/* Read the command line into kernel_options (options.h), and say what is wrong with it. */
void boot_read_command_line(const struct boot_information *information);

/* The command line as it was obeyed. */
const char *boot_command_line(void);

/* Call `use` for each `module.parameter=value` of the command line, with what stands behind the
 * dot. */
void boot_module_parameters(const char *module, void (*use)(const char *argument, void *context),
                            void *context);

#endif
